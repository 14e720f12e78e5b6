package interop

import (
	"strings"
	"testing"

	"github.com/emmansun/gmsm/sm3"

	"xinzhang/internal/format/ses"
	"xinzhang/internal/sign"
)

const signaturePath = "/Doc_0/Signs/Sign_0/Signature.xml"

// signature is the seal signature of p over what is sealed.
func (p party) signature(t *testing.T, seal, sealed []byte) []byte {
	t.Helper()
	s, err := ses.ParseSeal(seal)
	if err != nil {
		t.Fatal(err)
	}
	var tbs []byte
	if s.Version == ses.V1 {
		tbs, err = ses.TBSSignV1(seal, now, sm3.Sum(sealed), signaturePath, p.cert.Raw)
	} else {
		tbs, err = ses.TBSSign(seal, now, sm3.Sum(sealed), signaturePath)
	}
	if err != nil {
		t.Fatal(err)
	}
	signature, err := ses.AssembleSignature(tbs, p.cert.Raw, p.sign(t, tbs))
	if err != nil {
		t.Fatal(err)
	}
	return signature
}

func TestBouncyCastleVerifiesOurSeals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	stamped, err := ses.StampSeal(w.seal(t, ses.V5), []byte{0x30, 0})
	if err != nil {
		t.Fatal(err)
	}
	for said, seal := range map[string][]byte{
		"version 1 示例监狱": w.seal(t, ses.V1), "version 4 示例监狱": w.seal(t, ses.V4), "version 5 示例监狱": w.seal(t, ses.V5),
		"version 4 测试用户甲": w.handwriting(t), "version 5 示例监狱 ": stamped,
	} {
		if got := asked(t, "our seal of "+said, true, "seal", seal); got != strings.TrimSpace(said) {
			t.Errorf("BouncyCastle reads %q, want %q", got, said)
		}
		asked(t, "our seal as DER", true, "der", seal)
		s, err := ses.ParseSeal(seal)
		if err != nil {
			t.Fatal(err)
		}
		for place, part := range map[string][]byte{
			"name": []byte(s.Info.Name), "picture": s.Info.Picture.Data, "certificate of the maker": s.MakerCert[200:], "signature": s.Value[40:]} {
			asked(t, said+" with another "+place, false, "seal", flip(t, seal, part))
		}
	}
}

func TestBouncyCastleVerifiesOurSealSignatures(t *testing.T) {
	t.Parallel()
	w, sealed := newWorld(t), []byte("<Signature/>")
	stamped, err := ses.StampSignature(w.organisation.signature(t, w.seal(t, ses.V5), sealed), []byte{0x30, 0})
	if err != nil {
		t.Fatal(err)
	}
	for name, signature := range map[string][]byte{
		"version 1":                             w.organisation.signature(t, w.seal(t, ses.V1), sealed),
		"version 4":                             w.organisation.signature(t, w.seal(t, ses.V4), sealed),
		"version 5":                             w.organisation.signature(t, w.seal(t, ses.V5), sealed),
		"version 4, digests in place of a list": w.person.signature(t, w.handwriting(t), sealed),
		"version 5, time stamp slot filled":     stamped,
	} {
		asked(t, name, true, "seal-signature", signature, sealed)
		asked(t, name+" as DER", true, "der", signature)
		s, err := ses.ParseSignature(signature)
		if err != nil {
			t.Fatal(err)
		}
		for place, part := range map[string][]byte{
			"time": []byte(s.TimeText)[:8], "dataHash": s.DataHash, "path": []byte(signaturePath), "signature": s.Value[40:],
			"seal": s.Seal.Info.Picture.Data, "signature of the maker": s.Seal.Value[40:]} {
			asked(t, name+" with another "+place, false, "seal-signature", flip(t, signature, part), sealed)
		}
		asked(t, name+" over something else", false, "seal-signature", signature, []byte("<signature/>"))
	}
}

func TestOpenSSLVerifiesOurSealSignatures(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, version := range []int{ses.V1, ses.V4, ses.V5} {
		signature := w.organisation.signature(t, w.seal(t, version), []byte("<Signature/>"))
		ok, _, said := SealSignature(t, signature)
		accepts(t, "our signature", ok, said)
		s, err := ses.ParseSignature(signature)
		if err != nil {
			t.Fatal(err)
		}
		for place, part := range map[string][]byte{"dataHash": s.DataHash, "signature": s.Value[40:], "signature of the maker": s.Seal.Value[40:]} {
			ok, _, said := SealSignature(t, flip(t, signature, part))
			refuses(t, "a signature with another "+place, ok, said)
		}
	}
}

func TestBouncyCastleRefusesSignersWhomTheSealDoesNotList(t *testing.T) {
	t.Parallel()
	w, sealed := newWorld(t), []byte("<Signature/>")
	for _, seal := range [][]byte{w.seal(t, ses.V1), w.seal(t, ses.V4), w.handwriting(t)} {
		said := asked(t, "a signer who is not listed", false, "seal-signature", w.maker.signature(t, seal, sealed), sealed)
		if said != "refused: the seal does not list the signer" {
			t.Errorf("refused for another reason: %s", said)
		}
	}
}

func TestBouncyCastleVerifiesOurSealedDocuments(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v4 := w.sealed(t, w.seal(t, ses.V4))
	crossPage := w.organisation.put(t, w.seal(t, ses.V4), document(t), sign.Place{Edge: sign.Right}, sign.Place{Page: 1, X: 150, Y: 200})
	twice := w.organisation.put(t, w.seal(t, ses.V5), w.person.put(t, w.handwriting(t), document(t), sign.Place{Page: 1, X: 60, Y: 200}),
		sign.Place{Page: 2, X: 150, Y: 200})
	for name, d := range map[string][]byte{
		"version 4": v4, "version 5": w.sealed(t, w.seal(t, ses.V5)), "across pages": crossPage, "a signature and a seal": twice,
	} {
		asked(t, name, true, "ofd-in-time", d)
		refusesEveryFlippedEntry(t, d, judgedByBouncyCastle)
		asked(t, name+" with one file more", false, "ofd", withEntry(t, d, "Doc_0/more.xml"))
	}
	asked(t, "an unsigned document", false, "ofd", document(t))
	for _, f := range entries(t, v4) {
		asked(t, "a document without "+f.Name, false, "ofd", rezip(t, v4, func(name string, b []byte) []byte {
			if name == f.Name {
				return nil
			}
			return b
		}))
	}
	said := asked(t, "two files of one name", false, "ofd", withEntry(t, v4, "OFD.xml"))
	if said != "refused: two files OFD.xml" {
		t.Errorf("refused for another reason: %s", said)
	}
}
