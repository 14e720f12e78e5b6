package ca_test

import (
	"bytes"
	"testing"

	"xinzhang/internal/ca"
	"xinzhang/internal/format/cert"
	"xinzhang/test/interop"
)

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
		if ok, said := interop.CertificateLink(t, link.c.Raw, link.issuer.Raw); !ok {
			t.Errorf("OpenSSL refuses %s, issued by %s: %s", link.c.Holder(), link.issuer.Holder(), said)
		}
		flipped := bytes.Clone(link.c.Raw)
		flipped[len(flipped)-5] ^= 1
		if ok, _ := interop.CertificateLink(t, flipped, link.issuer.Raw); ok {
			t.Errorf("OpenSSL accepts %s with a flipped byte", link.c.Holder())
		}
	}
}
