package card

import (
	"context"

	"github.com/emmansun/gmsm/sm3"

	"xinzhang/internal/format/apdu"
	"xinzhang/internal/format/sm2enc"
)

// digestInit starts SM3; with a public key and the usual ID, which is the only
// one, Z comes first.
func (c *Card) digestInit(_ context.Context, cmd apdu.Command) ([]byte, error) {
	if cmd.P2 != apdu.DigestSM3 {
		return nil, apdu.WrongP1P2
	}
	c.digest = nil
	if len(cmd.Data) == 0 {
		c.digest = sm3.New()
		return nil, nil
	}
	r := apdu.NewReader(cmd.Data)
	pub := r.PublicKey()
	id := string(r.Octets(r.Length()))
	if err := ended(r); err != nil {
		return nil, err
	}
	if id != sm2enc.DefaultID {
		return nil, apdu.Unsupported
	}
	c.digest = sm2enc.NewDigest(pub)
	return nil, nil
}

func (c *Card) digestUpdate(_ context.Context, cmd apdu.Command) ([]byte, error) {
	if c.digest == nil {
		return nil, apdu.KeyHandleAbsent
	}
	_, _ = c.digest.Write(cmd.Data) // never fails
	return nil, nil
}

func (c *Card) digestAll(ctx context.Context, cmd apdu.Command) ([]byte, error) {
	if _, err := c.digestUpdate(ctx, cmd); err != nil {
		return nil, err
	}
	return c.digestFinal(ctx, cmd)
}

// digestFinal gives length 4 ‖ hash; data behind the last part has no place here.
func (c *Card) digestFinal(context.Context, apdu.Command) ([]byte, error) {
	if c.digest == nil {
		return nil, apdu.KeyHandleAbsent
	}
	sum := c.digest.Sum(nil)
	c.digest = nil
	return apdu.MarshalCertificate(sum), nil
}
