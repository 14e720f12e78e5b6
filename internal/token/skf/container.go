package skf

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"slices"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/skf"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/token"
)

// A container is a handle on a container. All but app and name is guarded by the
// turn of the library.
type container struct {
	app    *application
	name   string
	handle uint64
	link   int // of the device
	birth  int // how often a container of that name was deleted before

	public *ecdsa.PublicKey // of the signing pair, once it was asked for
}

var (
	_ token.Container       = (*container)(nil)
	_ token.InsideDecrypter = (*container)(nil)
)

func (c *container) place() string { return c.app.place() + "\x00" + c.name }

// Containers lists the containers.
func (a *application) Containers(ctx context.Context) ([]string, error) {
	var names []string
	err := a.do(ctx, func(s *session) error {
		listed, err := s.list("SKF_EnumContainer", word(a.handle))
		names = texts(listed)
		return a.dev.again(s, "SKF_EnumContainer", err)
	})
	return names, err
}

// holds reports whether the application has a container of a name.
func (a *application) holds(s *session, name string) bool {
	listed, err := s.list("SKF_EnumContainer", word(a.handle))
	return err == nil && slices.Contains(texts(listed), name)
}

// OpenContainer opens a container.
func (a *application) OpenContainer(ctx context.Context, name string) (token.Container, error) {
	c := &container{app: a, name: name}
	err := a.do(ctx, func(s *session) error {
		c.birth = s.deleted[c.place()]
		return c.open(s)
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// CreateContainer makes a container.
func (a *application) CreateContainer(ctx context.Context, name string) (token.Container, error) {
	if err := token.CheckName(name, token.MaxContainerName); err != nil {
		return nil, err
	}
	c := &container{app: a, name: name}
	err := a.asUser(ctx, func(s *session) error {
		out := &slot{}
		code, err := s.call("SKF_CreateContainer", slow, word(a.handle), text(name), out)
		if err != nil {
			return err
		}
		if code != skf.OK && code != skf.UserNotLoggedIn && a.holds(s, name) { // SKF has no word for it
			return fault.Wrap(fault.ContainerExists, code, "container", name, "raw", raw(code))
		}
		if err := a.explain(s, "SKF_CreateContainer", code, "name", name, "max", token.MaxContainerName, "limit", untold{}); err != nil {
			return err
		}
		s.hands[out.value]++
		c.handle, c.link, c.birth = out.value, a.dev.link, s.deleted[c.place()]
		return nil
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// DeleteContainer destroys a container.
func (a *application) DeleteContainer(ctx context.Context, name string) error {
	return a.asUser(ctx, func(s *session) error {
		listed, err := s.asListed(name, "SKF_EnumContainer", word(a.handle))
		if err != nil {
			return a.dev.again(s, "SKF_EnumContainer", err)
		}
		code, err := s.call("SKF_DeleteContainer", slow, word(a.handle), text(listed))
		if err != nil {
			return err
		}
		if code != skf.OK && code != skf.UserNotLoggedIn && !a.holds(s, name) && s.host != nil {
			return fault.Wrap(fault.ContainerAbsent, code, "container", name, "raw", raw(code))
		}
		if err := a.explain(s, "SKF_DeleteContainer", code); err != nil {
			return err
		}
		s.deleted[(&container{app: a, name: name}).place()]++
		return nil
	})
}

// open opens the container by its name, again where the device was connected again
// since.
func (c *container) open(s *session) error {
	if c.birth != s.deleted[c.place()] {
		return fault.New(fault.ContainerAbsent, "container", c.name)
	}
	if c.handle != 0 && c.link == c.app.dev.link {
		return nil
	}
	listed, err := s.asListed(c.name, "SKF_EnumContainer", word(c.app.handle))
	if err != nil {
		return c.app.dev.again(s, "SKF_EnumContainer", err)
	}
	c.handle, err = s.handle("SKF_OpenContainer", word(c.app.handle), text(listed))
	if err == nil {
		c.link, c.public = c.app.dev.link, nil
		return nil
	}
	if answer(err) != skf.OK && s.host != nil && !c.app.holds(s, c.name) && s.host != nil {
		return as(err, fault.ContainerAbsent, []fault.Code{fault.Of(err).Code}, "container", c.name)
	}
	return c.app.dev.again(s, "SKF_OpenContainer", err)
}

func (c *container) do(ctx context.Context, f func(*session) error) error {
	return c.app.do(ctx, func(s *session) error {
		if err := c.open(s); err != nil {
			return err
		}
		return f(s)
	})
}

func (c *container) asUser(ctx context.Context, f func(*session) error) error {
	return c.app.asUser(ctx, func(s *session) error {
		if err := c.open(s); err != nil {
			return err
		}
		return f(s)
	})
}

// Name returns the name.
func (c *container) Name() string { return c.name }

func checkUse(use token.KeyUse) error {
	if use != token.Signing && use != token.Encryption {
		return fmt.Errorf("skf: key use %d", use)
	}
	return nil
}

// ExportPublicKey asks for a public key.
func (c *container) ExportPublicKey(ctx context.Context, use token.KeyUse) (*ecdsa.PublicKey, error) {
	if err := checkUse(use); err != nil {
		return nil, err
	}
	var pub *ecdsa.PublicKey
	err := c.do(ctx, func(s *session) (err error) {
		pub, err = c.publicKey(s, use)
		return err
	})
	return pub, err
}

// publicKey asks for a public key. Libraries have several answers for a key that is
// not there.
func (c *container) publicKey(s *session, use token.KeyUse) (*ecdsa.PublicKey, error) {
	const function = "SKF_ExportPublicKey"
	b, err := s.publicKeyBlob(c.handle, use == token.Signing)
	switch code := answer(err); {
	case code == skf.KeyNotFound, code == skf.KeyUsageErr, code == skf.KeyInfoTypeErr, code == skf.ObjErr, code == skf.NotExport,
		code == skf.Fail && c.empty(s), err == nil && len(b) == 0:
		return nil, c.absent(err, use)
	case err != nil:
		return nil, c.app.dev.again(s, function, err)
	}
	pub, err := skf.ParsePublicKey(b, s.layout)
	if err == nil {
		return pub, nil
	}
	if len(b) > s.layout.ULong() && blank(b[s.layout.ULong():]) {
		return nil, c.absent(nil, use)
	}
	return nil, s.garbled(function, err)
}

func (c *container) absent(err error, use token.KeyUse) error {
	e := fault.Wrap(fault.KeyAbsent, err, "use", use, "container", c.name)
	if code := answer(err); code != skf.OK {
		e.Args["raw"] = raw(code)
	}
	return e
}

// empty asks whether there is no key at all.
func (c *container) empty(s *session) bool {
	kind := &slot{}
	code, err := s.call("SKF_GetContainerType", quick, word(c.handle), kind)
	return err == nil && code == skf.OK && kind.number() == skf.ContainerEmpty
}

func blank(b []byte) bool { return !slices.ContainsFunc(b, func(c byte) bool { return c != 0 }) }

// ExportCertificate asks for a certificate. What stands behind its end is padding.
func (c *container) ExportCertificate(ctx context.Context, use token.KeyUse) ([]byte, error) {
	const function = "SKF_ExportCertificate"
	if err := checkUse(use); err != nil {
		return nil, err
	}
	var der []byte
	err := c.do(ctx, func(s *session) error {
		b, err := s.written(function, dataRoom, word(c.handle), flag(use == token.Signing))
		switch code := answer(err); {
		case code == skf.CertNotFound, code == skf.KeyNotFound, code == skf.ObjErr, code == skf.Fail && c.empty(s), err == nil && blank(b):
			e := fault.Wrap(fault.ContainerNoCertificate, err, "container", c.name, "use", use)
			if code != skf.OK {
				e.Args["raw"] = raw(code)
			}
			return e
		case err != nil:
			return c.app.dev.again(s, function, err)
		}
		if der, err = derOf(b); err != nil {
			return s.garbled(function, err)
		}
		return nil
	})
	return der, err
}

// derOf is a copy of the DER value at the beginning of b.
func derOf(b []byte) ([]byte, error) {
	if len(b) < 4 || b[0] != 0x30 {
		return nil, errors.New("no DER")
	}
	n, head := int(b[1]), 2
	switch b[1] {
	case 0x81:
		n, head = int(b[2]), 3
	case 0x82:
		n, head = int(b[2])<<8|int(b[3]), 4
	}
	if n > 0xFFFF || head == 2 && n >= 0x80 || head+n > len(b) {
		return nil, errors.New("cut DER")
	}
	return slices.Clone(b[:head+n]), nil // it outlives the room it was written to, 64 times its size
}

// GenerateSigningKey makes the signing pair. Some libraries would replace one that
// is there.
func (c *container) GenerateSigningKey(ctx context.Context) (*ecdsa.PublicKey, error) {
	const function = "SKF_GenECCKeyPair"
	var pub *ecdsa.PublicKey
	err := c.asUser(ctx, func(s *session) error {
		_, err := c.publicKey(s, token.Signing)
		switch {
		case err == nil:
			return fault.New(fault.ContainerKeyExists, "container", c.name, "use", token.Signing)
		case !errors.Is(err, fault.KeyAbsent):
			return err
		}
		out := room(dataRoom)
		code, err := s.call(function, slow, word(c.handle), word(skf.SM2Sign), out)
		if err != nil {
			return err
		}
		if err := c.app.explain(s, function, code, "limit", untold{}); err != nil {
			return err
		}
		if pub, err = skf.ParsePublicKey(out.data, s.layout); err != nil {
			return s.garbled(function, err)
		}
		c.public = pub
		return nil
	})
	return pub, err
}

// ImportCertificate stores a certificate, after looking whether it is that of the
// key: many libraries do not.
func (c *container) ImportCertificate(ctx context.Context, use token.KeyUse, der []byte) error {
	const function = "SKF_ImportCertificate"
	if err := checkUse(use); err != nil {
		return err
	}
	parsed, err := cert.Parse(der)
	if err != nil {
		return err
	}
	return c.asUser(ctx, func(s *session) error {
		pub, err := c.publicKey(s, use)
		if err != nil {
			return err
		}
		if !pub.Equal(parsed.PublicKey) {
			return fault.New(fault.KeyCertMismatch, "use", use)
		}
		code, err := s.call(function, slow, word(c.handle), flag(use == token.Signing), input(der), word(len(der)))
		if err != nil {
			return err
		}
		return c.app.explain(s, function, code, "limit", untold{})
	})
}

// ImportEncryptionKey hands the enveloped pair to the device, and looks what is
// there afterwards.
func (c *container) ImportEncryptionKey(ctx context.Context, envelope sm2enc.EnvelopedKey) error {
	const function = "SKF_ImportECCKeyPair"
	return c.asUser(ctx, func(s *session) error {
		if _, err := c.publicKey(s, token.Signing); err != nil {
			return err
		}
		had, err := c.publicKey(s, token.Encryption)
		switch {
		case err == nil && had.Equal(envelope.Public):
			return nil // an installation repeated
		case err == nil:
			return fault.New(fault.ContainerKeyExists, "container", c.name, "use", token.Encryption)
		case !errors.Is(err, fault.KeyAbsent):
			return err
		}
		blob, err := skf.MarshalEnvelope(envelope, s.layout)
		if err != nil {
			return fault.Wrap(fault.KeyEnvelopeMismatch, err)
		}
		code, err := s.call(function, slow, word(c.handle), input(blob))
		if err != nil {
			return err
		}
		if mismatch(code) {
			return fault.Wrap(fault.KeyEnvelopeMismatch, code, "raw", raw(code))
		}
		if err := c.app.explain(s, function, code, "limit", untold{}); err != nil {
			return err
		}
		now, err := c.publicKey(s, token.Encryption)
		if err == nil && !now.Equal(envelope.Public) {
			return fault.New(fault.KeyEnvelopeMismatch)
		}
		return err
	})
}

// mismatch are the answers of libraries to an envelope that does not open.
func mismatch(code skf.Code) bool {
	switch code {
	case skf.InDataErr, skf.InDataLenErr, skf.HashNotEqual, skf.DecryptPadErr, skf.KeyInfoTypeErr, skf.KeyUsageErr, skf.ImportPubKeyErr:
		return true
	}
	return false
}
