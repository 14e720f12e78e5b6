package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm3"
	"golang.org/x/term"

	"xinzhang/internal/ca"
	"xinzhang/internal/fault"
	"xinzhang/internal/home"
	"xinzhang/internal/hsm"
	"xinzhang/internal/inspect"
	"xinzhang/internal/kmc"
)

// caCmd founds the authority of the data directory and shows it.
type caCmd struct {
	Init caInitCmd `cmd:"" help:"${h_ca_init}"`
	Show caShowCmd `cmd:"" help:"${h_ca_show}"`
}

// caInitCmd founds the authority. Interrupted, the same command again completes
// it.
type caInitCmd struct {
	Name           string `help:"${h_ca_name}" required:"" placeholder:"NAME"`
	Province       string `help:"${h_province}" placeholder:"ST"`
	Locality       string `help:"${h_locality}" placeholder:"L"`
	CreditCode     string `help:"${h_credit_code}" placeholder:"CODE"`
	CRLURL         string `name:"crl-url" help:"${h_crl_url}" placeholder:"URL"`
	OCSPURL        string `name:"ocsp-url" help:"${h_ocsp_url}" placeholder:"URL"`
	PassphraseFile string `help:"${h_passphrase_file}" type:"path" placeholder:"FILE"`
}

func (c *caInitCmd) Run(a *app) error {
	pass, err := a.newPassphrase(c.PassphraseFile)
	if err != nil {
		return err
	}
	defer pass.Clear()
	cfg, db, _, err := services(a.ctx, a, pass)
	if err != nil {
		return err
	}
	a.say("ca_founding")
	findings, err := ca.Init(a.ctx, cfg, ca.Setup{
		Name: c.Name, Province: c.Province, Locality: c.Locality, CreditCode: c.CreditCode, CRLURL: c.CRLURL, OCSPURL: c.OCSPURL,
	})
	for _, f := range findings {
		_, _ = fmt.Fprintf(a.stderr, "· %s\n", f.Words(a.lang).Title)
	}
	if err := errors.Join(err, db.Close()); err != nil {
		return err
	}
	if err := (&caShowCmd{}).Run(a); err != nil {
		return err
	}
	a.say("ca_founded", filepath.Join(home.Dir(a.home).Trust(), "root.pem"), home.Dir(a.home).Keys())
	return nil
}

// newPassphrase reads the passphrase of keys that are to be made: typed twice
// where it is typed, since a slip would lock the keys for good.
func (a *app) newPassphrase(file string) (hsm.Passphrase, error) {
	pass, err := secretSource{file: file, env: "XINZHANG_PASSPHRASE", ask: a.word("ask_new_passphrase")}.read(a)
	if err != nil {
		return hsm.Passphrase{}, err
	}
	if len(pass) < hsm.MinPassphrase { // found out before anything is recorded
		clear(pass)
		return hsm.Passphrase{}, fault.New(fault.KeyPassphraseShort, "min", hsm.MinPassphrase)
	}
	if err := a.confirm(pass, file, "XINZHANG_PASSPHRASE", a.word("ask_again")); err != nil {
		clear(pass)
		return hsm.Passphrase{}, err
	}
	return hsm.NewPassphrase(pass), nil
}

// confirm asks for a new secret once more when a person typed it.
func (a *app) confirm(secret []byte, file, env, ask string) error {
	_, given := os.LookupEnv(env)
	if f, ok := a.stdin.(*os.File); file != "" || given || !ok || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	again, err := a.prompt(ask)
	if err != nil {
		return err
	}
	defer clear(again)
	if !bytes.Equal(secret, again) {
		return fault.New(fault.SecretMismatch)
	}
	return nil
}

// caShowCmd shows the authority, without a key.
type caShowCmd struct{}

// authorityJSON is what ca show writes.
type authorityJSON struct {
	Name       string `json:"name"`
	Country    string `json:"country"`
	Province   string `json:"province,omitempty"`
	Locality   string `json:"locality,omitempty"`
	CreditCode string `json:"credit_code,omitempty"`
	CRLURL     string `json:"crl_url,omitempty"`
	OCSPURL    string `json:"ocsp_url,omitempty"`
	Home       string `json:"home"`

	Certificates []ownJSON        `json:"certificates"`
	Keys         []string         `json:"keys"`         // in the key folder
	MissingKeys  []string         `json:"missing_keys"` // that should be there
	States       map[ca.State]int `json:"states"`       // certificates in the register, own ones too
	Escrow       map[string]int   `json:"escrow"`       // keys of the key centre
	CRLs         []crlJSON        `json:"crls"`
}

// ownJSON is a certificate of one of the authority's keys.
type ownJSON struct {
	Key       string      `json:"key"`
	Holder    string      `json:"holder"`
	Serial    string      `json:"serial"`
	NotBefore time.Time   `json:"not_before"`
	NotAfter  time.Time   `json:"not_after"`
	SM3       inspect.Hex `json:"sm3"`
	State     ca.State    `json:"state"`

	record ca.Record
}

// crlJSON is a revocation list that is published.
type crlJSON struct {
	Issuer     string    `json:"issuer"`
	Number     int64     `json:"number"`
	Entries    int       `json:"entries"`
	ThisUpdate time.Time `json:"this_update"`
	NextUpdate time.Time `json:"next_update"`
	Overdue    bool      `json:"overdue"`
	File       string    `json:"file"`
}

