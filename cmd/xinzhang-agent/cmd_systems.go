package main

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"golang.org/x/term"

	"xinzhang/internal/durable"
	"xinzhang/internal/fault"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/keyring"
	"xinzhang/internal/systems"
	"xinzhang/internal/token"
)

// systemsCmd makes and shows the signed list of business systems.
type systemsCmd struct {
	Sign systemsSignCmd `cmd:"" help:"${h_systems_sign}"`
	Show systemsShowCmd `cmd:"" help:"${h_systems_show}"`
}

type systemsSignCmd struct {
	List    string   `arg:"" help:"${h_systems_list}" type:"existingfile"`
	Out     string   `help:"${h_systems_out}" type:"path" default:"." placeholder:"DIR"`
	Key     string   `help:"${h_systems_key}" placeholder:"ID"`
	PINFile string   `name:"pin-file" help:"${h_pin_file}" type:"path" placeholder:"FILE"`
	SKF     []string `name:"skf" help:"${h_skf}" placeholder:"VENDOR|PATH|none"`
}

type systemsShowCmd struct{}

func (c *systemsSignCmd) Run(a *app) error {
	list, err := os.ReadFile(c.List)
	if err != nil {
		return fault.Wrap(fault.FileUnreadable, err, "file", c.List)
	}
	if _, err := systems.ParseList(list); err != nil { // before a PIN is asked for
		return err
	}
	ring, stop := (&runCmd{SKF: c.SKF}).ring(a, slog.New(slog.DiscardHandler))
	defer stop()
	ring.Refresh(a.ctx)
	f, err := c.key(ring)
	if err != nil {
		return err
	}
	pin, err := c.pin(a, f)
	if err != nil {
		return err
	}
	defer pin.Clear()
	signed, err := systems.Sign(list, f.Signing, a.now(), func(m []byte) ([]byte, error) {
		e := sm2enc.Digest(f.Signing.PublicKey, m)
		session, err := ring.Unlock(a.ctx, keyring.Attempt{Key: f.ID, Operation: "systems-sign", PIN: pin}, [][32]byte{e})
		if err != nil {
			return nil, err
		}
		defer func() { _ = session.Close() }()
		return session.Sign(a.ctx, e)
	})
	if err != nil {
		return err
	}
	for name, b := range map[string][]byte{
		systems.ListFile:   signed,
		systems.SignerFile: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: f.Signing.Raw}),
	} {
		if err := durable.WriteFile(filepath.Join(c.Out, name), b, 0o644); err != nil {
			return fault.Wrap(fault.FileUnwritable, err, "file", filepath.Join(c.Out, name))
		}
	}
	a.say("systems_signed", systems.ListFile, systems.SignerFile, c.Out, machineDir())
	return nil
}

func (c *systemsSignCmd) key(ring *keyring.Ring) (*keyring.Found, error) {
	if c.Key != "" {
		return ring.Find(c.Key)
	}
	switch all := ring.All(); len(all) {
	case 0:
		return nil, fault.New(fault.AgentNoKey)
	case 1:
		return all[0], nil
	}
	return nil, fault.New(fault.AgentChooseKey)
}

func (c *systemsSignCmd) pin(a *app, f *keyring.Found) (token.PIN, error) {
	if c.PINFile != "" {
		b, err := os.ReadFile(c.PINFile)
		if err != nil {
			return token.PIN{}, fault.Wrap(fault.FileUnreadable, err, "file", c.PINFile)
		}
		return token.NewPIN(bytes.TrimRight(b, "\r\n")), nil
	}
	fmt.Fprintf(a.stderr, words[a.lang]["ask_pin"], f.Signing.Holder(), f.Tries.Left)
	b, err := term.ReadPassword(int(os.Stdin.Fd()))
	fmt.Fprintln(a.stderr)
	if err != nil {
		return token.PIN{}, fault.Wrap(fault.UsageWrong, err, "what", "--pin-file")
	}
	return token.NewPIN(b), nil
}

func (*systemsShowCmd) Run(a *app) error {
	who, err := a.systems()
	if err != nil {
		return err
	}
	list, err := who.List()
	if err != nil {
		return err
	}
	if list == nil {
		a.say("no_list", machineDir(), a.home.Agent())
		return nil
	}
	out := json.NewEncoder(a.stdout)
	out.SetIndent("", "  ")
	return out.Encode(list.List)
}
