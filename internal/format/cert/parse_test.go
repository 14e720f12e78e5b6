package cert

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emmansun/gmsm/smx509"
	"github.com/google/go-cmp/cmp"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/oid"
)

// foreign has gmsm make a self-signed certificate with the raw extensions and,
// when it is not nil, the raw subject of some other vendor.
func foreign(t testing.TB, subject []byte, extensions ...pkix.Extension) *Certificate {
	t.Helper()
	key := newKey(t)
	tpl := &smx509.Certificate{SerialNumber: serial(9), NotBefore: start, NotAfter: start.AddDate(1, 0, 0),
		Subject: pkix.Name{CommonName: "测试"}, RawSubject: subject, ExtraExtensions: extensions}
	raw, err := smx509.CreateCertificate(rand.Reader, tpl, tpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func extension(id string, value string) pkix.Extension {
	var arcs asn1.ObjectIdentifier
	for part := range strings.SplitSeq(id, ".") {
		n, _ := new(big.Int).SetString(part, 10)
		arcs = append(arcs, int(n.Int64()))
	}
	return pkix.Extension{Id: arcs, Value: []byte(value)}
}

func TestWhatRealVendorsWriteIsReadAndNamed(t *testing.T) {
	gb := "\x30\x15\x31\x13\x30\x11\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x09\x01\x16\x04\xB2\xE2\xCA\xD4" // e-mail: GBK in IA5String
	for name, x := range map[string]struct {
		c         *Certificate
		deviation string
		holds     func(*Certificate) bool
	}{
		"key usage with zero unused bits": {foreign(t, nil, extension("2.5.29.15", "\x03\x02\x00\xC0")),
			"keyUsage: the named bit list ends in zero bits",
			func(c *Certificate) bool { u, _ := c.KeyUsage(); return u == DigitalSignature|NonRepudiation }},
		"basic constraints with explicit FALSE": {foreign(t, nil, extension("2.5.29.19", "\x30\x03\x01\x01\x00")),
			"basicConstraints: the default FALSE is written out",
			func(c *Certificate) bool { ca, _, present := c.BasicConstraints(); return !ca && present }},
		"Chinese in an IA5String": {foreign(t, []byte(gb)),
			"certificate: the IA5String is not what its type allows",
			func(c *Certificate) bool { return c.Subject().Get(oid.Email) == "测试" }},
		"an identity extension of bare text": {foreign(t, nil, extension("1.2.5.29.1", "115300000151003540")),
			"", func(c *Certificate) bool { s, ok := c.CreditCode(); return ok && s == "115300000151003540" }},
		"key usage that cannot be read allows nothing": {foreign(t, nil, extension("2.5.29.15", "\x04\x00")),
			"", func(c *Certificate) bool { return !c.MaySign() && !c.EncryptionOnly() }},
		"a length in the long form": {foreign(t, nil, extension("2.5.29.14", "\x04\x81\x02\x01\x02")),
			"extension 2.5.29.14: the length of tag 0x04 is not written as DER asks",
			func(c *Certificate) bool { return bytes.Equal(c.SubjectKeyID(), []byte{1, 2}) }},
	} {
		t.Run(name, func(t *testing.T) {
			if !x.holds(x.c) {
				t.Error("the value is not read")
			}
			if x.deviation != "" && !slices.Contains(x.c.Deviations, x.deviation) {
				t.Errorf("deviations %q lack %q", x.c.Deviations, x.deviation)
			}
			if err := x.c.CheckSignatureFrom(x.c); err != nil {
				t.Errorf("signature: %v", err)
			}
		})
	}
}

func TestAnRSACertificateIsShownButVerifiesNothing(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	tpl := &x509.Certificate{SerialNumber: big.NewInt(77), NotBefore: start, NotAfter: start.AddDate(1, 0, 0), Subject: pkix.Name{CommonName: "SZCA"}}
	raw, err := x509.CreateCertificate(rand.Reader, tpl, tpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	if c.PublicKey != nil || c.KeyAlgorithm != oid.RSA || c.Holder() != "SZCA" {
		t.Errorf("key %v of %s, holder %q", c.PublicKey, c.KeyAlgorithm, c.Holder())
	}
	if err := c.CheckSignatureFrom(c); !errors.Is(err, fault.CertAlgorithm) {
		t.Errorf("got %v", err)
	}
}

func TestAKeyOffTheCurveVerifiesNothing(t *testing.T) {
	ch := newChain(t)
	raw := bytes.Clone(ch.root.Raw)
	raw[bytes.Index(raw, ch.root.RawSPKI)+len(ch.root.RawSPKI)-1] ^= 1
	c, err := Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	if c.PublicKey != nil || !slices.Contains(c.Deviations, "subjectPublicKeyInfo: the key is no point on the SM2 curve") {
		t.Errorf("key %v, deviations %q", c.PublicKey, c.Deviations)
	}
	if err := ch.sub.CheckSignatureFrom(c); !errors.Is(err, fault.CertAlgorithm) {
		t.Errorf("got %v", err)
	}
}

func TestAnotherRootOfTheSameNameIsNotTheIssuer(t *testing.T) {
	ch, twin := newChain(t), newChain(t)
	if ch.sub.IsIssuedBy(twin.root) {
		t.Error("the key identifier is not compared")
	}
	if err := ch.sub.CheckSignatureFrom(twin.root); !errors.Is(err, fault.CertSignature) {
		t.Errorf("got %v", err)
	}
	if !ch.sub.IsIssuedBy(ch.root) || ch.sub.SelfSigned() || !ch.root.SelfSigned() {
		t.Error("the true root is not the issuer")
	}
}

func TestNamesAreComparedWithoutCaseWidthAndSpaces(t *testing.T) {
	name := func(cn string) []byte {
		raw, err := Subject{Country: "CN", CommonName: cn}.name()
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	for _, other := range []string{"szca sm2 ca", "SZCA  SM2 CA", "ＳＺＣＡ SM2 CA"} {
		if !SameName(name("SZCA SM2 CA"), name(other)) {
			t.Errorf("%q is another name", other)
		}
	}
	if SameName(name("SZCA SM2 CA"), name("SZCA SM2 CB")) || SameName([]byte{0x30, 0}, []byte{0x30, 0}) {
		t.Error("different or empty names are the same")
	}
}

// A department stands below its organisation under the same type, or as OU.
func TestAUnitIsNotMistakenForItsDepartment(t *testing.T) {
	attribute := func(id oid.ID, value string) RDN { return RDN{{ID: id, Value: value}} }
	unit := attribute(oid.Organisation, "示例监狱")
	ward, group := attribute(oid.Organisation, "一监区"), attribute(oid.OrgUnit, "一分监区")
	for _, tt := range []struct {
		name             Name
		unit, department string
	}{
		{Name{attribute(oid.Country, "CN"), unit, ward, attribute(oid.CommonName, "测试用户甲")}, "示例监狱", "一监区"},
		{Name{unit}, "示例监狱", ""},
		{Name{unit, group}, "示例监狱", "一分监区"},
		{Name{group, unit, ward}, "示例监狱", "一监区 / 一分监区"},
		{Name{group}, "", "一分监区"},
		{Name{attribute(oid.CommonName, "测试用户甲")}, "", ""},
	} {
		if unit, department := tt.name.Units(); unit != tt.unit || department != tt.department {
			t.Errorf("%s: unit %q, department %q, want %q, %q", tt.name, unit, department, tt.unit, tt.department)
		}
	}
}

func TestABrokenCertificateNamesThePlace(t *testing.T) {
	raw := newChain(t).root.Raw
	for cut, want := range map[int]string{0: "certificate", 100: "certificate"} {
		_, err := Parse(raw[:cut])
		if fault.Of(err).Args["place"] != want {
			t.Errorf("cut at %d: %v", cut, err)
		}
	}
	bad := bytes.Clone(raw)
	bad[bytes.Index(bad, []byte("260301000000Z"))] = 'x'
	_, err := Parse(bad)
	if got := fault.Of(err).Args["place"]; got != "tbsCertificate.validity" && got != "tbsCertificate.validity.notBefore" {
		t.Errorf("a bad date is placed at %v: %v", got, err)
	}
}

func TestValidityIncludesItsEnds(t *testing.T) {
	c := newChain(t).root
	for at, want := range map[time.Time]bool{
		c.NotBefore.Add(-1): false, c.NotBefore: true, c.NotAfter: true, c.NotAfter.Add(time.Second): false,
	} {
		if c.ValidAt(at) != want {
			t.Errorf("ValidAt(%s) = %v", at, !want)
		}
	}
}

// What is read is read again from its raw bytes to the same values, and no
// accessor panics.
func FuzzParse(f *testing.F) {
	ch := newChain(f)
	for _, c := range append(slices.Collect(mapValues(ch.leaf)), ch.root, ch.sub) {
		f.Add(c.Raw)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := Parse(b)
		if err != nil {
			if !errors.Is(err, fault.CertBroken) && !errors.Is(err, fault.InputTooLarge) {
				t.Errorf("error without a code: %v", err)
			}
			return
		}
		again, err := Parse(c.Raw)
		if err != nil {
			t.Fatalf("raw bytes are refused: %v", err)
		}
		if diff := cmp.Diff(values(c), values(again)); diff != "" {
			t.Error(diff)
		}
		for _, i := range c.Identities() {
			if s := i.Masked(); ContainsIDNumber(s) {
				t.Errorf("an identity number shows through: %q", s)
			}
		}
		_ = c.CheckSignatureFrom(ch.sub)
	})
}

// values are everything that the accessors say.
func values(c *Certificate) []any {
	usage, hasUsage := c.KeyUsage()
	ca, pathLen, hasBC := c.BasicConstraints()
	id, _ := c.IDNumber()
	code, _ := c.CreditCode()
	return []any{c.Version, c.SerialHex(), c.NotBefore, c.NotAfter, c.Subject().String(), c.Issuer().String(), c.Holder(),
		usage, hasUsage, ca, pathLen, hasBC, c.ExtKeyUsages(), c.SubjectKeyID(), c.AuthorityKeyID(), c.CRLURLs(), c.CRLPoints(), c.OCSPURLs(), c.AnnouncesStatus(),
		c.IssuerURLs(), c.Policies(), c.Extensions, c.UnknownCritical(), c.Identities(), id, code, c.Role().String(), c.MayLogIn(),
		c.KeyAlgorithm, c.SignatureAlgorithm, c.AlgorithmsAgree(), c.AlgorithmParameters(), c.IsIssuedBy(c)}
}

func mapValues[K comparable, V any](m map[K]V) func(func(V) bool) {
	return func(yield func(V) bool) {
		for _, v := range m {
			if !yield(v) {
				return
			}
		}
	}
}
