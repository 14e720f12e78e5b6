package interop

import (
	"bytes"
	"crypto/rand"
	"strings"
	"testing"

	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/sm2enc"
)

// asked puts a question to BouncyCastle about files and says when the answer is
// not the one wanted.
func asked(t *testing.T, what string, want bool, question string, files ...[]byte) (said string) {
	t.Helper()
	ok, said := AskBouncyCastle(t, question, files...)
	if want {
		accepts(t, what, ok, said)
	} else {
		refuses(t, what, ok, said)
	}
	return said
}

func TestBouncyCastleVerifiesOurCertificatesLinkByLink(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, link := range map[string][2]party{
		"root": {w.root, w.root}, "sub CA": {w.sub, w.root}, "seal maker": {w.maker, w.sub},
		"organisation": {w.organisation, w.sub}, "person": {w.person, w.sub}, "encryption": {w.encryption, w.sub},
	} {
		c, issuer := link[0].cert, link[1].cert
		asked(t, name, true, "certificate", c.Raw, issuer.Raw)
		asked(t, name+" as DER", true, "der", c.Raw)
		for place, part := range map[string][]byte{
			"serial number": c.Serial.Bytes(), "key": sm2enc.MarshalPublicKey(c.PublicKey)[40:], "signature": c.Signature[40:],
		} {
			changed := flip(t, c.Raw, part)
			asked(t, name+" with another "+place, false, "certificate", changed, issuer.Raw)
		}
	}
	asked(t, "a certificate under an issuer that did not sign it", false, "certificate", w.person.cert.Raw, w.root.cert.Raw)
	other := newParty(t, "sub-ca", cert.Subject{CommonName: "示例 CA"}, &w.root)
	asked(t, "a certificate under another CA of the same name", false, "certificate", w.person.cert.Raw, other.cert.Raw)
}

// Path validation of RFC 5280 looks at more than signatures: constraints, usages,
// critical extensions, dates and the lists of both issuers.
func TestBouncyCastleValidatesOurPaths(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const inTime, late = "path 2026-06-01T09:00:00Z", "path 2036-06-01T09:00:00Z"
	root, sub := w.root.cert.Raw, w.sub.cert.Raw
	ofRoot, ofSub := w.root.list(t), w.sub.list(t)
	for name := range cert.Profiles() {
		if name == "root" || name == "sub-ca" {
			continue
		}
		p := newParty(t, name, subjectOf(name), &w.sub)
		leaf := p.cert.Raw
		asked(t, name, true, inTime, root, sub, leaf, ofRoot, ofSub)
		said := asked(t, name+" on hold", false, inTime, root, sub, leaf, ofRoot, w.sub.list(t, p))
		if !strings.Contains(said, "certificateHold") {
			t.Errorf("%s on hold is refused for another reason: %s", name, said)
		}
		asked(t, name+" under a sub CA on hold", false, inTime, root, sub, leaf, w.root.list(t, w.sub), ofSub)
		asked(t, name+" ten years later", false, late, root, sub, leaf, ofRoot, ofSub)
		asked(t, name+" without lists", false, inTime, root, sub, leaf)
		asked(t, name+" with another list", false, inTime, root, sub, leaf, ofRoot, flip(t, ofSub, ofSub[len(ofSub)-8:]))
	}
	key := sm2enc.MarshalSPKI(&newKey(t).PublicKey)
	issued := MadeByBouncyCastle(t, "make-certificate", w.person.scalar(), w.person.cert.Raw, key)
	asked(t, "a certificate issued by a person", false, inTime, root, sub, w.person.cert.Raw, issued, ofRoot, ofSub)
}

// subjectOf is somebody who may have a certificate of that profile.
func subjectOf(profile string) cert.Subject {
	switch {
	case strings.HasPrefix(profile, "person-"):
		return person
	case strings.HasPrefix(profile, "org-"):
		return cert.Subject{Organisation: "示例监狱", CommonName: "示例监狱", CreditCode: creditCode}
	}
	return cert.Subject{CommonName: "示例系统"}
}

func TestBouncyCastleVerifiesOurRequests(t *testing.T) {
	t.Parallel()
	p := party{key: newKey(t)}
	request := p.request(t)
	asked(t, "our request", true, "request", request)
	asked(t, "our request as DER", true, "der", request)
	csr, err := cert.ParseCSR(request)
	if err != nil {
		t.Fatal(err)
	}
	for place, part := range map[string][]byte{"name": []byte("测试用户甲"), "signature": csr.Signature[40:]} {
		asked(t, "a request with another "+place, false, "request", flip(t, request, part))
	}
}

