package soft

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/token"
)

const (
	user  = "Qx7-3058"
	other = "93a51c77"
	wrong = "715204"
	admin = "Admin+60918273"
)

func pin(s string) token.PIN { return token.NewPIN([]byte(s)) }

// world is a folder with one token "key-1": application, one signing key without
// certificate, PINs as above, the first user PIN allowed to stay.
type world struct {
	testing.TB
	ctx context.Context
	dir string
	pub *ecdsa.PublicKey
}

func newWorld(tb testing.TB) *world {
	tb.Helper()
	w := &world{TB: tb, ctx: context.Background(), dir: tb.TempDir()}
	dev, err := cheap(w.dir).Create(w.ctx, Spec{Name: "key-1", AuthKey: deviceKey()})
	w.must(err)
	w.must(dev.Authenticate(w.ctx, deviceKey()))
	app, err := dev.CreateApplication(w.ctx, token.ApplicationSpec{Name: "APP", UserPIN: pin(user), AdminPIN: pin(admin), CreateFiles: token.ByUser, KeepFirstPIN: true})
	w.must(err)
	w.must(app.VerifyPIN(w.ctx, token.UserPIN, pin(user)))
	c, err := app.CreateContainer(w.ctx, "sign-1")
	w.must(err)
	w.pub, err = c.GenerateSigningKey(w.ctx)
	w.must(err)
	w.must(dev.Close())
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// open opens the application by d; the device is closed with the test.
func (w *world) open(d *Driver) (*Application, error) {
	dev, err := d.Connect(w.ctx, "key-1")
	if err != nil {
		return nil, err
	}
	w.Cleanup(func() { _ = dev.Close() })
	app, err := dev.OpenApplication(w.ctx, "APP")
	if err != nil {
		return nil, err
	}
	return app.(*Application), nil
}

func (w *world) app() *Application {
	w.Helper()
	app, err := w.open(cheap(w.dir))
	w.must(err)
	return app
}

// left returns the tries of a PIN.
func (w *world) left(kind token.PINKind) int {
	w.Helper()
	info, err := w.app().PINInfo(w.ctx, kind)
	w.must(err)
	return info.Left
}

// signs reports whether p opens the token and the key signs.
func (w *world) signs(p string) error {
	app := w.app()
	defer func() { _ = app.device.Close() }()
	if err := app.VerifyPIN(w.ctx, token.UserPIN, pin(p)); err != nil {
		return err
	}
	c, err := app.OpenContainer(w.ctx, "sign-1")
	if err != nil {
		return err
	}
	e := sm2enc.Digest(w.pub, []byte("message"))
	value, err := c.SignDigest(w.ctx, e)
	if err != nil {
		return err
	}
	if sig, _, err := sm2enc.ParseSignature(value); err != nil || !sm2enc.VerifyDigest(w.pub, e, sig) {
		return errors.New("the signature does not verify")
	}
	return nil
}

// guess gives the wrong PIN n times.
func (w *world) guess(n int) {
	w.Helper()
	app := w.app()
	defer func() { _ = app.device.Close() }()
	for range n {
		if err := app.VerifyPIN(w.ctx, token.UserPIN, pin(wrong)); !errors.Is(err, fault.PINIncorrect) {
			w.Fatal(err)
		}
	}
}

func (w *world) path(suffix string) string { return filepath.Join(w.dir, "key-1"+suffix) }

func (w *world) read(suffix string) []byte {
	w.Helper()
	b, err := os.ReadFile(w.path(suffix))
	w.must(err)
	return b
}

func (w *world) write(suffix string, b []byte) {
	w.Helper()
	w.must(os.WriteFile(w.path(suffix), b, 0o600))
}

// soak reports whether the long proofs are wanted.
func soak() bool { return os.Getenv("XINZHANG_SOAK") == "1" }
