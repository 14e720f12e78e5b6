package soft

import (
	"bytes"
	"context"
	"crypto/subtle"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"github.com/emmansun/gmsm/sm4"
	"github.com/gofrs/flock"

	"xinzhang/internal/fault"
	"xinzhang/internal/token"
)

// A Device is a handle on a token. Nothing of the token is kept in it but what
// was verified: each call reads the files anew, since other programs may have
// changed them.
type Device struct {
	driver *Driver
	copies copies
	lock   *flock.Flock

	turn chan struct{} // holds one value while nobody uses the handle; guards the rest
	id   []byte        // of the token that was connected
	auth uint64        // 1 + the setting of the device key that was given; 0: none
	apps []*Application
	gone bool
}

var _ token.Device = (*Device)(nil)

func (d *Driver) device(name string) *Device {
	dev := &Device{
		driver: d,
		copies: copies{d.dir, name, &d.hooks},
		lock:   flock.New(filepath.Join(d.dir, name+lockSuffix)),
		turn:   make(chan struct{}, 1),
	}
	dev.turn <- struct{}{}
	return dev
}

// How long a call without a deadline waits for another program, and how often it
// asks.
const (
	patience = 10 * time.Second
	pause    = 5 * time.Millisecond
)

// locked runs f while nobody else uses the token.
func (d *Device) locked(ctx context.Context, f func() error) error {
	wait := ctx
	if _, ok := ctx.Deadline(); !ok {
		limited, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		wait = limited
	}
	select {
	case <-wait.Done():
		return d.waited(wait.Err())
	case <-d.turn:
	}
	defer func() { d.turn <- struct{}{} }()
	if d.gone {
		return token.ErrClosed
	}
	if _, err := d.lock.TryLockContext(wait, pause); err != nil {
		return d.waited(err)
	}
	defer func() { _ = d.lock.Unlock() }() // the system unlocks what is closed
	return f()
}

func (d *Device) waited(err error) error {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return fault.Wrap(fault.TokenBusy, err, "token", d.copies.token)
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, fs.ErrNotExist): // the folder is gone
		return fault.Wrap(fault.TokenRemoved, err, "token", d.copies.token)
	}
	return fault.Wrap(fault.FileUnwritable, err, "file", d.lock.Path())
}

// do runs f on the state of the token. What f changes is lost unless it calls
// commit.
func (d *Device) do(ctx context.Context, f func(*transaction) error) error {
	return d.locked(ctx, func() error {
		s, err := d.copies.load()
		if errors.Is(err, fs.ErrNotExist) {
			return fault.Wrap(fault.TokenRemoved, err, "token", d.copies.token)
		}
		if err != nil {
			return err
		}
		if !bytes.Equal(s.ID, d.id) {
			return fault.New(fault.TokenRemoved, "token", d.copies.token)
		}
		return f(&transaction{s, d})
	})
}

// A transaction is one call on the token while it is locked.
type transaction struct {
	*state
	device *Device
}

// commit makes the state durable.
func (tx *transaction) commit() error {
	tx.Version++
	return tx.device.copies.write(tx.state)
}

// grow is commit for what needs room.
func (tx *transaction) grow() error {
	b, err := encode(tx.state)
	if err != nil {
		return err
	}
	if len(b) > capacity {
		return full()
	}
	return tx.commit()
}

func full() error { return fault.New(fault.TokenFull, "limit", "2 MiB") }

// spend takes a try away, durably, before something is compared.
func (tx *transaction) spend(c *counter) error {
	c.Left--
	if err := tx.commit(); err != nil {
		return err
	}
	if compare := tx.device.driver.hooks.comparing; compare != nil {
		compare()
	}
	return nil
}

// Info describes the token.
func (d *Device) Info(ctx context.Context) (token.Info, error) {
	var info token.Info
	err := d.do(ctx, func(tx *transaction) error {
		b, err := encode(tx.state)
		if err != nil {
			return err
		}
		info = token.Info{
			Name: d.copies.token, Label: tx.Label, Serial: tx.Serial,
			Manufacturer: "Xinzhang", Model: "software UKey", Version: "1",
			Total: capacity, Free: int64(max(0, capacity-len(b))),
		}
		return nil
	})
	return info, err
}

// SetLabel names the token for people.
func (d *Device) SetLabel(ctx context.Context, label string) error {
	if err := token.CheckName(label, token.MaxLabel); err != nil {
		return err
	}
	return d.do(ctx, func(tx *transaction) error {
		tx.Label = label
		return tx.commit()
	})
}

// Authenticate compares the device key.
func (d *Device) Authenticate(ctx context.Context, key token.AuthKey) error {
	return d.authenticate(ctx, func(own []byte) bool { return subtle.ConstantTimeCompare(own, key.Bytes()) == 1 })
}

