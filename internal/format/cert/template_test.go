package cert

import (
	"bytes"
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/format/sm2enc"
)

func TestEveryProfileWritesWhatItSays(t *testing.T) {
	usage := map[KeyUsage]string{signingUsage: "\x03\x02\x06\xC0", escrowUsage: "\x03\x02\x03\x38", issuingUsage: "\x03\x02\x01\x06"}
	ch := newChain(t)
	all := map[string]*Certificate{"root": ch.root, "sub-ca": ch.sub}
	for name, c := range ch.leaf {
		all[name] = c
	}
	for name, p := range Profiles() {
		t.Run(name, func(t *testing.T) {
			c := all[name]
			if len(c.Deviations) != 0 {
				t.Errorf("deviations %q", c.Deviations)
			}
			e, ok := c.Extension(oid.KeyUsage)
			if !ok || !e.Critical || string(e.Value) != usage[p.KeyUsage] {
				t.Errorf("key usage %x, critical %v", e.Value, e.Critical)
			}
			ca, pathLen, present := c.BasicConstraints()
			if present != p.CA || ca != p.CA || (p.CA && pathLen != p.PathLen) {
				t.Errorf("basic constraints %v %d %v", ca, pathLen, present)
			}
			if got := slices.Contains(c.ExtKeyUsages(), oid.UsageClientAuth); got != (name == "person-sign") {
				t.Errorf("clientAuth %v", got)
			}
			if !bytes.Equal(c.SubjectKeyID(), KeyID(c.PublicKey)) || len(c.AuthorityKeyID()) != 20 {
				t.Errorf("key identifiers %x, %x", c.SubjectKeyID(), c.AuthorityKeyID())
			}
			if p.Policy != "" {
				if diff := cmp.Diff([]oid.ID{p.Policy, oid.PolicySoftToken}, c.Policies()); diff != "" {
					t.Error(diff)
				}
			}
			if c.MayLogIn() != (name == "person-sign") || c.EncryptionOnly() != p.Encryption() {
				t.Errorf("may log in %v, encryption only %v", c.MayLogIn(), c.EncryptionOnly())
			}
			if !p.CA && c.Role() != p.Role {
				t.Errorf("role %s, want %s", c.Role(), p.Role)
			}
		})
	}
}

func TestAPersonsCertificateHoldsTheNumberInBothForms(t *testing.T) {
	c := newChain(t).leaf["person-sign"]
	for id, want := range map[oid.ID]string{
		oid.IdentifyCode:    "\xA0\x14\x13\x12" + idNumber,
		oid.SZCAIDNumber:    "\x0C\x12" + idNumber,
		oid.SZCASubjectType: "\x0C\x08Personal",
	} {
		e, ok := c.Extension(id)
		if !ok || e.Critical || string(e.Value) != want {
			t.Errorf("%s = %q, critical %v", id, e.Value, e.Critical)
		}
	}
	if got, want := c.Subject().String(), "CN=测试用户甲,O=一监区,O=示例监狱,ST=示例省,C=CN"; got != want {
		t.Errorf("subject %s, want %s", got, want)
	}
	if strings.Contains(c.Subject().String(), idNumber) {
		t.Error("the number stands in the name")
	}
	if n, ok := c.IDNumber(); !ok || n != idNumber {
		t.Error("the number is not read back")
	}
}

func TestAnOrganisationsCertificateHoldsTheCodeInBothForms(t *testing.T) {
	c := newChain(t).leaf["org-sign"]
	for id, want := range map[oid.ID]string{
		oid.OrganizationCode: "\x13\x12" + creditCode,
		oid.SZCACreditCode:   "\x0C\x12" + creditCode,
		oid.SZCASubjectType:  "\x0C\x0EOrganizational",
	} {
		if e, ok := c.Extension(id); !ok || e.Critical || string(e.Value) != want {
			t.Errorf("%s = %q", id, e.Value)
		}
	}
	if c.MayLogIn() || c.Role() != RoleOrganisation {
		t.Errorf("may log in %v, role %s", c.MayLogIn(), c.Role())
	}
}

func TestNamesAreUTF8StringsExceptTheCountry(t *testing.T) {
	for _, rdn := range newChain(t).leaf["person-sign"].Subject() {
		want := byte(0x0C)
		if rdn[0].ID == oid.Country {
			want = 0x13
		}
		if rdn[0].Tag != want {
			t.Errorf("%s has tag %#x", rdn[0], rdn[0].Tag)
		}
	}
}

func TestAHardwareKeyIsSaidInThePolicy(t *testing.T) {
	ch := newChain(t)
	tpl := template(t, "person-sign", ch.sub, ch.leaf["person-sign"].PublicKey)
	tpl.Hardware = true
	if c := issue(t, tpl, ch.subKey); !c.HasPolicy(oid.PolicyHardToken) || c.HasPolicy(oid.PolicySoftToken) {
		t.Errorf("policies %v", c.Policies())
	}
}

