package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/login"
	"xinzhang/internal/trust"
)

// loginServerCmd serves the judging of login tokens to back ends in other
// languages (api/login.yaml). Only they may reach it: it listens on loopback
// unless told otherwise.
type loginServerCmd struct {
	Listen        string   `help:"${h_login_listen}" default:"127.0.0.1:18110" placeholder:"HOST:PORT"`
	Origin        []string `help:"${h_login_origin}" required:"" placeholder:"ORIGIN" sep:"none"`
	Trust         []string `help:"${h_trust}" type:"path" placeholder:"PATH" sep:"none"`
	CRL           []string `name:"crl" help:"${h_crl}" type:"path" placeholder:"PATH" sep:"none"`
	UnknownStatus bool     `name:"accept-unknown-status" help:"${h_login_unknown}"`
}

// trustLife is how long loaded anchors and lists serve before they are read
// again: a new revocation list counts within a minute.
const trustLife = time.Minute

func (c *loginServerCmd) Run(a *app) error {
	load := c.trust(a)
	if _, err := load(); err != nil { // a server that can trust nobody does not start
		return err
	}
	v := &login.Verifier{Origins: c.Origin, Trust: load, Nonces: login.NewNonces(a.now), Now: a.now, AcceptUnknownStatus: c.UnknownStatus}
	l, err := (&net.ListenConfig{}).Listen(a.ctx, "tcp", c.Listen)
	if err != nil {
		return fault.Wrap(fault.UsageWrong, err, "what", "--listen "+c.Listen)
	}
	a.say("login_listens", l.Addr().String())
	server := &http.Server{Handler: v.Handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10}
	stop := context.AfterFunc(a.ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// trust reads anchors and lists, again after [trustLife].
func (c *loginServerCmd) trust(a *app) func() (*trust.Set, error) {
	var mu sync.Mutex
	var set *trust.Set
	var read time.Time
	return func() (*trust.Set, error) {
		mu.Lock()
		defer mu.Unlock()
		if set != nil && a.now().Sub(read) < trustLife {
			return set, nil
		}
		fresh, err := loadTrust(a.home, c.Trust, c.CRL)
		if err != nil {
			return nil, err
		}
		set, read = fresh, a.now()
		return set, nil
	}
}