func TestBouncyCastleVerifiesOurRevocationLists(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	list := w.sub.list(t, w.person)
	said := asked(t, "our list", true, "list", list, w.sub.cert.Raw)
	if want := "number 7, " + w.person.cert.Serial.Text(16) + " CRLReason: certificateHold 2026-03-01T09:00:00Z"; said != want {
		t.Errorf("BouncyCastle reads %q, want %q", said, want)
	}
	asked(t, "our list as DER", true, "der", list)
	asked(t, "a list of another certificate", false, "list", flip(t, list, w.person.cert.Serial.Bytes()), w.sub.cert.Raw)
	asked(t, "a list with another signature", false, "list", flip(t, list, list[len(list)-8:]), w.sub.cert.Raw)
	other := newParty(t, "sub-ca", cert.Subject{CommonName: "示例 CA"}, &w.root)
	asked(t, "a list of another issuer", false, "list", list, other.cert.Raw)
}

func TestBouncyCastleVerifiesOurSignatures(t *testing.T) {
	t.Parallel()
	p := party{key: newKey(t)}
	spki, msg := sm2enc.MarshalSPKI(&p.key.PublicKey), []byte("示例案件材料")
	sig := p.sign(t, msg)
	asked(t, "our signature", true, "signature", spki, msg, sig)
	asked(t, "our signature as DER", true, "der", sig)
	asked(t, "another message", false, "signature", spki, flip(t, msg, msg[4:]), sig)
	asked(t, "another signature", false, "signature", spki, msg, flip(t, sig, sig[40:]))
	asked(t, "another key", false, "signature", sm2enc.MarshalSPKI(&newKey(t).PublicKey), msg, sig)
}

func TestBouncyCastleOpensOurCiphers(t *testing.T) {
	t.Parallel()
	p := party{key: newKey(t)}
	plain := []byte("会话密钥 16 字节 and then some more, past one block of the key stream")
	c, err := sm2enc.Encrypt(rand.Reader, &p.key.PublicKey, plain)
	if err != nil {
		t.Fatal(err)
	}
	for question, cipher := range map[string][]byte{
		"cipher":             c.Marshal(),
		"bare-cipher C1C3C2": c.Raw(sm2enc.C1C3C2),
		"bare-cipher C1C2C3": c.Raw(sm2enc.C1C2C3),
	} {
		asked(t, question, true, question, p.scalar(), cipher, plain)
		for place, part := range map[string][]byte{"hash": c.Hash[:], "text": c.Text, "point": c.Y.Bytes()[8:]} {
			asked(t, question+" with another "+place, false, question, p.scalar(), flip(t, cipher, part), plain)
		}
		asked(t, question+" for somebody else", false, question, party{key: newKey(t)}.scalar(), cipher, plain)
	}
}

func TestBouncyCastleOpensOurEnvelopedKeys(t *testing.T) {
	t.Parallel()
	signer, encryption := party{key: newKey(t)}, newKey(t)
	k, err := sm2enc.SealKey(rand.Reader, &signer.key.PublicKey, encryption)
	if err != nil {
		t.Fatal(err)
	}
	envelope := k.Marshal()
	asked(t, "our envelope", true, "enveloped-key", signer.scalar(), envelope)
	asked(t, "our envelope as DER", true, "der", envelope)
	for place, part := range map[string][]byte{
		"wrapped key": k.Wrapped.Text, "public key": sm2enc.MarshalPublicKey(k.Public)[40:], "private key": k.Encrypted[len(k.Encrypted)-4:]} {
		asked(t, "an envelope with another "+place, false, "enveloped-key", signer.scalar(), flip(t, envelope, part))
	}
}

func TestBouncyCastleOpensOurKeyFiles(t *testing.T) {
	t.Parallel()
	p := party{key: newKey(t)}
	file, err := sm2enc.MarshalEncryptedKey(rand.Reader, p.key, []byte("correct-horse"), 10_000)
	if err != nil {
		t.Fatal(err)
	}
	spki := sm2enc.MarshalSPKI(&p.key.PublicKey)
	asked(t, "our key file", true, "key-file correct-horse", file, spki)
	asked(t, "our key file as DER", true, "der", file)
	asked(t, "another passphrase", false, "key-file wrong-horse", file, spki)
	asked(t, "a key file with another end", false, "key-file correct-horse", flip(t, file, file[len(file)-8:]), spki)
	asked(t, "the key file of another key", false, "key-file correct-horse", file, sm2enc.MarshalSPKI(&newKey(t).PublicKey))
}

func TestBouncyCastleRefusesWhatIsNoDER(t *testing.T) {
	t.Parallel()
	list := newWorld(t).sub.list(t)
	long := bytes.Clone(list) // the length in one octet more than it needs
	long = append([]byte{0x30, 0x83, 0, long[2], long[3]}, long[4:]...)
	asked(t, "a length with a leading zero", false, "der", long)
}
