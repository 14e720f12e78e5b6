package soft

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"testing"

	"github.com/emmansun/gmsm/sm2"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/token"
)

var errCrash = errors.New("the process ends here")

// crashAt returns a driver that ends at the n-th step, from 0, and counts the
// comparisons that it came to.
func crashAt(dir string, n int) (d *Driver, comparisons *int) {
	d, comparisons = cheap(dir), new(int)
	step := 0
	d.hooks.step = func(string) error {
		step++
		if step > n {
			return errCrash
		}
		return nil
	}
	d.hooks.comparing = func() { *comparisons++ }
	return d, comparisons
}

// A crash between any two steps leaves the state before or the state after, and
// never more tries than comparisons allow.
func TestACrashBetweenTwoSteps(t *testing.T) {
	const spent = 3 // wrong entries before
	type call func(w *world, app *Application) error
	tests := []struct {
		name string
		call call
		// after looks at the token afterwards; done: the call had returned nil.
		after func(w *world, comparisons int, done bool)
	}{
		{"a wrong PIN", func(w *world, app *Application) error {
			err := app.VerifyPIN(w.ctx, token.UserPIN, pin(wrong))
			if errors.Is(err, fault.PINIncorrect) {
				return nil
			}
			return err
		}, func(w *world, comparisons int, done bool) {
			left := w.left(token.UserPIN)
			if left > 7-comparisons || left < 6 || done && left != 6 {
				w.Errorf("%d tries left after %d comparisons", left, comparisons)
			}
			w.must(w.signs(user))
		}},
		{"a right PIN", func(w *world, app *Application) error { return app.VerifyPIN(w.ctx, token.UserPIN, pin(user)) },
			func(w *world, comparisons int, done bool) {
				left := w.left(token.UserPIN)
				if comparisons == 0 && left > 7 || left < 6 || done && left != 10 {
					w.Errorf("%d tries left after %d comparisons", left, comparisons)
				}
				w.must(w.signs(user))
			}},
		{"a wrong admin PIN for unblocking", func(w *world, app *Application) error {
			err := app.UnblockPIN(w.ctx, pin(wrong), pin(other))
			if errors.Is(err, fault.PINAdminIncorrect) {
				return nil
			}
			return err
		}, func(w *world, comparisons int, done bool) {
			left := w.left(token.AdminPIN)
			if left > 10-comparisons || left < 9 || done && left != 9 {
				w.Errorf("%d tries of the admin PIN left after %d comparisons", left, comparisons)
			}
			w.must(w.signs(user))
		}},
		{"changing the PIN", func(w *world, app *Application) error {
			return app.ChangePIN(w.ctx, token.UserPIN, pin(user), pin(other))
		}, eitherPIN},
		{"unblocking", func(w *world, app *Application) error { return app.UnblockPIN(w.ctx, pin(admin), pin(other)) }, eitherPIN},
		{"making a container with its keys", func(w *world, app *Application) error {
			if err := app.VerifyPIN(w.ctx, token.UserPIN, pin(user)); err != nil {
				return err
			}
			c, err := app.CreateContainer(w.ctx, "sign-2")
			if err != nil {
				return err
			}
			pub, err := c.GenerateSigningKey(w.ctx)
			if err != nil {
				return err
			}
			k := must(sm2.GenerateKey(rand.Reader))
			return c.ImportEncryptionKey(w.ctx, must(sm2enc.SealKey(rand.Reader, pub, k)))
		}, func(w *world, _ int, done bool) {
			w.must(w.signs(user))
			app := w.app()
			w.must(app.VerifyPIN(w.ctx, token.UserPIN, pin(user)))
			c, err := app.OpenContainer(w.ctx, "sign-2")
			switch {
			case err == nil:
				_, err := c.ExportPublicKey(w.ctx, token.Encryption)
				if done && err != nil {
					w.Errorf("after it was done: %v", err)
				}
				w.must(app.DeleteContainer(w.ctx, "sign-2")) // and once more from the beginning
			case done || !errors.Is(err, fault.ContainerAbsent):
				w.Error(err)
			}
		}},
		{"destroying a container", func(w *world, app *Application) error {
			if err := app.VerifyPIN(w.ctx, token.UserPIN, pin(user)); err != nil {
				return err
			}
			return app.DeleteContainer(w.ctx, "sign-1")
		}, func(w *world, _ int, done bool) {
			if err := w.signs(user); done && err == nil || err != nil && !errors.Is(err, fault.ContainerAbsent) {
				w.Errorf("the key after it: %v", err)
			}
		}},
		{"creating another application", func(w *world, app *Application) error {
			if err := app.device.Authenticate(w.ctx, deviceKey()); err != nil {
				return err
			}
			_, err := app.device.CreateApplication(w.ctx, token.ApplicationSpec{Name: "TWO", UserPIN: pin(user), AdminPIN: pin(admin)})
			return err
		}, func(w *world, comparisons int, done bool) {
			w.must(w.signs(user))
			names := must(w.app().device.Applications(w.ctx))
			if len(names) != 2 && done {
				w.Errorf("applications are %q", names)
			}
			if s, err := decode(w.read(mainSuffix)); err != nil || comparisons == 0 && s.Auth.Left != 10 && s.Auth.Left != 9 {
				w.Errorf("device key: %v", err)
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for n := 0; ; n++ {
				if n > 100 {
					t.Fatal("no end of steps")
				}
				done := false
				t.Run(fmt.Sprintf("at step %d", n), func(t *testing.T) {
					w := newWorld(t)
					w.guess(spent)
					d, comparisons := crashAt(w.dir, n)
					app, err := w.open(d)
					w.must(err)
					err = tt.call(w, app)
					if done = err == nil; !done && !errors.Is(err, errCrash) {
						t.Fatal(err)
					}
					if crashedEarly := n == 0; crashedEarly && done {
						t.Fatal("the first step was not met")
					}
					_ = app.device.Close()
					tt.after(w, *comparisons, done)
					if !bytes.Equal(w.read(mainSuffix), w.read(copySuffix)) {
						t.Error("the copies still differ")
					}
				})
				if done || t.Failed() {
					break
				}
			}
		})
	}
}

// eitherPIN asks that exactly one of the two PINs opens the token.
func eitherPIN(w *world, _ int, done bool) {
	left := w.left(token.UserPIN)
	if left > 7 && w.signs(other) != nil {
		w.Errorf("%d tries left under the old PIN, there were 7", left)
	}
	old, now := w.signs(user), w.signs(other)
	if (old == nil) == (now == nil) || done && now != nil {
		w.Errorf("the old PIN: %v; the new PIN: %v", old, now)
	}
	if err := errors.Join(old, now); !errors.Is(err, fault.PINIncorrect) {
		w.Error(err)
	}
}

// A crash while mending must not serve what it did not make durable.
func TestACrashWhileMending(t *testing.T) {
	for n := range 3 {
		t.Run(fmt.Sprintf("at step %d", n), func(t *testing.T) {
			w := newWorld(t)
			w.guess(1)
			behind := w.read(copySuffix)
			w.guess(1)
			w.write(copySuffix, behind) // as if the write had ended between the two
			d, _ := crashAt(w.dir, n)
			if _, err := w.open(d); !errors.Is(err, errCrash) {
				t.Fatalf("got error %v", err)
			}
			if got := w.left(token.UserPIN); got != 8 {
				t.Errorf("%d tries left, want 8", got)
			}
			w.must(w.signs(user))
		})
	}
}

func TestCreatingATokenThatIsCutShortLeavesNoneOrAWhole(t *testing.T) {
	for n := range 3 {
		t.Run(fmt.Sprintf("at step %d", n), func(t *testing.T) {
			dir := t.TempDir()
			d, _ := crashAt(dir, n)
			if _, err := d.Create(t.Context(), Spec{Name: "key-1", AuthKey: deviceKey()}); !errors.Is(err, errCrash) {
				t.Fatalf("got error %v", err)
			}
			dev, err := cheap(dir).Create(t.Context(), Spec{Name: "key-1", AuthKey: deviceKey()})
			if n == 0 {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if !errors.Is(err, fault.TokenExists) {
				t.Fatalf("got %v, %v, want %s", dev, err, fault.TokenExists)
			}
			again, err := cheap(dir).Connect(t.Context(), "key-1")
			if err != nil {
				t.Fatal(err)
			}
			if err := again.Authenticate(t.Context(), deviceKey()); err != nil {
				t.Error(err)
			}
		})
	}
}
