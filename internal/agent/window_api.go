package agent

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2/sse"

	"xinzhang/internal/fault"
	"xinzhang/internal/keyring"
	"xinzhang/internal/prompt"
	"xinzhang/internal/systems"
	"xinzhang/internal/token"
)

// windowCall is a page's call through a window of the agent, which vouches for
// the origin: it read it from the browser's message event.
func (s *Server) windowCall(ctx context.Context, in *Body[WindowCall]) (*Body[WindowResult], error) {
	call := in.Body
	if err := systems.CheckOrigin(call.Origin); err != nil {
		return nil, err
	}
	if s.isOwn(call.Origin) {
		return nil, fault.New(fault.AgentOriginUnfit, "origin", call.Origin)
	}
	if err := s.limits.take(call.Origin); err != nil {
		return nil, err
	}
	m := s.method(call.Method)
	if m == nil {
		return nil, fault.New(fault.AgentNoSuchMethod, "method", call.Method)
	}
	c := callerOf(ctx)
	c.own, c.origin, c.window = false, call.Origin, call.Window
	out, err := m.call(withCaller(ctx, c), call.Params)
	if err != nil {
		return nil, err
	}
	return &Body[WindowResult]{WindowResult{out}}, nil
}

func (s *Server) method(name string) *method {
	for _, m := range s.byName {
		if m.name == name {
			return m
		}
	}
	return nil
}

// readQuestion is GET /v1/windows/{id}.
func (s *Server) readQuestion(_ context.Context, in *windowID) (*Body[prompt.Question], error) {
	w, err := s.windows.find(in.ID)
	if err != nil {
		return nil, err
	}
	return &Body[prompt.Question]{w.show(s.cfg.Now())}, nil
}

func (s *Server) answer(_ context.Context, in *windowAnswer) (*Body[WindowDone], error) {
	w, err := s.windows.find(in.ID)
	if err != nil {
		return nil, err
	}
	typed := token.NewPIN([]byte(in.Body.PIN))
	defer typed.Clear()
	stays, err := w.answer(prompt.Answer{
		Approve: in.Body.Approve, Operation: in.Body.Operation, Key: in.Body.Key, PIN: typed, Remember: in.Body.Remember, Documents: in.Body.Documents,
	}, s.cfg.Now())
	if !in.Body.Approve && fault.Of(err).Code == fault.UserRefused {
		err = nil // the page did what it was asked to
	}
	if err != nil {
		if f, missing := s.cfg.Ring.Find(in.Body.Key); missing == nil && prompt.MayRetry(err) {
			s.windows.push(in.ID, WindowTries{f.ID, f.Tries})
			s.windows.push(in.ID, WindowOpened{w.operation()})
		}
		return nil, err
	}
	return &Body[WindowDone]{WindowDone{!stays}}, nil
}

// steer is POST /v1/windows/{id}/steer.
func (s *Server) steer(_ context.Context, in *windowSteer) (*Body[WindowProgress], error) {
	c, err := s.windows.course(in.ID)
	if err != nil {
		return nil, err
	}
	now := c.steer(in.Body.Do)
	if now.State == Ended {
		return nil, fault.New(fault.AgentWindowClosed)
	}
	return &Body[WindowProgress]{now}, nil
}

// keepAlive makes proxies and sleeping laptops notice that a stream is dead.
const keepAlive = 30 * time.Second

// windowEvents numbers all events of one run of the agent alike.
func (s *Server) windowEvents(ctx context.Context, in *windowStream, send sse.Sender) {
	events, stop := s.windows.watch(in.ID)
	defer stop()
	tell := func(e any) (heard bool) { return send(sse.Message{ID: s.run(), Data: e}) == nil }
	// A stream opens in the browser with its first octet: a window that calls waits
	// for it before its first question.
	if !tell(WindowKeys{len(s.cfg.Ring.All())}) {
		return
	}
	if e := s.missed(in); e != nil && !tell(e) {
		return
	}
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-events:
			if !tell(e) {
				return
			}
		case <-time.After(keepAlive):
			if !tell(WindowKeys{len(s.cfg.Ring.All())}) {
				return
			}
		}
	}
}

// missed is what a window that begins to listen must know: how its batch stands,
// that a question waits, or that what was under way there ended with the run of the
// agent that it listened to. Nil: nothing.
func (s *Server) missed(in *windowStream) any {
	if c, err := s.windows.course(in.ID); err == nil {
		return c.progress()
	}
	if w, err := s.windows.find(in.ID); err == nil {
		return WindowOpened{w.operation()}
	}
	if in.Last != "" && in.Last != strconv.Itoa(s.run()) {
		return WindowClosed{*keyring.Why(fault.New(fault.AgentRestarted), fault.ZH)}
	}
	return nil
}

// run tells this run of the agent from others of this user: when it began, in
// milliseconds.
func (s *Server) run() int { return int(s.started.UnixMilli()) }

// deliver posts an answer to the page's own server, which the page named and
// whose origin it must share. A redirect is not followed: it could lead
// elsewhere.
func (s *Server) deliver(ctx context.Context, in *Body[Delivery]) (*Body[Delivered], error) {
	d := in.Body
	u, err := url.Parse(d.URL)
	if err != nil || u.User != nil || u.Scheme+"://"+u.Host != d.Origin || systems.CheckOrigin(d.Origin) != nil || s.isOwn(d.Origin) || !s.allowed(d.Origin) {
		return nil, fault.Wrap(fault.AgentDelivery, err, "url", d.Origin)
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.URL, bytes.NewReader(d.Body))
	if err != nil {
		return nil, fault.Wrap(fault.AgentDelivery, err, "url", d.Origin)
	}
	req.Header.Set("Content-Type", "application/json")
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		return nil, fault.Wrap(fault.AgentDelivery, err, "url", d.Origin)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return nil, fault.New(fault.AgentDelivery, "url", d.Origin)
	}
	return &Body[Delivered]{}, nil
}
