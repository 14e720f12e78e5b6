package interop

import (
	"strings"
	"testing"

	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/sm2enc"
)

func TestOpenSSLVerifiesOurCertificatesLinkByLink(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, link := range map[string][2]party{
		"root": {w.root, w.root}, "sub CA": {w.sub, w.root}, "seal maker": {w.maker, w.sub},
		"organisation": {w.organisation, w.sub}, "person": {w.person, w.sub},
	} {
		c, issuer := link[0].cert, link[1].cert
		if name != "root" { // a trusted root is not verified: its own link says nothing
			ok, said := CertificateLink(t, c.Raw, issuer.Raw)
			accepts(t, name, ok, said)
		}
		ok, said := Signed(t, c.Raw, issuer.Raw)
		accepts(t, name, ok, said)
		for place, part := range map[string][]byte{
			"serial number": c.Serial.Bytes(), "name of the holder": []byte(c.Holder()), "key": sm2enc.MarshalPublicKey(c.PublicKey)[40:],
			"signature": c.Signature[40:],
		} {
			changed := flip(t, c.Raw, part)
			if name == "root" {
				ok, said = Signed(t, changed, issuer.Raw)
			} else {
				ok, said = CertificateLink(t, changed, issuer.Raw)
			}
			refuses(t, name+" with another "+place, ok, said)
		}
	}
	ok, said := CertificateLink(t, w.person.cert.Raw, w.root.cert.Raw)
	refuses(t, "a certificate under an issuer that did not sign it", ok, said)
	other := newParty(t, "sub-ca", cert.Subject{CommonName: "示例 CA"}, &w.root)
	ok, said = CertificateLink(t, w.person.cert.Raw, other.cert.Raw)
	refuses(t, "a certificate under another CA of the same name", ok, said)
}

func TestOpenSSLVerifiesOurRequests(t *testing.T) {
	t.Parallel()
	p := party{key: newKey(t)}
	request := p.request(t)
	ok, said := Request(t, request)
	accepts(t, "our request", ok, said)
	csr, err := cert.ParseCSR(request)
	if err != nil {
		t.Fatal(err)
	}
	for place, part := range map[string][]byte{"name": []byte("测试用户甲"), "signature": csr.Signature[40:]} {
		ok, said := Request(t, flip(t, request, part))
		refuses(t, "a request with another "+place, ok, said)
	}
}

func TestOpenSSLVerifiesOurRevocationLists(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	list := w.sub.list(t, w.person)
	ok, said := CRL(t, list, w.sub.cert.Raw)
	accepts(t, "our list", ok, said)
	if !strings.Contains(said, strings.ToUpper(w.person.cert.SerialHex())) || !strings.Contains(said, "Certificate Hold") {
		t.Errorf("openssl does not read the entry: %s", said)
	}
	ok, said = CRL(t, flip(t, list, w.person.cert.Serial.Bytes()), w.sub.cert.Raw)
	refuses(t, "a list of another certificate", ok, said)
	ok, said = CRL(t, list, w.root.cert.Raw)
	refuses(t, "a list of another issuer", ok, said)
}

func TestOpenSSLAndJavaScriptVerifyOurSignatures(t *testing.T) {
	t.Parallel()
	p := party{key: newKey(t)}
	key, point := PublicKeyPEM(sm2enc.MarshalSPKI(&p.key.PublicKey)), sm2enc.MarshalPublicKey(&p.key.PublicKey)
	msg := []byte("示例案件材料")
	sig := p.sign(t, msg)
	for name, judge := range map[string]func(msg, sig []byte) (bool, string){
		"openssl":   func(msg, sig []byte) (bool, string) { return Signature(t, key, msg, sig) },
		"sm-crypto": func(msg, sig []byte) (bool, string) { return VerifyInJavaScript(t, point, msg, sig) },
	} {
		t.Run(name, func(t *testing.T) {
			ok, said := judge(msg, sig)
			accepts(t, "our signature", ok, said)
			ok, said = judge(flip(t, msg, msg[4:]), sig)
			refuses(t, "another message", ok, said)
			ok, said = judge(msg, flip(t, sig, sig[40:]))
			refuses(t, "another signature", ok, said)
		})
	}
}
