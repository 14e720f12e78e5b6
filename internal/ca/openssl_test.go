package ca_test

import (
	"bytes"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"xinzhang/internal/ca"
	"xinzhang/internal/format/cert"
)

// opensslAccepts asks OpenSSL whether c is issued by issuer. Its words are
// trusted, not its exit code.
func opensslAccepts(t *testing.T, issuer *cert.Certificate, der []byte) bool {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil {
		if os.Getenv("XINZHANG_CI") == "1" {
			t.Fatal("openssl is not installed")
		}
		t.Skip("openssl is not installed")
	}
	dir := t.TempDir()
	files := map[string][]byte{"issuer.pem": issuer.Raw, "leaf.pem": der}
	for name, der := range files {
		text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	leaf := filepath.Join(dir, "leaf.pem")
	out, _ := exec.CommandContext(t.Context(), "openssl", "verify", "-no_check_time", "-vfyopt", "distid:1234567812345678",
		"-partial_chain", "-CAfile", filepath.Join(dir, "issuer.pem"), leaf).CombinedOutput()
	return strings.TrimSpace(string(out)) == leaf+": OK"
}

func TestOpenSSLAcceptsEveryLinkAndNoFlippedByte(t *testing.T) {
	w := foundedWorld(t)
	c, _ := w.open(t)
	h := newHolder(t)
	person, err := c.Issue(t.Context(), h.request(t, "p"))
	if err != nil {
		t.Fatal(err)
	}
	unit, err := c.Issue(t.Context(), ca.Request{ID: "o", Kind: ca.Organisation, Subject: prison, CSR: h.csr(t, prison)})
	if err != nil {
		t.Fatal(err)
	}
	maker, err := c.OwnCertificate(t.Context(), ca.SealMaker)
	if err != nil {
		t.Fatal(err)
	}
	sub, root := person.Chain[0], person.Chain[1]
	for _, link := range []struct{ issuer, c *cert.Certificate }{
		{root, sub}, {sub, maker}, {sub, person.Signing}, {sub, person.Encryption}, {sub, unit.Signing}, {sub, unit.Encryption},
	} {
		if !opensslAccepts(t, link.issuer, link.c.Raw) {
			t.Errorf("OpenSSL refuses %s, issued by %s", link.c.Holder(), link.issuer.Holder())
		}
		flipped := bytes.Clone(link.c.Raw)
		flipped[len(flipped)-5] ^= 1
		if opensslAccepts(t, link.issuer, flipped) {
			t.Errorf("OpenSSL accepts %s with a flipped byte", link.c.Holder())
		}
	}
}
