package inspect_test

import (
	"crypto/rand"
	"encoding/json"
	"encoding/pem"
	"io"
	"strings"
	"testing"

	"xinzhang/internal/fault"
	"xinzhang/internal/fixture"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/cms"
	"xinzhang/internal/format/crl"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/inspect"
)

// FuzzBytes asks that whatever can be recognised can be explained: as JSON, and
// as text in both languages of bounded length without a control character.
func FuzzBytes(f *testing.F) {
	a := fixture.New(f, issued)
	person, unit := a.Person(nil), a.Organisation(nil)
	list := a.CRL(issued, crl.Entry{Serial: person.Cert.Serial, RevokedAt: issued, Reason: crl.Hold})
	key := &unit.Key.PublicKey
	signed := cms.Template{Content: []byte("示例"), Signer: unit.Cert, SigningTime: issued}
	sealed := must(ses.TBSSign(a.Seal(ses.OfficialSeal, nil, unit).Raw, issued, [32]byte{}, "/Doc_0/Signature.xml"))
	info := must(cert.CSRInfo(cert.Subject{Country: "CN", CommonName: "示例"}, key))
	sign := func(message []byte) []byte { return must(unit.SignDigest(f.Context(), sm2enc.Digest(key, message))) }
	for _, b := range [][]byte{
		must(signed.Assemble(sign(must(signed.Message())))), must(ses.AssembleSignature(sealed, unit.Cert.Raw, sign(sealed))),
		must(cert.AssembleCSR(info, sign(info))), must(sm2enc.MarshalEncryptedKey(rand.Reader, unit.Key, []byte("x"), 1)),
		must(sm2enc.SealKey(rand.Reader, key, person.Key)).Marshal(), sm2enc.MarshalSPKI(key), sign(info),
		person.Cert.Raw, unit.Cert.Raw, a.Root.Cert.Raw, list.Raw, a.Seal(ses.OfficialSeal, nil, unit).Raw, fixture.Document(f, 2),
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: unit.Cert.Raw}), []byte(bareKey),
	} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := inspect.Bytes(b, look)
		if err != nil {
			if fault.Of(err).Code == fault.InternalError {
				t.Errorf("an error without words: %v", err)
			}
			return
		}
		if err := json.NewEncoder(io.Discard).Encode(r); err != nil {
			t.Error(err)
		}
		s := text(t, r)
		if limit := 1<<20 + 64*len(b); len(s) > limit {
			t.Errorf("%d bytes are explained in %d", len(b), len(s))
		}
		if strings.ContainsFunc(s, func(c rune) bool { return c < 0x20 && c != '\n' }) {
			t.Errorf("a control character in %q", s)
		}
	})
}
