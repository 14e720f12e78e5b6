package agent

import (
	"context"
	"errors"
	"slices"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/keyring"
	"xinzhang/internal/prompt"
	"xinzhang/internal/systems"
)

// How long a yes without "remember" and a no hold, in this run.
const (
	grantTime   = 8 * time.Hour
	refusalTime = 5 * time.Minute
)

// allowed reports whether origin may call without asking the person first.
func (s *Server) allowed(origin string) bool {
	if s.cfg.Systems.Lookup(origin).Allowed() {
		s.cfg.Systems.Used(origin)
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cfg.Now().Before(s.granted[origin])
}

// note keeps what the person said of an origin.
func (s *Server) note(origin string, yes, remember bool) error {
	s.mu.Lock()
	now := s.cfg.Now()
	prune(s.granted, now)
	prune(s.refused, now)
	switch {
	case !yes:
		s.refused[origin] = now.Add(refusalTime)
	case remember: // stands in the file alone, so that taking it out there ends it
		delete(s.granted, origin)
		delete(s.refused, origin)
	default:
		s.granted[origin] = now.Add(grantTime)
		delete(s.refused, origin)
	}
	s.mu.Unlock()
	if !yes {
		return nil
	}
	if remember {
		return s.cfg.Systems.Allow(origin)
	}
	s.sockets.originChanged(origin, true)
	return nil
}

func prune(m map[string]time.Time, now time.Time) {
	for origin, until := range m {
		if now.After(until) {
			delete(m, origin)
		}
	}
}

// muted returns an error while a refusal of origin holds: a page must not ask
// until somebody gives in.
func (s *Server) muted(origin string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cfg.Now().Before(s.refused[origin]) {
		return fault.New(fault.AgentOriginRefused, "origin", origin)
	}
	return nil
}

// consent asks the person whether the caller's origin may call at all, unless it
// is known. It is for methods that have no question of their own.
func (s *Server) consent(ctx context.Context) error {
	c := callerOf(ctx)
	if s.allowed(c.origin) {
		return nil
	}
	if err := s.muted(c.origin); err != nil {
		return err
	}
	done, err := s.limits.wait(c.origin)
	if err != nil {
		return err
	}
	defer done()
	build := func() prompt.Question {
		q := s.newQuestion(ctx, prompt.Allow)
		q.AskOrigin = true
		return q
	}
	return s.ask(ctx, build, func(context.Context, prompt.Answer) error { return nil })
}

// newQuestion begins a question about the caller.
func (s *Server) newQuestion(ctx context.Context, kind prompt.Kind) prompt.Question {
	c := callerOf(ctx)
	q := prompt.Question{
		Operation: randomID(), Kind: kind, Origin: c.origin, Secure: systems.Secure(c.origin),
		Documents: []prompt.Shown{}, Keys: []prompt.Choice{}, Deadline: s.cfg.Now().Add(questionTime).UTC().Truncate(time.Second),
	}
	if p := s.cfg.Systems.Lookup(c.origin); p.System != nil {
		q.System = &prompt.System{ID: p.System.ID, Name: p.System.Name}
	}
	q.AskOrigin = !s.allowed(c.origin)
	return q
}

// questionTime is how long a question waits for a person.
const questionTime = 3 * time.Minute

// ask asks, and keeps what the answer says of the origin.
func (s *Server) ask(ctx context.Context, build func() prompt.Question, decide func(context.Context, prompt.Answer) error) error {
	c := callerOf(ctx)
	ctx, cancel := context.WithTimeoutCause(ctx, questionTime, fault.New(fault.UserAbsent))
	defer cancel()
	isNew := !s.allowed(c.origin)
	if isNew {
		if err := s.muted(c.origin); err != nil {
			return err
		}
	}
	err := s.prompter.Ask(ctx, build, func(ctx context.Context, a prompt.Answer) error {
		if !a.Approve {
			return fault.New(fault.UserRefused)
		}
		if err := decide(ctx, a); err != nil {
			return err
		}
		if isNew {
			return s.note(c.origin, true, a.Remember)
		}
		return nil
	})
	// A yes that was taken stands: its window may show already how a batch goes on.
	if ctx.Err() != nil && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)) {
		err = context.Cause(ctx)
	}
	if isNew && (errors.Is(err, fault.UserRefused) || errors.Is(err, fault.UserAbsent)) {
		_ = s.note(c.origin, false, false) // nothing is written for a no
	}
	return err
}

// listed returns an error when the administrator's list knows the caller and
// does not let it ask for purpose and action.
func (s *Server) listed(ctx context.Context, purpose keyring.Purpose, action string) error {
	p := s.cfg.Systems.Lookup(callerOf(ctx).origin)
	if p.System == nil {
		return nil
	}
	if len(p.System.Purposes) > 0 && !slices.Contains(p.System.Purposes, string(purpose)) {
		return fault.New(fault.AgentNotListedFor, "system", p.System.Name, "what", purpose)
	}
	if action != "" && len(p.System.Actions) > 0 && !slices.Contains(p.System.Actions, action) {
		return fault.New(fault.AgentNotListedFor, "system", p.System.Name, "what", action)
	}
	return nil
}
