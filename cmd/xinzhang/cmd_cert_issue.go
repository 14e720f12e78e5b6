package main

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"xinzhang/internal/beijing"
	"xinzhang/internal/ca"
	"xinzhang/internal/enrol"
	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/certlint"
	"xinzhang/internal/inspect"
)

// certIssueCmd issues the certificates of one holder, for a key that a request
// proves or that a UKey makes.
type certIssueCmd struct {
	Kind         string `help:"${h_kind}" required:"" placeholder:"person|organisation|service"`
	Name         string `help:"${h_name}" required:"" placeholder:"CN"`
	Org          string `help:"${h_org}" placeholder:"O"`
	Department   string `help:"${h_department}" placeholder:"NAME"`
	Unit         string `help:"${h_unit}" placeholder:"OU"`
	Title        string `help:"${h_title}" placeholder:"TITLE"`
	Country      string `help:"${h_country}" default:"CN" placeholder:"C"`
	Province     string `help:"${h_province}" placeholder:"ST"`
	Locality     string `help:"${h_locality}" placeholder:"L"`
	CreditCode   string `help:"${h_credit_code}" placeholder:"CODE"`
	IDNumberFile string `name:"id-number-file" help:"${h_id_number_file}" type:"path" placeholder:"FILE"`
	Years        int    `help:"${h_years}" placeholder:"N"`

	CSR       string   `name:"csr" help:"${h_csr}" type:"path" placeholder:"FILE" xor:"key"`
	Hardware  bool     `help:"${h_hardware}"`
	Token     string   `help:"${h_issue_token}" placeholder:"NAME" xor:"key"`
	Container string   `help:"${h_issue_container}" placeholder:"NAME"`
	PIN       pinFlags `embed:""`

	Request        string `help:"${h_request}" placeholder:"ID"`
	Out            string `short:"o" help:"${h_issue_out}" type:"path" placeholder:"DIR"`
	Force          bool   `help:"${h_force}"`
	DryRun         bool   `help:"${h_dry_run}"`
	PassphraseFile string `help:"${h_passphrase_file}" type:"path" placeholder:"FILE"`

	providerFlag
}

// kinds are the words for what is issued; the first of each is the program's.
var kinds = map[ca.Kind][]string{
	ca.Person:       {"person", "个人", "机构个人"},
	ca.Organisation: {"organisation", "organization", "机构", "单位"},
	ca.Service:      {"service", "系统", "服务"},
}

func parseKind(s string) (ca.Kind, error) {
	for kind, names := range kinds {
		if slices.Contains(names, strings.ToLower(s)) {
			return kind, nil
		}
	}
	return "", wrongUse("u_choice", "--kind", "person|个人, organisation|机构, service|系统", s)
}

func (c *certIssueCmd) Run(a *app) error {
	req, err := c.request(a)
	if err != nil {
		return err
	}
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
	if c.DryRun {
		return otherKind(c.rehearse(a, authority, req), c.CSR, inspect.KindRequest)
	}
	if c.Request == "" {
		a.say("request_id", req.ID)
	}
	issued, err := c.issue(a, authority, req)
	if err != nil {
		return err
	}
	files, err := writeIssued(c.Out, issued, c.Force)
	if err != nil {
		return err
	}
	return c.tell(a, issued, files)
}

// issue issues for the key of the request, or for one that the UKey makes.
func (c *certIssueCmd) issue(a *app, authority *authority, req ca.Request) (issued *ca.Issued, err error) {
	if c.Token == "" {
		issued, err := authority.Issue(a.ctx, req)
		return issued, otherKind(err, c.CSR, inspect.KindRequest)
	}
	k, err := a.openUKey(c.Token)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, k.Close()) }()
	info, err := k.device.Info(a.ctx)
	if err != nil {
		return nil, err
	}
	if err := c.PIN.open(a, k, c.Token); err != nil {
		return nil, err
	}
	result, err := enrol.Run(a.ctx, authority, k, enrol.Plan{
		ID: req.ID, Kind: req.Kind, Subject: req.Subject, Years: req.Years, Hardware: info.Hardware, Container: c.Container,
	})
	if err != nil {
		return nil, err
	}
	if !result.Tested {
		a.say("keys_untested", c.Token)
	}
	return result.Issued, nil
}

// request gathers what is asked for; the identity number is asked for last, so
// that a mistake in the rest shows before anybody types it.
func (c *certIssueCmd) request(a *app) (ca.Request, error) {
	kind, err := parseKind(c.Kind)
	if err != nil {
		return ca.Request{}, err
	}
	req := ca.Request{ID: c.Request, Kind: kind, Years: c.Years, Hardware: c.Hardware, Subject: cert.Subject{
		Country: c.Country, Province: c.Province, Locality: c.Locality, Title: c.Title,
		Organisation: c.Org, Department: c.Department, Unit: c.Unit, CommonName: c.Name, CreditCode: c.CreditCode,
	}}
	switch {
	case c.CSR == "" && c.Token == "":
		return req, wrongUse("u_key_source")
	case c.CSR != "" && c.Out == "" && !c.DryRun:
		return req, wrongUse("u_needs", "--csr", "--out DIR")
	case c.CSR != "" && c.Container != "":
		return req, wrongUse("u_needs", "--container", "--token")
	}
	if c.CSR != "" {
		if req.CSR, err = readFile(c.CSR, maxCertFile); err != nil {
			return req, err
		}
	}
	if req.ID == "" {
		req.ID = "cli-" + a.now().In(beijing.Zone).Format("20060102") + "-" + randomWord()
		if err := mustBeNew(c.Out, issuedFiles...); err != nil && !c.Force {
			return req, err
		}
	}
	if kind == ca.Person {
		id, err := secretSource{file: c.IDNumberFile, env: "XINZHANG_ID_NUMBER", ask: a.word("ask_id_number")}.read(a)
		if err != nil {
			return req, err
		}
		req.Subject.IDNumber = strings.ToUpper(string(bytes.TrimSpace(id)))
		if err := cert.CheckIDNumber(req.Subject.IDNumber, a.now()); err != nil {
			return req, err
		}
	}
	if code := req.Subject.CreditCode; code != "" {
		// Checked again when issuing; here before anybody is asked for a PIN.
		if err := cert.CheckCreditCode(code); err != nil {
			return req, err
		}
	}
	return req, nil
}

