package interop

import (
	"crypto/rand"
	"testing"

	"github.com/emmansun/gmsm/sm3"

	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/cms"
	"xinzhang/internal/format/oid"
)

var content = []byte("示例案件材料，一页")

// message is a message of p as template says.
func (p party) message(t *testing.T, template cms.Template) []byte {
	t.Helper()
	template.Signer = p.cert
	m, err := template.Message()
	if err != nil {
		t.Fatal(err)
	}
	message, err := template.Assemble(p.sign(t, m))
	if err != nil {
		t.Fatal(err)
	}
	return message
}

func TestBouncyCastleVerifiesOurMessages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p, digest := w.person, sm3.Sum(content)
	for name, template := range map[string]cms.Template{
		"with attributes": {Content: content, SigningTime: now},
		"with its path":   {Content: content, SigningTime: now, Path: []*cert.Certificate{w.sub.cert}},
		"of a time stamp": {Content: content, SigningTime: now, Type: oid.TSTInfo},
		"bare":            {Content: content, Bare: true},
		"bare, a digest":  {Content: digest[:], Bare: true}, // as OFD has it
	} {
		message := p.message(t, template)
		signature := signatureOf(t, message)
		asked(t, name, true, "signed", message)
		asked(t, name+" with its content beside it", true, "signed", message, template.Content)
		asked(t, name+" as DER", true, "der", message)
		asked(t, name+" with other content beside it", false, "signed", message, flip(t, template.Content, template.Content[3:]))
		asked(t, name+" with other content", false, "signed", flip(t, message, template.Content[3:]))
		asked(t, name+" with another signature", false, "signed", flip(t, message, signature[40:]))
	}
}

func TestBouncyCastleVerifiesOurDetachedMessages(t *testing.T) {
	t.Parallel()
	p := newWorld(t).person
	for name, template := range map[string]cms.Template{
		"with attributes": {Content: content, SigningTime: now, Detached: true},
		"bare":            {Content: content, Bare: true, Detached: true},
	} {
		message := p.message(t, template)
		asked(t, name, true, "signed", message, content)
		asked(t, name+" without content", false, "signed", message)
		asked(t, name+" with other content", false, "signed", message, flip(t, content, content[3:]))
		asked(t, name+" with another signature", false, "signed", flip(t, message, signatureOf(t, message)[40:]), content)
	}
}

// Another certificate for the same key, with other rights, must not take the
// place of the signer's: the attribute signingCertificateV2 says which was meant.
func TestBouncyCastleReadsWhichCertificateSigned(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	message := w.person.message(t, cms.Template{Content: content, SigningTime: now})
	asked(t, "the signer's certificate", true, "signed", message)
	c := w.person.cert
	changed := flip(t, message, c.Signature[40:]) // not the signature of the message
	said := asked(t, "another certificate", false, "signed", changed)
	if want := "signingCertificateV2 is of another certificate"; said != "refused: "+want {
		t.Errorf("refused for another reason: %s", said)
	}
}

func TestBouncyCastleOpensOurEnvelopes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p, other := w.encryption, newParty(t, "person-enc", person, &w.sub)
	message, err := cms.Envelop(rand.Reader, content, []*cert.Certificate{other.cert, p.cert})
	if err != nil {
		t.Fatal(err)
	}
	e, err := cms.ParseEnveloped(message)
	if err != nil {
		t.Fatal(err)
	}
	for name, holder := range map[string]party{"one recipient": p, "the other recipient": other} {
		asked(t, name, true, "enveloped", holder.scalar(), holder.cert.Raw, message, content)
	}
	asked(t, "our envelope as DER", true, "der", message)
	asked(t, "an envelope for others", false, "enveloped", w.person.scalar(), w.person.cert.Raw, message, content)
	asked(t, "an envelope with another's key", false, "enveloped", other.scalar(), p.cert.Raw, message, content)
	for _, r := range e.Recipients {
		if r.Identifies(p.cert) {
			asked(t, "an envelope with another key", false, "enveloped", p.scalar(), p.cert.Raw, flip(t, message, r.EncryptedKey[100:]), content)
		}
	}
	asked(t, "an envelope with another IV", false, "enveloped", p.scalar(), p.cert.Raw, flip(t, message, e.IV), content)
	asked(t, "an envelope with other content", false, "enveloped", p.scalar(), p.cert.Raw, flip(t, message, e.Encrypted), content)
}

// signatureOf returns the signature value of the one signer.
func signatureOf(t *testing.T, message []byte) []byte {
	t.Helper()
	sd, err := cms.Parse(message)
	if err != nil {
		t.Fatal(err)
	}
	return sd.Signers[0].Signature
}
