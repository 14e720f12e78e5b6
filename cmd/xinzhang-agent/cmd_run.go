package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"xinzhang/internal/agent"
	"xinzhang/internal/durable"
	"xinzhang/internal/fault"
	"xinzhang/internal/keyring"
	"xinzhang/internal/prompt"
	"xinzhang/internal/systems"
	"xinzhang/internal/trust"
	"xinzhang/internal/webui"
)

// runCmd runs the agent until it is told to end. A second one of the same data
// directory says so and ends.
type runCmd struct {
	Port   int      `help:"${h_port}" default:"-1"`
	Window string   `help:"${h_window}" enum:"auto,native,page" default:"auto"`
	SKF    []string `name:"skf" help:"${h_skf}" placeholder:"VENDOR|PATH|none"`
	Debug  bool     `help:"${h_debug}"`
}

// running is agent.json: where the agent of this data directory is.
type running struct {
	Port    int       `json:"port"`
	PID     int       `json:"pid"`
	Started time.Time `json:"started"`
	Version string    `json:"version"`
}

func (c *runCmd) Run(a *app) error {
	if err := os.MkdirAll(a.home.Agent(), 0o700); err != nil {
		return fault.Wrap(fault.FileUnwritable, err, "file", a.home.Agent())
	}
	lock := flock.New(a.file("agent.lock"))
	locked, err := lock.TryLock()
	if err != nil {
		return fault.Wrap(fault.FileUnwritable, err, "file", lock.Path())
	}
	if !locked {
		a.say("already_running")
		return nil
	}
	defer func() { _ = lock.Close() }()
	log := slog.New(slog.NewTextHandler(a.stderr, &slog.HandlerOptions{Level: c.level()}))
	ring, stop := c.ring(a, log)
	defer stop()
	server, err := c.server(a, ring, log)
	if err != nil {
		return err
	}
	l, err := c.listen(a)
	if err != nil {
		return err
	}
	if err := a.announce(l); err != nil {
		return errors.Join(err, l.Close())
	}
	defer func() { _ = os.Remove(a.file("agent.json")) }()
	done := make(chan struct{})
	go func() { ring.Run(a.ctx); close(done) }()
	log.InfoContext(a.ctx, "agent listens", "address", l.Addr().String(), "pages", webui.Built())
	err = server.Serve(a.ctx, l)
	<-done
	return err
}

func (c *runCmd) level() slog.Level {
	if c.Debug {
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

func (c *runCmd) server(a *app, ring *keyring.Ring, log *slog.Logger) (*agent.Server, error) {
	who, err := a.systems()
	if err != nil {
		return nil, err
	}
	cfg := agent.Config{
		Version: version, Home: a.home, Ring: ring, Systems: who, Trust: a.trust, Pages: webui.Handler(), Lang: a.lang,
		OpenWindow: prompt.OpenApp, SameUser: agent.SameUser, Log: log, Now: a.now,
	}
	if c.Window != "page" {
		native, err := prompt.Native(a.lang)
		if err == nil {
			cfg.Prompter = native
		} else if c.Window == "native" {
			return nil, fault.Wrap(fault.AgentNoWindow, err)
		}
	}
	return agent.New(cfg)
}

// systems knows who may call. The folder of the machine comes before the user's:
// an administrator's list is not the user's to replace.
func (a *app) systems() (*systems.Directory, error) {
	return systems.Open(systems.Config{
		Origins: a.file("origins.json"), Lists: []string{machineDir(), a.home.Agent()}, Trust: a.trust, Now: a.now,
	})
}

// trust loads the anchors and the lists of the data directory.
func (a *app) trust() (*trust.Set, error) {
	set := new(trust.Set)
	for _, dir := range []string{a.home.Trust(), a.home.CRL()} {
		if _, err := os.Stat(dir); err != nil {
			continue
		}
		load := set.Load
		if dir == a.home.CRL() {
			load = set.LoadLists
		}
		if err := load(dir); err != nil && !errors.Is(err, fault.FileUnknownKind) {
			return nil, err
		}
	}
	return set, nil
}

// listen takes the port asked for, else the first that is free.
func (c *runCmd) listen(a *app) (net.Listener, error) {
	ports := agent.Ports
	if c.Port >= 0 {
		ports = []int{c.Port}
	}
	var last error
	for _, port := range ports {
		l, err := (&net.ListenConfig{}).Listen(a.ctx, "tcp4", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			return l, nil
		}
		last = err // each system words a taken port in its own way
		if h, err := health(a.ctx, port); err == nil && !h.UserMatches {
			a.say("port_other_user", port)
		} else {
			a.say("port_taken", port)
		}
	}
	return nil, fault.Wrap(fault.AgentPortTaken, last, "ports", strings.Trim(fmt.Sprint(ports), "[]"))
}

func (a *app) announce(l net.Listener) error {
	addr, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		return errors.New("not a TCP listener")
	}
	b, err := json.Marshal(running{addr.Port, os.Getpid(), a.now().UTC().Truncate(time.Second), version})
	if err != nil {
		return err
	}
	if err := durable.WriteFile(a.file("agent.json"), b, 0o600); err != nil {
		return fault.Wrap(fault.FileUnwritable, err, "file", a.file("agent.json"))
	}
	return nil
}

// unfit says what the lists at hand know against a certificate. What they do not
// know stops nobody here: whoever relies on the signature asks again.
func (a *app) unfit(f *keyring.Found) error {
	set, err := a.trust()
	if err != nil {
		return nil // broken files in the trust folder must not lock a person out
	}
	path := set.PathAt(f.Signing, nil, a.now())
	if len(path.Certs) < 2 {
		return nil
	}
	switch set.Status(f.Signing, path.Certs[1], a.now()).State {
	case trust.Revoked:
		return fault.New(fault.CertRevoked)
	case trust.OnHold:
		return fault.New(fault.CertHeld)
	}
	return nil
}
