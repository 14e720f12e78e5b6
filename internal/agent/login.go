package agent

import (
	"context"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cms"
	"xinzhang/internal/keyring"
	"xinzhang/internal/login"
	"xinzhang/internal/prompt"
	"xinzhang/internal/systems"
)

// login makes a token for the origin that the browser named.
func (s *Server) login(ctx context.Context, in *LoginParams) (*Login, error) {
	return run(ctx, s, in.Operation, in, func(ctx context.Context) (*Login, error) {
		origin := callerOf(ctx).origin
		if err := s.listed(ctx, keyring.Login, ""); err != nil {
			return nil, err
		}
		// A token that is read on the way logs the reader in.
		if !systems.Secure(origin) && s.cfg.Systems.Lookup(origin).System == nil {
			return nil, fault.New(fault.AgentLoginHTTP, "origin", origin)
		}
		w := wish{purpose: keyring.Login, key: in.Key, pin: true}
		var e [32]byte
		session, err := s.unlock(ctx, w, func(f *keyring.Found, _ prompt.Answer) ([][32]byte, error) {
			e = login.Digest(f.Signing.PublicKey, origin, in.Nonce)
			return [][32]byte{e}, nil
		})
		entry := LogEntry{Purpose: string(keyring.Login)}
		if err != nil {
			s.write(ctx, entry, nil, err)
			return nil, err
		}
		defer func() { _ = session.Close() }()
		value, err := session.Sign(ctx, e)
		entry.Digest = hexOf(e[:])
		s.write(ctx, entry, session.Key, err)
		if err != nil {
			return nil, err
		}
		token, err := login.Assemble(session.Key.Signing.Raw, value, Product+"/"+s.cfg.Version)
		return &Login{token}, err
	})
}

// decrypt opens an envelope that was made for the encryption certificate of a
// key.
func (s *Server) decrypt(ctx context.Context, in *DecryptParams) (*Decrypted, error) {
	return run(ctx, s, in.Operation, in, func(ctx context.Context) (*Decrypted, error) {
		if err := s.listed(ctx, keyring.Decrypt, ""); err != nil {
			return nil, err
		}
		envelope, err := cms.ParseEnveloped(in.Envelope)
		if err != nil {
			return nil, err
		}
		w := wish{purpose: keyring.Decrypt, key: in.Key, pin: true, unfit: func(f *keyring.Found) error {
			for _, r := range envelope.Recipients {
				if f.Encryption != nil && r.Identifies(f.Encryption) {
					return nil
				}
			}
			return fault.New(fault.CMSNotRecipient)
		}, shown: []prompt.Shown{}}
		session, err := s.unlock(ctx, w, func(*keyring.Found, prompt.Answer) ([][32]byte, error) { return nil, nil })
		entry := LogEntry{Purpose: string(keyring.Decrypt)}
		if err != nil {
			s.write(ctx, entry, nil, err)
			return nil, err
		}
		defer func() { _ = session.Close() }()
		plain, err := session.Open(ctx, envelope)
		s.write(ctx, entry, session.Key, err)
		if err != nil {
			return nil, err
		}
		return &Decrypted{plain}, nil
	})
}
