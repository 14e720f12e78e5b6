package ca

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"sync"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/hsm"
)

// An issuer is a CA certificate and its key. A root that has no certificate yet
// signs its own.
type issuer struct {
	name string
	cert *cert.Certificate // nil for a root that is being made
	key  hsm.Key
}

func (i *issuer) public() *ecdsa.PublicKey { return i.key.Public() }

type issuers struct {
	mu   sync.Mutex
	open map[string]*issuer
}

// issuer opens an issuer at the first need: the root key lies still while only
// the sub CA works.
func (c *CA) issuer(ctx context.Context, name string) (*issuer, error) {
	c.issuers.mu.Lock()
	defer c.issuers.mu.Unlock()
	if i, ok := c.issuers.open[name]; ok {
		return i, nil
	}
	rec, err := c.ownCertificate(ctx, name)
	if err != nil {
		return nil, err
	}
	key, err := c.cfg.Keys.Open(ctx, name)
	if err != nil {
		return nil, err
	}
	if !key.Public().Equal(rec.PublicKey) {
		return nil, fault.New(fault.CAKeysUnexplained, "names", name)
	}
	if c.issuers.open == nil {
		c.issuers.open = map[string]*issuer{}
	}
	c.issuers.open[name] = &issuer{name, rec, key}
	return c.issuers.open[name], nil
}

// ownCertificate returns the certificate that the founding made for the key name.
func (reg *Register) ownCertificate(ctx context.Context, name string) (*cert.Certificate, error) {
	r, err := reg.store.Request(ctx, foundingRequest(name))
	if err != nil {
		return nil, fmt.Errorf("certificate of %s: %w", name, err)
	}
	if r.State != RequestDone {
		return nil, fmt.Errorf("certificate of %s: the request is %s", name, r.State)
	}
	rec, err := reg.store.Certificate(ctx, r.SigningSerial)
	if err != nil {
		return nil, fmt.Errorf("certificate of %s: %w", name, err)
	}
	return cert.Parse(rec.DER)
}

// OwnCertificate returns the certificate of one of the authority's own keys: of
// an issuer ([Root], [Sub]), of [SealMaker] or of [KeyCentreKey]. Without an
// authority the error is [fault.CANotInitialised].
func (reg *Register) OwnCertificate(ctx context.Context, name string) (*cert.Certificate, error) {
	own, err := reg.ownCertificate(ctx, name)
	if errors.Is(err, ErrNotFound) {
		return nil, fault.Wrap(fault.CertNotFound, err, "what", name)
	}
	return own, err
}

// A keyedMutex is a mutex for each key. The zero value is ready.
type keyedMutex struct {
	mu    sync.Mutex
	locks map[string]*keyLock
}

type keyLock struct {
	mu    sync.Mutex
	users int // guarded by keyedMutex.mu; at zero the lock is forgotten
}

// lock locks key and returns what unlocks it.
func (k *keyedMutex) lock(key string) (unlock func()) {
	k.mu.Lock()
	l, ok := k.locks[key]
	if !ok {
		if k.locks == nil {
			k.locks = map[string]*keyLock{}
		}
		l = &keyLock{}
		k.locks[key] = l
	}
	l.users++
	k.mu.Unlock()
	l.mu.Lock()
	return func() {
		l.mu.Unlock()
		k.mu.Lock()
		defer k.mu.Unlock()
		if l.users--; l.users == 0 {
			delete(k.locks, key)
		}
	}
}
