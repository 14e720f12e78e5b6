package soft

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"os"
	"path/filepath"
	"sync"
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

// newWorld puts a token of the test run into a folder of its own; all are the
// same one.
func newWorld(tb testing.TB) *world {
	tb.Helper()
	made := madeOnce()
	w := &world{TB: tb, ctx: context.Background(), dir: tb.TempDir(), pub: made.pub}
	w.write(mainSuffix, made.file)
	w.write(copySuffix, made.file)
	return w
}

type made struct {
	file []byte
	pub  *ecdsa.PublicKey
}

var madeOnce = sync.OnceValue(makeToken)

func makeToken() made {
	ctx := context.Background()
	dir := must(os.MkdirTemp("", "soft"))
	defer func() { _ = os.RemoveAll(dir) }()
	dev := must(cheap(dir).Create(ctx, Spec{Name: "key-1", AuthKey: deviceKey()}))
	check := func(err error) { must(0, err) }
	check(dev.Authenticate(ctx, deviceKey()))
	app := must(dev.CreateApplication(ctx, token.ApplicationSpec{Name: "APP", UserPIN: pin(user), AdminPIN: pin(admin), CreateFiles: token.ByUser, KeepFirstPIN: true}))
	check(app.VerifyPIN(ctx, token.UserPIN, pin(user)))
	c := must(app.CreateContainer(ctx, "sign-1"))
	pub := must(c.GenerateSigningKey(ctx))
	return made{must(os.ReadFile(filepath.Join(dir, "key-1"+mainSuffix))), pub}
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

// change rewrites both files with a changed state.
func (w *world) change(f func(*state)) {
	w.Helper()
	s, err := decode(w.read(mainSuffix))
	w.must(err)
	f(s)
	b, err := encode(s)
	w.must(err)
	w.write(mainSuffix, b)
	w.write(copySuffix, b)
}

// soak reports whether the long proofs are wanted.
func soak() bool { return os.Getenv("XINZHANG_SOAK") == "1" }
