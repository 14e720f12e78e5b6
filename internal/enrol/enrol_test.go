package enrol_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"testing"
	"time"

	"xinzhang/internal/ca"
	"xinzhang/internal/enrol"
	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/home"
	"xinzhang/internal/hsm"
	"xinzhang/internal/kmc"
	"xinzhang/internal/store"
	"xinzhang/internal/token"
	"xinzhang/internal/token/soft"
	"xinzhang/internal/token/soft/softtest"
)

// newAuthority is a real authority on a real database.
func newAuthority(t *testing.T) *ca.CA {
	t.Helper()
	dir := home.Dir(t.TempDir())
	db, err := store.Open(t.Context(), dir.Database())
	if err != nil {
		t.Fatal(err)
	}
	keys := hsm.NewFolder(dir.Keys(), hsm.NewPassphrase([]byte("a good one")))
	cfg := ca.Config{
		Home: dir, Store: db.CA(), Keys: keys, Now: time.Now,
		KMC: kmc.New(kmc.Config{Store: db.KMC(), Keys: keys, Now: time.Now}),
	}
	if _, err := ca.Init(t.Context(), cfg, ca.Setup{Name: "示例电子认证中心"}); err != nil {
		t.Fatal(err)
	}
	c, _, err := ca.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = c.Close(), db.Close() })
	return c
}

