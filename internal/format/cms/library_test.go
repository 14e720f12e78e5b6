package cms

import (
	"bytes"
	"testing"

	"github.com/emmansun/gmsm/pkcs"
	"github.com/emmansun/gmsm/pkcs7" //nolint:depguard // judged against here, not used
	"github.com/emmansun/gmsm/smx509"

	"xinzhang/internal/format/cert"
)

// gmsm's pkcs7 is the other implementation of GB/T 35275 at hand: it reads what
// we write, and we read what it writes.

func libraryCert(t *testing.T, c *cert.Certificate) *smx509.Certificate {
	t.Helper()
	parsed, err := smx509.ParseCertificate(c.Raw)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func TestTheLibraryVerifiesOurMessages(t *testing.T) {
	key, c := signer(t)
	for name, tmpl := range map[string]Template{
		"with attributes": {Content: testContent, Signer: c, SigningTime: c.NotBefore},
		"bare":            {Content: testContent, Signer: c, Bare: true},
	} {
		b := assemble(t, key, tmpl)
		p, err := pkcs7.Parse(b)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := p.Verify(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		b[bytes.Index(b, testContent)] ^= 1
		if p, err := pkcs7.Parse(b); err == nil && p.Verify() == nil {
			t.Errorf("%s: the library takes a flipped octet", name)
		}
	}
}

func TestWeVerifyMessagesOfTheLibrary(t *testing.T) {
	key, c := signer(t)
	for name, add := range map[string]func(*pkcs7.SignedData) error{
		"with attributes": func(sd *pkcs7.SignedData) error {
			return sd.AddSigner(libraryCert(t, c), key, pkcs7.SignerInfoConfig{})
		},
		"bare": func(sd *pkcs7.SignedData) error {
			return sd.SignWithoutAttr(libraryCert(t, c), key, pkcs7.SignerInfoConfig{})
		},
	} {
		theirs, err := pkcs7.NewSMSignedData(testContent)
		if err != nil {
			t.Fatal(err)
		}
		if err := add(theirs); err != nil {
			t.Fatal(err)
		}
		b, err := theirs.Finish()
		if err != nil {
			t.Fatal(err)
		}
		if deviations, err := parse(t, b).Verify(0, testContent, c); err != nil || len(deviations) > 0 {
			t.Errorf("%s: %v, deviations %q", name, err, deviations)
		}
		b[bytes.Index(b, testContent)] ^= 1
		if _, err := parse(t, b).Verify(0, nil, c); err == nil {
			t.Errorf("%s: we take a flipped octet", name)
		}
	}
}

func TestEnvelopesGoBothWaysWithTheLibrary(t *testing.T) {
	key, c := recipient(t)
	theirCert := libraryCert(t, c)
	ours, err := pkcs7.Parse(envelope(t, testContent, c))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ours.Decrypt(theirCert, key); err != nil || !bytes.Equal(got, testContent) {
		t.Errorf("the library opens ours: %v", err)
	}
	for name, envelop := range map[string]func(pkcs.Cipher, []byte, []*smx509.Certificate) ([]byte, error){
		"of GB/T 35275":                 pkcs7.EncryptSM,
		"as CFCA below 3.2 writes them": pkcs7.EncryptCFCA,
	} {
		for _, cipher := range []pkcs.Cipher{pkcs.SM4CBC, pkcs.SM4} {
			theirs, err := envelop(cipher, testContent, []*smx509.Certificate{theirCert})
			if err != nil {
				t.Fatal(err)
			}
			if got, err := parseEnveloped(t, theirs).Open(c, opener(key)); err != nil || !bytes.Equal(got, testContent) {
				t.Errorf("%s, cipher %v: %v", name, cipher.OID(), err)
			}
		}
	}
}
