package main

import (
	"path/filepath"
	"strings"

	"xinzhang/internal/ca"
	"xinzhang/internal/fault"
	"xinzhang/internal/format/crl"
	"xinzhang/internal/home"
)

// A changeCmd is what revoking, suspending and restoring have in common. The new
// revocation list is published at once, because until then nobody can know.
type changeCmd struct {
	Serial         string `arg:"" help:"${h_serial}"`
	EncryptionOnly bool   `help:"${h_encryption_only}"`
	Note           string `help:"${h_note}" placeholder:"TEXT"`
	NoCRL          bool   `name:"no-crl" help:"${h_no_crl}"`
	PassphraseFile string `help:"${h_passphrase_file}" type:"path" placeholder:"FILE"`
}

// certRevokeCmd revokes certificates for good.
type certRevokeCmd struct {
	changeCmd
	Reason string `help:"${h_reason}" required:"" placeholder:"REASON"`
	Date   string `help:"${h_revoke_date}" placeholder:"TIME"`
}

func (c *certRevokeCmd) Run(a *app) error {
	reason, err := parseReason(c.Reason)
	if err != nil {
		return err
	}
	ch := c.change()
	if c.Date != "" {
		if ch.Since, err = parseTime(c.Date); err != nil {
			return err
		}
	}
	return c.run(a, "revoked_done", func(authority *authority) ([]ca.Record, error) {
		return authority.Revoke(a.ctx, ch, reason)
	})
}

// certSuspendCmd suspends certificates.
type certSuspendCmd struct{ changeCmd }

func (c *certSuspendCmd) Run(a *app) error {
	return c.run(a, "suspended_done", func(authority *authority) ([]ca.Record, error) {
		return authority.Suspend(a.ctx, c.change())
	})
}

// certRestoreCmd ends a suspension.
type certRestoreCmd struct{ changeCmd }

func (c *certRestoreCmd) Run(a *app) error {
	return c.run(a, "restored_done", func(authority *authority) ([]ca.Record, error) {
		return authority.Restore(a.ctx, c.change())
	})
}

func (c *changeCmd) change() ca.Change {
	ch := ca.Change{Serial: c.Serial, Note: c.Note}
	if c.EncryptionOnly {
		ch.Scope = ca.EncryptionOnly
	}
	return ch
}

func (c *changeCmd) run(a *app, done string, change func(*authority) ([]ca.Record, error)) error {
	pass, err := a.passphrase(c.PassphraseFile)
	if err != nil {
		return err
	}
	defer pass.Clear()
	authority, err := openAuthority(a, pass)
	if err != nil {
		return err
	}
	defer func() { _ = authority.Close() }()
	changed, err := change(authority)
	if err != nil {
		return err
	}
	lists := []crlJSON{}
	if !c.NoCRL {
		rec, err := authority.BuildCRL(a.ctx, changed[0].Issuer)
		if err != nil {
			return fault.Wrap(fault.CRLNotPublished, err, "serial", changed[0].Serial)
		}
		lists = append(lists, a.crlView(rec))
	}
	if a.json {
		return writeJSON(a.stdout, map[string]any{"certificates": recordsOf(changed, a.now()), "crls": lists})
	}
	a.printf("%s\n", a.word(done))
	for _, r := range changed {
		a.row("half_"+string(r.Half), r.Serial+"  "+r.Holder+"  "+a.stateWords(r))
	}
	for _, l := range lists {
		a.printCRL(l)
	}
	if c.NoCRL {
		a.say("no_crl_yet")
	}
	return nil
}

// parseReason reads a reason as RFC 5280 names or numbers it, or in the words in
// which it is shown.
func parseReason(s string) (crl.Reason, error) {
	for r := crl.Unspecified; r <= crl.AACompromise; r++ {
		if strings.EqualFold(s, r.Words(fault.ZH)) || strings.EqualFold(s, r.Words(fault.EN)) {
			return r, nil
		}
	}
	return crl.ParseReason(s)
}

// certCRLCmd makes and publishes a new revocation list.
type certCRLCmd struct {
	Issuer         string `help:"${h_crl_issuer}" enum:"sub,root" default:"sub"`
	Out            string `help:"${h_crl_out}" type:"path" placeholder:"FILE"`
	PassphraseFile string `help:"${h_passphrase_file}" type:"path" placeholder:"FILE"`
}

func (c *certCRLCmd) Run(a *app) error {
	pass, err := a.passphrase(c.PassphraseFile)
	if err != nil {
		return err
	}
	defer pass.Clear()
	authority, err := openAuthority(a, pass)
	if err != nil {
		return err
	}
	defer func() { _ = authority.Close() }()
	rec, err := authority.BuildCRL(a.ctx, c.Issuer)
	if err != nil {
		return err
	}
	view := a.crlView(rec)
	if c.Out != "" {
		if err := writeFile(c.Out, rec.DER, 0o644); err != nil {
			return err
		}
		view.File = c.Out
	}
	if a.json {
		return writeJSON(a.stdout, view)
	}
	a.printf(a.word("crl_published")+"\n", filepath.Join(home.Dir(a.home).CRL(), c.Issuer+".crl"))
	a.printCRL(view)
	return nil
}
