package interop

import (
	"bytes"
	"context"
	"crypto/rand"
	"image"
	"image/png"
	"math/big"
	"os"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"

	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/crl"
	"xinzhang/internal/format/ofd"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/sign"
	"xinzhang/internal/trust"
)

func TestMain(m *testing.M) {
	status := m.Run()
	End()
	os.Exit(status)
}

var now = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

var (
	idNumber   = "99000019900101123" + string(cert.IDCheckDigit("99000019900101123"))
	creditCode = "91990000MA0000007" + string(cert.CreditCheckDigit("91990000MA0000007"))
)

// A party holds a key and a certificate.
type party struct {
	key  *sm2.PrivateKey
	cert *cert.Certificate
}

func newKey(t testing.TB) *sm2.PrivateKey {
	t.Helper()
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// newParty makes a certificate of the named profile; a nil issuer signs itself.
func newParty(t testing.TB, profile string, subject cert.Subject, issuer *party) party {
	t.Helper()
	p, err := cert.LookupProfile(profile)
	if err != nil {
		t.Fatal(err)
	}
	me := party{key: newKey(t)}
	signer, above := me, (*cert.Certificate)(nil)
	if issuer != nil {
		signer, above = *issuer, issuer.cert
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		t.Fatal(err)
	}
	subject.Country = "CN"
	tbs, err := cert.Template{Profile: p, Subject: subject, Serial: serial.SetBit(serial, 120, 1), NotBefore: now,
		NotAfter: now.AddDate(1, 0, 0), PublicKey: &me.key.PublicKey, Issuer: above,
		CRLURLs: []string{"http://ca.example/crl"}}.TBS()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := cert.Assemble(tbs, signer.sign(t, tbs))
	if err != nil {
		t.Fatal(err)
	}
	if me.cert, err = cert.Parse(raw); err != nil {
		t.Fatal(err)
	}
	return me
}

func (p party) sign(t testing.TB, msg []byte) []byte {
	t.Helper()
	return p.signDigest(t, sm2enc.Digest(&p.key.PublicKey, msg))
}

func (p party) signDigest(t testing.TB, e [32]byte) []byte {
	t.Helper()
	sig, err := sm2enc.SignDigest(rand.Reader, p.key, e)
	if err != nil {
		t.Fatal(err)
	}
	return sig.Marshal()
}

// scalar is the private key as 32 octets.
func (p party) scalar() []byte { return p.key.D.FillBytes(make([]byte, 32)) }

// list makes the revocation list of p with the certificates of held on hold.
func (p party) list(t testing.TB, held ...party) []byte {
	t.Helper()
	template := crl.Template{Issuer: p.cert, Number: big.NewInt(7), ThisUpdate: now, NextUpdate: now.AddDate(1, 0, 0)}
	for _, h := range held {
		template.Entries = append(template.Entries, crl.Entry{Serial: h.cert.Serial, RevokedAt: now, Reason: crl.Hold})
	}
	tbs, err := crl.Build(template)
	if err != nil {
		t.Fatal(err)
	}
	list, err := crl.Assemble(tbs, p.sign(t, tbs))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// request asks for a certificate for the key of p.
func (p party) request(t testing.TB) []byte {
	t.Helper()
	info, err := cert.CSRInfo(cert.Subject{Country: "CN", CommonName: "测试用户甲"}, &p.key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	request, err := cert.AssembleCSR(info, p.sign(t, info))
	if err != nil {
		t.Fatal(err)
	}
	return request
}

// A world is an authority and those it certified; encryption is the person's
// other certificate.
type world struct{ root, sub, maker, organisation, person, encryption party }

var person = cert.Subject{Organisation: "示例监狱", CommonName: "测试用户甲", IDNumber: idNumber}

func newWorld(t testing.TB) world {
	t.Helper()
	var w world
	w.root = newParty(t, "root", cert.Subject{CommonName: "示例根 CA"}, nil)
	w.sub = newParty(t, "sub-ca", cert.Subject{CommonName: "示例 CA"}, &w.root)
	w.maker = newParty(t, "seal-maker", cert.Subject{CommonName: "示例制章单位"}, &w.sub)
	w.organisation = newParty(t, "org-sign", cert.Subject{Organisation: "示例监狱", CommonName: "示例监狱", CreditCode: creditCode}, &w.sub)
	w.person = newParty(t, "person-sign", person, &w.sub)
	w.encryption = newParty(t, "person-enc", person, &w.sub)
	return w
}

// seal makes a seal of the given version for the organisation.
func (w world) seal(t testing.TB, version int) []byte {
	t.Helper()
	return w.sealOf(t, version, ses.Info{Type: ses.TypeUnit, Name: "示例监狱",
		CertListType: ses.CertListCerts, Certs: [][]byte{w.organisation.cert.Raw}, Ext: []ses.Ext{ses.OfficialSeal.Ext()}})
}

// handwriting makes the seal of the person's hand-written signature. It names
// the certificate by its digest.
func (w world) handwriting(t testing.TB) []byte {
	t.Helper()
	digest := sm3.Sum(w.person.cert.Raw)
	return w.sealOf(t, ses.V4, ses.Info{Type: ses.TypePerson, Name: "测试用户甲",
		CertListType: ses.CertListDigests, Digests: []ses.CertDigest{{Type: "SM3", Value: digest[:]}}, Ext: []ses.Ext{ses.Handwritten.Ext()}})
}

func (w world) sealOf(t testing.TB, version int, info ses.Info) []byte {
	t.Helper()
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewNRGBA(image.Rect(0, 0, 42, 42))); err != nil {
		t.Fatal(err)
	}
	info.Vid, info.ID = ses.Vendor, "99000000000001"
	info.CreateDate, info.ValidStart, info.ValidEnd = now, now, now.AddDate(5, 0, 0)
	info.Picture = ses.Picture{Type: "PNG", Data: picture.Bytes(), WidthMM: 42, HeightMM: 42}
	raw, err := info.Marshal(version)
	if err != nil {
		t.Fatal(err)
	}
	tbs, err := ses.TBSSeal(raw, w.maker.cert.Raw)
	if err != nil {
		t.Fatal(err)
	}
	seal, err := ses.AssembleSeal(raw, w.maker.cert.Raw, w.maker.sign(t, tbs))
	if err != nil {
		t.Fatal(err)
	}
	return seal
}

// document writes a document of two pages.
func document(t testing.TB) []byte {
	t.Helper()
	b := ofd.NewBuilder([16]byte{1}, "案件材料", now)
	for range 2 {
		b.Page(210, 297).Text("宋体", 5, 30, 40, "示例案件材料")
	}
	var out bytes.Buffer
	if err := b.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// put puts the seal on the document with the certificate of p.
func (p party) put(t testing.TB, seal, document []byte, places ...sign.Place) []byte {
	t.Helper()
	pkg, err := ofd.Open(bytes.NewReader(document), int64(len(document)), ofd.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	s, err := ses.ParseSeal(seal)
	if err != nil {
		t.Fatal(err)
	}
	prepared, err := sign.Prepare(context.Background(), pkg, sign.Request{Seal: s, Certificate: p.cert,
		Places: places, Time: now, Trust: new(trust.Set)})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := prepared.Complete(&out, p.signDigest(t, prepared.Digest)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// sealed returns a document of two pages with the organisation's seal.
func (w world) sealed(t testing.TB, seal []byte) []byte {
	t.Helper()
	return w.organisation.put(t, seal, document(t), sign.Place{Page: 2, X: 150, Y: 200})
}

// flip returns b with one bit of the first octet of what changed.
func flip(t testing.TB, b, what []byte) []byte {
	t.Helper()
	at := bytes.Index(b, what)
	if at < 0 || len(what) == 0 {
		t.Fatalf("%x is not in the file", what)
	}
	out := bytes.Clone(b)
	out[at] ^= 1
	return out
}

// accepts and refuses say what the judge answered when it should have said
// something else.
func accepts(t testing.TB, what string, ok bool, said string) {
	t.Helper()
	if !ok {
		t.Errorf("%s is refused: %s", what, said)
	}
}

func refuses(t testing.TB, what string, ok bool, said string) {
	t.Helper()
	if ok {
		t.Errorf("%s is accepted: %s", what, said)
	}
}
