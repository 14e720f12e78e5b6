package card

import (
	"context"

	"xinzhang/internal/format/apdu"
	"xinzhang/internal/token"
)

// kind reads P2.
func kind(cmd apdu.Command) (token.PINKind, error) {
	k := token.PINKind(cmd.P2)
	if cmd.P1 != 0 || k != token.AdminPIN && k != token.UserPIN {
		return 0, apdu.WrongP1P2
	}
	return k, nil
}

func (c *Card) getPINInfo(ctx context.Context, cmd apdu.Command) ([]byte, error) {
	k, err := kind(cmd)
	if err != nil {
		return nil, err
	}
	app, err := c.onlyApp(cmd)
	if err != nil {
		return nil, err
	}
	info, err := app.PINInfo(ctx, k)
	if err != nil {
		return nil, err
	}
	return apdu.PINInfo{Max: byte(info.Max), Left: byte(info.Left), First: info.First}.Marshal(), nil
}

// pins takes appID ‖ sealed PINs and gives the application and the n PINs.
func (c *Card) pins(cmd apdu.Command, n int) (token.Application, []token.PIN, error) {
	r := apdu.NewReader(cmd.Data)
	id := r.ID()
	sealed := r.SealedSecret()
	if err := ended(r); err != nil {
		return nil, nil, err
	}
	app, err := c.table.app(id)
	if err != nil {
		return nil, nil, err
	}
	values, err := c.secret(cmd, id, sealed, n)
	if err != nil {
		return nil, nil, err
	}
	return app, pinsOf(values), nil
}

func pinsOf(values [][]byte) []token.PIN {
	var pins []token.PIN
	for _, v := range values {
		pins = append(pins, token.NewPIN(apdu.PIN(v)))
	}
	return pins
}

func clearPINs(pins []token.PIN) {
	for _, p := range pins {
		p.Clear()
	}
}

func (c *Card) verifyPIN(ctx context.Context, cmd apdu.Command) ([]byte, error) {
	k, err := kind(cmd)
	if err != nil {
		return nil, err
	}
	app, pins, err := c.pins(cmd, 1)
	if err != nil {
		return nil, err
	}
	defer clearPINs(pins)
	return nil, app.VerifyPIN(ctx, k, pins[0])
}

func (c *Card) changePIN(ctx context.Context, cmd apdu.Command) ([]byte, error) {
	k, err := kind(cmd)
	if err != nil {
		return nil, err
	}
	app, pins, err := c.pins(cmd, 2)
	if err != nil {
		return nil, err
	}
	defer clearPINs(pins)
	return nil, app.ChangePIN(ctx, k, pins[0], pins[1])
}

func (c *Card) unblockPIN(ctx context.Context, cmd apdu.Command) ([]byte, error) {
	if cmd.P1 != 0 || cmd.P2 != 0 {
		return nil, apdu.WrongP1P2
	}
	app, pins, err := c.pins(cmd, 2)
	if err != nil {
		return nil, err
	}
	defer clearPINs(pins)
	return nil, app.UnblockPIN(ctx, pins[0], pins[1])
}

func (c *Card) clearSecureState(ctx context.Context, cmd apdu.Command) ([]byte, error) {
	app, err := c.onlyApp(cmd)
	if err != nil {
		return nil, err
	}
	return nil, app.ClearSecureState(ctx)
}
