package card

import (
	"context"
	"crypto/rand"
	"math"

	"xinzhang/internal/format/apdu"
	"xinzhang/internal/format/skf"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/token"
)

func (c *Card) setLabel(ctx context.Context, cmd apdu.Command) ([]byte, error) {
	return nil, c.device.SetLabel(ctx, string(cmd.Data))
}

func (c *Card) getDevInfo(ctx context.Context, cmd apdu.Command) ([]byte, error) {
	if cmd.Le != apdu.DevInfoSize {
		return nil, apdu.WrongLe
	}
	info, err := c.device.Info(ctx)
	if err != nil {
		return nil, err
	}
	octets := func(n int64) uint32 { return uint32(min(max(n, 0), math.MaxUint32)) }
	one := skf.Version{Major: 1}
	return apdu.DevInfo{
		Struct: one, Spec: one, Hardware: one, Firmware: one,
		Manufacturer: info.Manufacturer, Issuer: info.Manufacturer, Label: info.Label, Serial: info.Serial,
		Symmetric:  skf.SM4ECB | skf.SM4CBC,
		Asymmetric: skf.SM2Sign | skf.SM2Encrypt,
		Hash:       skf.SM3, Auth: skf.SM4ECB,
		Total: octets(info.Total), Free: octets(info.Free), MaxData: apdu.MaxData,
	}.Marshal(), nil
}

// genRandom gives Le octets; the first 8 become the challenge.
func (c *Card) genRandom(_ context.Context, cmd apdu.Command) ([]byte, error) {
	if cmd.Le == 0 || cmd.Le > apdu.MaxData {
		return nil, apdu.WrongLe
	}
	random := make([]byte, cmd.Le)
	_, _ = rand.Read(random) // never fails: the runtime ends the program instead
	c.challenge = nil
	if len(random) >= apdu.ChallengeSize {
		c.challenge = append([]byte(nil), random[:apdu.ChallengeSize]...)
	}
	return random, nil
}

// takeChallenge gives the challenge out once.
func (c *Card) takeChallenge() ([apdu.ChallengeSize]byte, error) {
	if c.challenge == nil {
		return [apdu.ChallengeSize]byte{}, apdu.NoChallenge
	}
	challenge := [apdu.ChallengeSize]byte(c.challenge)
	c.challenge = nil
	return challenge, nil
}

func (c *Card) getCardKey(context.Context, apdu.Command) ([]byte, error) {
	return apdu.MarshalPoint(&c.key.PublicKey), nil
}

// secret opens what came sealed with cmd for app: n values, which the caller
// clears. No PIN was looked at when this fails.
func (c *Card) secret(cmd apdu.Command, app apdu.ID, sealed sm2enc.Cipher, n int) ([][]byte, error) {
	challenge, err := c.takeChallenge()
	if err != nil {
		return nil, err
	}
	plain, err := sm2enc.Decrypt(c.key, sealed)
	if err != nil {
		return nil, apdu.NoChallenge
	}
	s, err := apdu.ParseSecret(plain, n)
	if err != nil || s.INS != cmd.INS || s.P2 != cmd.P2 || s.App != app || s.Challenge != challenge {
		clear(plain)
		return nil, apdu.NoChallenge
	}
	return s.Values, nil
}

// A challenged is a device that compares the answer to a challenge: one block of
// SM4 under the device key. Tries are counted as by Authenticate.
type challenged interface {
	AuthenticateAnswer(ctx context.Context, challenge [apdu.ChallengeSize]byte, answer [16]byte) error
}

func (c *Card) devAuth(ctx context.Context, cmd apdu.Command) ([]byte, error) {
	device, ok := c.device.(challenged)
	switch {
	case !ok:
		return nil, apdu.Unsupported
	case cmd.P2 != apdu.AuthSM4:
		return nil, apdu.WrongP1P2
	case len(cmd.Data) != 16:
		return nil, apdu.WrongLength
	}
	challenge, err := c.takeChallenge()
	if err != nil {
		return nil, err
	}
	return nil, device.AuthenticateAnswer(ctx, challenge, [16]byte(cmd.Data))
}

func (c *Card) changeAuthKey(ctx context.Context, cmd apdu.Command) ([]byte, error) {
	if cmd.P2 != apdu.AuthSM4 {
		return nil, apdu.WrongP1P2
	}
	r := apdu.NewReader(cmd.Data)
	sealed := r.SealedSecret()
	if err := ended(r); err != nil {
		return nil, err
	}
	values, err := c.secret(cmd, apdu.ID{}, sealed, 1)
	if err != nil {
		return nil, err
	}
	defer wipe(values)
	key := token.NewAuthKey([16]byte(values[0]))
	defer key.Clear()
	return nil, c.device.ChangeAuthKey(ctx, key)
}

func wipe(values [][]byte) {
	for _, v := range values {
		clear(v)
	}
}
