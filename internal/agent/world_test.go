package agent_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"xinzhang/internal/agent"
	"xinzhang/internal/fixture"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/home"
	"xinzhang/internal/keyring"
	"xinzhang/internal/prompt"
	"xinzhang/internal/systems"
	"xinzhang/internal/token"
	"xinzhang/internal/token/soft/softtest"
	"xinzhang/internal/trust"
)

const (
	pin  = "482915"
	page = "https://case.example"
)

// A world is an agent with UKeys and a person in front of it, who answers in the
// agent's own windows.
type world struct {
	t         testing.TB
	home      home.Dir
	authority *fixture.Authority
	ring      *keyring.Ring
	server    *agent.Server
	address   string
	person    func(w *world, q prompt.Question) map[string]any // nil: nobody is there

	mu      sync.Mutex
	windows []string
	answers []problem // of the window API
}

// A problem is what an answer says; Code is "" for a success.
type problem struct {
	Status int
	Code   string
	Args   map[string]any
	Body   []byte
}

func newWorld(t testing.TB, change func(*agent.Config)) *world {
	w := &world{t: t, home: home.Dir(t.TempDir())}
	w.must(w.home.Create())
	w.authority = fixture.New(t, time.Now().Add(-time.Hour).UTC().Truncate(time.Second))
	w.ring = keyring.New(keyring.Config{Sleep: func(context.Context, time.Duration) error { return nil }},
		keyring.Soft(softtest.Driver(t, w.home.Tokens()), w.home.Tokens()))
	trusted := func() (*trust.Set, error) { return w.authority.Trust(), nil }
	who, err := systems.Open(systems.Config{Origins: w.home.Agent() + "/origins.json", Lists: []string{w.home.Agent()}, Trust: trusted, Now: time.Now})
	w.must(err)
	cfg := agent.Config{
		Version: "1.0.0", Home: w.home, Ring: w.ring, Systems: who, Trust: trusted, OpenWindow: w.openWindow,
		Log: slog.New(slog.DiscardHandler), Now: time.Now,
	}
	if change != nil {
		change(&cfg)
	}
	w.ring = cfg.Ring
	w.server, err = agent.New(cfg)
	w.must(err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	w.must(err)
	w.address = l.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.server.Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// plug makes a UKey and has the agent see it.
func (w *world) plug(name, pin string, issue func(func(*cert.Template)) *fixture.Holder) (id string, signing, encryption *cert.Certificate) {
	w.t.Helper()
	signing, encryption = softtest.UKey(w.t, w.home.Tokens(), name, pin, issue)
	w.ring.Refresh(w.t.Context())
	return keyring.ID(signing.Raw), signing, encryption
}

// left reads the tries from the file.
func (w *world) left(name string) int {
	w.t.Helper()
	dev, err := softtest.Driver(w.t, w.home.Tokens()).Connect(w.t.Context(), name)
	w.must(err)
	defer func() { w.must(dev.Close()) }()
	app, err := dev.OpenApplication(w.t.Context(), "XINZHANG")
	w.must(err)
	info, err := app.PINInfo(w.t.Context(), token.UserPIN)
	w.must(err)
	return info.Left
}

// openWindow is the browser: the page reads its question and the person answers.
func (w *world) openWindow(_ context.Context, url string) error {
	w.mu.Lock()
	w.windows = append(w.windows, url)
	person := w.person
	w.mu.Unlock()
	if person == nil {
		return nil
	}
	_, id, _ := strings.Cut(url, "#")
	go w.sit(id, person)
	return nil
}

// sit answers question after question of a window until it is closed.
func (w *world) sit(id string, person func(*world, prompt.Question) map[string]any) {
	for {
		var q prompt.Question
		if p := w.own("GET", "/v1/windows/"+id, nil, &q); p.Code != "" {
			return
		}
		if q.ID != id {
			w.t.Errorf("the question of window %q names window %q: its page would answer there", id, q.ID)
		}
		time.Sleep(510 * time.Millisecond) // guard 9
		answer := person(w, q)
		if answer == nil {
			return
		}
		answer["operation"] = q.Operation
		p := w.own("POST", "/v1/windows/"+id+"/answer", answer, nil)
		w.mu.Lock()
		w.answers = append(w.answers, p)
		w.mu.Unlock()
		if p.Code == "" {
			return
		}
	}
}

func (w *world) opened() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.windows)
}

// approves is a person who knows the PIN.
func approves(w *world, q prompt.Question) map[string]any {
	answer := map[string]any{"approve": true}
	if q.Selected != "" {
		answer["key"] = q.Selected
	}
	if q.NeedPIN {
		answer["pin"] = pin
	}
	return answer
}

// own calls as a page of the agent does.
func (w *world) own(method, path string, in, out any) problem {
	return w.do(method, path, in, out, map[string]string{"Origin": "http://" + w.address})
}

// call calls as a business page does.
func (w *world) call(method string, in, out any) problem {
	return w.do("POST", "/v1/"+method, in, out, map[string]string{"Origin": page})
}

func (w *world) do(method, path string, in, out any, header map[string]string) problem {
	w.t.Helper()
	return w.send(context.Background(), method, path, in, out, header)
}

// send is do for a page that may leave before its answer comes.
func (w *world) send(ctx context.Context, method, path string, in, out any, header map[string]string) problem {
	w.t.Helper()
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		w.must(err)
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://"+w.address+path, body)
	w.must(err)
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, v := range header {
		if name == "Host" {
			req.Host = v
		} else {
			req.Header.Set(name, v)
		}
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return problem{Code: "transport: " + err.Error()}
	}
	defer func() { _ = res.Body.Close() }()
	p := problem{Status: res.StatusCode}
	p.Body, err = io.ReadAll(res.Body)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		w.must(err)
	}
	if res.StatusCode >= 300 {
		_ = json.Unmarshal(p.Body, &p)
		p.Status = res.StatusCode
		return p
	}
	if out != nil {
		w.must(json.Unmarshal(p.Body, out))
	}
	return p
}

// operation pads a name to an operation id.
func operation(name string) string { return name + "-0123456789abcdef" }
