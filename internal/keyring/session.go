package keyring

import (
	"context"
	"errors"
	"slices"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cms"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/token"
)

// A Session is a key whose PIN was entered. It signs the digests it was opened
// for and nothing else, within [sessionTime]; while it lives, no other PIN
// operation runs on its UKey. It is for one goroutine. Close it.
type Session struct {
	Key *Found

	handle  *handle
	guarded *guarded
	digests [][32]byte
	until   time.Time
	now     func() time.Time
}

// sessionTime is how long one PIN serves a batch.
const sessionTime = 10 * time.Minute

// Unlock verifies the PIN of a key, which is to sign digests, or to decrypt when
// there are none. An operation that ran before is [fault.OperationDone] when it
// succeeded, else its error again.
func (r *Ring) Unlock(ctx context.Context, a Attempt, digests [][32]byte) (*Session, error) {
	var s *Session
	first, err := r.once(ctx, a.Operation, func() error {
		f, g, h, err := r.verify(ctx, a, true)
		if err != nil {
			return err
		}
		s = &Session{Key: f, handle: h, guarded: g, digests: slices.Clone(digests), until: r.cfg.Now().Add(sessionTime), now: r.cfg.Now}
		return nil
	})
	if err == nil && !first {
		err = fault.New(fault.OperationDone)
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Sign signs digest e, one of those the session was opened for, and returns the
// DER SM2Signature.
func (s *Session) Sign(ctx context.Context, e [32]byte) ([]byte, error) {
	i := slices.Index(s.digests, e)
	if i < 0 {
		return nil, fault.New(fault.KeyDigestUnlisted)
	}
	if s.now().After(s.until) {
		return nil, fault.New(fault.PINNotVerified)
	}
	value, err := s.handle.container.SignDigest(ctx, e)
	if err != nil {
		return nil, err
	}
	s.digests = slices.Delete(s.digests, i, i+1) // each once
	return value, nil
}

// Until is when the PIN holds no longer.
func (s *Session) Until() time.Time { return s.until }

// Open opens an envelope that was made for the encryption certificate. UKeys of
// vendors keep the session key inside and decrypt with it there.
func (s *Session) Open(ctx context.Context, envelope *cms.EnvelopedData) ([]byte, error) {
	if c, ok := s.handle.container.(token.InsideDecrypter); ok {
		return envelope.OpenInside(s.Key.Encryption, func(wrapped sm2enc.Cipher, iv [16]byte, text []byte) ([]byte, error) {
			return c.DecryptInside(ctx, wrapped, iv, text)
		})
	}
	c, ok := s.handle.container.(token.Decrypter)
	if !ok {
		return nil, fault.New(fault.CMSUndecryptable)
	}
	return envelope.Open(s.Key.Encryption, func(wrapped sm2enc.Cipher) ([]byte, error) { return c.Decrypt(ctx, wrapped) })
}

// Close ends what was verified. Some UKeys share it among all programs: so it is
// cleared, not only left.
func (s *Session) Close() error {
	defer func() { s.guarded.turn <- struct{}{} }()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return s.handle.close(ctx)
}

// A handle is one container opened for one operation.
type handle struct {
	device    token.Device
	app       token.Application
	container token.Container
}

// open opens f anew and makes sure that it is still the key it was: what sits
// in a slot may have been changed for another UKey.
func open(ctx context.Context, f *Found) (*handle, error) {
	device, err := f.Device.provider.Connect(ctx, f.Device.Name)
	if err != nil {
		return nil, err
	}
	h := &handle{device: device}
	if h.app, err = device.OpenApplication(ctx, f.Application); err == nil {
		h.container, err = h.app.OpenContainer(ctx, f.Container)
	}
	var der []byte
	if err == nil {
		der, err = h.container.ExportCertificate(ctx, token.Signing)
	}
	if err == nil && ID(der) != f.ID {
		err = fault.New(fault.TokenRemoved, "token", f.Device.title())
	}
	if err == nil {
		err = f.belongs(ctx, h.container) // a new pair may wait there for its certificate
	}
	if err != nil {
		return nil, errors.Join(err, h.close(ctx))
	}
	return h, nil
}

func (h *handle) close(ctx context.Context) error {
	var err error
	if h.app != nil {
		err = errors.Join(h.app.ClearSecureState(ctx), h.app.Close())
	}
	return errors.Join(err, h.device.Close())
}
