package skfabi

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"

	"github.com/emmansun/gmsm/ecdh"
	"github.com/emmansun/gmsm/sm2"

	"xinzhang/internal/format/skf"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/token"
)

// An agreer is a container that takes part in the key exchange of GB/T
// 32918.3-2016 with its encryption key: it returns the point U (or V) of both
// sides' keys and ephemeral keys. It needs the user PIN.
type agreer interface {
	Agree(ctx context.Context, ephemeral *ecdh.PrivateKey, peer, peerEphemeral *ecdh.PublicKey) (*ecdh.PublicKey, error)
}

// An agreement is the state of whoever began a key exchange.
type agreement struct {
	dev       *device
	container agreer
	alg       uint32
	own       *ecdh.PublicKey
	id        []byte

	mu        sync.Mutex
	ephemeral *ecdh.PrivateKey // nil when used or closed; guarded by mu
}

func (a *agreement) of() *device { return a.dev }
func (a *agreement) closable()   {}

func (a *agreement) wipe() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ephemeral = nil
}

// begin makes one side of an exchange and fills its ephemeral ECCPUBLICKEYBLOB.
func (l *Library) begin(ctx context.Context, c *container, alg uint32, id, out []byte) (*agreement, error) {
	able, ok := c.Container.(agreer)
	switch {
	case !ok || !skf.IsSM4(alg):
		return nil, skf.NotSupportYet
	case len(id) == 0 || len(id) > maxID:
		return nil, skf.InvalidParam
	}
	if err := fits(out, l.layout.PublicKeySize()); err != nil {
		return nil, err
	}
	pub, err := c.ExportPublicKey(ctx, token.Encryption)
	if err != nil {
		return nil, err
	}
	own, err := sm2.PublicKeyToECDH(pub)
	if err != nil {
		return nil, err
	}
	ephemeral, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	point, err := sm2enc.ParsePublicKey(ephemeral.PublicKey().Bytes())
	if err != nil {
		return nil, err
	}
	fill(out, skf.MarshalPublicKey(point, l.layout))
	return &agreement{dev: c.of(), container: able, alg: alg, own: own, id: append([]byte(nil), id...), ephemeral: ephemeral}, nil
}

// GenerateAgreementDataWithECC begins a key exchange.
func (l *Library) GenerateAgreementDataWithECC(h Handle, alg uint32, tmpPub, id []byte, out *Handle) skf.Code {
	return onToken(l, h, func(ctx context.Context, c *container) error {
		a, err := l.begin(ctx, c, alg, id, tmpPub)
		if err != nil {
			return err
		}
		return l.handles.add(a, out)
	})
}

// GenerateAgreementDataAndKeyWithECC answers a key exchange and has the key.
func (l *Library) GenerateAgreementDataAndKeyWithECC(h Handle, alg uint32, sponsorPub, sponsorTmpPub, tmpPub, id, sponsorID []byte, out *Handle) skf.Code {
	return onToken(l, h, func(ctx context.Context, c *container) error {
		own, err := l.begin(ctx, c, alg, id, tmpPub)
		if err != nil {
			return err
		}
		return l.finish(ctx, own, true, sponsorPub, sponsorTmpPub, sponsorID, out)
	})
}

// GenerateKeyWithECC ends a key exchange that was begun here; an agreement is
// used once.
func (l *Library) GenerateKeyWithECC(h Handle, pub, tmpPub, id []byte, out *Handle) skf.Code {
	return onToken(l, h, func(ctx context.Context, a *agreement) error {
		return l.finish(ctx, a, false, pub, tmpPub, id, out)
	})
}

func (l *Library) finish(ctx context.Context, a *agreement, responder bool, pub, tmpPub, id []byte, out *Handle) error {
	if len(id) == 0 || len(id) > maxID || out == nil {
		return skf.InvalidParam
	}
	peer, err := l.point(pub)
	if err != nil {
		return err
	}
	peerEphemeral, err := l.point(tmpPub)
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ephemeral == nil {
		return skf.NotInitialize
	}
	shared, err := a.container.Agree(ctx, a.ephemeral, peer, peerEphemeral)
	if err != nil {
		return err
	}
	secret, err := shared.SM2SharedKey(responder, keySize, a.own, peer, a.id, id)
	if err != nil {
		return fmt.Errorf("key exchange: %w", err)
	}
	a.ephemeral = nil
	return l.addKey(a.dev, a.alg, secret, out)
}

// point reads an ECCPUBLICKEYBLOB for a key exchange.
func (l *Library) point(blob []byte) (*ecdh.PublicKey, error) {
	pub, err := l.publicKey(blob)
	if err != nil {
		return nil, err
	}
	return sm2.PublicKeyToECDH(pub)
}
