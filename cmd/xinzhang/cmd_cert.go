package main

import (
	"bytes"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"

	"xinzhang/internal/ca"
	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/certfile"
	"xinzhang/internal/inspect"
)

// certCmd issues certificates and keeps their state.
type certCmd struct {
	Issue   certIssueCmd   `cmd:"" help:"${h_cert_issue}"`
	Show    certShowCmd    `cmd:"" help:"${h_cert_show}"`
	List    certListCmd    `cmd:"" help:"${h_cert_list}"`
	Revoke  certRevokeCmd  `cmd:"" help:"${h_cert_revoke}"`
	Suspend certSuspendCmd `cmd:"" help:"${h_cert_suspend}"`
	Restore certRestoreCmd `cmd:"" help:"${h_cert_restore}"`
	CRL     certCRLCmd     `cmd:"" name:"crl" help:"${h_cert_crl}"`
	Lint    certLintCmd    `cmd:"" help:"${h_cert_lint}"`
}

// certShowCmd shows one certificate: what it says, and what the register knows of
// it. A file needs no data directory.
type certShowCmd struct {
	What     string `arg:"" name:"serial|file" help:"${h_cert_show_what}"`
	PEM      bool   `name:"pem" help:"${h_cert_pem}"`
	RevealID bool   `name:"reveal-id" help:"${h_reveal_id}"`
}

// certView is what cert show writes.
type certView struct {
	Certificate *inspect.Certificate `json:"certificate,omitempty"` // absent when it was never signed
	Register    *recordJSON          `json:"register,omitempty"`    // absent when it is not ours
}

func (c *certShowCmd) Run(a *app) error {
	reg, regErr := openRegister(a)
	if regErr == nil {
		defer func() { _ = reg.Close() }()
	}
	if looksLikeFile(c.What) {
		der, err := readCertificate(c.What)
		if err != nil {
			return err
		}
		if regErr == nil {
			if e, err := reg.Show(a.ctx, der.SerialHex()); err == nil && bytes.Equal(e.DER, der.Raw) {
				return c.write(a, der, &e)
			}
		}
		return c.write(a, der, nil)
	}
	if regErr != nil {
		return regErr
	}
	e, err := reg.Show(a.ctx, c.What)
	if err != nil {
		return err
	}
	if e.DER == nil {
		return c.write(a, nil, &e)
	}
	der, err := cert.Parse(e.DER)
	if err != nil {
		return err
	}
	return c.write(a, der, &e)
}

// write shows a certificate, nil when it was never signed, and its entry, nil
// when the register does not know it.
func (c *certShowCmd) write(a *app, der *cert.Certificate, e *ca.Entry) error {
	if c.PEM {
		if der == nil {
			return fault.New(fault.CertNotIssued, "serial", e.Serial)
		}
		a.printf("%s", toPEM(der))
		return nil
	}
	var report *inspect.Report
	view := certView{}
	if der != nil {
		var err error
		if report, err = inspect.Bytes(der.Raw, inspect.Options{At: a.now(), RevealID: c.RevealID}); err != nil {
			return err
		}
		view.Certificate = report.Items[0].Certificate
	}
	if e != nil {
		r := recordOf(e.Record, a.now())
		for _, h := range e.Holds {
			r.Holds = append(r.Holds, holdJSON{h.HeldAt, utc(h.EndedAt), h.EndedBy, h.Note})
		}
		view.Register = &r
	}
	if a.json {
		return writeJSON(a.stdout, view)
	}
	if e != nil {
		a.printEntry(*e)
	}
	if report == nil {
		return nil
	}
	return inspect.Text(a.stdout, report, a.lang)
}

// printEntry writes what the register knows.
func (a *app) printEntry(e ca.Entry) {
	a.printf("%s\n", a.word("register"))
	a.row("state", a.stateWords(e.Record))
	a.row("note", e.Note)
	a.row("serial", e.Serial)
	a.row("half", a.word("half_"+string(e.Half)))
	a.row("pair", e.Pair)
	a.row("request", e.Request)
	a.row("profile", e.Profile)
	a.row("signed_at", moment(e.SignedAt))
	for _, h := range e.Holds {
		s := moment(h.HeldAt) + " – " + moment(h.EndedAt)
		if h.Note != "" {
			s += a.word("comma") + h.Note
		}
		a.row("hold", s)
	}
	a.printf("\n")
}

// looksLikeFile tells a file, also one that is missing, from a serial number.
func looksLikeFile(s string) bool {
	_, err := os.Stat(s)
	return err == nil || strings.ContainsAny(s, `/\.`)
}

// readCertificate reads the first certificate of a file.
func readCertificate(name string) (*cert.Certificate, error) {
	all, err := readCertificates(name)
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// maxCertFile bounds files of certificates and requests.
const maxCertFile = 16 << 20

func readCertificates(name string) ([]*cert.Certificate, error) {
	b, err := readFile(name, maxCertFile)
	if err != nil {
		return nil, err
	}
	all, err := certfile.Certificates(b)
	return all, otherKind(err, name, inspect.KindCertificate)
}

// readFile reads a whole file of at most limit octets.
func readFile(name string, limit int64) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() {
		return nil, fault.Wrap(fault.FileUnreadable, err, "file", name)
	}
	if info.Size() > limit {
		return nil, fault.New(fault.InputTooLarge, "what", filepath.Base(name), "limit", limit)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, fault.Wrap(fault.FileUnreadable, err, "file", name)
	}
	return b, nil
}

func toPEM(c *cert.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}

// certListCmd lists the certificates of the register, newest first.
type certListCmd struct {
	Find  string `help:"${h_cert_find}" placeholder:"TEXT"`
	State string `help:"${h_cert_state}" enum:",valid,held,revoked,retired,recorded,signing" default:"" placeholder:"valid|held|revoked"`
	All   bool   `short:"a" help:"${h_cert_all}"`
	Limit int    `help:"${h_cert_limit}" default:"100"`
}

func (c *certListCmd) Run(a *app) error {
	if c.Limit < 1 {
		return wrongUse("u_at_least", "--limit", 1)
	}
	reg, err := openRegister(a)
	if err != nil {
		return err
	}
	defer func() { _ = reg.Close() }()
	// One more than is shown, to know whether there are more.
	all, err := reg.List(a.ctx, ca.Filter{Text: c.Find, State: ca.State(c.State), Issued: !c.All && c.State == "", Limit: c.Limit + 1})
	if err != nil {
		return err
	}
	more := len(all) > c.Limit
	all = all[:min(len(all), c.Limit)]
	if more {
		a.say("list_more", c.Limit)
	}
	if a.json {
		return writeJSON(a.stdout, recordsOf(all, a.now()))
	}
	if len(all) == 0 {
		a.say("list_none")
		return nil
	}
	return a.recordTable(all).write(a.stdout)
}
