package skf

import (
	"context"
	"fmt"
	"math"
	"slices"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/skf"
	"xinzhang/internal/token"
)

const (
	defaultMinPIN = token.MinPIN
	defaultMaxPIN = token.MaxPIN
)

// secret is a PIN as a library reads it; the caller clears it.
func secret(pin token.PIN) input {
	return append(append(make(input, 0, len(pin.Bytes())+1), pin.Bytes()...), 0)
}

// checkLength refuses a PIN that the device would not take, or would read as
// another: a zero ends it there.
func checkLength(p Profile, pin token.PIN) error {
	least, most := p.pinLimits()
	if n := len(pin.Bytes()); n < least || n > most || slices.Contains(pin.Bytes(), 0) {
		return fault.New(fault.PINLength, "min", least, "max", most)
	}
	return nil
}

func locked(kind token.PINKind, code skf.Code) error {
	c := fault.PINLocked
	if kind == token.AdminPIN {
		c = fault.PINAdminLocked
	}
	return fault.Wrap(c, code, "raw", raw(code))
}

// PINInfo asks the device.
func (a *application) PINInfo(ctx context.Context, kind token.PINKind) (info token.PINInfo, err error) {
	err = a.do(ctx, func(s *session) error {
		info, err = a.pinInfo(s, kind)
		return err
	})
	return info, err
}

// pinInfo asks for the tries. Those that cannot be are no answer: somebody decides
// by them whether to type a PIN.
func (a *application) pinInfo(s *session, kind token.PINKind) (token.PINInfo, error) {
	const function = "SKF_GetPINInfo"
	most, left, first := &slot{unwritten}, &slot{unwritten}, &slot{}
	code, err := s.call(function, quick, word(a.handle), word(kind), most, left, first)
	if err != nil {
		return token.PINInfo{}, err
	}
	if err := a.dev.explain(s, function, code); err != nil {
		return token.PINInfo{}, err
	}
	if m := most.number(); m == 0 || m > mostTries || left.number() > m {
		return token.PINInfo{}, s.garbled(function, fmt.Errorf("%d of %d tries", left.number(), m))
	}
	return token.PINInfo{Max: int(most.number()), Left: int(left.number()), First: first.number() != 0}, nil
}

const (
	unwritten = math.MaxUint32 // a counter that the library did not write
	mostTries = 255            // cards count in an octet
)

// counted words the answer to a PIN of kind. The tries left are what the library
// wrote, where that can be, or what it says when asked.
func (a *application) counted(s *session, function string, kind token.PINKind, code skf.Code, retry *slot) error {
	switch code {
	case skf.PINLocked:
		return locked(kind, code)
	case skf.PINIncorrect:
	default:
		least, most := s.profile.pinLimits()
		return a.dev.explain(s, function, code, "min", least, "max", most)
	}
	var left any = untold{}
	info, err := a.pinInfo(s, kind)
	switch n := retry.number(); {
	case err == nil && n <= uint32(info.Max), err != nil && n <= token.Tries:
		left = int(n)
	case err == nil:
		left = info.Left
	}
	c := fault.PINIncorrect
	switch {
	case left == 0:
		return locked(kind, code)
	case kind == token.AdminPIN:
		c = fault.PINAdminIncorrect
	}
	return fault.Wrap(c, code, "left", left, "raw", raw(code))
}

func (a *application) verified(kind token.PINKind) *bool {
	if kind == token.AdminPIN {
		return &a.admin
	}
	return &a.user
}

// VerifyPIN gives the device the PIN, once.
func (a *application) VerifyPIN(ctx context.Context, kind token.PINKind, pin token.PIN) error {
	if err := checkLength(a.dev.lib.profile, pin); err != nil {
		return err
	}
	return a.do(ctx, func(s *session) error {
		p, retry := secret(pin), &slot{unwritten}
		defer clear(p)
		*a.verified(kind) = false
		code, err := s.call("SKF_VerifyPIN", s.patience(), word(a.handle), word(kind), p, retry)
		if err != nil {
			return err
		}
		*a.verified(kind) = code == skf.OK || code == skf.UserAlreadyLoggedIn
		if *a.verified(kind) {
			return nil
		}
		return a.counted(s, "SKF_VerifyPIN", kind, code, retry)
	})
}

// ChangePIN replaces a PIN.
func (a *application) ChangePIN(ctx context.Context, kind token.PINKind, old, next token.PIN) error {
	if err := checkLength(a.dev.lib.profile, old); err != nil {
		return err
	}
	if err := a.checkNew(next, old); err != nil {
		return err
	}
	return a.do(ctx, func(s *session) error {
		o, n, retry := secret(old), secret(next), &slot{unwritten}
		defer clear(o)
		defer clear(n)
		code, err := s.call("SKF_ChangePIN", s.patience(), word(a.handle), word(kind), o, n, retry)
		if err != nil {
			return err
		}
		if code != skf.OK {
			*a.verified(kind) = false
		}
		return a.counted(s, "SKF_ChangePIN", kind, code, retry)
	})
}

func (a *application) checkNew(next, old token.PIN) error {
	if err := token.CheckPIN(next, old); err != nil {
		return err
	}
	return checkLength(a.dev.lib.profile, next)
}

// UnblockPIN gives the user a new PIN.
func (a *application) UnblockPIN(ctx context.Context, admin, next token.PIN) error {
	if err := checkLength(a.dev.lib.profile, admin); err != nil {
		return err
	}
	if err := a.checkNew(next, token.PIN{}); err != nil {
		return err
	}
	return a.do(ctx, func(s *session) error {
		p, n, retry := secret(admin), secret(next), &slot{unwritten}
		defer clear(p)
		defer clear(n)
		code, err := s.call("SKF_UnblockPIN", s.patience(), word(a.handle), p, n, retry)
		if err != nil {
			return err
		}
		return a.counted(s, "SKF_UnblockPIN", token.AdminPIN, code, retry)
	})
}
