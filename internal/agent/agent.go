// Package agent gives the pages of this PC's browser what its UKeys can do:
// login tokens, signatures, seals, decryption; never a PIN or a private key. It
// listens on loopback only. docs/design/agent.md is its contract and
// api/agent.yaml its description.
//
//	s, err := agent.New(agent.Config{…})
//	err = s.Serve(ctx, listener)
//
// A request passes the gate (gate.go: host, user, origin) before it is read. What
// needs a person passes through a question (ask.go), what needs a PIN through the
// shield of keyring.
package agent

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/home"
	"xinzhang/internal/keyring"
	"xinzhang/internal/prompt"
	"xinzhang/internal/systems"
	"xinzhang/internal/trust"
)

// Product is what the agent calls itself.
const Product = "xinzhang-agent"

// Ports are tried in this order.
var Ports = []int{18099, 18100, 18101}

// Config is what an agent is made of.
type Config struct {
	Version string
	Home    home.Dir
	Ring    *keyring.Ring
	Systems *systems.Directory
	Trust   func() (*trust.Set, error)
	Pages   http.Handler // the agent's own pages
	Lang    fault.Lang   // of windows and pages until the user chooses; Chinese when empty

	// Prompter asks the person. Nil: the agent's own page, in an app window that
	// OpenWindow opens.
	Prompter   prompt.Prompter
	OpenWindow func(ctx context.Context, url string) error

	// SameUser reports whether this user stands at the other end of a connection.
	// Nil: this system cannot be asked.
	SameUser func(local, remote net.Addr) (bool, error)

	Log *slog.Logger
	Now func() time.Time
}

// A Server is the agent.
type Server struct {
	cfg     Config
	byName  []*method
	port    int
	started time.Time

	windows  *windows
	prompter prompt.Prompter
	limits   *limits
	ops      *operations
	record   *record
	settings *settings
	sessions *sessions
	sockets  *sockets
	secret   []byte

	mu      sync.Mutex
	granted map[string]time.Time // origins allowed for this run; until when
	refused map[string]time.Time // origins that were refused; until when
}

// New makes an agent for the data directory, which it completes.
func New(cfg Config) (*Server, error) {
	s := &Server{
		cfg: cfg, started: cfg.Now(), limits: newLimits(cfg.Now), ops: newOperations(cfg.Now),
		sessions: newSessions(cfg.Now), granted: map[string]time.Time{}, refused: map[string]time.Time{},
	}
	s.byName = s.pageMethods()
	s.windows = newWindows(s)
	s.sockets = newSockets()
	s.prompter = cfg.Prompter
	if s.prompter == nil {
		s.prompter = s.windows
	}
	var err error
	if s.secret, err = loadSecret(filepath.Join(cfg.Home.Agent(), "secret")); err != nil {
		return nil, err
	}
	if s.settings, err = openSettings(filepath.Join(cfg.Home.Agent(), "settings.json"), cfg.Lang); err != nil {
		return nil, err
	}
	s.record = &record{file: filepath.Join(cfg.Home.Agent(), "signed.jsonl")}
	cfg.Systems.OnChange(s.sockets.originChanged)
	return s, nil
}

// Deadlines against slow clients. Answers to signing wait for a person: they have
// no deadline but the question's own.
const (
	headerTime    = 5 * time.Second
	idleTime      = 2 * time.Minute
	largeBodyTime = time.Minute
	maxHeader     = 16 << 10
)

// Serve answers on l until ctx ends, and ends every window and operation then.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	addr, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		return errors.New("agent: not a TCP listener")
	}
	s.port = addr.Port
	server := &http.Server{
		Handler: s.Handler(), ReadHeaderTimeout: headerTime, IdleTimeout: idleTime, MaxHeaderBytes: maxHeader,
		ConnContext: s.connected, BaseContext: func(net.Listener) context.Context { return ctx },
		ErrorLog: slog.NewLogLogger(s.cfg.Log.Handler(), slog.LevelDebug),
	}
	go s.followKeys(ctx, s.cfg.Ring)
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	defer func() { _ = s.record.close() }() // what was written is in the file already
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Handler is the whole agent behind its gate.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	s.api(mux)
	mux.HandleFunc("GET /v1/socket", s.socket)
	if s.cfg.Pages != nil {
		mux.Handle("GET /", s.cfg.Pages)
	}
	return s.gate(mux)
}

// missing reports whether a file of the data directory is not there yet.
func missing(err error) bool { return errors.Is(err, fs.ErrNotExist) }
