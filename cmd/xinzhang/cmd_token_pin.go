package main

import (
	"errors"
	"fmt"

	"xinzhang/internal/fault"
	"xinzhang/internal/token"
)

// pinFlags say where the PIN comes from. It never stands on a command line.
type pinFlags struct {
	PINFile string `name:"pin-file" help:"${h_pin_file}" type:"path" placeholder:"FILE"`
	LastTry bool   `name:"last-try" help:"${h_last_try}"`
}

// open verifies the user PIN of k.
func (f pinFlags) open(a *app, k *ukey, name string) error {
	ask := fmt.Sprintf(a.word("ask_pin"), name)
	pin, err := a.askPIN(k, token.UserPIN, secretSource{file: f.PINFile, env: "XINZHANG_PIN", ask: ask}, f.LastTry)
	if err != nil {
		return err
	}
	defer pin.Clear()
	return k.VerifyPIN(a.ctx, token.UserPIN, pin)
}

// tokenVerifyPINCmd tries a PIN, as the 证书验证 of the manager does.
type tokenVerifyPINCmd struct {
	Name string   `arg:"" help:"${h_token_name}"`
	PIN  pinFlags `embed:""`
}

func (c *tokenVerifyPINCmd) Run(a *app) (err error) {
	k, err := a.openUKey(c.Name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, k.Close()) }()
	if err := c.PIN.open(a, k, c.Name); err != nil {
		return err
	}
	return a.tellPIN(k, token.UserPIN, "pin_right")
}

// tellPIN says what was done, and how many tries there are.
func (a *app) tellPIN(k *ukey, kind token.PINKind, done string) error {
	info, err := k.PINInfo(a.ctx, kind)
	if errors.Is(err, fault.SKFUnsupported) { // done it is; the count is not told
		a.printf("✓ %s\n", a.word(done))
		return nil
	}
	if err != nil {
		return err
	}
	if a.json {
		return writeJSON(a.stdout, pinOf(info))
	}
	a.printf("✓ %s%s%s\n", a.word(done), a.word("comma"), a.tries(info))
	return nil
}

// tokenChangePINCmd changes a PIN.
type tokenChangePINCmd struct {
	Name       string   `arg:"" help:"${h_token_name}"`
	Admin      bool     `help:"${h_change_admin}"`
	PIN        pinFlags `embed:""`
	NewPINFile string   `name:"new-pin-file" help:"${h_new_pin_file}" type:"path" placeholder:"FILE"`
}

func (c *tokenChangePINCmd) Run(a *app) (err error) {
	k, err := a.openUKey(c.Name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, k.Close()) }()
	kind, src := token.UserPIN, secretSource{file: c.PIN.PINFile, env: "XINZHANG_PIN", ask: fmt.Sprintf(a.word("ask_old_pin"), c.Name)}
	if c.Admin {
		kind, src.env = token.AdminPIN, "XINZHANG_ADMIN_PIN"
	}
	old, err := a.askPIN(k, kind, src, c.PIN.LastTry)
	if err != nil {
		return err
	}
	defer old.Clear()
	hints, err := holderIDs(a.ctx, k)
	if err != nil {
		return err
	}
	next, err := a.askNewPIN(c.NewPINFile, "XINZHANG_NEW_PIN", old, hints...)
	if err != nil {
		return err
	}
	defer next.Clear()
	if err := k.ChangePIN(a.ctx, kind, old, next); err != nil {
		return err
	}
	return a.tellPIN(k, kind, "pin_changed")
}

// tokenUnblockCmd gives a locked UKey a new PIN, with the admin PIN.
type tokenUnblockCmd struct {
	Name         string `arg:"" help:"${h_token_name}"`
	AdminPINFile string `name:"admin-pin-file" help:"${h_admin_pin_file}" type:"path" placeholder:"FILE"`
	NewPINFile   string `name:"new-pin-file" help:"${h_new_pin_file}" type:"path" placeholder:"FILE"`
	LastTry      bool   `name:"last-try" help:"${h_last_try}"`
}

func (c *tokenUnblockCmd) Run(a *app) (err error) {
	k, err := a.openUKey(c.Name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, k.Close()) }()
	src := secretSource{file: c.AdminPINFile, env: "XINZHANG_ADMIN_PIN", ask: fmt.Sprintf(a.word("ask_admin_pin"), c.Name)}
	admin, err := a.askPIN(k, token.AdminPIN, src, c.LastTry)
	if err != nil {
		return err
	}
	defer admin.Clear()
	hints, err := holderIDs(a.ctx, k)
	if err != nil {
		return err
	}
	next, err := a.askNewPIN(c.NewPINFile, "XINZHANG_NEW_PIN", token.PIN{}, hints...)
	if err != nil {
		return err
	}
	defer next.Clear()
	if err := k.UnblockPIN(a.ctx, admin, next); err != nil {
		return err
	}
	return a.tellPIN(k, token.UserPIN, "pin_unblocked")
}
