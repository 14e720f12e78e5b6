package card

import (
	"context"
	"errors"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/apdu"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/token"
)

// named reads appID ‖ name.
func (c *Card) named(cmd apdu.Command) (apdu.ID, token.Application, string, error) {
	r := apdu.NewReader(cmd.Data)
	id := r.ID()
	name := string(r.Rest())
	if err := ended(r); err != nil {
		return id, nil, "", err
	}
	app, err := c.table.app(id)
	return id, app, name, err
}

func (c *Card) createContainer(ctx context.Context, cmd apdu.Command) ([]byte, error) {
	return c.enter(cmd, func(app token.Application, name string) (token.Container, error) {
		return app.CreateContainer(ctx, name)
	})
}

func (c *Card) openContainer(ctx context.Context, cmd apdu.Command) ([]byte, error) {
	return c.enter(cmd, func(app token.Application, name string) (token.Container, error) { return app.OpenContainer(ctx, name) })
}

// enter answers the ID of a container that open gives.
func (c *Card) enter(cmd apdu.Command, open func(token.Application, string) (token.Container, error)) ([]byte, error) {
	id, app, name, err := c.named(cmd)
	if err != nil {
		return nil, err
	}
	opened, err := open(app, name)
	if err != nil {
		return nil, err
	}
	container := c.table.openContainer(id, opened)
	return container[:], nil
}

func (c *Card) closeContainer(_ context.Context, cmd apdu.Command) ([]byte, error) {
	_, err := c.onlyContainer(cmd)
	return nil, err
}

// onlyContainer reads a command whose data is appID ‖ containerID.
func (c *Card) onlyContainer(cmd apdu.Command) (*container, error) {
	r := apdu.NewReader(cmd.Data)
	cont, err := c.table.container(r)
	if short := ended(r); short != nil {
		return nil, short
	}
	return cont, err
}

func (c *Card) enumContainer(ctx context.Context, cmd apdu.Command) ([]byte, error) {
	app, err := c.onlyApp(cmd)
	if err != nil {
		return nil, err
	}
	return names(app.Containers(ctx))
}

func (c *Card) deleteContainer(ctx context.Context, cmd apdu.Command) ([]byte, error) {
	id, app, name, err := c.named(cmd)
	if err != nil {
		return nil, err
	}
	if err := app.DeleteContainer(ctx, name); err != nil {
		return nil, err
	}
	c.table.dropContainer(id, name)
	return nil, nil
}

func (c *Card) getContainerInfo(ctx context.Context, cmd apdu.Command) ([]byte, error) {
	_, app, name, err := c.named(cmd)
	if err != nil {
		return nil, err
	}
	cont, err := app.OpenContainer(ctx, name)
	if err != nil {
		return nil, err
	}
	has := func(what error, absent fault.Code) bool {
		if what != nil && !errors.Is(what, absent) {
			err = errors.Join(err, what)
		}
		return what == nil
	}
	key := func(use token.KeyUse) bool { _, e := cont.ExportPublicKey(ctx, use); return has(e, fault.KeyAbsent) }
	cert := func(use token.KeyUse) bool {
		_, e := cont.ExportCertificate(ctx, use)
		return has(e, fault.ContainerNoCertificate)
	}
	info := apdu.ContainerInfo{
		Signing: key(token.Signing), Encryption: key(token.Encryption),
		SigningCert: cert(token.Signing), EncryptionCert: cert(token.Encryption),
	}
	return info.Marshal(), err
}

// pair reads which pair is meant.
func pair(octet byte) (token.KeyUse, error) {
	switch octet {
	case apdu.SigningPair:
		return token.Signing, nil
	case apdu.EncryptionPair:
		return token.Encryption, nil
	}
	return 0, apdu.WrongP1P2
}

func (c *Card) importCertificate(ctx context.Context, cmd apdu.Command) ([]byte, error) {
	r := apdu.NewReader(cmd.Data)
	cont, err := c.table.container(r)
	use, wrong := pair(r.Octet())
	der := r.Certificate()
	if short := ended(r); short != nil {
		return nil, short
	}
	if err := errors.Join(wrong, err); err != nil {
		return nil, err
	}
	return nil, cont.ImportCertificate(ctx, use, der)
}

func (c *Card) exportCertificate(ctx context.Context, cmd apdu.Command) ([]byte, error) {
	use, wrong := pair(cmd.P1)
	cont, err := c.onlyContainer(cmd)
	if err := errors.Join(wrong, err); err != nil {
		return nil, err
	}
	der, err := cont.ExportCertificate(ctx, use)
	if err != nil {
		return nil, err
	}
	return apdu.MarshalCertificate(der), nil
}

func (c *Card) exportPublicKey(ctx context.Context, cmd apdu.Command) ([]byte, error) {
	use, wrong := pair(cmd.P1)
	cont, err := c.onlyContainer(cmd)
	if err := errors.Join(wrong, err); err != nil {
		return nil, err
	}
	pub, err := cont.ExportPublicKey(ctx, use)
	if err != nil {
		return nil, err
	}
	return apdu.MarshalPublicKey(pub), nil
}

func (c *Card) genECCKeyPair(ctx context.Context, cmd apdu.Command) ([]byte, error) {
	r := apdu.NewReader(cmd.Data)
	cont, err := c.table.container(r)
	bits := r.Uint32()
	if short := ended(r); short != nil {
		return nil, short
	}
	if err != nil {
		return nil, err
	}
	if bits != 256 {
		return nil, apdu.WrongData
	}
	pub, err := cont.GenerateSigningKey(ctx)
	if err != nil {
		return nil, err
	}
	return apdu.MarshalPoint(pub), nil
}

func (c *Card) importECCKeyPair(ctx context.Context, cmd apdu.Command) ([]byte, error) {
	r := apdu.NewReader(cmd.Data)
	cont, err := c.table.container(r)
	envelope := r.Envelope()
	if wrong := ended(r); wrong != nil {
		return nil, wrong
	}
	if err != nil {
		return nil, err
	}
	return nil, cont.ImportEncryptionKey(ctx, envelope)
}

func (c *Card) eccSign(ctx context.Context, cmd apdu.Command) ([]byte, error) {
	r := apdu.NewReader(cmd.Data)
	cont, err := c.table.container(r)
	if cmd.P1 != apdu.SignDigest {
		return nil, apdu.WrongP1P2
	}
	e := [32]byte(r.Octets(32))
	if short := ended(r); short != nil {
		return nil, apdu.WrongLength
	}
	if err != nil {
		return nil, err
	}
	der, err := cont.SignDigest(ctx, e)
	if err != nil {
		return nil, err
	}
	sig, _, err := sm2enc.ParseSignature(der)
	if err != nil {
		return nil, err
	}
	return apdu.MarshalSignature(sig), nil
}

func (c *Card) eccVerify(_ context.Context, cmd apdu.Command) ([]byte, error) {
	v, err := apdu.ParseVerification(cmd.Data)
	if errors.Is(err, apdu.ErrShort) {
		return nil, apdu.WrongLength
	}
	if err != nil {
		return nil, apdu.WrongData
	}
	if !sm2enc.VerifyDigest(v.Public, v.Digest, v.Signature) {
		return nil, apdu.VerifyFailed
	}
	return nil, nil
}
