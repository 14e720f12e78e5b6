package soft

import (
	"context"
	"errors"
	"fmt"

	"xinzhang/internal/fault"
	"xinzhang/internal/token"
)

var (
	errRights = errors.New("soft: rights have no meaning")
	errKind   = errors.New("soft: there is no such PIN")
)

// tries reads a number of tries of a spec.
func tries(n int) (counter, error) {
	if n == 0 {
		n = token.Tries
	}
	c := counter{Max: n, Left: n}
	if err := c.check(); err != nil {
		return c, fmt.Errorf("soft: %d tries: %w", n, err)
	}
	return c, nil
}

func checkKind(kind token.PINKind) error {
	if kind != token.AdminPIN && kind != token.UserPIN {
		return errKind
	}
	return nil
}

func (r *appRecord) pin(kind token.PINKind) *pinRecord {
	if kind == token.AdminPIN {
		return &r.Admin
	}
	return &r.User
}

// pinPlace binds the data key to token, application and kind of PIN.
func (r *appRecord) pinPlace(tokenID []byte, kind token.PINKind) []byte {
	return place("pin", tokenID, r.ID, []byte{byte(kind)})
}

func locked(kind token.PINKind) error {
	if kind == token.AdminPIN {
		return fault.New(fault.PINAdminLocked)
	}
	return fault.New(fault.PINLocked)
}

// PINInfo returns the tries.
func (a *Application) PINInfo(ctx context.Context, kind token.PINKind) (token.PINInfo, error) {
	if err := checkKind(kind); err != nil {
		return token.PINInfo{}, err
	}
	var info token.PINInfo
	err := a.do(ctx, func(_ *transaction, r *appRecord) error {
		p := r.pin(kind)
		info = token.PINInfo{Max: p.Max, Left: p.Left, First: p.First}
		return nil
	})
	return info, err
}

// try compares a PIN: first the try is spent and durable, then the PIN is
// looked at. A right one gives the data key, and its tries back, which the caller
// commits. A wrong one ends what was verified on this handle.
func (a *Application) try(tx *transaction, r *appRecord, kind token.PINKind, pin token.PIN) ([]byte, error) {
	p := r.pin(kind)
	if p.Left == 0 {
		a.opened(kind).forget()
		return nil, locked(kind)
	}
	if err := tx.spend(&p.counter); err != nil {
		return nil, err
	}
	dataKey, err := p.compare(pin, r.pinPlace(tx.ID, kind))
	switch {
	case err == nil:
		p.Left = p.Max
		return dataKey, nil
	case p.Left == 0:
		err = locked(kind)
	case kind == token.AdminPIN:
		err = fault.New(fault.PINAdminIncorrect, "left", p.Left)
	default:
		err = fault.New(fault.PINIncorrect, "left", p.Left)
	}
	a.opened(kind).forget()
	return nil, err
}

// VerifyPIN opens the security state of kind.
func (a *Application) VerifyPIN(ctx context.Context, kind token.PINKind, pin token.PIN) error {
	if err := errors.Join(checkKind(kind), token.CheckPINLength(pin)); err != nil {
		return err
	}
	return a.do(ctx, func(tx *transaction, r *appRecord) error {
		dataKey, err := a.try(tx, r, kind, pin)
		if err != nil {
			return err
		}
		if err := tx.commit(); err != nil {
			clear(dataKey)
			return err
		}
		a.opened(kind).forget()
		*a.opened(kind) = opened{dataKey, r.pin(kind).Setting}
		return nil
	})
}

// ChangePIN replaces a PIN. The new one, its tries and the end of First go down
// in one change.
func (a *Application) ChangePIN(ctx context.Context, kind token.PINKind, old, next token.PIN) error {
	if err := errors.Join(checkKind(kind), token.CheckPINLength(old)); err != nil {
		return err
	}
	if err := token.CheckPIN(next, old); err != nil {
		return err
	}
	return a.do(ctx, func(tx *transaction, r *appRecord) error {
		dataKey, err := a.try(tx, r, kind, old)
		if err != nil {
			return err
		}
		defer clear(dataKey)
		p := r.pin(kind)
		p.set(next, dataKey, r.pinPlace(tx.ID, kind), a.device.driver.cost)
		p.First = false
		return tx.commit()
	})
}

// UnblockPIN gives the user a new PIN.
func (a *Application) UnblockPIN(ctx context.Context, admin, next token.PIN) error {
	if err := token.CheckPINLength(admin); err != nil {
		return err
	}
	if err := token.CheckPIN(next, token.PIN{}); err != nil {
		return err
	}
	return a.do(ctx, func(tx *transaction, r *appRecord) error {
		dataKey, err := a.try(tx, r, token.AdminPIN, admin)
		if err != nil {
			return err
		}
		defer clear(dataKey)
		r.User.set(next, dataKey, r.pinPlace(tx.ID, token.UserPIN), a.device.driver.cost)
		return tx.commit()
	})
}
