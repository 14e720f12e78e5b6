//go:build linux

package virtualcard_test

import (
	"crypto/ecdsa"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/apdu"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/token"
	"xinzhang/internal/token/card"
	"xinzhang/internal/token/skf"
	"xinzhang/internal/token/skf/skftest"
	"xinzhang/internal/token/soft"
	"xinzhang/internal/token/soft/softtest"
	"xinzhang/internal/token/tokentest"
	"xinzhang/test/virtualcard"
)

func authKey() token.AuthKey { return token.NewAuthKey([16]byte([]byte(deviceKey))) }

func pin(s string) token.PIN { return token.NewPIN([]byte(s)) }

// client is our SKF client over the driver over the card.
func (w *world) skf() *skf.Driver {
	w.Helper()
	skftest.Host(w.T)
	for _, variable := range w.reader.Env() {
		w.Setenv(variable[:len("PCSCLITE_CSOCK_NAME")], variable[len("PCSCLITE_CSOCK_NAME="):])
	}
	driver, err := skf.OpenProfile(skf.Profile{DeviceName: "serial", Apart: true}, library())
	w.must(err)
	w.Cleanup(func() { w.must(driver.Close()) })
	return driver
}

// event waits for one of the watcher, and checks it.
func (w *world) event(events <-chan skf.Event, present bool) {
	w.Helper()
	select {
	case e := <-events:
		if e.Present != present || e.Serial != w.serial || e.Err != nil {
			w.Fatalf("event %+v, want present %v of %s", e, present, w.serial)
		}
	case <-time.After(15 * time.Second):
		w.Fatalf("no event, want present %v", present)
	}
}

// enrolled makes an application with a changed PIN and a signing key.
func (w *world) enrolled(driver *skf.Driver) (token.Application, token.Container, *ecdsa.PublicKey) {
	w.Helper()
	ctx := w.Context()
	device, err := driver.Connect(ctx, w.serial)
	w.must(err)
	w.must(device.Authenticate(ctx, authKey()))
	app, err := device.CreateApplication(ctx, token.ApplicationSpec{Name: "APP", AdminPIN: pin(adminPIN), UserPIN: pin(firstPIN), CreateFiles: token.ByUser})
	w.must(err)
	w.must(app.ChangePIN(ctx, token.UserPIN, pin(firstPIN), pin(userPIN)))
	w.must(app.VerifyPIN(ctx, token.UserPIN, pin(userPIN)))
	container, err := app.CreateContainer(ctx, "C1")
	w.must(err)
	pub, err := container.GenerateSigningKey(ctx)
	w.must(err)
	return app, container, pub
}

// Issue 4, proof 4, as our agent lives it: its SKF client sees the card come and
// go, and gives the states their names.
func TestOurClientWhenTheCardIsPulledInTheMiddleOfASignature(t *testing.T) {
	w := newWorld(t)
	driver, ctx := w.skf(), t.Context()
	events := driver.Watch(ctx)
	w.must(w.slot.Plug(w.card))
	w.event(events, true)
	app, container, pub := w.enrolled(driver)
	e := sm2enc.Digest(pub, []byte("a document"))
	sign := func() error {
		value, err := container.SignDigest(ctx, e)
		if err == nil && !sm2enc.Verify(pub, []byte("a document"), value) {
			return errors.New("the signature is wrong")
		}
		return err
	}
	w.must(sign())
	if err := app.VerifyPIN(ctx, token.UserPIN, pin("wrong-0000")); !errors.Is(err, fault.PINIncorrect) {
		t.Fatalf("a wrong PIN: %v", err)
	}
	for _, octets := range []int{0, 30, 69} {
		t.Run(fmt.Sprintf("after %d octets", octets), func(t *testing.T) {
			before := tokenTries(w, t)
			w.must(app.VerifyPIN(ctx, token.UserPIN, pin(userPIN)))
			w.must(sign())
			pulled := w.slot.UnplugDuring(apdu.ECCSign, octets)
			if err := sign(); !errors.Is(err, fault.TokenRemoved) {
				t.Fatalf("pulled in the middle: %v, want %v", err, fault.TokenRemoved)
			}
			<-pulled
			w.event(events, false)
			if err := sign(); !errors.Is(err, fault.TokenRemoved) && !errors.Is(err, fault.TokenAbsent) {
				t.Errorf("without the card: %v", err)
			}

			w.must(w.slot.Plug(w.card))
			w.event(events, true)
			info, err := app.PINInfo(ctx, token.UserPIN) // the handle opens again by itself
			if err != nil || info.Left != token.Tries {
				t.Errorf("tries: %+v, %v; before the right PIN there were %d", info, err, before)
			}
			if err := sign(); !errors.Is(err, fault.PINNotVerified) {
				t.Errorf("before the PIN is asked again: %v, want %v", err, fault.PINNotVerified)
			}
			w.must(app.VerifyPIN(ctx, token.UserPIN, pin(userPIN)))
			if err := sign(); err != nil {
				t.Errorf("after the PIN: %v", err)
			}
		})
	}
}

// tokenTries asks the token itself, past card, reader and driver.
func tokenTries(w *world, t *testing.T) int {
	t.Helper()
	info, err := w.app().PINInfo(t.Context(), token.UserPIN)
	w.must(err)
	return info.Left
}

// A card over the whole stack is a UKey like any other.
func TestConformance(t *testing.T) {
	need(t)
	if testing.Short() {
		t.Skip("plugs thirty cards")
	}
	w := newWorld(t)
	driver := w.skf()
	slots := [virtualcard.Slots]*virtualcard.Slot{w.slot, w.reader.Slot(1)}
	tokentest.Run(t, func(t *testing.T) tokentest.Fixture {
		serial, c := another(t)
		slot := slots[0]
		slots[0], slots[1] = slots[1], slots[0] // while one is noticed to be empty
		if err := slot.Plug(c); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(slot.Unplug)
		for range 100 {
			if names, err := driver.Devices(t.Context()); err == nil && len(names) == 1 && names[0] == serial {
				return tokentest.Fixture{
					Driver: driver, Name: serial, AuthKey: authKey(), MayLock: true,
					Lacks: tokentest.Lacks{MustChange: true, AuthTries: true},
				}
			}
			time.Sleep(50 * time.Millisecond)
		}
		t.Fatal("the card is not listed after five seconds")
		return tokentest.Fixture{}
	})
}

// another is a card with a blank token.
func another(t *testing.T) (serial string, c *card.Card) {
	t.Helper()
	tokens := softtest.Driver(t, filepath.Join(t.TempDir(), "tokens"))
	device, err := tokens.Create(t.Context(), soft.Spec{Name: "key", Label: "blank", AuthKey: authKey()})
	if err != nil {
		t.Fatal(err)
	}
	info, err := device.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return info.Serial, card.New(tokens, "key")
}
