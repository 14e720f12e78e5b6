package main

import (
	"path/filepath"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/certlint"
)

// certLintCmd checks certificates against the rules, ours and others'. Its exit
// status is 1 when a rule is broken that forbids issuing.
type certLintCmd struct {
	File    string `arg:"" help:"${h_lint_file}" type:"path"`
	Issuer  string `help:"${h_lint_issuer}" type:"path" placeholder:"FILE"`
	Profile string `help:"${h_lint_profile}" placeholder:"NAME"`
}

// lintJSON is what cert lint writes for each certificate of the file.
type lintJSON struct {
	File     string        `json:"file"`
	Holder   string        `json:"holder"`
	Serial   string        `json:"serial"`
	Issuer   string        `json:"issuer,omitempty"` // holder of the issuer's certificate, when it was at hand
	Findings []lintFinding `json:"findings"`
}

type lintFinding struct {
	Code     fault.Code     `json:"code"`
	Severity fault.Severity `json:"severity"`
	Clause   string         `json:"clause"`
	Message  string         `json:"message"`
	Next     string         `json:"next,omitempty"`
}

func lintFindings(all []certlint.Finding, lang fault.Lang) []lintFinding {
	out := make([]lintFinding, len(all))
	for i, f := range all {
		t := f.Text(lang)
		out[i] = lintFinding{f.Code, f.Severity, f.Clause, t.Title, t.Next}
	}
	return out
}

func (c *certLintCmd) Run(a *app) error {
	all, err := readCertificates(c.File)
	if err != nil {
		return err
	}
	pool := all
	if c.Issuer != "" {
		if pool, err = readCertificates(c.Issuer); err != nil {
			return err
		}
	}
	var profile *cert.Profile
	if c.Profile != "" {
		p, err := cert.LookupProfile(c.Profile)
		if err != nil {
			return err
		}
		profile = &p
	}
	var out []lintJSON
	refused := false
	for _, one := range all {
		issuer := issuerAmong(one, pool)
		if issuer == nil && c.Issuer != "" {
			issuer = pool[0] // named by the user: let the rule on issuers speak
		}
		findings := certlint.Lint(one, issuer, profile)
		_, bad := certlint.Refuses(findings)
		refused = refused || bad
		view := lintJSON{File: filepath.Base(c.File), Holder: one.Holder(), Serial: one.SerialHex(), Findings: lintFindings(findings, a.lang)}
		if issuer != nil {
			view.Issuer = issuer.Holder()
		}
		out = append(out, view)
	}
	if a.json {
		err = writeOneOrAll(a, out, len(out) == 1)
	} else {
		for _, view := range out {
			a.printf("%s  %s\n", view.Holder, view.Serial)
			a.printLint(view.Findings)
		}
	}
	if err == nil && refused {
		err = status(1)
	}
	return err
}

// issuerAmong finds who issued c, c itself included; nil when nobody did.
func issuerAmong(c *cert.Certificate, pool []*cert.Certificate) *cert.Certificate {
	for _, p := range pool {
		if c.IsIssuedBy(p) && c.CheckSignatureFrom(p) == nil {
			return p
		}
	}
	return nil
}

var lintMarks = map[fault.Severity]string{fault.OK: "✓", fault.Note: "·", fault.Warning: "!", fault.Problem: "✗"}

func (a *app) printLint(findings []lintFinding) {
	if len(findings) == 0 {
		a.printf("  ✓ %s\n", a.word("lint_clean"))
	}
	for _, f := range findings {
		a.printf("  %s %s  [%s]\n      %s\n", lintMarks[f.Severity], f.Message, f.Code, f.Clause)
	}
}
