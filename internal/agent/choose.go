package agent

import (
	"context"
	"slices"

	"xinzhang/internal/fault"
	"xinzhang/internal/keyring"
	"xinzhang/internal/problem"
	"xinzhang/internal/prompt"
)

// A wish is what a page wants a key for.
type wish struct {
	purpose keyring.Purpose
	action  string
	key     string                     // id that the page named; ""
	pin     bool                       // the key will be used, not only shown
	unfit   func(*keyring.Found) error // what else speaks against a key; may be nil
	shown   []prompt.Shown
}

// choices lists the keys for a question, suited ones first.
func (s *Server) choices(ctx context.Context, w wish) []prompt.Choice {
	lang := problem.LanguageOf(ctx)
	out := []prompt.Choice{}
	for _, f := range s.cfg.Ring.All() {
		c := prompt.Choice{Key: s.cfg.Ring.Describe(f, w.purpose, lang), Tries: f.Tries}
		if err := s.stands(f, w); c.Suited && err != nil {
			c.Suited, c.Reason = false, keyring.Why(err, lang)
		}
		out = append(out, c)
	}
	slices.SortStableFunc(out, func(a, b prompt.Choice) int {
		if a.Suited == b.Suited {
			return 0
		}
		if a.Suited {
			return -1
		}
		return 1
	})
	return out
}

// stands returns what stands against f for this wish beside its purpose.
func (s *Server) stands(f *keyring.Found, w wish) error {
	if w.pin {
		if err := keyring.PageMayAsk(f.Tries); err != nil {
			return err
		}
	}
	if w.unfit != nil {
		return w.unfit(f)
	}
	return nil
}

// possible makes sure that there is something to ask: a key that was named is
// there and fits, or any key is.
func (s *Server) possible(w wish) error {
	all := s.cfg.Ring.All()
	if len(all) == 0 {
		return fault.New(fault.AgentNoKey)
	}
	var first error
	for _, f := range all {
		if w.key != "" && f.ID != w.key {
			continue
		}
		err := s.cfg.Ring.Suits(f, w.purpose)
		if err == nil {
			err = s.stands(f, w)
		}
		if err == nil {
			return nil
		}
		if first == nil {
			first = err
		}
	}
	if first == nil {
		return fault.New(fault.KeyNotPluggedIn)
	}
	if w.key == "" && len(all) > 1 {
		return fault.Wrap(fault.AgentNoKeyFits, first, "reason", fault.Of(first).Code)
	}
	return first
}

// selected tells which key is meant when there is only one that can be.
func selected(w wish, all []prompt.Choice) string {
	var fitting []string
	for _, c := range all {
		if c.Suited && (w.key == "" || c.ID == w.key) {
			fitting = append(fitting, c.ID)
		}
	}
	if len(fitting) == 1 {
		return fitting[0]
	}
	return ""
}

// build makes the question of a wish, anew each time it is shown.
func (s *Server) build(ctx context.Context, kind prompt.Kind, w wish) func() prompt.Question {
	return func() prompt.Question {
		q := s.newQuestion(ctx, kind)
		q.Purpose, q.Action, q.NeedPIN = w.purpose, w.action, w.pin
		q.Keys = s.choices(ctx, w)
		q.Selected = selected(w, q.Keys)
		if w.shown != nil {
			q.Documents = w.shown
		}
		return q
	}
}

// chosen returns the key of an answer, which must be one that fits.
func (s *Server) chosen(ctx context.Context, w wish, a prompt.Answer) (*keyring.Found, error) {
	id := a.Key
	if id == "" {
		id = selected(w, s.choices(ctx, w))
	}
	if id == "" || w.key != "" && id != w.key {
		return nil, fault.New(fault.AgentChooseKey)
	}
	f, err := s.cfg.Ring.Find(id)
	if err != nil {
		return nil, err
	}
	if err := s.cfg.Ring.Suits(f, w.purpose); err != nil {
		return nil, err
	}
	return f, s.stands(f, w)
}

// unlock asks the person and returns an open session of the key that was chosen,
// for the digests that prepare computes with its certificate and the answer.
func (s *Server) unlock(ctx context.Context, w wish, prepare func(*keyring.Found, prompt.Answer) ([][32]byte, error)) (*keyring.Session, error) {
	if err := s.possible(w); err != nil {
		return nil, err
	}
	var session *keyring.Session
	err := s.ask(ctx, s.build(ctx, prompt.Act, w), func(ctx context.Context, a prompt.Answer) error {
		f, err := s.chosen(ctx, w, a)
		if err != nil {
			return err
		}
		digests, err := prepare(f, a)
		if err != nil {
			return err
		}
		session, err = s.cfg.Ring.Unlock(ctx, keyring.Attempt{Key: f.ID, Operation: a.Operation, PIN: a.PIN, FromPage: true}, digests)
		return err
	})
	if err != nil && session != nil {
		_ = session.Close()
		session = nil
	}
	return session, err
}
