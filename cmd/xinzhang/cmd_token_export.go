package main

import (
	"errors"
	"path/filepath"
	"strings"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/inspect"
	"xinzhang/internal/token"
)

// tokenExportCertCmd writes a certificate of a UKey into a file: DER, or PEM when
// the name of the file ends in .pem. Certificates are public; no PIN is needed.
type tokenExportCertCmd struct {
	Name      string `arg:"" help:"${h_token_name}"`
	Out       string `short:"o" required:"" help:"${h_export_out}" type:"path" placeholder:"FILE.cer|FILE.pem"`
	Container string `help:"${h_export_container}" placeholder:"NAME"`
	Use       string `help:"${h_export_use}" enum:"signing,encryption" default:"signing"`
	Force     bool   `help:"${h_force}"`
}

// exportedJSON is what token export-cert writes.
type exportedJSON struct {
	inspect.Brief
	File   string `json:"file"`
	Format string `json:"format"` // DER or PEM
}

func (c *tokenExportCertCmd) Run(a *app) (err error) {
	k, err := a.openUKey(c.Name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, k.Close()) }()
	raw, err := c.certificate(a, k)
	if err != nil {
		return err
	}
	parsed, err := cert.Parse(raw)
	if err != nil {
		return err
	}
	out := exportedJSON{File: c.Out, Format: "DER"}
	if ext := strings.ToLower(filepath.Ext(c.Out)); ext == ".pem" {
		out.Format, raw = "PEM", toPEM(parsed)
	}
	if err := mustBeNewFile(c.Out); err != nil && !c.Force {
		return err
	}
	if err := writeFile(c.Out, raw, 0o644); err != nil {
		return err
	}
	report, err := inspect.Bytes(parsed.Raw, inspect.Options{At: a.now()})
	if err != nil {
		return err
	}
	out.Brief = report.Items[0].Certificate.Brief
	if a.json {
		return writeJSON(a.stdout, out)
	}
	a.printf(a.word("exported")+"\n", c.Out, out.Format)
	a.certRow("half_"+c.Use, &out.Brief)
	return nil
}

// certificate takes the certificate from the named container, or from the first
// that has one.
func (c *tokenExportCertCmd) certificate(a *app, k *ukey) ([]byte, error) {
	use := token.Signing
	if c.Use == token.Encryption.String() {
		use = token.Encryption
	}
	names := []string{c.Container}
	if c.Container == "" {
		var err error
		if names, err = k.Containers(a.ctx); err != nil {
			return nil, err
		}
	}
	for _, name := range names {
		container, err := k.OpenContainer(a.ctx, name)
		if err != nil {
			return nil, err
		}
		der, err := container.ExportCertificate(a.ctx, use)
		if errors.Is(err, fault.ContainerNoCertificate) && c.Container == "" {
			continue
		}
		return der, err
	}
	return nil, fault.New(fault.ContainerNoCertificate, "container", strings.Join(names, ", "), "use", use)
}
