package keyring_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"xinzhang/internal/fixture"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/keyring"
	"xinzhang/internal/token"
	"xinzhang/internal/token/soft"
	"xinzhang/internal/token/soft/softtest"
)

const pin = "482915"

// A bench is a folder of UKeys, the ring over it, and a clock that does not wait.
type bench struct {
	t         testing.TB
	dir       string
	authority *fixture.Authority
	driver    *soft.Driver
	ring      *keyring.Ring

	mu     sync.Mutex
	now    time.Time
	pauses []time.Duration
}

func newBench(t testing.TB, wrap func(token.Driver) token.Driver) *bench {
	b := &bench{t: t, dir: t.TempDir(), now: time.Now()}
	b.authority = fixture.New(t, b.now.Add(-time.Hour).UTC().Truncate(time.Second))
	b.driver = softtest.Driver(t, b.dir)
	driver := token.Driver(b.driver)
	if wrap != nil {
		driver = wrap(driver)
	}
	b.ring = keyring.New(keyring.Config{Now: b.clock, Sleep: b.sleep}, keyring.Soft(driver, b.dir))
	return b
}

func (b *bench) clock() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now
}

func (b *bench) sleep(_ context.Context, d time.Duration) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = b.now.Add(d)
	b.pauses = append(b.pauses, d)
	return nil
}

// person makes a UKey with a person's certificate, and returns its id.
func (b *bench) person(name string, change func(*cert.Template)) string {
	return b.key(name, true, func(pub func(*cert.Template)) *fixture.Holder {
		return b.authority.Person(func(t *cert.Template) {
			pub(t)
			if change != nil {
				change(t)
			}
		})
	})
}

func (b *bench) organisation(name string) string {
	return b.key(name, true, func(pub func(*cert.Template)) *fixture.Holder { return b.authority.Organisation(pub) })
}

func (b *bench) key(name string, changed bool, issue func(func(*cert.Template)) *fixture.Holder) string {
	b.t.Helper()
	ctx := b.t.Context()
	auth := token.NewAuthKey([16]byte([]byte("16 octets of key")))
	dev, err := b.driver.Create(ctx, soft.Spec{Name: name, AuthKey: auth})
	b.must(err)
	defer func() { b.must(dev.Close()) }()
	b.must(dev.Authenticate(ctx, auth))
	first := token.NewPIN([]byte("735182"))
	app, err := dev.CreateApplication(ctx, token.ApplicationSpec{Name: "XINZHANG", AdminPIN: token.NewPIN([]byte("admin-730165")), UserPIN: first})
	b.must(err)
	current := first
	if changed {
		current = token.NewPIN([]byte(pin))
		b.must(app.ChangePIN(ctx, token.UserPIN, first, current))
	}
	b.must(app.VerifyPIN(ctx, token.UserPIN, current))
	c, err := app.CreateContainer(ctx, "sign-1")
	b.must(err)
	pub, err := c.GenerateSigningKey(ctx)
	b.must(err)
	holder := issue(func(t *cert.Template) { t.PublicKey = pub })
	b.must(c.ImportCertificate(ctx, token.Signing, holder.Certificate()))
	return keyring.ID(holder.Certificate())
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// left reads the tries past the ring, from the file.
func (b *bench) left(name string) int {
	b.t.Helper()
	dev, err := softtest.Driver(b.t, b.dir).Connect(b.t.Context(), name)
	b.must(err)
	defer func() { b.must(dev.Close()) }()
	app, err := dev.OpenApplication(b.t.Context(), "XINZHANG")
	b.must(err)
	info, err := app.PINInfo(b.t.Context(), token.UserPIN)
	b.must(err)
	return info.Left
}

func (b *bench) attempt(key, operation, typed string) keyring.Attempt {
	return keyring.Attempt{Key: key, Operation: operation, PIN: token.NewPIN([]byte(typed)), FromPage: true}
}