func TestTheNumberStandsInTheNameOnlyWhenTheProfileAsks(t *testing.T) {
	ch := newChain(t)
	tpl := template(t, "person-sign", ch.sub, ch.leaf["person-sign"].PublicKey)
	tpl.Profile.IDNumberInName = true
	if got := issue(t, tpl, ch.subKey).Subject().Get(oid.OrgUnit); got != idNumber {
		t.Errorf("OU = %q", got)
	}
}

func TestDatesFrom2050OnAreGeneralizedTime(t *testing.T) {
	key := newKey(t)
	tpl := template(t, "root", nil, &key.PublicKey)
	tpl.NotBefore = time.Date(2040, 6, 1, 0, 0, 0, 0, time.FixedZone("", 8*3600))
	tpl.NotAfter = tpl.NotBefore.AddDate(20, 0, 0)
	tbs, err := tpl.TBS()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(tbs, []byte("\x17\x0D400531160000Z\x18\x0F20600531160000Z")) {
		t.Error("the dates are written otherwise")
	}
}

func TestWhatAPersonCanGetWrongIsSaidBeforeAnythingIsWritten(t *testing.T) {
	ch := newChain(t)
	for name, x := range map[string]struct {
		profile string
		change  func(*Template)
		want    fault.Code
	}{
		"a person without number":       {"person-sign", func(t *Template) { t.Subject.IDNumber = "" }, fault.CertSubjectMissing},
		"a wrong check digit":           {"person-sign", func(t *Template) { t.Subject.IDNumber = "990000199001011230" }, fault.CertIDNumberDigit},
		"an organisation with a number": {"org-sign", func(t *Template) { t.Subject.IDNumber = idNumber }, fault.CertSubjectUnwanted},
		"an organisation without code":  {"org-sign", func(t *Template) { t.Subject.CreditCode = "" }, fault.CertSubjectMissing},
		"a wrong credit code":           {"org-sign", func(t *Template) { t.Subject.CreditCode = "91500106MA2CE71F65" }, fault.CertCreditCodeDigit},
		"no name":                       {"org-sign", func(t *Template) { t.Subject.CommonName = "" }, fault.CertSubjectMissing},
		"a name of 65 characters":       {"org-sign", func(t *Template) { t.Subject.CommonName = strings.Repeat("监", 65) }, fault.CertSubjectTooLong},
		"a line break in a name":        {"org-sign", func(t *Template) { t.Subject.CommonName = "示例\n监狱" }, fault.CertSubjectCharacters},
		"a mark that turns text around": {"org-sign", func(t *Template) { t.Subject.CommonName = "示例\u202E监狱" }, fault.CertSubjectCharacters},
		"a space at the end":            {"org-sign", func(t *Template) { t.Subject.CommonName = "示例监狱 " }, fault.CertSubjectCharacters},
		"a country in words":            {"org-sign", func(t *Template) { t.Subject.Country = "cn" }, fault.CertSubjectCharacters},
		"an ID number in the name":      {"person-sign", func(t *Template) { t.Subject.Unit = "工号" + idNumber }, fault.CertIDNumberInName},
		"a serial number of 7 octets":   {"org-sign", func(t *Template) { t.Serial = big.NewInt(1 << 55) }, fault.CertSerialUnfit},
		"a negative serial number":      {"org-sign", func(t *Template) { t.Serial = new(big.Int).Neg(t.Serial) }, fault.CertSerialUnfit},
		"a serial number of 21 octets":  {"org-sign", func(t *Template) { t.Serial = new(big.Int).Lsh(big.NewInt(1), 159) }, fault.CertSerialUnfit},
		"no serial number":              {"org-sign", func(t *Template) { t.Serial = nil }, fault.CertSerialUnfit},
		"dates in reverse":              {"org-sign", func(t *Template) { t.NotAfter = t.NotBefore }, fault.CertValidityOrder},
		"six years for a person":        {"person-sign", func(t *Template) { t.NotAfter = start.AddDate(6, 0, 0) }, fault.CertValidityTooLong},
		"longer than the issuer": {"sub-ca", func(t *Template) {
			t.Issuer = ch.root
			t.NotBefore = start.AddDate(15, 0, 0)
			t.NotAfter = start.AddDate(21, 0, 0)
		}, fault.CertValidityBeyondIssuer},
		"no public key":                    {"org-sign", func(t *Template) { t.PublicKey = nil }, fault.CertKeyUnfit},
		"a key off the curve":              {"org-sign", func(t *Template) { k := *t.PublicKey; k.Y = new(big.Int).Add(k.Y, big.NewInt(1)); t.PublicKey = &k }, fault.CertKeyUnfit},
		"no issuer":                        {"org-sign", func(t *Template) { t.Issuer = nil }, fault.CertIssuerUnfit},
		"an issuer that is no CA":          {"org-sign", func(t *Template) { t.Issuer = ch.leaf["org-sign"] }, fault.CertIssuerUnfit},
		"a CA under a CA of path length 0": {"sub-ca", func(t *Template) { t.Issuer = ch.sub }, fault.CertIssuerUnfit},
		"a Chinese address":                {"org-sign", func(t *Template) { t.CRLURLs = []string{"http://示例/ca.crl"} }, fault.CertURLUnfit},
		"an address of a file":             {"org-sign", func(t *Template) { t.OCSPURLs = []string{"file:///etc/passwd"} }, fault.CertURLUnfit},
	} {
		issuer := ch.sub
		if x.profile == "sub-ca" {
			issuer = ch.root
		}
		tpl := template(t, x.profile, issuer, ch.root.PublicKey)
		if _, err := tpl.TBS(); err != nil {
			t.Fatalf("%s: before the change: %v", name, err)
		}
		x.change(&tpl)
		_, err := tpl.TBS()
		if !errors.Is(err, x.want) {
			t.Errorf("%s: got %v, want %s", name, err, x.want)
		}
		if err != nil && strings.Contains(err.Error(), idNumber) {
			t.Errorf("%s: the error repeats the number", name)
		}
	}
}

