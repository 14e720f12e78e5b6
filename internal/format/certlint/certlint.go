// Package certlint looks for what in a certificate breaks GB/T 20518-2018
// (GM/T 0015), RFC 5280 and this project's profiles.
//
//	for _, f := range certlint.Lint(c, issuer, &profile) {
//		fmt.Println(f.Clause, f.Text(fault.EN).Title)
//	}
//
// Each rule stands in a file of its own with its clause and speaks under one
// code, lint.<rule>. The issuer lints what it is about to sign (with a
// throw-away signature) and stops at the first finding of severity error; a
// foreign certificate is linted against the profile it most resembles.
//
// Lint never verifies the signature and does not build chains.
package certlint

import (
	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/oid"
)

// A Finding is one thing that a rule does not like. Severity error: the
// certificate must not be issued; warning: it is against a rule, and works;
// note: it is allowed but not what this project writes.
type Finding struct {
	Code     fault.Code // of the rule, fault.Lint…
	Clause   string     // what the rule stands on
	Severity fault.Severity
	Args     fault.Args // "what": the detail, in both languages
}

// Text words the finding.
func (f Finding) Text(lang fault.Lang) fault.Text { return f.Code.Text(lang, f.Args) }

// A Rule is one entry of the rule book.
type Rule struct {
	Code   fault.Code
	Clause string
	check  func(*inspection)
}

// Rules returns the rule book in the order in which rules are asked.
func Rules() []Rule {
	return []Rule{
		version, serial, signatureAlgorithm, issuerRule, validity, names, subject, idInName, publicKey, keyReuse,
		authorityKeyID, subjectKeyID, keyUsage, pair, basicConstraints, extKeyUsage, clientAuth, policies,
		statusSource, subjectAltName, identity, obsoleteExtension, criticality, extensionValue, strictDER,
	}
}

// Lint asks every rule about c. issuer may be nil when it is not at hand, and
// is ignored for a self-issued c. profile may be nil: then it is guessed from
// what c says of itself, and rules that need a profile keep silent when the
// guess fails.
func Lint(c, issuer *cert.Certificate, profile *cert.Profile) []Finding {
	if cert.SameName(c.RawIssuer, c.RawSubject) && issuer == nil {
		issuer = c
	}
	i := &inspection{c: c, issuer: issuer, profile: profile}
	if profile == nil {
		i.profile, i.guessed = guess(c), true
	}
	for _, r := range Rules() {
		i.rule = r
		r.check(i)
	}
	return i.findings
}

// Refuses returns the first finding of severity error, and whether there is one.
func Refuses(findings []Finding) (Finding, bool) {
	for _, f := range findings {
		if f.Severity == fault.Problem {
			return f, true
		}
	}
	return Finding{}, false
}

// An inspection is what rules look at and where they write.
type inspection struct {
	c        *cert.Certificate
	issuer   *cert.Certificate // nil when not at hand
	profile  *cert.Profile     // nil when not known
	guessed  bool              // profile is not what the issuer meant but what c resembles
	rule     Rule
	findings []Finding
}

// words is the detail of a finding in both languages.
type words struct{ zh, en string }

// Words implements [fault.Worded].
func (w words) Words(lang fault.Lang) string {
	if lang == fault.EN {
		return w.en
	}
	return w.zh
}

func (i *inspection) report(s fault.Severity, zh, en string) {
	i.findings = append(i.findings, Finding{Code: i.rule.Code, Clause: i.rule.Clause, Severity: s,
		Args: fault.Args{"what": words{zh, en}}})
}

func (i *inspection) fail(zh, en string) { i.report(fault.Problem, zh, en) }
func (i *inspection) warn(zh, en string) { i.report(fault.Warning, zh, en) }
func (i *inspection) note(zh, en string) { i.report(fault.Note, zh, en) }

// own is for rules that are this project's profile and not a standard's: what
// the issuer may not do is only worth a word in a foreign certificate.
func (i *inspection) own(zh, en string) {
	if i.guessed {
		i.note(zh, en)
		return
	}
	i.fail(zh, en)
}

// isCA reports whether c is the certificate of a CA, by its own word.
func (i *inspection) isCA() bool {
	ca, _, _ := i.c.BasicConstraints()
	return ca
}

// guess finds the profile that c resembles; nil when none.
func guess(c *cert.Certificate) *cert.Profile {
	name := ""
	ca, _, _ := c.BasicConstraints()
	switch role := c.Role(); {
	case ca && cert.SameName(c.RawIssuer, c.RawSubject):
		name = "root"
	case ca:
		name = "sub-ca"
	case role == cert.RoleOrganisation:
		name = half("org", c)
	case role == cert.RolePerson:
		name = half("person", c)
	case role == cert.RoleSystem && c.HasPolicy(oid.PolicySystem):
		name = "service"
	}
	p, err := cert.LookupProfile(name)
	if err != nil {
		return nil
	}
	return &p
}

func half(kind string, c *cert.Certificate) string {
	if c.EncryptionOnly() {
		return kind + "-enc"
	}
	return kind + "-sign"
}
