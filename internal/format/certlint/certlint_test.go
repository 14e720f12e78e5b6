package certlint

import (
	"crypto/rand"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
	"github.com/google/go-cmp/cmp"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/certfile"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/test/corpus"
)

var start = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

const (
	idNumber   = "990000199001011239"
	creditCode = "12990000MB0000019C"
)

func newKey(t testing.TB) *sm2.PrivateKey {
	t.Helper()
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func serialNumber() *big.Int {
	n, _ := new(big.Int).SetString("4b1d7f0e2a9c46358d01e6b7c2f40001", 16)
	return n
}

func issue(t testing.TB, name string, issuer *cert.Certificate, key, signer *sm2.PrivateKey) *cert.Certificate {
	t.Helper()
	p, err := cert.LookupProfile(name)
	if err != nil {
		t.Fatal(err)
	}
	tpl := cert.Template{Profile: p, Subject: cert.Subject{Country: "CN", Organisation: "示例监狱", CommonName: "示例 " + name}, Serial: serialNumber(),
		NotBefore: start, NotAfter: p.NotAfter(start), PublicKey: &key.PublicKey, Issuer: issuer, CRLURLs: []string{"http://crl.example/a.crl"}}
	if p.IDNumber == cert.Always {
		tpl.Subject.IDNumber = idNumber
	}
	if p.CreditCode == cert.Always {
		tpl.Subject.CreditCode = creditCode
	}
	tbs, err := tpl.TBS()
	if err != nil {
		t.Fatal(err)
	}
	return assemble(t, tbs, signer)
}

func assemble(t testing.TB, tbs []byte, signer *sm2.PrivateKey) *cert.Certificate {
	t.Helper()
	sig, err := sm2enc.SignDigest(rand.Reader, signer, sm2enc.Digest(&signer.PublicKey, tbs))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := cert.Assemble(tbs, sig.Marshal())
	if err != nil {
		t.Fatal(err)
	}
	c, err := cert.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWhatWeIssueHasNoFindings(t *testing.T) {
	rootKey, subKey, throwAway := newKey(t), newKey(t), newKey(t)
	root := issue(t, "root", nil, rootKey, rootKey)
	sub := issue(t, "sub-ca", root, subKey, rootKey)
	for name, p := range cert.Profiles() {
		issuer := sub
		if p.CA {
			issuer = root
		}
		c := issue(t, name, issuer, newKey(t), throwAway)
		if name == "root" {
			c, issuer = root, nil
		}
		for _, profile := range []*cert.Profile{&p, nil} {
			for _, f := range Lint(c, issuer, profile) {
				t.Errorf("%s, profile given %v: %s %s: %s", name, profile != nil, f.Severity, f.Code, f.Text(fault.EN).Title)
			}
		}
	}
}

// A made certificate starts from one that gmsm writes after a plain pattern;
// each case changes one thing and names the one finding it must bring.
type made struct {
	template   smx509.Certificate
	subject    string
	extensions map[string]string
}

func (m made) certificate(t *testing.T) *cert.Certificate {
	t.Helper()
	key := newKey(t)
	tpl := m.template
	tpl.RawSubject = []byte(m.subject)
	for id, value := range m.extensions {
		critical := strings.HasPrefix(id, "!")
		tpl.ExtraExtensions = append(tpl.ExtraExtensions, pkix.Extension{Id: arcs(strings.TrimPrefix(id, "!")), Critical: critical, Value: []byte(value)})
	}
	parent := tpl
	raw, err := smx509.CreateCertificate(rand.Reader, &tpl, &parent, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := cert.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func arcs(id string) (arcs asn1.ObjectIdentifier) {
	for part := range strings.SplitSeq(id, ".") {
		n, _ := strconv.Atoi(part)
		arcs = append(arcs, n)
	}
	return arcs
}

func plain() made {
	return made{
		template: smx509.Certificate{SerialNumber: serialNumber(), NotBefore: start, NotAfter: start.AddDate(1, 0, 0)},
		subject:  "\x30\x0F\x31\x0D\x30\x0B\x06\x03\x55\x04\x03\x0C\x04test",
		extensions: map[string]string{
			"!2.5.29.15": "\x03\x02\x06\xC0",
			"2.5.29.31":  "\x30\x10\x30\x0E\xA0\x0C\xA0\x0A\x86\x08http://a",
			"2.5.29.35":  "\x30\x03\x80\x01\x01",
		},
	}
}

const mayLogIn = "\x30\x0A\x06\x08\x2B\x06\x01\x05\x05\x07\x03\x02"

// policyOf is the extension that names one policy.
func policyOf(id oid.ID) string {
	name := string(id.Marshal())
	return "\x30" + string(rune(len(name)+2)) + "\x30" + string(rune(len(name))) + name
}

func TestEveryRuleFindsWhatItIsFor(t *testing.T) {
	for name, x := range map[string]struct {
		change   func(*made)
		code     fault.Code
		severity fault.Severity
		what     string
	}{
		"a long serial number":  {func(m *made) { m.template.SerialNumber = new(big.Int).Lsh(big.NewInt(1), 159) }, fault.LintSerial, fault.Problem, "more than 20"},
		"a short serial number": {func(m *made) { m.template.SerialNumber = big.NewInt(1 << 40) }, fault.LintSerial, fault.Warning, "may be guessed"},
		"a tiny serial number":  {func(m *made) { m.template.SerialNumber = big.NewInt(5) }, fault.LintSerial, fault.Problem, "shorter than 4"},
		"a PrintableString":     {func(m *made) { m.subject = "\x30\x0F\x31\x0D\x30\x0B\x06\x03\x55\x04\x03\x13\x04test" }, fault.LintNames, fault.Note, "PrintableString"},
		"a country as UTF8String": {func(m *made) {
			m.subject = "\x30\x1C\x31\x0B\x30\x09\x06\x03\x55\x04\x06\x0C\x02CN\x31\x0D\x30\x0B\x06\x03\x55\x04\x03\x0C\x04test"
		}, fault.LintNames, fault.Warning, "country"},
		"no common name":                     {func(m *made) { m.subject = "\x30\x0F\x31\x0D\x30\x0B\x06\x03\x55\x04\x0A\x0C\x04test" }, fault.LintNames, fault.Warning, "no common name"},
		"an ID number in the name":           {func(m *made) { m.subject = "\x30\x1D\x31\x1B\x30\x19\x06\x03\x55\x04\x03\x0C\x12" + idNumber }, fault.LintIDInName, fault.Note, "holds an ID number"},
		"a key identifier of another method": {func(m *made) { m.extensions["2.5.29.14"] = "\x04\x02\x01\x02" }, fault.LintSubjectKeyID, fault.Note, "not the SHA-1"},
		"no authority key identifier":        {func(m *made) { delete(m.extensions, "2.5.29.35") }, fault.LintAuthorityKeyID, fault.Note, "has none"},
		"no key usage":                       {func(m *made) { delete(m.extensions, "!2.5.29.15") }, fault.LintKeyUsage, fault.Problem, "there is none"},
		"key usage not critical":             {func(m *made) { delete(m.extensions, "!2.5.29.15"); m.extensions["2.5.29.15"] = "\x03\x02\x06\xC0" }, fault.LintKeyUsage, fault.Warning, "not critical"},
		"key usage in zero bits":             {func(m *made) { m.extensions["!2.5.29.15"] = "\x03\x02\x00\xC0" }, fault.LintKeyUsage, fault.Warning, "zero bits"},
		"keyCertSign without CA":             {func(m *made) { m.extensions["!2.5.29.15"] = "\x03\x02\x01\xC6" }, fault.LintKeyUsage, fault.Problem, "no CA"},
		"one key for all":                    {func(m *made) { m.extensions["!2.5.29.15"] = "\x03\x02\x03\xF8" }, fault.LintPair, fault.Warning, "signs and decrypts"},
		"a CA not critical":                  {func(m *made) { m.extensions["2.5.29.19"] = "\x30\x03\x01\x01\xFF" }, fault.LintBasicConstraints, fault.Warning, "not critical"},
		"constraints on an end entity":       {func(m *made) { m.extensions["2.5.29.19"] = "\x30\x00" }, fault.LintBasicConstraints, fault.Note, "end-entity"},
		"any usage":                          {func(m *made) { m.extensions["2.5.29.37"] = "\x30\x06\x06\x04\x55\x1D\x25\x00" }, fault.LintExtKeyUsage, fault.Warning, "any usage"},
		"an empty extended key usage":        {func(m *made) { m.extensions["2.5.29.37"] = "\x30\x00" }, fault.LintExtKeyUsage, fault.Problem, "empty"},
		"an organisation that logs in": {func(m *made) {
			m.extensions["2.5.29.37"] = mayLogIn
			m.extensions["2.5.29.32"] = policyOf(oid.PolicyOrganisation)
		}, fault.LintClientAuth, fault.Problem, "organisation may log in"},
		"an organisation of others that logs in": {func(m *made) {
			m.extensions["2.5.29.37"] = mayLogIn
			m.extensions[string(oid.SZCASubjectType)] = "\x0C\x0EOrganizational"
		}, fault.LintClientAuth, fault.Warning, "organisation may log in"},
		"an encryption certificate of others that logs in": {func(m *made) {
			m.extensions["2.5.29.37"] = mayLogIn
			m.extensions["!2.5.29.15"] = "\x03\x02\x03\x38"
		}, fault.LintClientAuth, fault.Warning, "encryption certificate may log in"},
		"a policy twice":                 {func(m *made) { m.extensions["2.5.29.32"] = "\x30\x0A\x30\x03\x06\x01\x2A\x30\x03\x06\x01\x2A" }, fault.LintPolicies, fault.Problem, "stands twice"},
		"no status source":               {func(m *made) { delete(m.extensions, "2.5.29.31") }, fault.LintStatusSource, fault.Warning, "neither"},
		"a wrong ID number":              {func(m *made) { m.extensions[string(oid.SZCAIDNumber)] = "\x0C\x12990000199001011230" }, fault.LintIdentity, fault.Problem, "check digit"},
		"an unknown critical extension":  {func(m *made) { m.extensions["!1.2.3.4"] = "\x05\x00" }, fault.LintCriticality, fault.Problem, "1.2.3.4"},
		"an ordinary extension critical": {func(m *made) { m.extensions["!2.5.29.14"] = "\x04\x01\x01" }, fault.LintCriticality, fault.Warning, "2.5.29.14"},
		"a domain name in Chinese":       {func(m *made) { m.extensions["2.5.29.17"] = "\x30\x05\x82\x03甲" }, fault.LintSubjectAltName, fault.Warning, "not in ASCII"},
		"an IP address cut short":        {func(m *made) { m.extensions["2.5.29.17"] = "\x30\x05\x87\x03\x0A\x00\x00" }, fault.LintSubjectAltName, fault.Warning, "3 octets"},
		"no alternative name at all":     {func(m *made) { m.extensions["2.5.29.17"] = "\x30\x00" }, fault.LintSubjectAltName, fault.Warning, "no name"},
		"a name of no kind":              {func(m *made) { m.extensions["2.5.29.17"] = "\x30\x03\x0C\x01a" }, fault.LintSubjectAltName, fault.Warning, "unknown kind"},
		"bare text in an extension":      {func(m *made) { m.extensions["1.2.5.29.1"] = "115300000151003540" }, fault.LintExtensionValue, fault.Warning, "1.2.5.29.1"},
		"an extension of 2006":           {func(m *made) { m.extensions["1.2.86.11.7.3"] = "\x13\x01a" }, fault.LintObsoleteExtension, fault.Note, "1.2.86.11.7.3"},
		"a type of Netscape":             {func(m *made) { m.extensions[string(oid.NetscapeCertType)] = "\x03\x02\x07\x80" }, fault.LintObsoleteExtension, fault.Note, "Netscape"},
		"two common names": {func(m *made) {
			m.subject = "\x30\x1E\x31\x0D\x30\x0B\x06\x03\x55\x04\x03\x0C\x04test\x31\x0D\x30\x0B\x06\x03\x55\x04\x03\x0C\x04more"
		}, fault.LintSubject, fault.Warning, "2 times"},
		"a country in small letters": {func(m *made) {
			m.subject = "\x30\x1C\x31\x0B\x30\x09\x06\x03\x55\x04\x06\x13\x02cn\x31\x0D\x30\x0B\x06\x03\x55\x04\x03\x0C\x04test"
		}, fault.LintSubject, fault.Warning, "capital letters"},
		"an organisation without its name": {func(m *made) {
			m.extensions[string(oid.SZCASubjectType)] = "\x0C\x0EOrganizational"
			m.extensions[string(oid.OrganizationCode)] = "\x13\x12" + creditCode
		}, fault.LintSubject, fault.Warning, "names no organisation"},
		"a default written out": {func(m *made) { m.extensions["2.5.29.19"] = "\x30\x03\x01\x01\x00" }, fault.LintDER, fault.Warning, "FALSE"},
	} {
		t.Run(name, func(t *testing.T) {
			m := plain()
			x.change(&m)
			if !found(Lint(m.certificate(t), nil, nil), x.code, x.severity, x.what) {
				t.Errorf("no %s finding of %s with %q in:\n%s", x.severity, x.code, x.what, list(Lint(m.certificate(t), nil, nil)))
			}
			if found(Lint(plain().certificate(t), nil, nil), x.code, x.severity, x.what) {
				t.Error("the plain certificate has the same finding")
			}
		})
	}
}

func found(all []Finding, code fault.Code, severity fault.Severity, what string) bool {
	for _, f := range all {
		if f.Code == code && f.Severity == severity && strings.Contains(f.Text(fault.EN).Title, what) {
			return true
		}
	}
	return false
}

func list(all []Finding) string {
	var b strings.Builder
	for _, f := range all {
		b.WriteString(string(f.Severity) + " " + f.Text(fault.EN).Title + "\n")
	}
	return b.String()
}

// The rules that compare two things: a certificate with its issuer or profile.
func TestRulesAboutTheIssuerAndTheProfile(t *testing.T) {
	rootKey, subKey := newKey(t), newKey(t)
	root := issue(t, "root", nil, rootKey, rootKey)
	sub := issue(t, "sub-ca", root, subKey, rootKey)
	twin := issue(t, "sub-ca", root, newKey(t), rootKey)
	person, org := issue(t, "person-sign", sub, newKey(t), subKey), issue(t, "org-sign", sub, newKey(t), subKey)
	profile := func(name string) *cert.Profile {
		p, err := cert.LookupProfile(name)
		if err != nil {
			t.Fatal(err)
		}
		return &p
	}
	short := *profile("org-sign")
	short.MaxYears = 0
	for name, x := range map[string]struct {
		got  []Finding
		code fault.Code
		what string
	}{
		"another key of the issuer":       {Lint(person, twin, nil), fault.LintAuthorityKeyID, "differs"},
		"another issuer":                  {Lint(person, root, nil), fault.LintIssuer, "not that of its own"},
		"an issuer that is no CA":         {Lint(person, org, nil), fault.LintIssuer, "no CA"},
		"a person under org-sign":         {Lint(person, sub, profile("org-sign")), fault.LintExtKeyUsage, "not that of profile"},
		"an organisation as person":       {Lint(org, sub, profile("person-sign")), fault.LintIdentity, "ID number is missing"},
		"policies of another role":        {Lint(org, sub, profile("person-sign")), fault.LintPolicies, "lacks the policy"},
		"a signing key as encryption key": {Lint(org, sub, profile("org-enc")), fault.LintKeyUsage, "not that of profile"},
		"a CA under an end entity":        {Lint(sub, root, profile("org-sign")), fault.LintBasicConstraints, "not that of profile"},
		"the key of the issuer":           {Lint(issue(t, "person-sign", sub, subKey, subKey), sub, nil), fault.LintKeyReuse, "use one key"},
		"too long a validity":             {Lint(org, sub, &short), fault.LintValidity, "longer than"},
	} {
		if !found(x.got, x.code, fault.Problem, x.what) {
			t.Errorf("%s: no finding of %s in:\n%s", name, x.code, list(x.got))
		}
		if _, refused := Refuses(x.got); !refused {
			t.Errorf("%s: not refused", name)
		}
	}
}

// Bytes that no writer makes by accident are made by hand from the signed part.
func TestRulesAboutTheSignedPartItself(t *testing.T) {
	key := newKey(t)
	root := issue(t, "root", nil, key, key)
	for name, x := range map[string]struct {
		from, to string
		code     fault.Code
		what     string
	}{
		"version 2":         {"\xA0\x03\x02\x01\x02", "\xA0\x03\x02\x01\x01", fault.LintVersion, "v2"},
		"a date in reverse": {"\x17\x0D460228235959Z", "\x17\x0D260228235959Z", fault.LintValidity, "does not end after"},
		"another algorithm": {"\x06\x08\x2A\x81\x1C\xCF\x55\x01\x83\x75", "\x06\x08\x2A\x81\x1C\xCF\x55\x01\x83\x76", fault.LintSignatureAlgorithm, "not the same"},
		"another curve":     {"\x06\x08\x2A\x81\x1C\xCF\x55\x01\x82\x2D", "\x06\x08\x2A\x81\x1C\xCF\x55\x01\x82\x2E", fault.LintPublicKey, "no SM2 key"},
	} {
		if !strings.Contains(string(root.RawTBS), x.from) {
			t.Fatalf("%s: nothing to change", name)
		}
		c := assemble(t, []byte(strings.Replace(string(root.RawTBS), x.from, x.to, 1)), key)
		if got := Lint(c, nil, nil); !found(got, x.code, fault.Problem, x.what) {
			t.Errorf("%s: no finding of %s in:\n%s", name, x.code, list(got))
		}
	}
}

func TestEveryRuleHasItsOwnCodeAndClause(t *testing.T) {
	seen := map[fault.Code]bool{}
	for _, r := range Rules() {
		if seen[r.Code] || r.Clause == "" || r.check == nil {
			t.Errorf("rule %s stands twice or lacks its clause", r.Code)
		}
		seen[r.Code] = true
	}
	for _, code := range fault.Codes() {
		if strings.HasPrefix(string(code), "lint.") && !seen[code] {
			t.Errorf("%s has no rule", code)
		}
	}
}

func TestFindingsAreWordedInBothLanguages(t *testing.T) {
	m := plain()
	m.template.SerialNumber = big.NewInt(5)
	for _, f := range Lint(m.certificate(t), nil, nil) {
		zh, en := f.Text(fault.ZH), f.Text(fault.EN)
		if strings.Contains(zh.Title+en.Title, "{") || zh.Title == en.Title {
			t.Errorf("%s: %q / %q", f.Code, zh.Title, en.Title)
		}
	}
}

// What the rules say of certificates of real authorities.
func TestFindingsOnRealCertificates(t *testing.T) {
	read := func(name string) *cert.Certificate {
		all, err := certfile.Certificates(corpus.File(t, name))
		if err != nil {
			t.Fatal(err)
		}
		return all[0]
	}
	root := read("nrcac-rootca.der")
	for name, want := range map[string][]string{
		"nrcac-rootca.der": {
			"note signature algorithm: it has parameters, most often NULL",
			"note validity period: it is longer than 20 years",
			"warning key usage: it is not critical",
			"warning basic constraints: it is not critical in a CA certificate",
		},
		"szca-sm2-ca.der": {
			"note signature algorithm: it has parameters, most often NULL",
			"note validity period: it is longer than 10 years",
		},
		"sheca-sm2.der": {
			"note signature algorithm: it has parameters, most often NULL",
			"note validity period: it is longer than 10 years",
		},
		"ofdrw-root.pem": {
			"warning serial number: it is shorter than 8 octets and may be guessed",
			"error issuer: its certificate lacks key usage keyCertSign",
			"note authority key identifier: the self-signed certificate has none",
			"warning subject key identifier: there is none",
			"warning key usage: it is not critical",
			"note key usage: it is not that of profile root",
			"warning basic constraints: it is not critical in a CA certificate",
			"note extended key usage: it is not that of profile root",
			"note old extension: Netscape certificate type",
		},
	} {
		c, issuer := read(name), root
		if name == "ofdrw-root.pem" {
			issuer = nil
		}
		var got []string
		for _, f := range Lint(c, issuer, nil) {
			got = append(got, string(f.Severity)+" "+f.Text(fault.EN).Title)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// Whatever certificate can be read can be linted, with an issuer or without, and
// no finding shows an ID number.
func FuzzLint(f *testing.F) {
	key := newKey(f)
	root := issue(f, "root", nil, key, key)
	f.Add(root.Raw)
	f.Add(issue(f, "person-sign", root, newKey(f), key).Raw)
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := cert.Parse(b)
		if err != nil {
			return
		}
		for _, issuer := range []*cert.Certificate{nil, root} {
			for _, finding := range Lint(c, issuer, nil) {
				if text := finding.Text(fault.EN).Title + finding.Text(fault.ZH).Title; cert.ContainsIDNumber(text) {
					t.Errorf("an ID number shows in %q", text)
				}
			}
		}
	})
}
