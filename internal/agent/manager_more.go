package agent

import (
	"context"
	"os"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/keyring"
	"xinzhang/internal/problem"
)

func (s *Server) listOrigins(ctx context.Context, _ *struct{}) (*Body[Origins], error) {
	out := Origins{Origins: []AllowedOrigin{}}
	for _, a := range s.cfg.Systems.User() {
		o := AllowedOrigin{Origin: a.Origin, Source: "user", Since: &a.Since}
		if !a.Used.IsZero() {
			o.Used = &a.Used
		}
		out.Origins = append(out.Origins, o)
	}
	list, err := s.cfg.Systems.List()
	if err != nil {
		out.Problem = keyring.Why(err, problem.LanguageOf(ctx))
	}
	if list != nil {
		out.List = &SystemsList{list.Signer.Holder(), list.Issued, len(list.Systems)}
		for _, system := range list.Systems {
			for _, origin := range system.Origins {
				out.Origins = append(out.Origins, AllowedOrigin{Origin: origin, Source: "list", System: system.Name})
			}
		}
	}
	return &Body[Origins]{out}, nil
}

func (s *Server) revokeOrigin(ctx context.Context, in *originQuery) (*Body[Origins], error) {
	s.mu.Lock()
	_, granted := s.granted[in.Origin]
	delete(s.granted, in.Origin)
	s.mu.Unlock()
	if err := s.cfg.Systems.Revoke(in.Origin); err != nil && !(granted && fault.Of(err).Code == fault.AgentOriginUnknown) {
		return nil, err
	}
	return s.listOrigins(ctx, nil)
}

func (s *Server) getSettings(context.Context, *struct{}) (*Body[Settings], error) {
	return &Body[Settings]{s.settings.get()}, nil
}

func (s *Server) putSettings(_ context.Context, in *Body[Settings]) (*Body[Settings], error) {
	if err := s.settings.set(in.Body); err != nil {
		return nil, err
	}
	return in, nil
}

func (s *Server) signedLog(_ context.Context, in *logQuery) (*Body[SignedLog], error) {
	entries, err := s.record.last(in.Limit)
	if err != nil {
		return nil, err
	}
	return &Body[SignedLog]{SignedLog{entries}}, nil
}

func (s *Server) status(context.Context, *struct{}) (*Body[Status], error) {
	return &Body[Status]{Status{
		Version: s.cfg.Version, Port: s.port, PID: os.Getpid(), Started: s.started.UTC().Truncate(time.Second), Window: s.prompter.Name(),
		Home: string(s.cfg.Home), Keys: len(s.cfg.Ring.All()), Pending: s.limits.pendingAll(),
	}}, nil
}

// compare tells people which part of an ID number differs, not only that one does.
func compare(have, want string) Comparison {
	want = tidyNumber(want)
	out := Comparison{Equal: have == want, Parts: []Part{}}
	if len(have) != 18 || len(want) != len(have) {
		out.Parts = append(out.Parts, Part{1, max(len(have), len(want)), "length", len(have) == len(want) && out.Equal})
		return out
	}
	for _, p := range []Part{{1, 6, "region", false}, {7, 14, "birth", false}, {15, 17, "sequence", false}, {18, 18, "check", false}} {
		p.Equal = have[p.From-1:p.To] == want[p.From-1:p.To]
		out.Parts = append(out.Parts, p)
	}
	return out
}
