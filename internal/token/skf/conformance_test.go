package skf_test

import (
	"os"
	"path/filepath"
	"testing"

	"xinzhang/internal/home"
	_ "xinzhang/internal/skfabi" // part of the library: when it changes, the results here are stale
	"xinzhang/internal/token"
	"xinzhang/internal/token/skf"
	"xinzhang/internal/token/skf/skftest"
	"xinzhang/internal/token/soft"
	"xinzhang/internal/token/soft/softtest"
	"xinzhang/internal/token/tokentest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	skftest.Clean()
	os.Exit(code)
}

func deviceKey() token.AuthKey { return token.NewAuthKey([16]byte([]byte("16 octets of key"))) }

// plug makes a software UKey in a data directory, which the library in a host of
// this test then sees.
func plug(t *testing.T, dir, name string) {
	t.Helper()
	tokens := home.Dir(dir).Tokens()
	if err := os.MkdirAll(tokens, 0o700); err != nil {
		t.Fatal(err)
	}
	dev, err := softtest.Driver(t, tokens).Create(t.Context(), soft.Spec{Name: name, Label: "blank", AuthKey: deviceKey()})
	if err != nil {
		t.Fatal(err)
	}
	if err := dev.Close(); err != nil {
		t.Fatal(err)
	}
}

func unplug(t *testing.T, dir, name string) {
	t.Helper()
	for _, suffix := range []string{".ukey", ".ukey.copy"} {
		if err := os.Remove(filepath.Join(home.Dir(dir).Tokens(), name+suffix)); err != nil {
			t.Fatal(err)
		}
	}
}

// ours is a driver over our own library, with one UKey "key-1".
func ours(t *testing.T, tags string) (*skf.Driver, string) {
	t.Helper()
	skftest.Host(t)
	library := skftest.Library(t, tags)
	dir := t.TempDir()
	t.Setenv("XINZHANG_HOME", dir)
	plug(t, dir, "key-1")
	d, err := skf.Open(library)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d, dir
}

func TestConformance(t *testing.T) {
	for name, tags := range skftest.Layouts {
		t.Run(name, func(t *testing.T) {
			tokentest.Run(t, func(t *testing.T) tokentest.Fixture {
				d, _ := ours(t, tags)
				return tokentest.Fixture{
					Driver: d, Name: "key-1", AuthKey: deviceKey(), MayLock: true,
					Lacks: tokentest.Lacks{MustChange: true, AuthTries: true},
				}
			})
		})
	}
}
