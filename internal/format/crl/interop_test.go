package crl

import (
	"bytes"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emmansun/gmsm/smx509"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/sm2enc"
)

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

func write(t *testing.T, b []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// "openssl crl" cannot be told the SM2 id, so the signature is checked over the
// parts that asn1parse cuts out.
func TestOpenSSLVerifiesAListAndRefusesAFlippedByte(t *testing.T) {
	ca, key := authority(t)
	raw := makeList(t, ca, key, entries)
	text := openssl(t, "crl", "-inform", "DER", "-in", write(t, raw), "-noout", "-text")
	for _, want := range []string{"Certificate Hold", "Key Compromise", "Superseded", "B75C0D1E2F30415263748596A7000001", "Jan  1 00:00:00 2050"} {
		if !strings.Contains(text, want) {
			t.Errorf("openssl crl does not show %q:\n%s", want, text)
		}
	}
	if got := verify(t, ca, raw); !strings.Contains(got, "Verified Successfully") {
		t.Errorf("openssl says: %s", got)
	}
	bad := bytes.Clone(raw)
	bad[bytes.Index(bad, serial(1).Bytes())+15] ^= 1
	if got := verify(t, ca, bad); strings.Contains(got, "Verified Successfully") {
		t.Error("openssl takes a changed list")
	}
	l, err := Parse(bad)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.CheckSignatureFrom(ca); !errors.Is(err, fault.CRLSignature) {
		t.Errorf("we take a changed list: %v", err)
	}
}

func verify(t *testing.T, ca *cert.Certificate, raw []byte) string {
	t.Helper()
	dir := t.TempDir()
	list, tbs, sig, pub := write(t, raw), filepath.Join(dir, "tbs"), filepath.Join(dir, "sig"), filepath.Join(dir, "pub.pem")
	openssl(t, "asn1parse", "-inform", "DER", "-in", list, "-strparse", "4", "-noout", "-out", tbs)
	outline := strings.Split(strings.TrimSpace(openssl(t, "asn1parse", "-inform", "DER", "-in", list)), "\n")
	last, _, _ := strings.Cut(strings.TrimSpace(outline[len(outline)-1]), ":") // offset of the BIT STRING
	openssl(t, "asn1parse", "-inform", "DER", "-in", list, "-strparse", last, "-noout", "-out", sig)
	key := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: ca.RawSPKI})
	if err := os.WriteFile(pub, key, 0o600); err != nil {
		t.Fatal(err)
	}
	return openssl(t, "pkeyutl", "-verify", "-pubin", "-inkey", pub, "-rawin", "-digest", "sm3",
		"-pkeyopt", "distid:"+sm2enc.DefaultID, "-in", tbs, "-sigfile", sig)
}

func TestGMSMIsTheSecondJudge(t *testing.T) {
	ca, key := authority(t)
	other, err := smx509.ParseRevocationList(makeList(t, ca, key, entries))
	if err != nil {
		t.Fatal(err)
	}
	issuer, err := smx509.ParseCertificate(ca.Raw)
	if err != nil {
		t.Fatal(err)
	}
	if err := other.CheckSignatureFrom(issuer); err != nil {
		t.Error(err)
	}
	for i, e := range other.RevokedCertificateEntries {
		if e.SerialNumber.Cmp(entries[i].Serial) != 0 || e.ReasonCode != int(entries[i].Reason) || !e.RevocationTime.Equal(entries[i].RevokedAt) {
			t.Errorf("entry %d: gmsm reads %v", i, e)
		}
	}
	// and the other way round: a list that gmsm writes
	foreign, err := smx509.CreateRevocationList(rand.Reader, &smx509.RevocationList{Number: big.NewInt(9), ThisUpdate: start,
		NextUpdate: start.AddDate(0, 0, 1), RevokedCertificateEntries: other.RevokedCertificateEntries}, issuer, key)
	if err != nil {
		t.Fatal(err)
	}
	l, err := Parse(foreign)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.CheckSignatureFrom(ca); err != nil {
		t.Error(err)
	}
	if e, ok := l.Lookup(serial(2)); !ok || e.Reason != Hold {
		t.Errorf("Lookup = %v, %v", e, ok)
	}
}
