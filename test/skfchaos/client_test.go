package skfchaos_test

import (
	"crypto/ecdsa"
	"os"
	"path/filepath"
	"testing"
	"time"

	"xinzhang/internal/fixture"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/token"
	"xinzhang/internal/token/skf"
	"xinzhang/internal/token/skf/skftest"
	"xinzhang/internal/token/tokentest"
	"xinzhang/test/skfchaos"
)

const authKey = "16 octets of key"

// A client is a driver over the chaotic library with tokens of its own.
type client struct {
	*testing.T
	*skf.Driver
	dir  string // of the tokens
	name string // of the token

	library string
	profile skf.Profile
}

// open loads a library over a new folder.
func open(t *testing.T, library string, profile skf.Profile) *client {
	t.Helper()
	skftest.Host(t)
	dir := t.TempDir()
	t.Setenv("SKFCHAOS_DIR", dir)
	t.Setenv("SKFCHAOS", "authkey="+authKey)
	c := &client{T: t, dir: dir, name: "CHAOS-1", library: library, profile: profile}
	c.restart()
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// restart begins with a new host, as after a start of the program. Calls have two
// seconds: far more than any takes that ends.
func (c *client) restart() {
	c.Helper()
	if c.Driver != nil {
		_ = c.Close()
	}
	d, err := skf.OpenProfile(c.profile, c.library)
	if err != nil {
		c.Fatal(err)
	}
	d.Limit(callTime, 10*time.Millisecond)
	c.Driver = d
}

const callTime = 2 * time.Second

// switches sets what the library does from the next call on.
func (c *client) switches(s string) {
	c.Helper()
	// Whole or as before: a library that reads it half written knows other devices.
	control := filepath.Join(c.dir, "control")
	if err := os.WriteFile(control+".new", []byte("authkey="+authKey+"; devices="+c.name+";"+s), 0o644); err != nil {
		c.Fatal(err)
	}
	if err := os.Rename(control+".new", control); err != nil {
		c.Fatal(err)
	}
	counts, _ := filepath.Glob(filepath.Join(c.dir, "count-*"))
	for _, f := range counts {
		_ = os.Remove(f)
	}
}

func certify(t *testing.T, pub *ecdsa.PublicKey) []byte {
	t.Helper()
	return fixture.New(t, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)).Person(func(t *cert.Template) { t.PublicKey = pub }).Cert.Raw
}

func deviceKey() token.AuthKey { return token.NewAuthKey([16]byte([]byte(authKey))) }

func pin(s string) token.PIN { return token.NewPIN([]byte(s)) }

// The library shares nothing with our own but the standard; without switches it is
// a sound token.
func TestConformance(t *testing.T) {
	for _, layout := range skfchaos.Layouts {
		t.Run(layout.Name, func(t *testing.T) {
			library := skfchaos.Build(t, layout)
			tokentest.Run(t, func(t *testing.T) tokentest.Fixture {
				return tokentest.Fixture{
					Driver: open(t, library, skf.Profile{}), Name: "CHAOS-1", AuthKey: deviceKey(), MayLock: true,
					Lacks: tokentest.Lacks{MustChange: true, AuthTries: true},
				}
			})
		})
	}
}