// AuthenticateAnswer is Authenticate for a caller who does not hold the device
// key but its answer to a challenge: one block of SM4, whose first 8 octets are
// the challenge. Cards compare no more (SKF_DevAuth).
func (d *Device) AuthenticateAnswer(ctx context.Context, challenge [8]byte, answer [16]byte) error {
	return d.authenticate(ctx, func(own []byte) bool {
		block, err := sm4.NewCipher(own)
		if err != nil {
			return false
		}
		var plain [sm4.BlockSize]byte
		block.Decrypt(plain[:], answer[:])
		return subtle.ConstantTimeCompare(plain[:len(challenge)], challenge[:]) == 1
	})
}

// authenticate spends a try, asks right of the device key, and gives the tries
// back when it is.
func (d *Device) authenticate(ctx context.Context, right func(own []byte) bool) error {
	return d.do(ctx, func(tx *transaction) error {
		d.auth = 0
		a := &tx.Auth
		if a.Left == 0 {
			return fault.New(fault.TokenAuthLocked)
		}
		if err := tx.spend(&a.counter); err != nil {
			return err
		}
		if !right(a.Key) {
			if a.Left == 0 {
				return fault.New(fault.TokenAuthLocked)
			}
			return fault.New(fault.TokenAuthIncorrect, "left", a.Left)
		}
		a.Left = a.Max
		if err := tx.commit(); err != nil {
			return err
		}
		d.auth = 1 + a.Setting
		return nil
	})
}

func (tx *transaction) authenticated() error {
	if tx.device.auth != 1+tx.Auth.Setting {
		return fault.New(fault.TokenAuthRequired)
	}
	return nil
}

// ChangeAuthKey replaces the device key.
func (d *Device) ChangeAuthKey(ctx context.Context, key token.AuthKey) error {
	return d.do(ctx, func(tx *transaction) error {
		if err := tx.authenticated(); err != nil {
			return err
		}
		if key.Equal(token.DefaultAuthKey()) || key.Equal(token.AuthKey{}) {
			return fault.New(fault.TokenAuthDefault)
		}
		tx.Auth.Key = bytes.Clone(key.Bytes())
		tx.Auth.Setting++
		return tx.commit()
	})
}

// Applications lists the applications.
func (d *Device) Applications(ctx context.Context) ([]string, error) {
	var names []string
	err := d.do(ctx, func(tx *transaction) error {
		for _, a := range tx.Apps {
			names = append(names, a.Name)
		}
		return nil
	})
	return names, err
}

// CreateApplication makes an application. The costly part, the keys of both
// PINs, is done while the token is locked; it happens once in its life.
func (d *Device) CreateApplication(ctx context.Context, spec token.ApplicationSpec) (token.Application, error) {
	var app *Application
	err := d.do(ctx, func(tx *transaction) error {
		if err := tx.authenticated(); err != nil {
			return err
		}
		if bytes.Equal(tx.Auth.Key, token.DefaultAuthKey().Bytes()) {
			return fault.New(fault.TokenAuthDefault)
		}
		if tx.findApp(spec.Name) != nil {
			return fault.New(fault.AppExists, "app", spec.Name)
		}
		if len(tx.Apps) == maxApps {
			return fault.New(fault.TokenFull, "limit", maxApps)
		}
		record, err := d.newApp(spec)
		if err != nil {
			return err
		}
		tx.Apps = append(tx.Apps, record)
		if err := tx.grow(); err != nil {
			return err
		}
		app = d.application(&record)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return app, nil
}

// OpenApplication opens an application.
func (d *Device) OpenApplication(ctx context.Context, name string) (token.Application, error) {
	var app *Application
	err := d.do(ctx, func(tx *transaction) error {
		record := tx.findApp(name)
		if record == nil {
			return fault.New(fault.AppAbsent, "app", name)
		}
		app = d.application(record)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return app, nil
}

// DeleteApplication destroys an application.
func (d *Device) DeleteApplication(ctx context.Context, name string) error {
	return d.do(ctx, func(tx *transaction) error {
		if err := tx.authenticated(); err != nil {
			return err
		}
		i := slices.IndexFunc(tx.Apps, func(a appRecord) bool { return a.Name == name })
		if i < 0 {
			return fault.New(fault.AppAbsent, "app", name)
		}
		tx.Apps = slices.Delete(tx.Apps, i, i+1)
		return tx.commit()
	})
}

func (s *state) findApp(name string) *appRecord {
	i := slices.IndexFunc(s.Apps, func(a appRecord) bool { return a.Name == name })
	if i < 0 {
		return nil
	}
	return &s.Apps[i]
}

// Close waits for the call that is under way and ends the handle.
func (d *Device) Close() error {
	<-d.turn
	defer func() { d.turn <- struct{}{} }()
	for _, a := range d.apps {
		a.forget()
	}
	d.apps, d.auth, d.gone = nil, 0, true
	return nil
}
