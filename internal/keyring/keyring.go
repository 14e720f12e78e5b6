// Package keyring knows the UKeys that are plugged in. It tells keys apart by
// their certificate, never by a slot; it says what a key may be used for, and
// why not; and every PIN on its way to a UKey passes its guards (see shield.go).
//
//	ring := keyring.New(keyring.Config{}, keyring.Soft(driver, dir))
//	go ring.Run(ctx)
//	keys := ring.Keys(keyring.Sign, fault.ZH)
//	session, err := ring.Unlock(ctx, keyring.Attempt{Key: id, Operation: op, PIN: pin, FromPage: true}, digests)
//	defer session.Close()
//	value, err := session.Sign(ctx, digest)
//
// It keeps no PIN. It shows nothing: that is prompt's.
package keyring

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/token"
)

// A Provider finds the UKeys of one kind. Another kind joins by one line where
// [New] is called.
type Provider interface {
	token.Driver

	// Kind is "soft" or "skf".
	Kind() string

	// Watch calls changed when a UKey may have come or gone, or its content may
	// have changed, until ctx ends. Too often does no harm.
	Watch(ctx context.Context, changed func())
}

// Config adjusts a Ring. The zero value is good.
type Config struct {
	Log *slog.Logger
	Now func() time.Time
	// Sleep waits between wrong PINs; tests need not.
	Sleep func(context.Context, time.Duration) error
	// Unfit says what else speaks against a certificate: revoked, on hold.
	Unfit func(*Found) error
}

// A Ring is the keys of this PC. Any number of goroutines may use it.
type Ring struct {
	cfg       Config
	providers []*watched
	shield    *shield

	mu       sync.Mutex // guards what follows, and the devices of providers
	watchers map[chan struct{}]bool
}

// A watched is a provider and what was found behind it. Each is looked at for
// itself: a vendor's library that hangs must not keep the others from view.
type watched struct {
	Provider
	scanning chan struct{} // holds one value while nobody reads its UKeys
	wake     chan struct{}
	devices  []*PluggedIn // guarded by the ring
}

func (p *watched) changed() {
	select {
	case p.wake <- struct{}{}:
	default: // one is on its way
	}
}

// New makes a Ring over providers. Nothing is read before [Ring.Run] or
// [Ring.Refresh].
func New(cfg Config, providers ...Provider) *Ring {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Sleep == nil {
		cfg.Sleep = sleep
	}
	if cfg.Unfit == nil {
		cfg.Unfit = func(*Found) error { return nil }
	}
	r := &Ring{cfg: cfg, shield: newShield(), watchers: map[chan struct{}]bool{}}
	for _, p := range providers {
		w := &watched{Provider: p, scanning: make(chan struct{}, 1), wake: make(chan struct{}, 1)}
		w.scanning <- struct{}{}
		r.providers = append(r.providers, w)
	}
	return r
}

// Run follows plugging and unplugging until ctx ends.
func (r *Ring) Run(ctx context.Context) {
	var all sync.WaitGroup
	for _, p := range r.providers {
		all.Go(func() { p.Watch(ctx, p.changed) })
		all.Go(func() { r.follow(ctx, p) })
	}
	all.Wait()
}

// A UKey that could not be read is looked at again after a while, although nothing
// came or went: its library may have crashed just then, and nobody would tell.
const (
	soonAgain   = time.Second
	latestAgain = time.Minute
)

func (r *Ring) follow(ctx context.Context, p *watched) {
	for wait := soonAgain; ; {
		var again <-chan time.Time
		if r.scan(ctx, p) {
			wait = soonAgain
		} else {
			again = time.After(wait)
			wait = min(2*wait, latestAgain)
		}
		select {
		case <-ctx.Done():
			return
		case <-p.wake:
		case <-again:
		}
	}
}

// Watch returns a channel that gets a value after keys came or went, and a
// function that ends it.
func (r *Ring) Watch() (<-chan struct{}, func()) {
	c := make(chan struct{}, 1)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.watchers[c] = true
	return c, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.watchers, c)
	}
}

// notify tells the watchers; r.mu is held.
func (r *Ring) notify() {
	for c := range r.watchers {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// Devices are the UKeys that were there at the last look.
func (r *Ring) Devices() []*PluggedIn {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []*PluggedIn
	for _, p := range r.providers {
		all = append(all, p.devices...)
	}
	return all
}

// All are the keys of all devices.
func (r *Ring) All() []*Found {
	var all []*Found
	for _, d := range r.Devices() {
		all = append(all, d.Keys...)
	}
	return all
}

// Find returns the key with id, the SM3 of its signing certificate in hex, or
// [fault.KeyNotPluggedIn].
func (r *Ring) Find(id string) (*Found, error) {
	for _, f := range r.All() {
		if f.ID == id {
			return f, nil
		}
	}
	return nil, fault.New(fault.KeyNotPluggedIn)
}

// Keys describes all keys for a purpose, suited ones first, reasons in lang.
func (r *Ring) Keys(purpose Purpose, lang fault.Lang) []Key {
	keys := []Key{}
	for _, f := range r.All() {
		keys = append(keys, r.Describe(f, purpose, lang))
	}
	slices.SortStableFunc(keys, func(a, b Key) int {
		switch {
		case a.Suited != b.Suited && a.Suited:
			return -1
		case a.Suited != b.Suited:
			return 1
		}
		return strings.Compare(a.ID, b.ID)
	})
	return keys
}

// Describe describes f for a purpose.
func (r *Ring) Describe(f *Found, purpose Purpose, lang fault.Lang) Key {
	k := f.describe(r.cfg.Now())
	if err := r.Suits(f, purpose); err != nil {
		k.Reason = Why(err, lang)
	}
	k.Suited = k.Reason == nil
	return k
}

// Suits returns nil when f may be used for purpose now, else the reason: what
// its certificate is for, its dates, its status, its PIN.
func (r *Ring) Suits(f *Found, purpose Purpose) error {
	if err := f.fits(purpose, r.cfg.Now()); err != nil {
		return err
	}
	if err := r.cfg.Unfit(f); err != nil {
		return err
	}
	switch {
	case f.Tries.Known && f.Tries.Left == 0:
		return fault.New(fault.PINLocked)
	case f.Tries.First:
		return fault.New(fault.PINMustChange)
	}
	return nil
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
