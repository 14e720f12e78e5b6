package main

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/home"
	"xinzhang/internal/inspect"
	"xinzhang/internal/token"
)

// tokenCmd manages UKeys. A UKey is named by its name, a software UKey also by the
// path of its file.
type tokenCmd struct {
	providerFlag
	Create     tokenCreateCmd     `cmd:"" help:"${h_token_create}"`
	List       tokenListCmd       `cmd:"" help:"${h_token_list}"`
	Show       tokenShowCmd       `cmd:"" help:"${h_token_show}"`
	VerifyPIN  tokenVerifyPINCmd  `cmd:"" name:"verify-pin" help:"${h_token_verify_pin}"`
	ChangePIN  tokenChangePINCmd  `cmd:"" name:"change-pin" help:"${h_token_change_pin}"`
	Unblock    tokenUnblockCmd    `cmd:"" help:"${h_token_unblock}"`
	ExportCert tokenExportCertCmd `cmd:"" name:"export-cert" help:"${h_token_export}"`
	Doctor     tokenDoctorCmd     `cmd:"" help:"${h_token_doctor}"`
}

// tokenJSON is a UKey on the wire.
type tokenJSON struct {
	Name         string          `json:"name"`
	Label        string          `json:"label"`
	Serial       string          `json:"serial"`
	Manufacturer string          `json:"manufacturer,omitempty"`
	Model        string          `json:"model,omitempty"`
	Version      string          `json:"version,omitempty"`
	Hardware     bool            `json:"hardware"`
	PIN          *pinJSON        `json:"pin,omitempty"`
	AdminPIN     *pinJSON        `json:"admin_pin,omitempty"`
	Containers   []containerJSON `json:"containers"`
	Files        []string        `json:"files"`
	Error        *errorJSON      `json:"error,omitempty"` // in a list: why nothing else is known
}

type pinJSON struct {
	Left   int  `json:"left"`
	Max    int  `json:"max"`
	Locked bool `json:"locked"`
	First  bool `json:"first"` // not changed since the UKey was made
}

type containerJSON struct {
	Name       string         `json:"name"`
	Signing    *inspect.Brief `json:"signing,omitempty"`
	Encryption *inspect.Brief `json:"encryption,omitempty"`
}

type errorJSON struct {
	Code    fault.Code `json:"code"`
	Message string     `json:"message"`
}

func pinOf(info token.PINInfo) *pinJSON {
	return &pinJSON{info.Left, info.Max, info.Left == 0, info.First}
}

// tokenView gathers what a UKey tells without a PIN.
func (a *app) tokenView(name string, revealID bool) (v tokenJSON, err error) {
	k, err := a.openUKey(name)
	if err != nil {
		return v, err
	}
	defer func() { err = errors.Join(err, k.Close()) }()
	info, err := k.device.Info(a.ctx)
	if err != nil {
		return v, err
	}
	v = tokenJSON{
		Name: info.Name, Label: info.Label, Serial: info.Serial, Manufacturer: info.Manufacturer, Model: info.Model,
		Version: info.Version, Hardware: info.Hardware, Containers: []containerJSON{}, Files: []string{},
	}
	for kind, to := range map[token.PINKind]**pinJSON{token.UserPIN: &v.PIN, token.AdminPIN: &v.AdminPIN} {
		info, err := k.PINInfo(a.ctx, kind)
		if errors.Is(err, fault.SKFUnsupported) { // the library does not tell
			continue
		}
		if err != nil {
			return v, err
		}
		*to = pinOf(info)
	}
	files, err := k.Files(a.ctx)
	if err != nil && !errors.Is(err, fault.TokenFileDenied) && !errors.Is(err, fault.SKFUnsupported) { // some list them for the holder only
		return v, err
	}
	for _, f := range files {
		v.Files = append(v.Files, f.Name)
	}
	names, err := k.Containers(a.ctx)
	if err != nil {
		return v, err
	}
	for _, name := range names {
		c, err := a.containerView(k, name, revealID)
		if err != nil {
			return v, err
		}
		v.Containers = append(v.Containers, c)
	}
	return v, nil
}

func (a *app) containerView(k *ukey, name string, revealID bool) (containerJSON, error) {
	v := containerJSON{Name: name}
	c, err := k.OpenContainer(a.ctx, name)
	if err != nil {
		return v, err
	}
	for use, brief := range map[token.KeyUse]**inspect.Brief{token.Signing: &v.Signing, token.Encryption: &v.Encryption} {
		der, err := c.ExportCertificate(a.ctx, use)
		if errors.Is(err, fault.ContainerNoCertificate) {
			continue
		}
		if err != nil {
			return v, err
		}
		report, err := inspect.Bytes(der, inspect.Options{At: a.now(), RevealID: revealID})
		if err != nil {
			return v, err
		}
		*brief = &report.Items[0].Certificate.Brief
	}
	return v, nil
}

