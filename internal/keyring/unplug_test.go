package keyring_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"

	"xinzhang/internal/fault"
	"xinzhang/internal/keyring"
	"xinzhang/internal/token"
	"xinzhang/internal/token/soft/softtest"
)

// An odd driver stands between the ring and the UKeys, to do to them what
// people and vendors do.
type odd struct {
	token.Driver
	verify  func(ctx context.Context, app token.Application, pin token.PIN) error
	pinInfo func(ctx context.Context, app token.Application) (token.PINInfo, error)
	connect func() error
	public  *ecdsa.PublicKey // what containers say their signing key is; nil: the truth
}

type oddContainer struct {
	token.Container
	odd *odd
}

func (a oddApp) OpenContainer(ctx context.Context, name string) (token.Container, error) {
	c, err := a.Application.OpenContainer(ctx, name)
	if err != nil {
		return nil, err
	}
	return oddContainer{c, a.odd}, nil
}

func (c oddContainer) ExportPublicKey(ctx context.Context, use token.KeyUse) (*ecdsa.PublicKey, error) {
	if c.odd.public != nil {
		return c.odd.public, nil
	}
	return c.Container.ExportPublicKey(ctx, use)
}

type oddDevice struct {
	token.Device
	odd *odd
}

type oddApp struct {
	token.Application
	odd *odd
}

func (o *odd) Connect(ctx context.Context, name string) (token.Device, error) {
	if o.connect != nil {
		if err := o.connect(); err != nil {
			return nil, err
		}
	}
	d, err := o.Driver.Connect(ctx, name)
	if err != nil {
		return nil, err
	}
	return oddDevice{d, o}, nil
}

func (d oddDevice) OpenApplication(ctx context.Context, name string) (token.Application, error) {
	a, err := d.Device.OpenApplication(ctx, name)
	if err != nil {
		return nil, err
	}
	return oddApp{a, d.odd}, nil
}

func (a oddApp) VerifyPIN(ctx context.Context, kind token.PINKind, pin token.PIN) error {
	if a.odd.verify != nil {
		return a.odd.verify(ctx, a.Application, pin)
	}
	return a.Application.VerifyPIN(ctx, kind, pin)
}

func (a oddApp) PINInfo(ctx context.Context, kind token.PINKind) (token.PINInfo, error) {
	if a.odd.pinInfo != nil {
		return a.odd.pinInfo(ctx, a.Application)
	}
	return a.Application.PINInfo(ctx, kind)
}

// pull moves the files of a UKey away; push brings them back.
func (b *bench) pull() { b.move(b.dir, b.dir+"-out") }
func (b *bench) push() { b.move(b.dir+"-out", b.dir) }

func (b *bench) move(from, to string) {
	b.t.Helper()
	b.must(os.MkdirAll(to, 0o700))
	files, err := filepath.Glob(filepath.Join(from, "*.ukey*"))
	b.must(err)
	for _, f := range files {
		b.must(os.Rename(f, filepath.Join(to, filepath.Base(f))))
	}
}

