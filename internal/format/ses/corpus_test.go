package ses

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/emmansun/gmsm/sm3"

	"xinzhang/internal/format/der"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/test/corpus"
	"xinzhang/test/interop"
)

var corpusSeals = map[string]int{"UserV1.esl": V1, "UserV4.esl": V4, "UserV5.esl": V5}

func TestSealsOfTheCorpusAreReadVerifiedAndWrittenBack(t *testing.T) {
	for name, version := range corpusSeals {
		b := corpus.File(t, name)
		s, err := ParseSeal(b)
		if err != nil {
			t.Fatal(err)
		}
		if s.Version != version || len(s.Deviations) > 0 || s.Info.Picture.WidthMM != 40 || len(s.Info.Certs) != 1 {
			t.Errorf("%s: version %d, deviations %q, %d certificates", name, s.Version, s.Deviations, len(s.Info.Certs))
		}
		holds(t, name, s.MakerCert, s.SignedBytes(), s.Value)
		if sm2enc.Verify(publicKey(t, s.MakerCert), s.AlternativeSignedBytes(), s.Value) {
			t.Errorf("%s: the signature holds over what other generations sign too", name)
		}
		again := must(AssembleSeal(must(s.Info.Marshal(version)), s.MakerCert, s.Value))
		if !bytes.Equal(again, b) {
			t.Errorf("%s: written back as other bytes", name)
		}
	}
}

func TestSignaturesOfTheCorpusAreReadVerifiedAndWrittenBack(t *testing.T) {
	for _, ofd := range []string{"SESV4SignDoc.ofd", "V4RideRight.ofd", "allprotected.ofd"} {
		const folder = "Doc_0/Signs/Sign_0/"
		b := corpus.Entry(t, ofd, folder+"SignedValue.dat")
		s, err := ParseSignature(b)
		if err != nil {
			t.Fatal(err)
		}
		digest := sm3.Sum(corpus.Entry(t, ofd, folder+"Signature.xml"))
		if s.Version != V4 || len(s.Deviations) > 0 || len(s.Seal.Deviations) > 0 ||
			s.PropertyInfo != "/"+folder+"Signature.xml" || !bytes.Equal(s.DataHash, digest[:]) {
			t.Errorf("%s: read as %+v", ofd, s)
		}
		if !bytes.Equal(s.Seal.Raw, corpus.Entry(t, ofd, folder+"Seal.esl")) {
			t.Errorf("%s: the seal inside differs from Seal.esl", ofd)
		}
		if !s.Seal.Allows(s.SignerCert) {
			t.Errorf("%s: the signer is not in the list of the seal", ofd)
		}
		holds(t, ofd, s.SignerCert, s.SignedBytes(), s.Value)
		holds(t, ofd+" seal", s.Seal.MakerCert, s.Seal.SignedBytes(), s.Seal.Value)
		if !bytes.Equal(rewritten(t, s), b) {
			t.Errorf("%s: written back as other bytes", ofd)
		}
	}
}

// holds asks sm2enc and OpenSSL whether value is the signature over msg by the
// key of the certificate; both must refuse it after one bit of msg is flipped.
func holds(t *testing.T, name string, certificate, msg, value []byte) {
	t.Helper()
	flipped := slices.Clone(msg)
	flipped[len(flipped)/2] ^= 1
	pub := publicKey(t, certificate)
	if !sm2enc.Verify(pub, msg, value) || sm2enc.Verify(pub, flipped, value) {
		t.Errorf("%s: the signature does not hold, or holds over other bytes", name)
	}
	key := interop.PublicKeyPEM(sm2enc.MarshalSPKI(pub))
	if ok, said := interop.Signature(t, key, msg, value); !ok {
		t.Errorf("%s: openssl: %s", name, said)
	}
	if ok, _ := interop.Signature(t, key, flipped, value); ok {
		t.Errorf("%s: openssl takes it after a flipped bit", name)
	}
}

func openssl(t *testing.T, args ...string) ([]byte, error) {
	t.Helper()
	path, err := exec.LookPath("openssl")
	if err != nil {
		interop.Absent(t, err.Error())
	}
	return exec.Command(path, args...).CombinedOutput()
}

// The places that OpenSSL cuts out of the file are the bytes that we call signed.
func TestOpenSSLCutsOutTheSameSignedBytes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "signature.der")
	if err := os.WriteFile(path, golden(t, "signature-v4.der"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := must(ParseSignature(golden(t, "signature-v4.der")))
	cut := func(what string, want []byte) {
		at := bytes.Index(s.Raw, want)
		out := path + "." + what
		if msg, err := openssl(t, "asn1parse", "-inform", "DER", "-in", path, "-strparse", strconv.Itoa(at),
			"-out", out, "-noout"); err != nil {
			t.Fatalf("%v: %s", err, msg)
		}
		// -strparse gives the content of a string, and the whole of a SEQUENCE.
		if got := must(os.ReadFile(out)); !bytes.Equal(got, want) {
			t.Errorf("%s: openssl cuts out %d bytes, we %d", what, len(got), len(want))
		}
	}
	cut("toSign", s.SignedBytes())
	cut("sealInfo", s.Seal.SignedBytes())
	if v := must(der.ParseOnly(s.Raw)); !bytes.Contains(v.Content, s.Value) {
		t.Error("the signature value is not a part of the file")
	}
}