// holder is whose UKey it is, by its first signing certificate.
func (v tokenJSON) holder() string {
	for _, c := range v.Containers {
		if c.Signing != nil {
			return c.Signing.Holder
		}
	}
	return ""
}

// holderIDs are the identity numbers in the certificates of k: a PIN must not be
// made of them.
func holderIDs(ctx context.Context, k *ukey) ([]string, error) {
	names, err := k.Containers(ctx)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, name := range names {
		c, err := k.OpenContainer(ctx, name)
		if err != nil {
			return nil, err
		}
		der, err := c.ExportCertificate(ctx, token.Signing)
		if err != nil {
			continue // a container without a certificate has no holder
		}
		if parsed, err := cert.Parse(der); err == nil {
			if id, ok := parsed.IDNumber(); ok {
				ids = append(ids, id)
			}
		}
	}
	return ids, nil
}

// tokenListCmd lists the UKeys of the provider.
type tokenListCmd struct{}

func (c *tokenListCmd) Run(a *app) error {
	p, err := a.ukeys()
	if err != nil {
		return err
	}
	names, err := p.driver.Devices(a.ctx)
	if err != nil {
		return err
	}
	all := []tokenJSON{}
	for _, name := range names {
		v, err := a.tokenView(name, false)
		if err != nil { // one damaged UKey does not hide the others
			e := fault.Of(err)
			v = tokenJSON{Name: name, Containers: []containerJSON{}, Files: []string{}, Error: &errorJSON{e.Code, e.Code.Text(a.lang, e.Args).Title}}
		}
		all = append(all, v)
	}
	if a.json {
		return writeJSON(a.stdout, all)
	}
	if len(all) == 0 && p.library != nil {
		a.say("token_none_there", p.library.Path())
		return nil
	}
	if len(all) == 0 {
		a.say("token_none", home.Dir(a.home).Tokens())
		return nil
	}
	t := table{{a.word("ukey"), a.word("label"), a.word("holder"), a.word("pin"), a.word("containers")}}
	for _, v := range all {
		if v.Error != nil {
			t = append(t, []string{v.Name, "✗ " + v.Error.Message})
			continue
		}
		t = append(t, []string{v.Name, v.Label, v.holder(), a.pinWords(v.PIN), strconv.Itoa(len(v.Containers))})
	}
	return t.write(a.stdout)
}

func (a *app) pinWords(p *pinJSON) string {
	if p == nil {
		return ""
	}
	return a.tries(token.PINInfo{Left: p.Left, Max: p.Max, First: p.First})
}

// tokenShowCmd shows one UKey.
type tokenShowCmd struct {
	Name     string `arg:"" help:"${h_token_name}"`
	RevealID bool   `name:"reveal-id" help:"${h_reveal_id}"`
}

func (c *tokenShowCmd) Run(a *app) error {
	v, err := a.tokenView(c.Name, c.RevealID)
	if err != nil {
		return err
	}
	if a.json {
		return writeJSON(a.stdout, v)
	}
	a.printf("%s\n", v.Label)
	a.row("ukey", v.Name)
	a.row("device_serial", v.Serial)
	a.row("made_by", strings.TrimSpace(v.Manufacturer+" "+v.Model+" "+v.Version))
	a.row("pin", a.pinWords(v.PIN))
	a.row("admin_pin", a.pinWords(v.AdminPIN))
	for _, c := range v.Containers {
		a.row("container", c.Name)
		a.certRow("half_signing", c.Signing)
		a.certRow("half_encryption", c.Encryption)
	}
	a.row("files", strings.Join(v.Files, ", "))
	return nil
}

// certRow writes a certificate in two rows; nothing for none.
func (a *app) certRow(key string, b *inspect.Brief) {
	if b == nil {
		return
	}
	who := b.Holder
	if b.Unit != "" && b.Unit != b.Holder {
		who += a.word("comma") + b.Unit
	}
	if b.IDNumber != "" {
		who += a.word("comma") + b.IDNumber
	}
	a.row(key, who)
	a.row("blank", b.Serial+a.word("comma")+day(b.NotBefore)+" – "+day(b.NotAfter))
}
