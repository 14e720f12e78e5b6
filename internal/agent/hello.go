package agent

import (
	"context"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/cms"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/keyring"
	"xinzhang/internal/problem"
	"xinzhang/internal/prompt"
)

func (s *Server) health(ctx context.Context, _ *struct{}) (*Body[Health], error) {
	return &Body[Health]{Health{Product, s.cfg.Version, APIVersion, s.sameUser(ctx)}}, nil
}

// hello agrees on a version. It asks nobody, so it also tells a page whether it
// may call.
func (s *Server) hello(ctx context.Context, in *HelloParams) (*Hello, error) {
	if in.API != APIVersion {
		return nil, fault.New(fault.AgentAPIVersion, "page", in.API, "agent", APIVersion)
	}
	h := &Hello{Product: Product, Version: s.cfg.Version, API: APIVersion, Allowed: s.allowed(callerOf(ctx).origin)}
	for _, m := range s.byName {
		h.Methods = append(h.Methods, m.name)
	}
	return h, nil
}

func (s *Server) keys(ctx context.Context, in *KeysParams) (*Keys, error) {
	if err := s.consent(ctx); err != nil {
		return nil, err
	}
	return &Keys{s.cfg.Ring.Keys(in.Purpose, problem.LanguageOf(ctx))}, nil
}

// certificate shows the person the keys when several fit: which certificate a
// page learns is the person's choice.
func (s *Server) certificate(ctx context.Context, in *CertificateParams) (*Certificate, error) {
	if err := s.listed(ctx, in.Purpose, ""); err != nil {
		return nil, err
	}
	w := wish{purpose: in.Purpose, key: in.Key}
	if err := s.possible(w); err != nil {
		return nil, err
	}
	var f *keyring.Found
	decide := func(ctx context.Context, a prompt.Answer) (err error) {
		f, err = s.chosen(ctx, w, a)
		return err
	}
	var err error
	if id := selected(w, s.choices(ctx, w)); id != "" && s.allowed(callerOf(ctx).origin) {
		err = decide(ctx, prompt.Answer{Key: id})
	} else {
		err = s.waiting(ctx, func() error { return s.ask(ctx, s.build(ctx, prompt.Choose, w), decide) })
	}
	if err != nil {
		return nil, err
	}
	c := f.Signing
	if in.Purpose == keyring.Decrypt {
		c = f.Encryption
	}
	return &Certificate{Key: s.describe(ctx, f, in.Purpose), Certificate: c.Raw, Chain: s.chain(c)}, nil
}

// waiting counts f among the operations of the caller that wait.
func (s *Server) waiting(ctx context.Context, f func() error) error {
	done, err := s.limits.wait(callerOf(ctx).origin)
	if err != nil {
		return err
	}
	defer done()
	return f()
}

func (s *Server) describe(ctx context.Context, f *keyring.Found, purpose keyring.Purpose) keyring.Key {
	return s.cfg.Ring.Describe(f, purpose, problem.LanguageOf(ctx))
}

// chain returns the issuers of c that are at hand.
func (s *Server) chain(c *cert.Certificate) [][]byte {
	chain := [][]byte{}
	set, err := s.cfg.Trust()
	if err != nil {
		return chain
	}
	for _, issuer := range set.PathAt(c, nil, s.cfg.Now()).Certs[1:] {
		chain = append(chain, issuer.Raw)
	}
	return chain
}

// verify is arithmetic: whose certificate it is, and whether it was good, a
// server asks.
func (s *Server) verify(ctx context.Context, in *VerifyParams) (*Verified, error) {
	if err := s.consent(ctx); err != nil {
		return nil, err
	}
	if in.Certificate != nil {
		return verifyBare(in)
	}
	sd, err := cms.Parse(in.Message)
	if err != nil {
		return nil, err
	}
	if len(sd.Signers) != 1 {
		return nil, fault.New(fault.RequestInvalid, "places", "message")
	}
	out := &Verified{Content: sd.Content}
	if at, ok := sd.Signers[0].SigningTime(); ok {
		out.SigningTime = &at
	}
	c := sd.CertificateOf(sd.Signers[0])
	if c == nil {
		return nil, fault.New(fault.SignerAbsent)
	}
	out.Certificate = c.Raw
	_, err = sd.Verify(0, in.Content, c)
	out.Valid = err == nil
	return out, nil
}

func verifyBare(in *VerifyParams) (*Verified, error) {
	c, err := cert.Parse(in.Certificate)
	if err != nil {
		return nil, err
	}
	if c.PublicKey == nil {
		return nil, fault.New(fault.SignNotSM2)
	}
	return &Verified{Valid: sm2enc.Verify(c.PublicKey, in.Content, in.Message), Certificate: c.Raw, Content: in.Content}, nil
}

func (s *Server) cancel(ctx context.Context, in *CancelParams) (*Cancelled, error) {
	s.ops.cancel(callerOf(ctx).origin, in.Operation)
	return &Cancelled{}, nil
}
