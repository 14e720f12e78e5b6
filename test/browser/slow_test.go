package browser

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"xinzhang/internal/agent"
	"xinzhang/internal/fixture"
	"xinzhang/internal/home"
	"xinzhang/internal/keyring"
	"xinzhang/internal/systems"
	"xinzhang/internal/token"
	"xinzhang/internal/token/soft/softtest"
	"xinzhang/internal/trust"
	"xinzhang/internal/webui"
)

// A slow driver signs as slowly as some UKeys do, so that a person can hold a
// batch midway; a software UKey is through before anybody could.
type slow struct{ token.Driver }

type slowDevice struct{ token.Device }

type slowApp struct{ token.Application }

type slowContainer struct{ token.Container }

const slowness = 500 * time.Millisecond

func (s slow) Connect(ctx context.Context, name string) (token.Device, error) {
	d, err := s.Driver.Connect(ctx, name)
	return slowDevice{d}, err
}

func (d slowDevice) OpenApplication(ctx context.Context, name string) (token.Application, error) {
	a, err := d.Device.OpenApplication(ctx, name)
	return slowApp{a}, err
}

func (a slowApp) OpenContainer(ctx context.Context, name string) (token.Container, error) {
	c, err := a.Application.OpenContainer(ctx, name)
	return slowContainer{c}, err
}

func (c slowContainer) SignDigest(ctx context.Context, e [32]byte) ([]byte, error) {
	time.Sleep(slowness)
	return c.Container.SignDigest(ctx, e)
}

// listen takes one of the ports at which pages look for an agent: on another one
// it would answer to its own name only.
func listen(tb testing.TB) net.Listener {
	tb.Helper()
	var all error
	for _, port := range agent.Ports {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			return l
		}
		all = errors.Join(all, err)
	}
	tb.Fatal(all)
	return nil
}

// slowAgent runs an agent with the UKey of a person that is slow; it returns what
// tells batch.test.mjs where it is: its port, the PIN, and the file to which it
// writes the addresses of the windows that it opens.
func slowAgent(t *testing.T) []string {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	const pin = "482915"
	dir := home.Dir(t.TempDir())
	must(dir.Create())
	authority := fixture.New(t, time.Now().Add(-time.Hour).UTC().Truncate(time.Second))
	trusted := func() (*trust.Set, error) { return authority.Trust(), nil }
	softtest.UKey(t, dir.Tokens(), "person", pin, authority.Person)
	ring := keyring.New(keyring.Config{}, keyring.Soft(slow{softtest.Driver(t, dir.Tokens())}, dir.Tokens()))
	ring.Refresh(t.Context())
	who, err := systems.Open(systems.Config{Origins: filepath.Join(dir.Agent(), "origins.json"), Lists: []string{dir.Agent()}, Trust: trusted, Now: time.Now})
	must(err)
	windows := filepath.Join(t.TempDir(), "windows.txt")
	must(os.WriteFile(windows, nil, 0o600))
	var writing sync.Mutex
	open := func(_ context.Context, url string) error {
		writing.Lock()
		defer writing.Unlock()
		f, err := os.OpenFile(windows, os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(f, url)
		return errors.Join(err, f.Close())
	}
	server, err := agent.New(agent.Config{
		Version: "1.0.0", Home: dir, Ring: ring, Systems: who, Trust: trusted, Pages: webui.Handler(), OpenWindow: open,
		Log: slog.New(slog.DiscardHandler), Now: time.Now,
	})
	must(err)
	l := listen(t)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- server.Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return []string{fmt.Sprintf("XINZHANG_SLOW_AGENT=%d,%s,%s", l.Addr().(*net.TCPAddr).Port, pin, windows)}
}