func TestPulledOutMidwayTheOutcomeIsUnknownUntilItIsBack(t *testing.T) { // guard 7
	for name, spend := range map[string]bool{"before the comparison": false, "after the comparison": true} {
		t.Run(name, func(t *testing.T) {
			o := &odd{}
			b := newBench(t, func(d token.Driver) token.Driver { o.Driver = d; return o })
			id := b.person("key", nil)
			b.ring.Refresh(t.Context())
			o.verify = func(ctx context.Context, app token.Application, pin token.PIN) error {
				if spend {
					_ = app.VerifyPIN(ctx, token.UserPIN, pin)
				}
				b.pull()
				return fault.New(fault.TokenRemoved, "token", "key")
			}
			err := b.unlock(b.attempt(id, "operation-0000001", "111222"))
			wants(t, err, fault.PINOutcomeUnknown)
			if got := fault.Of(err).Args["spent"]; got != keyring.SpentUnknown {
				t.Errorf("spent %v", got)
			}
			b.ring.Refresh(t.Context())
			if _, err := b.ring.Find(id); !errors.Is(err, fault.KeyNotPluggedIn) {
				t.Errorf("pulled out: %v", err)
			}
			b.push()
			b.ring.Refresh(t.Context())
			f, err := b.ring.Find(id)
			b.must(err)
			want := keyring.SpentNone
			if spend {
				want = keyring.SpentOne
			}
			if got := fault.Of(b.ring.Settled(f)).Args["spent"]; got != want {
				t.Errorf("settled as %v, want %v", got, want)
			}
			if err := b.ring.Settled(f); err != nil {
				t.Errorf("told twice: %v", err)
			}
			o.verify = nil
			b.must(b.unlock(b.attempt(id, "operation-0000002", pin)))
		})
	}
}

func TestPulledOutRightAfterARightPINTheAnswerStands(t *testing.T) {
	o := &odd{}
	b := newBench(t, func(d token.Driver) token.Driver { o.Driver = d; return o })
	id := b.person("key", nil)
	b.ring.Refresh(t.Context())
	o.verify = func(ctx context.Context, app token.Application, pin token.PIN) error {
		err := app.VerifyPIN(ctx, token.UserPIN, pin)
		b.pull()
		b.ring.Refresh(ctx)
		return err
	}
	if tries, err := b.ring.VerifyPIN(t.Context(), b.attempt(id, "operation-0000001", pin)); err != nil || tries.Known {
		t.Errorf("%+v, %v", tries, err)
	}
}

func TestAUKeyThatCannotTellItsTriesHasTwo(t *testing.T) {
	o := &odd{pinInfo: func(context.Context, token.Application) (token.PINInfo, error) {
		return token.PINInfo{}, errors.New("not supported")
	}}
	b := newBench(t, func(d token.Driver) token.Driver { o.Driver = d; return o })
	id := b.person("key", nil)
	b.ring.Refresh(t.Context())
	wants(t, b.unlock(b.attempt(id, "operation-0000001", "111222")), fault.PINIncorrect)
	wants(t, b.unlock(b.attempt(id, "operation-0000002", "111223")), fault.PINIncorrect)
	wants(t, b.unlock(b.attempt(id, "operation-0000003", pin)), fault.PINTriesSpent)
	if b.left("key") != 8 {
		t.Errorf("%d tries left", b.left("key"))
	}
}

func TestARightPINGivesTheTwoBlindTriesBack(t *testing.T) {
	o := &odd{pinInfo: func(context.Context, token.Application) (token.PINInfo, error) { return token.PINInfo{}, nil }}
	b := newBench(t, func(d token.Driver) token.Driver { o.Driver = d; return o })
	id := b.person("key", nil)
	b.ring.Refresh(t.Context())
	wants(t, b.unlock(b.attempt(id, "operation-0000001", "111222")), fault.PINIncorrect)
	b.must(b.unlock(b.attempt(id, "operation-0000002", pin)))
	wants(t, b.unlock(b.attempt(id, "operation-0000003", "111224")), fault.PINIncorrect)
	b.must(b.unlock(b.attempt(id, "operation-0000004", pin)))
}

func TestAnotherCertificateInTheSameSlotIsAnotherKey(t *testing.T) {
	b := newBench(t, nil)
	id := b.person("key", nil)
	b.ring.Refresh(t.Context())
	b.pull()
	b.person("key", nil) // same name, not seen by the ring yet
	wants(t, b.unlock(b.attempt(id, "operation-0000001", pin)), fault.TokenRemoved)
	if b.left("key") != 10 {
		t.Errorf("%d tries left", b.left("key"))
	}
}

