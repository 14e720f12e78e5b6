package main

import (
	"errors"
	"fmt"

	"xinzhang/internal/fault"
	"xinzhang/internal/token"
)

// lowTries is from how few tries on a warning precedes the question.
const lowTries = 3

// askPIN gets a PIN from src for use on the UKey k. It first asks the UKey how
// many tries are left: a locked PIN is not asked for, few tries are told before
// anybody types, and the last one is spent only when lastTry says so, because a
// slip would lock the UKey.
func (a *app) askPIN(k *ukey, kind token.PINKind, src secretSource, lastTry bool) (token.PIN, error) {
	info, err := k.PINInfo(a.ctx, kind)
	untold := errors.Is(err, fault.SKFUnsupported)
	if err != nil && !untold {
		return token.PIN{}, err
	}
	switch {
	case untold && !lastTry:
		return token.PIN{}, fault.Wrap(fault.PINTriesUnknown, err, "pin", kind)
	case untold:
	case info.Left == 0 && kind == token.AdminPIN:
		return token.PIN{}, fault.New(fault.PINAdminLocked)
	case info.Left == 0:
		return token.PIN{}, fault.New(fault.PINLocked)
	case info.Left == 1 && !lastTry:
		return token.PIN{}, fault.New(fault.PINLastTry, "pin", kind)
	case info.Left <= lowTries:
		a.say("pin_low", kind.Words(a.lang), info.Left)
	}
	b, err := src.read(a)
	if err != nil {
		return token.PIN{}, err
	}
	return token.NewPIN(b), nil
}

// askNewPIN gets a PIN that is to be set, typed twice where it is typed, and
// judges it before the UKey is touched. hints are what is known of the holder.
func (a *app) askNewPIN(file, env string, old token.PIN, hints ...string) (token.PIN, error) {
	b, err := secretSource{file: file, env: env, ask: a.word("ask_new_pin")}.read(a)
	if err != nil {
		return token.PIN{}, err
	}
	pin := token.NewPIN(b)
	if err := a.confirm(b, file, env, a.word("ask_again")); err != nil {
		pin.Clear()
		return token.PIN{}, err
	}
	if err := token.CheckPIN(pin, old, hints...); err != nil {
		pin.Clear()
		return token.PIN{}, err
	}
	return pin, nil
}

// tries words how many tries are left, and whether it is still the first PIN.
func (a *app) tries(info token.PINInfo) string {
	if info.Left == 0 {
		return a.word("pin_is_locked")
	}
	s := fmt.Sprintf(a.word("pin_tries"), info.Left, info.Max)
	if info.First {
		s += a.word("comma") + a.word("pin_first")
	}
	return s
}