func randomWord() string {
	var b [6]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the process instead
	return hex.EncodeToString(b[:])
}

// rehearse shows what would be issued. Its exit status is 1 when it would be
// refused.
func (c *certIssueCmd) rehearse(a *app, authority *authority, req ca.Request) error {
	all, err := authority.Rehearse(a.ctx, req)
	if err != nil {
		return err
	}
	type preview struct {
		Half      ca.Half       `json:"half"`
		Profile   string        `json:"profile"`
		Holder    string        `json:"holder"`
		NotBefore time.Time     `json:"not_before"`
		NotAfter  time.Time     `json:"not_after"`
		Findings  []lintFinding `json:"findings"`
	}
	var previews []preview
	refused := false
	for _, r := range all {
		_, bad := certlint.Refuses(r.Findings)
		refused = refused || bad
		previews = append(previews, preview{r.Half, r.Profile, r.Holder, r.NotBefore, r.NotAfter, lintFindings(r.Findings, a.lang)})
	}
	if a.json {
		err = writeJSON(a.stdout, map[string]any{"dry_run": true, "refused": refused, "certificates": previews})
	} else {
		for _, p := range previews {
			a.printf("%s\n", a.word("half_"+string(p.Half)))
			a.row("holder", p.Holder)
			a.row("profile", p.Profile)
			a.row("validity", moment(p.NotBefore)+" – "+moment(p.NotAfter))
			a.printLint(p.Findings)
		}
		a.say("dry_run_done")
	}
	if err == nil && refused {
		err = status(1)
	}
	return err
}

// The files that issuing writes.
var issuedFiles = []string{"sign.pem", "enc.pem", "envelope.der"}

// mustBeNew refuses to write over files of another issuance.
func mustBeNew(dir string, names ...string) error {
	if dir == "" {
		return nil
	}
	for _, name := range names {
		if err := mustBeNewFile(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return nil
}

func mustBeNewFile(file string) error {
	if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
		return fault.Wrap(fault.FileExists, err, "file", file)
	}
	return nil
}

// writeIssued writes the certificates and the enveloped key into dir and returns
// the names of the files; "" writes nothing.
func writeIssued(dir string, issued *ca.Issued, force bool) ([]string, error) {
	if dir == "" {
		return nil, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fault.Wrap(fault.FileUnwritable, err, "file", dir)
	}
	content := [][]byte{toPEM(issued.Signing), nil, issued.EnvelopedKey}
	if issued.Encryption != nil {
		content[1] = toPEM(issued.Encryption)
	}
	var written []string
	for i, name := range issuedFiles {
		if content[i] == nil {
			continue
		}
		file := filepath.Join(dir, name)
		if old, err := os.ReadFile(file); err == nil && !force && !bytes.Equal(old, content[i]) {
			return written, fault.New(fault.FileExists, "file", file)
		}
		if err := writeFile(file, content[i], 0o644); err != nil {
			return written, err
		}
		written = append(written, file)
	}
	return written, nil
}

// issuedJSON is what cert issue writes.
type issuedJSON struct {
	Request    string    `json:"request"`
	Signing    certJSON  `json:"signing"`
	Encryption *certJSON `json:"encryption,omitempty"`
	Files      []string  `json:"files,omitempty"`
	Token      string    `json:"token,omitempty"`
}

type certJSON struct {
	Serial    string    `json:"serial"`
	Holder    string    `json:"holder"`
	NotBefore time.Time `json:"not_before"`
	NotAfter  time.Time `json:"not_after"`
	PEM       string    `json:"pem"`
}

func certOf(c *cert.Certificate) certJSON {
	return certJSON{c.SerialHex(), c.Holder(), c.NotBefore, c.NotAfter, string(toPEM(c))}
}

func (c *certIssueCmd) tell(a *app, issued *ca.Issued, files []string) error {
	if a.json {
		out := issuedJSON{Request: issued.Request, Signing: certOf(issued.Signing), Files: files, Token: c.Token}
		if issued.Encryption != nil {
			enc := certOf(issued.Encryption)
			out.Encryption = &enc
		}
		return writeJSON(a.stdout, out)
	}
	a.printf(a.word("issued_for")+"\n", issued.Signing.Holder())
	a.row("half_signing", issued.Signing.SerialHex())
	if issued.Encryption != nil {
		a.row("half_encryption", issued.Encryption.SerialHex())
	}
	a.row("validity", moment(issued.Signing.NotBefore)+" – "+moment(issued.Signing.NotAfter))
	a.row("request", issued.Request)
	a.row("ukey", c.Token)
	for i, f := range files {
		key := "files"
		if i > 0 {
			key = "blank"
		}
		a.row(key, f)
	}
	return nil
}
