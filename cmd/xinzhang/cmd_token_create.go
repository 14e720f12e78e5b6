package main

import (
	"bytes"

	"xinzhang/internal/home"
	"xinzhang/internal/token"
)

// tokenCreateCmd makes a software UKey. The first PIN, and the admin PIN that
// unlocks it, are drawn at random and shown once, unless files give them: they
// never stand on a command line.
type tokenCreateCmd struct {
	Name         string `arg:"" help:"${h_token_new_name}"`
	Label        string `help:"${h_token_label}" placeholder:"TEXT"`
	PINFile      string `name:"pin-file" help:"${h_token_first_pin_file}" type:"path" placeholder:"FILE"`
	AdminPINFile string `name:"admin-pin-file" help:"${h_token_admin_pin_file}" type:"path" placeholder:"FILE"`
}

// createdJSON is what token create writes. PINs that a file gave are not
// repeated.
type createdJSON struct {
	Name     string `json:"name"`
	Label    string `json:"label"`
	PIN      string `json:"pin,omitempty"`
	AdminPIN string `json:"admin_pin,omitempty"`
}

func (c *tokenCreateCmd) Run(a *app) error {
	if a.provider != softProvider {
		return wrongUse("create_is_soft")
	}
	dir := home.Dir(a.home)
	if err := dir.Create(); err != nil {
		return err
	}
	first, shown, err := firstSecret(c.PINFile, randomPIN)
	if err != nil {
		return err
	}
	defer first.Clear()
	admin, adminShown, err := firstSecret(c.AdminPINFile, randomSecret)
	if err != nil {
		return err
	}
	defer admin.Clear()
	if bytes.Equal(first.Bytes(), admin.Bytes()) {
		return wrongUse("pins_same")
	}
	// The device key guards the making of further applications, of which this
	// UKey needs none: nobody keeps it.
	authKey, err := randomAuthKey()
	if err != nil {
		return err
	}
	k, err := createUKey(a.ctx, dir, c.Name, c.Label, authKey, admin, first)
	if err != nil {
		return err
	}
	defer func() { _ = k.Close() }()
	info, err := k.device.Info(a.ctx)
	if err != nil {
		return err
	}
	if a.json {
		return writeJSON(a.stdout, createdJSON{info.Name, info.Label, shown, adminShown})
	}
	a.printf(a.word("token_created")+"\n", info.Name)
	a.row("first_pin", shown)
	a.row("admin_pin", adminShown)
	if shown+adminShown != "" {
		a.say("token_shown_once")
	}
	a.say("token_created_next", c.Name)
	return nil
}

// firstSecret reads a PIN from a file, or draws one, which is returned to be
// shown once.
func firstSecret(file string, draw func() ([]byte, error)) (pin token.PIN, shown string, err error) {
	if file == "" {
		b, err := draw()
		return token.NewPIN(b), string(b), err
	}
	b, err := readSecretFile(file)
	if err != nil {
		return token.PIN{}, "", err
	}
	pin = token.NewPIN(b)
	if err := token.CheckPINLength(pin); err != nil {
		pin.Clear()
		return token.PIN{}, "", err
	}
	return pin, "", nil
}
