package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"time"

	"xinzhang/internal/agent"
	"xinzhang/internal/fault"
)

var errNotAgent = errors.New("another program answers there")

// health asks whoever listens on a port.
func health(ctx context.Context, port int) (*agent.Health, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("http://127.0.0.1:%d/health", port), nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	var h agent.Health
	if err := json.NewDecoder(res.Body).Decode(&h); err != nil || h.Product != agent.Product {
		return nil, errNotAgent
	}
	return &h, nil
}

// found returns the running agent of the data directory, or [fault.AgentNotRunning].
func (a *app) found() (*running, error) {
	b, err := os.ReadFile(a.file("agent.json"))
	if err != nil {
		return nil, fault.Wrap(fault.AgentNotRunning, err)
	}
	var r running
	if err := json.Unmarshal(b, &r); err != nil {
		return nil, fault.Wrap(fault.AgentNotRunning, err)
	}
	h, err := health(a.ctx, r.Port)
	if err != nil {
		return nil, fault.Wrap(fault.AgentNotRunning, err)
	}
	if !h.UserMatches {
		return nil, fault.New(fault.AgentOtherUser)
	}
	return &r, nil
}

// startTime is how long a fresh agent may take to answer.
const startTime = 10 * time.Second

// started returns the running agent, started now when there was none.
func (a *app) started() (*running, error) {
	r, err := a.found()
	if !errors.Is(err, fault.AgentNotRunning) {
		return r, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	// It outlives this call.
	cmd := exec.CommandContext(context.WithoutCancel(a.ctx), self, "--home", string(a.home), "--lang", string(a.lang), "run")
	detach(cmd)
	if err := cmd.Start(); err != nil {
		return nil, fault.Wrap(fault.AgentNotRunning, err)
	}
	go func() { _ = cmd.Wait() }()
	for deadline := time.Now().Add(startTime); time.Now().Before(deadline); {
		if r, err := a.found(); err == nil {
			return r, nil
		}
		select {
		case <-a.ctx.Done():
			return nil, a.ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	return nil, fault.New(fault.AgentNotRunning)
}

// managed calls the manager API as a page of the agent does, with a session of
// its own.
func (a *app) managed(r *running, path string, out any) error {
	ticket, err := agent.Ticket(a.file("secret"), a.now())
	if err != nil {
		return err
	}
	base := fmt.Sprintf("http://127.0.0.1:%d", r.Port)
	body, err := json.Marshal(agent.ManagerTicket{Ticket: ticket})
	if err != nil {
		return err
	}
	res, err := a.send(http.MethodPost, base, "/v1/manager/session", body, nil)
	if err != nil {
		return err
	}
	_ = res.Body.Close()
	res, err = a.send(http.MethodGet, base, path, nil, res.Cookies())
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	return json.NewDecoder(res.Body).Decode(out)
}

func (a *app) send(method, base, path string, body []byte, cookies []*http.Cookie) (*http.Response, error) {
	req, err := http.NewRequestWithContext(a.ctx, method, base+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Origin", base)
	req.Header.Set("Content-Type", "application/json")
	for _, c := range cookies {
		req.AddCookie(c)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fault.Wrap(fault.AgentNotRunning, err)
	}
	if res.StatusCode != http.StatusOK {
		_ = res.Body.Close()
		return nil, fault.New(fault.AgentNoSession)
	}
	return res, nil
}
