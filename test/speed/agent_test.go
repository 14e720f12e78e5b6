//go:build unix

package speed

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/emmansun/gmsm/sm2"

	"xinzhang/internal/agent"
	"xinzhang/internal/fixture"
	"xinzhang/internal/home"
	"xinzhang/internal/keyring"
	"xinzhang/internal/prompt"
	"xinzhang/internal/systems"
	"xinzhang/internal/token"
	"xinzhang/internal/token/soft"
	"xinzhang/internal/token/soft/softtest"
	"xinzhang/internal/trust"
)

// A flash is a UKey in memory that any PIN opens, so that what is measured is the
// agent and not Argon2id. What is not asked for here is the nil interface's.
type flash struct {
	token.Device
	token.Application
	token.Container
	key  *sm2.PrivateKey
	cert []byte
}

type (
	flashProvider  struct{ *flash }
	flashDevice    struct{ *flash }
	flashApp       struct{ *flash }
	flashContainer struct{ *flash }
)

func (flashProvider) Kind() string                              { return "soft" }
func (flashProvider) Watch(ctx context.Context, _ func())       { <-ctx.Done() }
func (flashProvider) Devices(context.Context) ([]string, error) { return []string{"flash"}, nil }
func (f flashProvider) Connect(context.Context, string) (token.Device, error) {
	return flashDevice(f), nil
}
func (flashDevice) Info(context.Context) (token.Info, error)       { return token.Info{Serial: "1"}, nil }
func (flashDevice) Applications(context.Context) ([]string, error) { return []string{"APP"}, nil }
func (f flashDevice) OpenApplication(context.Context, string) (token.Application, error) {
	return flashApp(f), nil
}
func (flashDevice) Close() error { return nil }
func (flashApp) Name() string    { return "APP" }
func (flashApp) Close() error    { return nil }
func (flashApp) PINInfo(context.Context, token.PINKind) (token.PINInfo, error) {
	return token.PINInfo{Max: 10, Left: 10}, nil
}
func (flashApp) VerifyPIN(context.Context, token.PINKind, token.PIN) error { return nil }
func (flashApp) ClearSecureState(context.Context) error                    { return nil }
func (flashApp) Files(context.Context) ([]token.FileInfo, error)           { return nil, nil }
func (flashApp) Containers(context.Context) ([]string, error)              { return []string{"c"}, nil }
func (f flashApp) OpenContainer(context.Context, string) (token.Container, error) {
	return flashContainer(f), nil
}
func (flashContainer) Name() string { return "c" }
func (f flashContainer) ExportCertificate(context.Context, token.KeyUse) ([]byte, error) {
	return f.cert, nil
}
func (f flashContainer) ExportPublicKey(context.Context, token.KeyUse) (*ecdsa.PublicKey, error) {
	return &f.key.PublicKey, nil
}
func (f flashContainer) SignDigest(_ context.Context, e [32]byte) ([]byte, error) {
	return sm2.SignASN1(rand.Reader, f.key, e[:], nil)
}

// yes is a person who answers at once.
type yes struct{}

func (yes) Name() string { return "page" }
func (yes) Ask(ctx context.Context, build func() prompt.Question, decide func(context.Context, prompt.Answer) error) error {
	q := build()
	return decide(ctx, prompt.Answer{Approve: true, Operation: q.Operation, Key: q.Selected, PIN: token.NewPIN([]byte(pin))})
}

const (
	pin    = "482915"
	origin = "https://case.example"
	trips  = 200
)

// authority is who issues here.
func authority(b *testing.B) *fixture.Authority {
	return fixture.New(b, time.Now().Add(-time.Hour).UTC().Truncate(time.Second))
}

// flashAgent runs an agent with a flash.
func flashAgent(b *testing.B) (address string, signature func() []byte) {
	a := authority(b)
	person := a.Person(nil)
	address = serveAgent(b, a, home.Dir(b.TempDir()), flashProvider{&flash{key: person.Key, cert: person.Certificate()}})
	return address, func() []byte {
		value, err := sm2.SignASN1(rand.Reader, person.Key, bytes.Repeat([]byte{1}, 32), nil)
		must(b, err)
		return value
	}
}

// serveAgent runs an agent with the UKeys of provider, and a clock that no limit of
// calls a second can catch.
func serveAgent(b *testing.B, a *fixture.Authority, dir home.Dir, provider keyring.Provider) (address string) {
	must(b, dir.Create())
	ring := keyring.New(keyring.Config{}, provider)
	ring.Refresh(b.Context())
	trusted := func() (*trust.Set, error) { return a.Trust(), nil }
	who, err := systems.Open(systems.Config{Origins: dir.Agent() + "/origins.json", Trust: trusted, Now: time.Now})
	must(b, err)
	var tick atomic.Int64
	s, err := agent.New(agent.Config{
		Version: "bench", Home: dir, Ring: ring, Systems: who, Trust: trusted, Prompter: yes{}, Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return time.Now().Add(time.Duration(tick.Add(int64(100 * time.Millisecond)))) },
	})
	must(b, err)
	must(b, who.Allow(origin))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(b, err)
	ctx, cancel := context.WithCancel(context.Background())
	b.Cleanup(cancel)
	go func() { _ = s.Serve(ctx, l) }()
	return l.Addr().String()
}

