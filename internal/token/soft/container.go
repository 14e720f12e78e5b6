package soft

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"

	"github.com/emmansun/gmsm/sm2"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/token"
)

// A Container is a handle on a container.
type Container struct {
	app  *Application
	id   []byte // of the container: one made anew under its name is another
	name string
}

var (
	_ token.Container = (*Container)(nil)
	_ token.Decrypter = (*Container)(nil)
)

// maxCertificate is what tokens of the field take, in octets of DER.
const maxCertificate = 16 << 10

// Containers lists the containers.
func (a *Application) Containers(ctx context.Context) ([]string, error) {
	var names []string
	err := a.do(ctx, func(_ *transaction, r *appRecord) error {
		for _, c := range r.Containers {
			names = append(names, c.Name)
		}
		return nil
	})
	return names, err
}

// OpenContainer opens a container.
func (a *Application) OpenContainer(ctx context.Context, name string) (token.Container, error) {
	var c *Container
	err := a.do(ctx, func(_ *transaction, r *appRecord) error {
		i := r.container(name)
		if i < 0 {
			return fault.New(fault.ContainerAbsent, "container", name)
		}
		c = &Container{a, r.Containers[i].ID, name}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// CreateContainer makes a container.
func (a *Application) CreateContainer(ctx context.Context, name string) (token.Container, error) {
	if err := token.CheckName(name, token.MaxContainerName); err != nil {
		return nil, err
	}
	var c *Container
	err := a.unlocked(ctx, func(tx *transaction, r *appRecord, _ []byte) error {
		if r.container(name) >= 0 {
			return fault.New(fault.ContainerExists, "container", name)
		}
		if len(r.Containers) == maxContainers {
			return fault.New(fault.TokenFull, "limit", maxContainers)
		}
		record := containerRecord{ID: random(16), Name: name}
		r.Containers = append(r.Containers, record)
		c = &Container{a, record.ID, name}
		return tx.grow()
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// DeleteContainer destroys a container.
func (a *Application) DeleteContainer(ctx context.Context, name string) error {
	return a.unlocked(ctx, func(tx *transaction, r *appRecord, _ []byte) error {
		i := r.container(name)
		if i < 0 {
			return fault.New(fault.ContainerAbsent, "container", name)
		}
		r.Containers = slices.Delete(r.Containers, i, i+1)
		return tx.commit()
	})
}

func (r *appRecord) container(name string) int {
	return slices.IndexFunc(r.Containers, func(c containerRecord) bool { return c.Name == name })
}

// in finds the record of the container.
func (c *Container) in(r *appRecord) (*containerRecord, error) {
	i := slices.IndexFunc(r.Containers, func(other containerRecord) bool { return bytes.Equal(other.ID, c.id) })
	if i < 0 {
		return nil, fault.New(fault.ContainerAbsent, "container", c.name)
	}
	return &r.Containers[i], nil
}

// do runs f on the record of the container.
func (c *Container) do(ctx context.Context, f func(*containerRecord) error) error {
	return c.app.do(ctx, func(_ *transaction, r *appRecord) error {
		record, err := c.in(r)
		if err != nil {
			return err
		}
		return f(record)
	})
}

// A desk is what a call that uses or changes keys works on.
type desk struct {
	*transaction
	app       *appRecord
	container *containerRecord
	dataKey   []byte
}

// unlocked is do for what needs the user PIN.
func (c *Container) unlocked(ctx context.Context, f func(desk) error) error {
	return c.app.unlocked(ctx, func(tx *transaction, r *appRecord, dataKey []byte) error {
		record, err := c.in(r)
		if err != nil {
			return err
		}
		return f(desk{tx, r, record, dataKey})
	})
}

// keyPlace binds a private key to token, application, container and use.
func (w desk) keyPlace(use token.KeyUse) []byte {
	return place("key", w.ID, w.app.ID, w.container.ID, []byte{byte(use)})
}

// withKey runs f with a private key, and wipes it.
func (w desk) withKey(use token.KeyUse, f func(*sm2.PrivateKey) error) error {
	record, err := w.container.key(use)
	if err != nil {
		return err
	}
	key, err := record.private(w.dataKey, w.keyPlace(use))
	if err != nil {
		return w.device.copies.broken(sealDamaged, fmt.Errorf("%s key of %s: %w", use, w.container.Name, err))
	}
	defer wipe(key)
	return f(key)
}

// key returns the record of a pair that is there.
func (c *containerRecord) key(use token.KeyUse) (*keyRecord, error) {
	record := c.Encryption
	if use == token.Signing {
		record = c.Signing
	}
	if record == nil || use != token.Signing && use != token.Encryption {
		return nil, fault.New(fault.KeyAbsent, "container", c.Name, "use", use)
	}
	return record, nil
}

// Name returns the name.
func (c *Container) Name() string { return c.name }

// ExportPublicKey returns a public key.
func (c *Container) ExportPublicKey(ctx context.Context, use token.KeyUse) (*ecdsa.PublicKey, error) {
	var pub *ecdsa.PublicKey
	err := c.do(ctx, func(r *containerRecord) error {
		k, err := r.key(use)
		if err != nil {
			return err
		}
		if pub, err = sm2enc.ParsePublicKey(k.Public); err != nil {
			return c.app.device.copies.broken(sealDamaged, err)
		}
		return nil
	})
	return pub, err
}

// ExportCertificate returns a certificate.
func (c *Container) ExportCertificate(ctx context.Context, use token.KeyUse) ([]byte, error) {
	var der []byte
	err := c.do(ctx, func(r *containerRecord) error {
		if k, err := r.key(use); err == nil && k.Certificate != nil {
			der = k.Certificate
			return nil
		}
		return fault.New(fault.ContainerNoCertificate, "container", c.name, "use", use)
	})
	return der, err
}

// GenerateSigningKey makes the signing pair.
func (c *Container) GenerateSigningKey(ctx context.Context) (*ecdsa.PublicKey, error) {
	var pub *ecdsa.PublicKey
	err := c.unlocked(ctx, func(w desk) error {
		if w.container.Signing != nil {
			return fault.New(fault.ContainerKeyExists, "container", c.name, "use", token.Signing)
		}
		key, err := sm2.GenerateKey(rand.Reader)
		if err != nil {
			return fmt.Errorf("generate signing key: %w", err)
		}
		defer wipe(key)
		w.container.Signing = newKeyRecord(key, w.dataKey, w.keyPlace(token.Signing))
		pub = &ecdsa.PublicKey{Curve: key.Curve, X: key.X, Y: key.Y}
		return w.grow()
	})
	if err != nil {
		return nil, err
	}
	return pub, nil
}

// ImportEncryptionKey takes the encryption pair out of its envelope. The same
// pair again changes nothing: an installation that was cut short may be repeated.
func (c *Container) ImportEncryptionKey(ctx context.Context, envelope sm2enc.EnvelopedKey) error {
	return c.unlocked(ctx, func(w desk) error {
		return w.withKey(token.Signing, func(signing *sm2.PrivateKey) error {
			key, err := envelope.Open(func(wrapped sm2enc.Cipher) ([]byte, error) { return sm2enc.Decrypt(signing, wrapped) })
			if errors.Is(err, sm2enc.ErrDecrypt) {
				return fault.Wrap(fault.KeyEnvelopeMismatch, err)
			}
			if err != nil {
				return err
			}
			defer wipe(key)
			record := newKeyRecord(key, w.dataKey, w.keyPlace(token.Encryption))
			switch had := w.container.Encryption; {
			case had == nil:
				w.container.Encryption = record
				return w.grow()
			case !bytes.Equal(had.Public, record.Public):
				return fault.New(fault.ContainerKeyExists, "container", c.name, "use", token.Encryption)
			}
			return nil
		})
	})
}

// ImportCertificate takes the certificate of a pair.
func (c *Container) ImportCertificate(ctx context.Context, use token.KeyUse, der []byte) error {
	if len(der) > maxCertificate {
		return fault.New(fault.TokenFull, "limit", "16 KiB")
	}
	parsed, err := cert.Parse(der)
	if err != nil {
		return err
	}
	return c.unlocked(ctx, func(w desk) error {
		k, err := w.container.key(use)
		if err != nil {
			return err
		}
		if parsed.PublicKey == nil || !bytes.Equal(sm2enc.MarshalPublicKey(parsed.PublicKey), k.Public) {
			return fault.New(fault.KeyCertMismatch, "container", c.name, "use", use)
		}
		k.Certificate = bytes.Clone(der)
		return w.grow()
	})
}

// SignDigest signs with the signing key.
func (c *Container) SignDigest(ctx context.Context, e [32]byte) ([]byte, error) {
	var der []byte
	err := c.unlocked(ctx, func(w desk) error {
		return w.withKey(token.Signing, func(key *sm2.PrivateKey) error {
			if err := w.mayUse(e[:]); err != nil {
				return err
			}
			var err error
			if der, err = sm2.SignASN1(rand.Reader, key, e[:], nil); err != nil {
				return fmt.Errorf("sign: %w", err)
			}
			return nil
		})
	})
	return der, err
}

// mayUse keeps the keys to their holder: while the first PIN stands, which
// somebody else chose, nothing is done with them but signing one request. e is
// the digest to sign, nil for decryption.
func (w desk) mayUse(e []byte) error {
	if !w.app.User.First || w.app.KeepFirstPIN {
		return nil
	}
	c := w.container
	switch {
	case e == nil || c.Signing.Certificate != nil:
		return fault.New(fault.PINMustChange)
	case c.Request == nil:
		c.Request = e
		return w.grow()
	case !bytes.Equal(c.Request, e):
		return fault.New(fault.PINMustChange)
	}
	return nil
}

// Decrypt opens a session key with the encryption key.
func (c *Container) Decrypt(ctx context.Context, wrapped sm2enc.Cipher) ([]byte, error) {
	var plain []byte
	err := c.unlocked(ctx, func(w desk) error {
		return w.withKey(token.Encryption, func(key *sm2.PrivateKey) error {
			if err := w.mayUse(nil); err != nil {
				return err
			}
			var err error
			plain, err = sm2enc.Decrypt(key, wrapped)
			return err
		})
	})
	return plain, err
}
