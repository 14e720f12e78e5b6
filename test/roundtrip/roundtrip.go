// Package roundtrip has, for benchmarks, both ends of the way page → agent →
// signature whose cost is to be told from that of UKey, PIN and person: the agent as
// it is, with a key in memory and a person who answers at once, and the floor, which
// is the least that answers a signature over loopback.
//
//	person := authority.Person(nil)
//	roundtrip.ServeAgent(b, there, authority, dir, roundtrip.Flash(person))
//	roundtrip.ServeFloor(b, here, roundtrip.Beside(b, there.Addr().String()), func() ([]byte, error) { return person.SignDigest(ctx, e) })
package roundtrip

import (
	"context"
	"log/slog"
	"net"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"xinzhang/internal/agent"
	"xinzhang/internal/fixture"
	"xinzhang/internal/home"
	"xinzhang/internal/keyring"
	"xinzhang/internal/prompt"
	"xinzhang/internal/systems"
	"xinzhang/internal/token"
	"xinzhang/internal/trust"
)

// PIN is what the person types.
const PIN = "482915"

// A person answers at once with yes, and allows the origin from then on.
type person struct{}

func (person) Name() string { return "page" }
func (person) Ask(ctx context.Context, build func() prompt.Question, decide func(context.Context, prompt.Answer) error) error {
	q := build()
	return decide(ctx, prompt.Answer{Approve: true, Operation: q.Operation, Key: q.Selected, PIN: token.NewPIN([]byte(PIN)), Remember: q.AskOrigin})
}

// ServeAgent runs an agent on l until the test ends, with the UKeys of provider, and
// a clock that no limit of calls a second can catch. Its person allows whoever asks.
func ServeAgent(tb testing.TB, l net.Listener, a *fixture.Authority, dir home.Dir, provider keyring.Provider) {
	tb.Helper()
	must(tb, dir.Create())
	ring := keyring.New(keyring.Config{}, provider)
	ring.Refresh(tb.Context())
	trusted := func() (*trust.Set, error) { return a.Trust(), nil }
	who, err := systems.Open(systems.Config{Origins: filepath.Join(dir.Agent(), "origins.json"), Trust: trusted, Now: time.Now})
	must(tb, err)
	var tick atomic.Int64
	s, err := agent.New(agent.Config{
		Version: "bench", Home: dir, Ring: ring, Systems: who, Trust: trusted, Prompter: person{}, Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return time.Now().Add(time.Duration(tick.Add(int64(100 * time.Millisecond)))) },
	})
	must(tb, err)
	ctx, cancel := context.WithCancel(context.Background())
	tb.Cleanup(cancel)
	go func() { _ = s.Serve(ctx, l) }()
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