// newApp is the application of a fresh software UKey, with the user PIN verified.
// first tells whether it is still the first PIN.
func newApp(t *testing.T, first bool) token.Application {
	t.Helper()
	ctx := t.Context()
	key := token.NewAuthKey([16]byte([]byte("0123456789abcdef")))
	device, err := softtest.Driver(t, t.TempDir()).Create(ctx, soft.Spec{Name: "key-1", AuthKey: key})
	if err != nil {
		t.Fatal(err)
	}
	if err := device.Authenticate(ctx, key); err != nil {
		t.Fatal(err)
	}
	app, err := device.CreateApplication(ctx, token.ApplicationSpec{
		Name: "XINZHANG", AdminPIN: pin("adm1n-7351"), UserPIN: pin("f1rst-2846"), KeepFirstPIN: !first,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := app.VerifyPIN(ctx, token.UserPIN, pin("f1rst-2846")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = app.Close(), device.Close() })
	return app
}

func pin(s string) token.PIN { return token.NewPIN([]byte(s)) }

// plan is for a person of whom there is one for each request.
func plan(id string) enrol.Plan {
	return enrol.Plan{ID: id, Kind: ca.Person, Subject: cert.Subject{
		Country: "CN", Organisation: "示例监狱", CommonName: "测试用户" + id,
		IDNumber: "99000019900307123" + string(cert.IDCheckDigit("99000019900307123")),
	}}
}

// checkUKey makes sure that the UKey holds what the authority knows as valid,
// and that nothing else of the holder is valid.
func checkUKey(t *testing.T, authority *ca.CA, app token.Application, id string) {
	t.Helper()
	ctx := t.Context()
	issued, err := authority.Issued(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	c, err := app.OpenContainer(ctx, enrol.DefaultContainer)
	if err != nil {
		t.Fatal(err)
	}
	for use, want := range map[token.KeyUse]*cert.Certificate{token.Signing: issued.Signing, token.Encryption: issued.Encryption} {
		der, err := c.ExportCertificate(ctx, use)
		if err != nil || !bytes.Equal(der, want.Raw) {
			t.Errorf("the %s certificate is another, %v", use, err)
		}
		pub, err := c.ExportPublicKey(ctx, use)
		if err != nil || !pub.Equal(want.PublicKey) {
			t.Errorf("the %s key is another, %v", use, err)
		}
		if err := authority.Check(ctx, want, time.Now()); err != nil {
			t.Errorf("the %s certificate: %v", use, err)
		}
	}
	wantValid(t, authority, id, 2)
}

func wantValid(t *testing.T, authority *ca.CA, id string, want int) {
	t.Helper()
	valid, err := authority.List(t.Context(), ca.Filter{Text: "测试用户" + id, State: ca.Valid})
	if err != nil || len(valid) != want {
		t.Errorf("%d certificates are valid, want %d, %v", len(valid), want, err)
	}
	for _, s := range []ca.State{ca.Recorded, ca.Signing} {
		if half, err := authority.List(t.Context(), ca.Filter{State: s}); err != nil || len(half) > 0 {
			t.Errorf("%d certificates are %s, %v", len(half), s, err)
		}
	}
}

func TestAPersonGetsAUKeyThatWorks(t *testing.T) {
	authority, app := newAuthority(t), newApp(t, false)
	result, err := enrol.Run(t.Context(), authority, app, plan("2026-0001"))
	if err != nil {
		t.Fatal(err)
	}
	if !result.Tested {
		t.Error("the keys were not tried out")
	}
	checkUKey(t, authority, app, "2026-0001")
	c, err := app.OpenContainer(t.Context(), enrol.DefaultContainer)
	if err != nil {
		t.Fatal(err)
	}
	key, err := token.SigningKey(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	value, err := key.SignDigest(t.Context(), sm2enc.Digest(result.Signing.PublicKey, []byte("document")))
	if err != nil || !sm2enc.Verify(result.Signing.PublicKey, []byte("document"), value) {
		t.Errorf("the UKey signs wrongly, %v", err)
	}
}

func TestUnderTheFirstPINTheKeysAreNotTriedOut(t *testing.T) {
	authority, app := newAuthority(t), newApp(t, true)
	result, err := enrol.Run(t.Context(), authority, app, plan("2026-0001"))
	if err != nil {
		t.Fatal(err)
	}
	if result.Tested {
		t.Error("the first PIN was enough to sign")
	}
	checkUKey(t, authority, app, "2026-0001")
}

func TestAContainerInUseIsLeftAlone(t *testing.T) {
	authority, app := newAuthority(t), newApp(t, false)
	if _, err := enrol.Run(t.Context(), authority, app, plan("2026-0001")); err != nil {
		t.Fatal(err)
	}
	_, err := enrol.Run(t.Context(), authority, app, plan("2026-0002"))
	wantCode(t, err, fault.ContainerExists)
	checkUKey(t, authority, app, "2026-0001")

	if _, err := enrol.Run(t.Context(), authority, app, plan("2026-0001")); err != nil { // the same again
		t.Error(err)
	}
	checkUKey(t, authority, app, "2026-0001")
}

func TestARefusedRequestLeavesNoContainer(t *testing.T) {
	authority, app := newAuthority(t), newApp(t, false)
	p := plan("2026-0001")
	p.Subject.IDNumber = "990000199003071230"
	_, err := enrol.Run(t.Context(), authority, app, p)
	wantCode(t, err, fault.CertIDNumberDigit)
	if names, err := app.Containers(t.Context()); err != nil || len(names) > 0 {
		t.Errorf("containers %v, %v", names, err)
	}
	if _, err := enrol.Run(t.Context(), authority, app, plan("2026-0001")); err != nil {
		t.Errorf("corrected: %v", err)
	}
	checkUKey(t, authority, app, "2026-0001")
}

func wantCode(t *testing.T, err error, want fault.Code) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("error %v, want %s", err, want)
	}
}

var errBroken = errors.New("broken here")

// A breaker fails one call, and when it kills every later one too: like a
// program that is gone.
type breaker struct {
	at    int
	kills bool
	calls []string
}

func (b *breaker) call(name string) error {
	b.calls = append(b.calls, name)
	n := len(b.calls) - 1
	if n == b.at || b.kills && n > b.at {
		return fmt.Errorf("%w: %s", errBroken, name)
	}
	return nil
}

// last tells what was done and then forgotten: half of the calls fail after they
// have had their effect.
func (b *breaker) last(err error, name string) error {
	if err != nil {
		return err
	}
	return b.call(name + ", done")
}

type brokenApp struct {
	token.Application
	b *breaker
}

func (a brokenApp) OpenContainer(ctx context.Context, name string) (token.Container, error) {
	c, err := a.Application.OpenContainer(ctx, name)
	return brokenContainer{c, a.b}, a.b.last(err, "open container")
}

func (a brokenApp) CreateContainer(ctx context.Context, name string) (token.Container, error) {
	if err := a.b.call("create container"); err != nil {
		return nil, err
	}
	c, err := a.Application.CreateContainer(ctx, name)
	return brokenContainer{c, a.b}, a.b.last(err, "create container")
}

func (a brokenApp) DeleteContainer(ctx context.Context, name string) error {
	if err := a.b.call("delete container"); err != nil {
		return err
	}
	return a.b.last(a.Application.DeleteContainer(ctx, name), "delete container")
}

type brokenContainer struct {
	token.Container
	b *breaker
}

func (c brokenContainer) GenerateSigningKey(ctx context.Context) (*ecdsa.PublicKey, error) {
	if err := c.b.call("generate key"); err != nil {
		return nil, err
	}
	pub, err := c.Container.GenerateSigningKey(ctx)
	return pub, c.b.last(err, "generate key")
}

func (c brokenContainer) SignDigest(ctx context.Context, e [32]byte) ([]byte, error) {
	sig, err := c.Container.SignDigest(ctx, e)
	return sig, c.b.last(err, "sign")
}

func (c brokenContainer) ImportCertificate(ctx context.Context, use token.KeyUse, der []byte) error {
	if err := c.b.call("import certificate"); err != nil {
		return err
	}
	return c.b.last(c.Container.ImportCertificate(ctx, use, der), "import certificate")
}

func (c brokenContainer) ImportEncryptionKey(ctx context.Context, k sm2enc.EnvelopedKey) error {
	if err := c.b.call("import key"); err != nil {
		return err
	}
	return c.b.last(c.Container.ImportEncryptionKey(ctx, k), "import key")
}

type brokenAuthority struct {
	*ca.CA
	b *breaker
}

func (a brokenAuthority) Issue(ctx context.Context, req ca.Request) (*ca.Issued, error) {
	if err := a.b.call("issue"); err != nil {
		return nil, err
	}
	issued, err := a.CA.Issue(ctx, req)
	return issued, a.b.last(err, "issue")
}

func (a brokenAuthority) Withdraw(ctx context.Context, id, note string) error {
	if err := a.b.call("withdraw"); err != nil {
		return err
	}
	return a.CA.Withdraw(ctx, id, note)
}

// broken runs an enrolment in which call number at fails.
func broken(t *testing.T, authority *ca.CA, app token.Application, id string, at int, kills bool) (b *breaker, err error) {
	t.Helper()
	b = &breaker{at: at, kills: kills}
	_, err = enrol.Run(t.Context(), brokenAuthority{authority, b}, brokenApp{app, b}, plan(id))
	if err != nil && !errors.Is(err, errBroken) {
		t.Fatal(err)
	}
	return b, err
}

func TestAFailedEnrolmentLeavesNothing(t *testing.T) {
	authority := newAuthority(t)
	for at := 0; ; at++ {
		app, id := newApp(t, at%2 == 0), fmt.Sprintf("2026-%04d", at)
		b, err := broken(t, authority, app, id, at, false)
		if err == nil {
			if at < 10 {
				t.Errorf("only %d calls: %v", at, b.calls)
			}
			return
		}
		t.Run(fmt.Sprintf("%02d %s", at, b.calls[at]), func(t *testing.T) {
			if names, err := app.Containers(t.Context()); err != nil || len(names) > 0 {
				if b.calls[at] != "create container, done" { // the handle was lost, nothing is known of it
					t.Errorf("containers %v, %v", names, err)
				}
			}
			wantValid(t, authority, id, 0)
			if _, err := enrol.Run(t.Context(), authority, app, plan(id)); err != nil {
				t.Fatalf("again: %v", err)
			}
			checkUKey(t, authority, app, id)
		})
	}
}

func TestAKilledEnrolmentGoesOn(t *testing.T) {
	authority := newAuthority(t)
	for at := 0; ; at++ {
		app, id := newApp(t, at%2 == 0), fmt.Sprintf("2026-%04d", at)
		b, err := broken(t, authority, app, id, at, true)
		if err == nil {
			return
		}
		t.Run(fmt.Sprintf("%02d %s", at, b.calls[at]), func(t *testing.T) {
			if _, err := enrol.Run(t.Context(), authority, app, plan(id)); err != nil {
				t.Fatalf("again: %v", err)
			}
			checkUKey(t, authority, app, id)
		})
	}
}

func TestAUKeyThatCannotSignIsNotHandedOut(t *testing.T) {
	authority, app := newAuthority(t), newApp(t, false)
	_, err := enrol.Run(t.Context(), authority, defectiveApp{app}, plan("2026-0001"))
	wantCode(t, err, fault.EnrolTestFailed)
	wantValid(t, authority, "2026-0001", 0)
}

// A defective UKey signs its request, and noise from then on.
type defectiveApp struct{ token.Application }

func (a defectiveApp) CreateContainer(ctx context.Context, name string) (token.Container, error) {
	c, err := a.Application.CreateContainer(ctx, name)
	return &defectiveContainer{Container: c}, err
}

type defectiveContainer struct {
	token.Container
	signed bool
}

func (c *defectiveContainer) SignDigest(ctx context.Context, e [32]byte) ([]byte, error) {
	if c.signed {
		e[0] ^= 1
	}
	c.signed = true
	return c.Container.SignDigest(ctx, e)
}
