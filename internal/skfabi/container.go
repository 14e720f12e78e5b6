package skfabi

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/skf"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/token"
)

// A container is a handle on a container (HCONTAINER).
type container struct {
	token.Container
	app *application
}

func (c *container) of() *device { return c.app.dev }
func (c *container) wipe()       {}

// CreateContainer makes a container; it needs the user PIN.
func (l *Library) CreateContainer(h Handle, name string, out *Handle) skf.Code {
	return onToken(l, h, func(ctx context.Context, a *application) error {
		if out == nil {
			return skf.InvalidParam
		}
		c, err := a.CreateContainer(ctx, name)
		if errors.Is(err, fault.TokenFull) {
			return skf.ReachMaxContainerCount
		}
		if err != nil {
			return err
		}
		return l.handles.add(&container{c, a}, out)
	})
}

// DeleteContainer destroys a container; it needs the user PIN.
func (l *Library) DeleteContainer(h Handle, name string) skf.Code {
	return onToken(l, h, func(ctx context.Context, a *application) error { return a.DeleteContainer(ctx, name) })
}

// OpenContainer opens a container.
func (l *Library) OpenContainer(h Handle, name string, out *Handle) skf.Code {
	return onToken(l, h, func(ctx context.Context, a *application) error {
		if out == nil {
			return skf.InvalidParam
		}
		c, err := a.OpenContainer(ctx, name)
		if err != nil {
			return err
		}
		return l.handles.add(&container{c, a}, out)
	})
}

// CloseContainer closes the handle.
func (l *Library) CloseContainer(h Handle) skf.Code {
	_, err := remove[*container](&l.handles, h, nil)
	return codeOf(err)
}

// EnumContainer lists the containers.
func (l *Library) EnumContainer(h Handle, out []byte, n *uint32) skf.Code {
	return onToken(l, h, func(ctx context.Context, a *application) error {
		names, err := a.Containers(ctx)
		if err != nil {
			return err
		}
		return hand(out, n, skf.MarshalNames(names))
	})
}

// GetContainerType tells whether there is a key.
func (l *Library) GetContainerType(h Handle, out *uint32) skf.Code {
	return onToken(l, h, func(ctx context.Context, c *container) error {
		if out == nil {
			return skf.InvalidParam
		}
		_, err := c.ExportPublicKey(ctx, token.Signing) // which comes before the other
		switch {
		case err == nil:
			*out = skf.ContainerECC
		case errors.Is(err, fault.KeyAbsent):
			*out = skf.ContainerEmpty
		default:
			return err
		}
		return nil
	})
}

// use reads bSignFlag.
func use(sign bool) token.KeyUse {
	if sign {
		return token.Signing
	}
	return token.Encryption
}

// ImportCertificate takes the DER certificate of a pair; it needs the user PIN.
func (l *Library) ImportCertificate(h Handle, sign bool, der []byte) skf.Code {
	return onToken(l, h, func(ctx context.Context, c *container) error {
		return c.ImportCertificate(ctx, use(sign), der)
	})
}

// ExportCertificate gives a certificate as it was imported.
func (l *Library) ExportCertificate(h Handle, sign bool, out []byte, n *uint32) skf.Code {
	return onToken(l, h, func(ctx context.Context, c *container) error {
		der, err := c.ExportCertificate(ctx, use(sign))
		if err != nil {
			return err
		}
		return hand(out, n, der)
	})
}

// ExportPublicKey gives an ECCPUBLICKEYBLOB.
func (l *Library) ExportPublicKey(h Handle, sign bool, out []byte, n *uint32) skf.Code {
	return onToken(l, h, func(ctx context.Context, c *container) error {
		pub, err := c.ExportPublicKey(ctx, use(sign))
		if err != nil {
			return err
		}
		return hand(out, n, skf.MarshalPublicKey(pub, l.layout))
	})
}

// GenECCKeyPair makes the signing pair and fills an ECCPUBLICKEYBLOB; it needs
// the user PIN.
func (l *Library) GenECCKeyPair(h Handle, alg uint32, out []byte) skf.Code {
	return onToken(l, h, func(ctx context.Context, c *container) error {
		if !skf.IsSM2Signing(alg) {
			return skf.NotSupportYet
		}
		if err := fits(out, l.layout.PublicKeySize()); err != nil {
			return err
		}
		pub, err := c.GenerateSigningKey(ctx)
		if err != nil {
			return err
		}
		fill(out, skf.MarshalPublicKey(pub, l.layout))
		return nil
	})
}

// ImportECCKeyPair takes the encryption pair in an ENVELOPEDKEYBLOB; it needs
// the user PIN.
func (l *Library) ImportECCKeyPair(h Handle, blob []byte) skf.Code {
	return onToken(l, h, func(ctx context.Context, c *container) error {
		envelope, err := skf.ParseEnvelope(blob, l.layout)
		if err != nil {
			return bad(err)
		}
		return c.ImportEncryptionKey(ctx, envelope)
	})
}

// bad is SAR_INDATAERR with its reason kept.
func bad(err error) error { return fmt.Errorf("%w: %w", skf.InDataErr, err) }

// ECCSignData signs e = SM3(Z ‖ M), 32 octets, into an ECCSIGNATUREBLOB; it
// needs the user PIN.
func (l *Library) ECCSignData(h Handle, digest, out []byte) skf.Code {
	return onToken(l, h, func(ctx context.Context, c *container) error {
		if len(digest) != 32 {
			return skf.InDataLenErr
		}
		if err := fits(out, skf.SignatureSize); err != nil {
			return err
		}
		der, err := c.SignDigest(ctx, [32]byte(digest))
		if err != nil {
			return err
		}
		sig, _, err := sm2enc.ParseSignature(der)
		if err != nil {
			return err
		}
		fill(out, skf.MarshalSignature(sig))
		return nil
	})
}

// publicKey reads a blob of a caller.
func (l *Library) publicKey(blob []byte) (*ecdsa.PublicKey, error) {
	pub, err := skf.ParsePublicKey(blob, l.layout)
	if err != nil {
		return nil, bad(err)
	}
	return pub, nil
}
