package keyring

import (
	"bytes"
	"context"
	"errors"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/token"
)

// VerifyPIN verifies a PIN for the manager and returns the tries after it. A
// repeated operation returns the first answer.
func (r *Ring) VerifyPIN(ctx context.Context, a Attempt) (Tries, error) {
	_, err := r.once(ctx, a.Operation, func() error {
		_, g, h, err := r.verify(ctx, a, false)
		if err != nil {
			return err
		}
		defer func() { g.turn <- struct{}{} }()
		_ = h.close(ctx) // the PIN was right, whatever becomes of the handle
		return nil
	})
	return r.after(a.Key, err)
}

// ChangePIN replaces the PIN. repeat is next as typed a second time; hints are
// what is known of the holder, which a PIN must not contain.
func (r *Ring) ChangePIN(ctx context.Context, a Attempt, next, repeat token.PIN) (Tries, error) {
	_, err := r.once(ctx, a.Operation, func() error { return r.change(ctx, a, next, repeat) })
	return r.after(a.Key, err)
}

func (r *Ring) change(ctx context.Context, a Attempt, next, repeat token.PIN) error {
	f, err := r.Find(a.Key)
	if err != nil {
		return err
	}
	if !bytes.Equal(next.Bytes(), repeat.Bytes()) {
		return fault.New(fault.PINRepeatDiffers)
	}
	var hints []string
	if number, ok := f.Signing.IDNumber(); ok {
		hints = append(hints, number)
	}
	if err := token.CheckPIN(next, a.PIN, hints...); err != nil {
		return err
	}
	g, h, err := r.attempt(ctx, f, a, false, func(h *handle) error {
		return h.app.ChangePIN(ctx, token.UserPIN, a.PIN, next)
	})
	if err != nil {
		return err
	}
	clear(g.wrong)   // what was wrong may be the new one
	_ = h.close(ctx) // it is changed, whatever becomes of the handle
	g.turn <- struct{}{}
	return nil
}

// verify passes the guards and verifies the PIN. The caller closes the handle
// and gives the turn back.
func (r *Ring) verify(ctx context.Context, a Attempt, signs bool) (*Found, *guarded, *handle, error) {
	f, err := r.Find(a.Key)
	if err != nil {
		return nil, nil, nil, err
	}
	g, h, err := r.attempt(ctx, f, a, signs, func(h *handle) error {
		return h.app.VerifyPIN(ctx, token.UserPIN, a.PIN)
	})
	return f, g, h, err
}

// attempt is the one way of a PIN to a UKey: all guards, one send, the tries
// read again.
func (r *Ring) attempt(ctx context.Context, f *Found, a Attempt, signs bool, send func(*handle) error) (*guarded, *handle, error) {
	if err := checkTyped(a.PIN); err != nil {
		return nil, nil, err
	}
	g, hash := r.shield.guard(f), r.shield.hash(a.PIN)
	if err := r.take(ctx, g, f); err != nil {
		return nil, nil, err
	}
	h, err := open(ctx, f)
	if err != nil {
		g.turn <- struct{}{}
		return nil, nil, err
	}
	before := readTries(ctx, h.app)
	err = g.enter(a, hash, before, signs)
	if err == nil {
		err = send(h)
		g.settle(hash, err, r.cfg.Now())
		err = r.readAgain(f, g, h, before, err)
	}
	if err != nil {
		err = errors.Join(err, h.close(ctx))
		g.turn <- struct{}{}
		return nil, nil, err
	}
	return g, h, nil
}

// rereadTime bounds the reading of the counter after a PIN that was broken off:
// the caller's own time may be over.
const rereadTime = 3 * time.Second

// readAgain is guard 7, and the second half of guard 1.
func (r *Ring) readAgain(f *Found, g *guarded, h *handle, before Tries, err error) error {
	ctx, cancel := context.WithTimeout(context.Background(), rereadTime)
	defer cancel()
	after := readTries(ctx, h.app)
	if after.Known {
		if after != f.Tries {
			r.setTries(f, after)
		}
		g.learn(after)
	}
	if !broken(err) {
		return err
	}
	outcome := spent(before, after)
	if outcome == SpentUnknown && before.Known {
		g.unsettled = &before
	}
	return fault.Wrap(fault.PINOutcomeUnknown, err, "spent", outcome)
}

// Settled tells what became of a PIN during which this UKey was pulled out, once,
// when it is back: nil when nothing is open.
func (r *Ring) Settled(f *Found) error {
	g := r.shield.guard(f)
	select {
	case <-g.turn:
	default:
		return nil // busy: later
	}
	defer func() { g.turn <- struct{}{} }()
	if g.unsettled == nil || !f.Tries.Known {
		return nil
	}
	outcome := spent(*g.unsettled, f.Tries)
	g.unsettled = nil
	return fault.New(fault.PINOutcomeUnknown, "spent", outcome)
}

// setTries keeps what a UKey said for the lists of keys. A Found is not changed
// after others may read it: it is replaced.
func (r *Ring) setTries(f *Found, tries Tries) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, d := range f.Device.provider.devices {
		if d.Name == f.Device.Name {
			f.Device.provider.devices[i] = d.withTries(f.Application, tries)
		}
	}
	r.notify()
}

func (d *PluggedIn) withTries(application string, tries Tries) *PluggedIn {
	next := *d
	next.Keys = nil
	for _, k := range d.Keys {
		k := *k
		if k.Application == application {
			k.Tries = tries
		}
		k.Device = &next
		next.Keys = append(next.Keys, &k)
	}
	return &next
}

// after returns the tries that go with err; not known when the UKey was pulled out
// since. That is no error: who hears that a PIN was not changed types the old one.
func (r *Ring) after(id string, err error) (Tries, error) {
	f, missing := r.Find(id)
	if missing != nil {
		return Tries{}, err
	}
	return f.Tries, err
}

// Tries asks the UKey of a key for its tries now.
func (r *Ring) Tries(ctx context.Context, id string) (Tries, error) {
	f, err := r.Find(id)
	if err != nil {
		return Tries{}, err
	}
	h, err := open(ctx, f)
	if err != nil {
		return Tries{}, err
	}
	defer func() { _ = h.close(ctx) }()
	tries := readTries(ctx, h.app)
	if tries != f.Tries {
		r.setTries(f, tries)
	}
	return tries, nil
}
