package cert

import (
	"bytes"
	"crypto/ecdsa"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emmansun/gmsm/smx509"

	"xinzhang/internal/format/sm2enc"
)

// openssl runs the tool and returns what it said; exit codes are not to be
// trusted ("openssl req -verify" ends with 0 on failure).
func openssl(t *testing.T, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil {
		if os.Getenv("XINZHANG_CI") == "1" {
			t.Fatal("openssl is not installed")
		}
		t.Skip("openssl is not installed")
	}
	out, _ := exec.Command("openssl", args...).CombinedOutput()
	return string(out)
}

func writePEM(t *testing.T, kind string, der []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "x.pem")
	if err := os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// verifyLink checks one link: OpenSSL passes the SM2 id to the leaf only. The
// time is in May 2026.
func verifyLink(t *testing.T, issuer, c []byte, options ...string) string {
	t.Helper()
	args := append([]string{"verify", "-vfyopt", "distid:" + sm2enc.DefaultID, "-attime", "1780000000", "-partial_chain"}, options...)
	return openssl(t, append(args, "-CAfile", writePEM(t, "CERTIFICATE", issuer), writePEM(t, "CERTIFICATE", c))...)
}

func TestOpenSSLVerifiesEveryLinkAndRefusesAFlippedByte(t *testing.T) {
	ch := newChain(t)
	links := map[string][2]*Certificate{"sub-ca": {ch.root, ch.sub}}
	for name, c := range ch.leaf {
		links[name] = [2]*Certificate{ch.sub, c}
	}
	for name, link := range links {
		t.Run(name, func(t *testing.T) {
			issuer, c := link[0], link[1]
			if out := verifyLink(t, issuer.Raw, c.Raw, "-x509_strict"); !strings.Contains(out, ": OK") {
				t.Errorf("openssl verify says: %s", out)
			}
			bad := bytes.Clone(c.Raw)
			at := bytes.Index(bad, c.RawSPKI) + len(c.RawSPKI) + 60 // in the extensions: still DER
			bad[at] ^= 1
			if out := verifyLink(t, issuer.Raw, bad); strings.Contains(out, ": OK") {
				t.Error("openssl takes a changed certificate")
			}
			if b, err := Parse(bad); err == nil && b.CheckSignatureFrom(issuer) == nil {
				t.Error("we take a changed certificate")
			}
		})
	}
}

func TestOpenSSLVerifiesTheSelfSignedRoot(t *testing.T) {
	key := newKey(t)
	root := issue(t, template(t, "root", nil, &key.PublicKey), key)
	if out := verifyLink(t, root.Raw, root.Raw, "-x509_strict"); !strings.Contains(out, ": OK") {
		t.Errorf("openssl verify says: %s", out)
	}
}

func TestGMSMIsTheSecondJudge(t *testing.T) {
	ch := newChain(t)
	sub, err := smx509.ParseCertificate(ch.sub.Raw)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range ch.leaf {
		other, err := smx509.ParseCertificate(c.Raw)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := other.CheckSignatureFrom(sub); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if other.SerialNumber.Cmp(c.Serial) != 0 || !other.NotAfter.Equal(c.NotAfter) || !bytes.Equal(other.SubjectKeyId, c.SubjectKeyID()) ||
			!bytes.Equal(other.AuthorityKeyId, ch.sub.SubjectKeyID()) || !bytes.Equal(other.RawSubject, c.RawSubject) {
			t.Errorf("%s: gmsm reads other values", name)
		}
		if pub, ok := other.PublicKey.(*ecdsa.PublicKey); !ok || !pub.Equal(c.PublicKey) {
			t.Errorf("%s: gmsm reads another key", name)
		}
	}
}

func TestOpenSSLTakesOurRequestAndRefusesAFlippedByte(t *testing.T) {
	raw := newCSR(t)
	verify := func(der []byte) string {
		return openssl(t, "req", "-in", writePEM(t, "CERTIFICATE REQUEST", der), "-noout", "-verify",
			"-vfyopt", "distid:"+sm2enc.DefaultID)
	}
	if out := verify(raw); !strings.Contains(out, "verify OK") {
		t.Errorf("openssl req says: %s", out)
	}
	bad := bytes.Clone(raw)
	bad[bytes.Index(bad, []byte("测试"))] ^= 1
	if out := verify(bad); strings.Contains(out, "verify OK") {
		t.Error("openssl takes a changed request")
	}
}

// opensslMade has openssl make a key, a self-signed certificate and a request.
func opensslMade(t *testing.T) (certificate, request []byte) {
	t.Helper()
	dir := t.TempDir()
	key, crt, req := filepath.Join(dir, "k.pem"), filepath.Join(dir, "c.pem"), filepath.Join(dir, "r.pem")
	id, subject := "distid:"+sm2enc.DefaultID, "/C=CN/O=示例监狱/CN=测试"
	openssl(t, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2", "-out", key)
	openssl(t, "req", "-new", "-utf8", "-sm3", "-sigopt", id, "-key", key, "-subj", subject, "-out", req)
	openssl(t, "req", "-x509", "-utf8", "-sm3", "-sigopt", id, "-key", key, "-subj", subject, "-days", "30", "-out", crt)
	certificate, err := os.ReadFile(crt)
	if err != nil {
		t.Fatal(err)
	}
	request, err = os.ReadFile(req)
	if err != nil {
		t.Fatal(err)
	}
	return certificate, request
}

func TestWeReadWhatOpenSSLMakesAndRefuseAFlippedByte(t *testing.T) {
	certificate, request := opensslMade(t)
	c := parseText(t, certificate)
	if !c.SelfSigned() || c.Holder() != "测试" || len(c.Deviations) != 0 {
		t.Errorf("self-signed %v, holder %q, deviations %v", c.SelfSigned(), c.Holder(), c.Deviations)
	}
	bad := bytes.Clone(c.Raw)
	bad[bytes.Index(bad, []byte("测试"))+5] ^= 1
	if b, err := Parse(bad); err != nil || b.SelfSigned() {
		t.Errorf("a changed certificate is taken: %v", err)
	}
	r, err := ParseCSR(request)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.CheckSignature(); err != nil {
		t.Errorf("request: %v", err)
	}
	bad = bytes.Clone(r.Raw)
	bad[bytes.Index(bad, []byte("测试"))+5] ^= 1
	if b, err := ParseCSR(bad); err != nil || b.CheckSignature() == nil {
		t.Errorf("a changed request is taken: %v", err)
	}
}