func (c *caShowCmd) Run(a *app) (err error) {
	reg, err := openRegister(a)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reg.Close()) }()
	view, err := a.authorityView(reg)
	if err != nil {
		return err
	}
	if a.json {
		return writeJSON(a.stdout, view)
	}
	a.printAuthority(view)
	return nil
}

func (a *app) authorityView(reg *register) (*authorityJSON, error) {
	s, err := reg.Setup(a.ctx)
	if errors.Is(err, fault.CANotInitialised) {
		return nil, fault.New(fault.CANotInitialised, "folder", a.home)
	}
	if err != nil {
		return nil, err
	}
	v := &authorityJSON{
		Name: s.Name, Country: s.Country, Province: s.Province, Locality: s.Locality, CreditCode: s.CreditCode,
		CRLURL: s.CRLURL, OCSPURL: s.OCSPURL, Home: a.home, Keys: []string{}, MissingKeys: []string{},
	}
	if v.Certificates, err = a.ownCertificates(reg); err != nil {
		return nil, err
	}
	names, err := hsm.NewFolder(home.Dir(a.home).Keys(), hsm.Passphrase{}).Names()
	if err != nil {
		return nil, err
	}
	v.Keys = append(v.Keys, names...)
	for _, name := range []string{ca.Root, ca.Sub, ca.SealMaker, ca.KeyCentreKey, kmc.EscrowKey} {
		if !slices.Contains(names, name) {
			v.MissingKeys = append(v.MissingKeys, name)
		}
	}
	if v.States, err = reg.Tally(a.ctx); err != nil {
		return nil, err
	}
	escrow, err := reg.db.KMC().Count(a.ctx)
	if err != nil {
		return nil, err
	}
	v.Escrow = map[string]int{}
	for state, n := range escrow {
		v.Escrow[string(state)] = n
	}
	v.CRLs, err = a.publishedCRLs(reg)
	return v, err
}

func (a *app) ownCertificates(reg *register) ([]ownJSON, error) {
	var all []ownJSON
	for _, name := range []string{ca.Root, ca.Sub, ca.SealMaker, ca.KeyCentreKey} {
		c, err := reg.OwnCertificate(a.ctx, name)
		if err != nil {
			return nil, err
		}
		e, err := reg.Show(a.ctx, c.SerialHex())
		if err != nil {
			return nil, err
		}
		sum := sm3.Sum(c.Raw)
		all = append(all, ownJSON{name, c.Holder(), c.SerialHex(), c.NotBefore, c.NotAfter, sum[:], e.State, e.Record})
	}
	return all, nil
}

func (a *app) publishedCRLs(reg *register) ([]crlJSON, error) {
	all := []crlJSON{}
	for _, issuer := range []string{ca.Root, ca.Sub} {
		rec, err := reg.CurrentCRL(a.ctx, issuer)
		if errors.Is(err, fault.CertNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, a.crlView(rec))
	}
	return all, nil
}

func (a *app) crlView(rec ca.CRLRecord) crlJSON {
	return crlJSON{
		rec.Issuer, rec.Number, rec.Entries, rec.ThisUpdate, rec.NextUpdate, a.now().After(rec.NextUpdate),
		filepath.Join(home.Dir(a.home).CRL(), rec.Issuer+".crl"),
	}
}

func (a *app) printAuthority(v *authorityJSON) {
	a.printf("%s\n", v.Name)
	a.row("place", strings.TrimSpace(v.Country+" "+v.Province+" "+v.Locality))
	a.row("credit_code", v.CreditCode)
	a.row("crl_address", v.CRLURL)
	a.row("ocsp_address", v.OCSPURL)
	a.row("home", v.Home)
	for _, own := range v.Certificates {
		a.row("key_"+own.Key, own.Holder)
		a.row("blank", own.Serial+a.word("comma")+a.stateWords(own.record)+a.word("comma")+a.word("until")+" "+day(own.NotAfter))
		if own.Key == ca.Root { // what a relying party compares before it trusts
			a.row("blank", fmt.Sprintf("SM3 %x", []byte(own.SM3)))
		}
	}
	a.row("keys_present", strings.Join(v.Keys, ", "))
	a.row("keys_missing", strings.Join(v.MissingKeys, ", "))
	a.row("states", a.counts(v.States))
	a.row("escrow", a.escrowCounts(v.Escrow))
	for _, l := range v.CRLs {
		a.printCRL(l)
	}
}

func (a *app) printCRL(l crlJSON) {
	late := ""
	if l.Overdue {
		late = a.word("crl_overdue")
	}
	a.row("crl_"+l.Issuer, fmt.Sprintf(a.word("crl_line"), l.Number, l.Entries, moment(l.ThisUpdate), moment(l.NextUpdate))+late)
	a.row("blank", l.File)
}

func (a *app) counts(states map[ca.State]int) string {
	var all []string
	for _, s := range []ca.State{ca.Valid, ca.Held, ca.Revoked, ca.Retired, ca.Recorded, ca.Signing} {
		if n := states[s]; n > 0 {
			all = append(all, fmt.Sprintf("%s %d", a.word("state_"+string(s)), n))
		}
	}
	return strings.Join(all, a.word("comma"))
}

func (a *app) escrowCounts(keys map[string]int) string {
	var all []string
	for _, s := range []kmc.State{kmc.Active, kmc.Historic, kmc.Spare} {
		all = append(all, fmt.Sprintf("%s %d", a.word("escrow_"+string(s)), keys[string(s)]))
	}
	return strings.Join(all, a.word("comma"))
}
