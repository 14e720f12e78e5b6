package skfchaos_test

import (
	"os"
	"path/filepath"
	"testing"

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
	dir string // of the tokens
}

// open loads a library over a new folder.
func open(t *testing.T, library string, profile skf.Profile) *client {
	t.Helper()
	skftest.Host(t)
	dir := t.TempDir()
	t.Setenv("SKFCHAOS_DIR", dir)
	t.Setenv("SKFCHAOS", "authkey="+authKey)
	d, err := skf.OpenProfile(profile, library)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return &client{t, d, dir}
}

// switches sets what the library does from the next call on.
func (c *client) switches(s string) {
	c.Helper()
	if err := os.WriteFile(filepath.Join(c.dir, "control"), []byte("authkey="+authKey+";"+s), 0o644); err != nil {
		c.Fatal(err)
	}
	counts, _ := filepath.Glob(filepath.Join(c.dir, "count-*"))
	for _, f := range counts {
		_ = os.Remove(f)
	}
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
