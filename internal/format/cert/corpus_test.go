package cert

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xinzhang/internal/format/der"
	"xinzhang/test/corpus"
)

func TestCertificatesOfRealAuthoritiesVerifyLinkByLink(t *testing.T) {
	root := corpusCertificate(t, "nrcac-rootca.der")
	if !root.SelfSigned() {
		t.Error("the national root is not self-signed")
	}
	for _, name := range []string{"szca-sm2-ca.der", "sheca-sm2.der"} {
		c := corpusCertificate(t, name)
		if !c.IsIssuedBy(root) {
			t.Errorf("%s is not issued by the root", name)
		}
		if err := c.CheckSignatureFrom(root); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if out := verifyLink(t, root.Raw, c.Raw); !strings.Contains(out, ": OK") {
			t.Errorf("%s: openssl says %s", name, out)
		}
		bad := bytes.Clone(c.Raw)
		bad[bytes.Index(bad, c.RawSPKI)+40] ^= 1
		if b, err := Parse(bad); err == nil && b.CheckSignatureFrom(root) == nil {
			t.Errorf("%s: a changed key is taken", name)
		}
	}
}

func TestRealCertificatesReadAsTheyAre(t *testing.T) {
	c := corpusCertificate(t, "szca-sm2-ca.der")
	got := []string{c.Holder(), c.SerialHex(), c.Subject().String(), strings.Join(c.CRLURLs(), " ")}
	want := []string{"SZCA SM2 CA", "39bf7c1f8170fd01d4637ea7267085d5",
		"CN=SZCA SM2 CA,OU=szca,O=ShenZhen Certificate Authority,L=Shenzhen,ST=Guangdong,C=CN",
		"http://www.rootca.gov.cn/arl/arl.crl ldap://ldap.rootca.gov.cn:389/CN=arl,OU=ARL,O=NRCAC,C=CN"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if ca, pathLen, present := c.BasicConstraints(); !ca || pathLen != -1 || !present {
		t.Errorf("basic constraints: %v %d %v", ca, pathLen, present)
	}
	if u, present := c.KeyUsage(); u != KeyCertSign|CRLSign || !present || c.MaySign() {
		t.Errorf("key usage %b, may sign %v", u, c.MaySign())
	}
	root := corpusCertificate(t, "nrcac-rootca.der")
	if len(root.AlgorithmParameters()) == 0 {
		t.Error("the root's NULL parameters are not seen")
	}
}

func TestDeviationsOfRealCertificatesAreNamed(t *testing.T) {
	for name, want := range map[string][]string{
		"nrcac-rootca.der": nil,
		"szca-sm2-ca.der":  nil,
		"sheca-sm2.der":    nil,
		"ofdrw-root.pem":   nil,
	} {
		if diff := cmp.Diff(want, corpusCertificate(t, name).Deviations); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// embedded finds the certificates inside a DER structure.
func embedded(b []byte, depth int) []*Certificate {
	v, err := der.ParseOnly(b)
	if err != nil || depth > 12 {
		return nil
	}
	if c, err := Parse(v.Raw); err == nil && v.Tag == der.Sequence {
		return []*Certificate{c}
	}
	if v.Tag == der.OctetString {
		return embedded(v.Content, depth+1)
	}
	var all []*Certificate
	kids, _ := v.Children()
	if v.Constructed() {
		for _, k := range kids {
			all = append(all, embedded(k.Raw, depth+1)...)
		}
	}
	return all
}

func unzip(t *testing.T, b []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

func TestCertificatesInsideSealsAndDocumentsAreRead(t *testing.T) {
	root := corpusCertificate(t, "ofdrw-root.pem")
	for name, want := range map[string]int{
		"UserV1.esl": 2, "UserV4.esl": 2, "UserV5.esl": 2, "V4RideRight.ofd": 3, "SESV4SignDoc.ofd": 3, "allprotected.ofd": 3,
	} {
		b := corpus.File(t, name)
		files := map[string][]byte{name: b}
		if strings.HasSuffix(name, ".ofd") {
			files = unzip(t, b)
		}
		found := 0
		for part, content := range files {
			if strings.HasSuffix(name, ".ofd") && !strings.HasSuffix(part, ".dat") {
				continue
			}
			for _, c := range embedded(content, 0) {
				found++
				if c.PublicKey == nil || !c.MaySign() || c.EncryptionOnly() {
					t.Errorf("%s: %s cannot sign", name, c.Holder())
				}
				if c.IsIssuedBy(root) {
					if err := c.CheckSignatureFrom(root); err != nil {
						t.Errorf("%s: %s: %v", name, c.Holder(), err)
					}
				}
				t.Logf("%s: %s issuer %s role %s deviations %q", name, c.Holder(), c.Issuer(), c.Role(), c.Deviations)
			}
		}
		if found != want {
			t.Errorf("%s: %d certificates, want %d", name, found, want)
		}
	}
}