// serveFloor runs the least that answers a signature over loopback.
func serveFloor(b *testing.B, signature func() []byte) string {
	sign := func(body []byte) []byte {
		var in struct{ Document struct{ Data []byte } }
		must(b, json.Unmarshal(body, &in))
		out, err := json.Marshal(map[string]any{"value": signature()})
		must(b, err)
		return out
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/sign", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		must(b, err)
		_, _ = w.Write(sign(body))
	})
	mux.HandleFunc("GET /v1/socket", func(w http.ResponseWriter, r *http.Request) {
		c, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
		must(b, err)
		for {
			_, m, err := c.Read(r.Context())
			if err != nil {
				return
			}
			must(b, c.Write(r.Context(), websocket.MessageText, sign(m)))
		}
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(b, err)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Second}
	b.Cleanup(func() { _ = server.Close() })
	go func() { _ = server.Serve(l) }()
	return l.Addr().String()
}

func signParams(n int64) string {
	return fmt.Sprintf(`{"operation":"bench-%016d","action":"签字","purpose":"sign","format":"raw","document":{"title":"t","type":"data","data":"eHh4"}}`, n)
}

func BenchmarkAgentPOST(b *testing.B) {
	address, signature := flashAgent(b)
	floor := serveFloor(b, signature)
	compare(b, trips, "op", func() { post(b, floor, trips) }, func() { post(b, address, trips) })
}

// As people have it: a software UKey whose PIN costs what it costs them, asked for
// on both sides. What is beside the UKey hardly counts.
func BenchmarkAgentUKey(b *testing.B) {
	const trips = 4
	a, dir := authority(b), home.Dir(b.TempDir())
	must(b, dir.Create())
	driver := soft.New(dir.Tokens())
	softtest.Fill(b, driver, "key-1", pin, a.Person)
	floor := serveFloor(b, func() []byte {
		device, err := driver.Connect(b.Context(), "key-1")
		must(b, err)
		app, err := device.OpenApplication(b.Context(), "XINZHANG")
		must(b, err)
		must(b, app.VerifyPIN(b.Context(), token.UserPIN, token.NewPIN([]byte(pin))))
		c, err := app.OpenContainer(b.Context(), "sign-1")
		must(b, err)
		value, err := c.SignDigest(b.Context(), [32]byte{1})
		must(b, err)
		must(b, device.Close())
		return value
	})
	address := serveAgent(b, a, dir, keyring.Soft(driver, dir.Tokens()))
	compare(b, trips, "op", func() { post(b, floor, trips) }, func() { post(b, address, trips) })
}

var operations atomic.Int64

func post(b *testing.B, address string, trips int) {
	for range trips {
		req, err := http.NewRequest("POST", "http://"+address+"/v1/sign", bytes.NewReader([]byte(signParams(operations.Add(1)))))
		must(b, err)
		req.Header.Set("Origin", origin)
		req.Header.Set("Content-Type", "application/json")
		res, err := http.DefaultClient.Do(req)
		must(b, err)
		body, err := io.ReadAll(res.Body)
		must(b, err)
		must(b, res.Body.Close())
		if res.StatusCode != 200 {
			b.Fatalf("%s", body)
		}
	}
}

func BenchmarkAgentSocket(b *testing.B) {
	address, signature := flashAgent(b)
	floor := serveFloor(b, signature)
	dial := func(address string) *websocket.Conn {
		c, _, err := websocket.Dial(b.Context(), "ws://"+address+"/v1/socket", &websocket.DialOptions{HTTPHeader: http.Header{"Origin": {origin}}})
		must(b, err)
		b.Cleanup(func() { _ = c.CloseNow() })
		return c
	}
	ours, bare := dial(address), dial(floor)
	ask := func(c *websocket.Conn, message string) []byte {
		must(b, c.Write(b.Context(), websocket.MessageText, []byte(message)))
		_, answer, err := c.Read(b.Context())
		must(b, err)
		return answer
	}
	ask(ours, `{"id":"0","method":"hello","params":{"sdk":"bench","api":1}}`)
	compare(b, trips, "op", func() {
		for range trips {
			ask(bare, signParams(operations.Add(1)))
		}
	}, func() {
		for range trips {
			if a := ask(ours, `{"id":"1","method":"sign","params":`+signParams(operations.Add(1))+`}`); bytes.Contains(a, []byte(`"error"`)) {
				b.Fatalf("%s", a)
			}
		}
	})
}