func TestAssembleTakesOnlyDER(t *testing.T) {
	ch := newChain(t)
	tbs := ch.root.RawTBS
	for name, sig := range map[string][]byte{"r ‖ s": make([]byte, 64), "nothing": nil, "text": []byte("signature")} {
		if _, err := Assemble(tbs, sig); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if _, err := Assemble(tbs[:40], ch.root.Signature); err == nil {
		t.Error("a cut TBSCertificate is taken")
	}
}

func TestAnUnknownProfileIsNamedWithTheKnownOnes(t *testing.T) {
	_, err := LookupProfile("vip")
	if !errors.Is(err, fault.CertProfileUnknown) || !strings.Contains(err.Error(), "org-sign") {
		t.Errorf("got %v", err)
	}
}

// The key of GB/T 32918.5 keeps the bytes the same for ever; signatures are
// random, so that the signed part is the golden file.
func TestTheSignedPartsStayTheSame(t *testing.T) {
	point := bytes.Join([][]byte{{4},
		mustInt("09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020").Bytes(),
		mustInt("CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13").Bytes()}, nil)
	pub, err := sm2enc.ParsePublicKey(point)
	if err != nil {
		t.Fatal(err)
	}
	root, err := template(t, "root", nil, pub).TBS()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "root.tbs.der", root)
	sig := sm2enc.Signature{R: big.NewInt(1), S: big.NewInt(1)}.Marshal()
	raw, err := Assemble(root, sig)
	if err != nil {
		t.Fatal(err)
	}
	issuer, err := Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"org-sign", "org-enc", "person-sign", "person-enc", "seal-maker", "sub-ca"} {
		tbs, err := template(t, name, issuer, pub).TBS()
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name+".tbs.der", tbs)
	}
}

func mustInt(s string) *big.Int {
	n, ok := new(big.Int).SetString(s, 16)
	if !ok {
		panic(s)
	}
	return n
}

// Whatever a template takes stands in the certificate that Parse reads, and the
// certificate is strict.
func FuzzTemplate(f *testing.F) {
	ch := newChain(f)
	f.Add("person-sign", "CN", "示例监狱", "测试用户甲", idNumber, "", []byte("0123456789abcdef"), int64(1_780_000_000), int64(300), "http://crl.example/a.crl")
	f.Add("org-sign", "CN", "示例监狱", "示例监狱", "", creditCode, []byte("fedcba9876543210"), int64(2_000_000_000), int64(300), "ldap://x/")
	f.Fuzz(func(t *testing.T, name, country, org, cn, number, code string, sn []byte, from, days int64, url string) {
		p, err := LookupProfile(name)
		if err != nil || p.CA {
			return
		}
		tpl := Template{Profile: p, Subject: Subject{Country: country, Organisation: org, CommonName: cn, IDNumber: number, CreditCode: code},
			Serial: new(big.Int).SetBytes(sn), NotBefore: time.Unix(from, 0).UTC(), NotAfter: time.Unix(from, 0).UTC().AddDate(0, 0, int(days%4000)),
			PublicKey: ch.root.PublicKey, Issuer: ch.sub, CRLURLs: []string{url}}
		tbs, err := tpl.TBS()
		if err != nil {
			return
		}
		raw, err := Assemble(tbs, ch.sub.Signature)
		if err != nil {
			t.Fatal(err)
		}
		c, err := Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		gotNumber, _ := c.IDNumber()
		gotCode, _ := c.CreditCode()
		got := []any{c.Deviations, c.Serial.String(), c.NotBefore, c.NotAfter, c.Subject().Get(oid.Organisation), c.Holder(), gotNumber, gotCode, c.CRLURLs(), c.Role()}
		want := []any{[]string(nil), tpl.Serial.String(), tpl.NotBefore, tpl.NotAfter, org, cn, number, code, []string{url}, p.Role}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}