func TestPluggingInShowsWithinASecond(t *testing.T) {
	b := newBench(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { b.ring.Run(ctx); close(done) }()
	defer func() { cancel(); <-done }()
	events, stop := b.ring.Watch()
	defer stop()
	await := func(what string, there func() bool) {
		t.Helper()
		for deadline := time.After(10 * time.Second); !there(); {
			select {
			case <-events:
			case <-deadline:
				t.Fatalf("%s was not told", what)
			}
		}
	}
	id := b.person("key", nil)
	present := func() bool { _, err := b.ring.Find(id); return err == nil }
	await("plugging in", present)
	b.pull()
	await("pulling out", func() bool { return !present() })
	b.push()
	await("plugging in again", present)
}

func TestAUKeyThatCouldNotBeReadIsReadAgain(t *testing.T) {
	for name, err := range map[string]error{
		"its library crashed":                     fault.New(fault.SKFCrashed, "library", "x", "function", "SKF_ConnectDev"),
		"its library said it was absent, wrongly": fault.New(fault.TokenAbsent, "token", "key"),
	} {
		t.Run(name, func(t *testing.T) {
			failed := false
			o := &odd{connect: func() error {
				if failed {
					return nil
				}
				failed = true
				return err
			}}
			b := newBench(t, func(d token.Driver) token.Driver { o.Driver = d; return o })
			id := b.person("key", nil) // before the ring runs: nothing comes or goes
			b.follow(b.ring, id)
		})
	}
}

// follow runs ring until it shows a key.
func (b *bench) follow(ring *keyring.Ring, id string) {
	b.t.Helper()
	ctx, cancel := context.WithCancel(b.t.Context())
	done := make(chan struct{})
	go func() { ring.Run(ctx); close(done) }()
	defer func() { cancel(); <-done }()
	events, stop := ring.Watch()
	defer stop()
	for deadline := time.After(10 * time.Second); ; {
		if _, err := ring.Find(id); err == nil {
			return
		}
		select {
		case <-events:
		case <-deadline:
			b.t.Fatal("it is not shown")
		}
	}
}

// A mute is a provider whose library never answers.
type mute struct{ keyring.Provider }

func (mute) Kind() string                        { return "skf" }
func (mute) Watch(ctx context.Context, _ func()) { <-ctx.Done() }
func (mute) Devices(ctx context.Context) ([]string, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestALibraryThatHangsHidesNoOtherUKey(t *testing.T) {
	b := newBench(t, nil)
	ring := keyring.New(keyring.Config{}, mute{}, keyring.Soft(softtest.Driver(t, b.dir), b.dir))
	b.follow(ring, b.person("key", nil))
}

// A vendor's renewal makes the new pair first and brings its certificate later: what
// the new one signs must not go out with the old certificate.
func TestACertificateOfAnotherKeyIsNotUsed(t *testing.T) {
	o := &odd{}
	b := newBench(t, func(d token.Driver) token.Driver { o.Driver = d; return o })
	key := b.person("person", nil)
	b.ring.Refresh(t.Context())
	another, err := sm2.GenerateKey(rand.Reader)
	b.must(err)
	o.public = &another.PublicKey
	if _, err := b.ring.Unlock(t.Context(), b.attempt(key, "renewed", pin), [][32]byte{{1}}); !errors.Is(err, fault.KeyCertMismatch) {
		t.Errorf("the key was changed after it was plugged in: %v", err)
	}
	if left := b.left("person"); left != 10 {
		t.Errorf("%d tries left: the PIN was sent", left)
	}
	b.pull()
	b.ring.Refresh(t.Context())
	b.push()
	b.ring.Refresh(t.Context())
	if all := b.ring.All(); len(all) != 0 {
		t.Errorf("%d keys are offered", len(all))
	}
	if d := b.ring.Devices(); len(d) != 1 || !errors.Is(d[0].Err, fault.KeyCertMismatch) {
		t.Errorf("the UKey is shown without the reason: %v", d)
	}
}
