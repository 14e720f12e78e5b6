package ses

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rand"
	"encoding/asn1"
	"flag"
	"image"
	"image/color"
	"image/png"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
	"github.com/google/go-cmp/cmp"

	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/format/sm2enc"
)

var update = flag.Bool("update", false, "write the golden files anew, with new keys")

var day = time.Date(2026, 3, 1, 2, 30, 0, 0, time.UTC)

const signatureXML = "/Doc_0/Signs/Sign_0/Signature.xml"

var dataHash = sm3.Sum([]byte("<Signature/>"))

// A party holds a key and a certificate that speaks of it.
type party struct {
	key  *sm2.PrivateKey
	cert []byte
}

func newParty(t testing.TB, holder string) party {
	t.Helper()
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	alg := sequenceOf(oid.SM2WithSM3.Marshal())
	name := sequenceOf(tlv(der.Set, sequenceOf(oid.CommonName.Marshal(), text(der.UTF8String, holder))))
	tbs := sequenceOf(tlv(extTag, integer(2)), tlv(der.Integer, []byte{0x40, 1, 2, 3, 4, 5, 6, 7}), alg, name,
		sequenceOf(utcTime(day), utcTime(day.AddDate(1, 0, 0))), name, sm2enc.MarshalSPKI(&key.PublicKey))
	p := party{key: key}
	p.cert = sequenceOf(tbs, alg, bitString(p.sign(t, tbs)))
	return p
}

func (p party) sign(t testing.TB, msg []byte) []byte {
	t.Helper()
	sig, err := p.key.SignWithSM2(rand.Reader, nil, msg)
	if err != nil {
		t.Fatal(err)
	}
	return sig
}

// publicKey returns the key of a DER certificate.
func publicKey(t testing.TB, certificate []byte) *ecdsa.PublicKey {
	t.Helper()
	c, err := cert.Parse(certificate)
	if err != nil {
		t.Fatal(err)
	}
	return c.PublicKey
}

// infoFor describes a seal that signer may use.
func infoFor(signer party) Info {
	return Info{
		Vid: Vendor, ID: "99000000000001", Type: TypeUnit, Name: "示例监狱",
		CertListType: CertListCerts, Certs: [][]byte{signer.cert},
		CreateDate: day, ValidStart: day, ValidEnd: day.AddDate(5, 0, 0),
		Picture: Picture{Type: "PNG", Data: ring(), WidthMM: 42, HeightMM: 42},
		Ext:     []Ext{OfficialSeal.Ext()},
	}
}

func ring() []byte {
	img := image.NewNRGBA(image.Rect(0, 0, 21, 21))
	for y := range 21 {
		for x := range 21 {
			if d := (x-10)*(x-10) + (y-10)*(y-10); d > 80 && d < 110 {
				img.Set(x, y, color.NRGBA{R: 255, A: 255})
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func makeSeal(t testing.TB, info Info, version int, maker party) []byte {
	t.Helper()
	raw := must(info.Marshal(version))
	return must(AssembleSeal(raw, maker.cert, maker.sign(t, must(TBSSeal(raw, maker.cert)))))
}

func makeSignature(t testing.TB, seal []byte, version int, signer party) []byte {
	t.Helper()
	if version == V1 {
		tbs := must(TBSSignV1(seal, day, dataHash, signatureXML, signer.cert))
		return must(AssembleSignature(tbs, signer.cert, signer.sign(t, tbs)))
	}
	tbs := must(TBSSign(seal, day, dataHash, signatureXML))
	return must(AssembleSignature(tbs, signer.cert, signer.sign(t, tbs)))
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// token is the outline of a time-stamp token with genTime at.
func token(at time.Time) []byte {
	tst := sequenceOf(integer(1), oid.PolicyTimeStamp.Marshal(),
		sequenceOf(sequenceOf(oid.SM3.Marshal()), octetString(dataHash[:])), integer(1), generalizedTime(at))
	signed := sequenceOf(integer(3), tlv(der.Set, sequenceOf(oid.SM3.Marshal())),
		sequenceOf(oid.TSTInfo.Marshal(), tlv(extTag, octetString(tst))), tlv(der.Set))
	return sequenceOf(oid.PKCS7SignedData.Marshal(), tlv(extTag, signed))
}

// TestMain writes the golden files before the tests when -update is given.
func TestMain(m *testing.M) {
	flag.Parse()
	if *update {
		writeGolden()
	}
	os.Exit(m.Run())
}

func writeGolden() {
	t := new(testing.T)
	maker, signer := newParty(t, "示例制章单位"), newParty(t, "示例监狱")
	for _, v := range []struct {
		version int
		suffix  string
	}{{V1, "v1"}, {V4, "v4"}, {V5, "v5"}} {
		info := infoFor(signer)
		if v.version == V5 {
			digest := sm3.Sum(signer.cert)
			info.Certs, info.CertListType = nil, CertListDigests
			info.Digests = []CertDigest{{"SM3", digest[:]}}
			info.Ext = nil
		}
		seal := makeSeal(t, info, v.version, maker)
		if v.version == V5 {
			seal = must(StampSeal(seal, token(day)))
		}
		sig := makeSignature(t, seal, v.version, signer)
		if v.version == V5 {
			sig = must(StampSignature(sig, token(day.Add(time.Minute))))
		}
		for name, b := range map[string][]byte{"seal-": seal, "signature-": sig} {
			if err := os.WriteFile("testdata/"+name+v.suffix+".der", b, 0o644); err != nil {
				panic(err)
			}
		}
	}
}

func golden(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var generations = map[int]string{V1: "v1", V4: "v4", V5: "v5"}

func TestGoldenSealsAreReadWithoutDeviationAndWrittenBackToTheSameBytes(t *testing.T) {
	for version, name := range generations {
		b := golden(t, "seal-"+name+".der")
		s, err := ParseSeal(b)
		if err != nil {
			t.Fatal(err)
		}
		if s.Version != version || len(s.Deviations) > 0 || s.Info.Name != "示例监狱" || s.Info.Vid != Vendor ||
			!s.Info.ValidEnd.Equal(day.AddDate(5, 0, 0)) || !bytes.Equal(s.Info.Picture.Data, ring()) {
			t.Errorf("%s: version %d, deviations %q, info %+v", name, s.Version, s.Deviations, s.Info)
		}
		if !sm2enc.Verify(publicKey(t, s.MakerCert), s.SignedBytes(), s.Value) {
			t.Errorf("%s: the maker's signature is not over SignedBytes", name)
		}
		if sm2enc.Verify(publicKey(t, s.MakerCert), s.AlternativeSignedBytes(), s.Value) {
			t.Errorf("%s: the maker's signature is over AlternativeSignedBytes too", name)
		}
		info := must(s.Info.Marshal(version))
		again := must(AssembleSeal(info, s.MakerCert, s.Value))
		if s.TimeStamp != nil {
			again = must(StampSeal(again, s.TimeStamp))
		}
		if !bytes.Equal(again, b) {
			t.Errorf("%s: written back as other bytes", name)
		}
	}
}

func TestGoldenSignaturesAreReadWithoutDeviationAndWrittenBackToTheSameBytes(t *testing.T) {
	for version, name := range generations {
		b := golden(t, "signature-"+name+".der")
		s, err := ParseSignature(b)
		if err != nil {
			t.Fatal(err)
		}
		got := []any{s.Version, s.Time, s.DataHash, s.PropertyInfo, s.SignAlg, s.Deviations, s.Seal.Deviations}
		want := []any{version, day, dataHash[:], signatureXML, oid.SM2WithSM3, []string(nil), []string(nil)}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s:\n%s", name, d)
		}
		if !bytes.Equal(s.Seal.Raw, golden(t, "seal-"+name+".der")) {
			t.Errorf("%s: the seal inside is not the seal as stored", name)
		}
		if !s.Seal.Allows(s.SignerCert) || s.Seal.Allows(s.Seal.MakerCert) {
			t.Errorf("%s: the seal allows the maker, or not the signer", name)
		}
		if !sm2enc.Verify(publicKey(t, s.SignerCert), s.SignedBytes(), s.Value) {
			t.Errorf("%s: the signer's signature is not over SignedBytes", name)
		}
		if !bytes.Equal(rewritten(t, s), b) {
			t.Errorf("%s: written back as other bytes", name)
		}
	}
}

func rewritten(t testing.TB, s *Signature) []byte {
	t.Helper()
	write := func() ([]byte, error) { return TBSSign(s.Seal.Raw, s.Time, [32]byte(s.DataHash), s.PropertyInfo) }
	if s.Version == V1 {
		write = func() ([]byte, error) {
			return TBSSignV1(s.Seal.Raw, s.Time, [32]byte(s.DataHash), s.PropertyInfo, s.SignerCert)
		}
	}
	out := must(AssembleSignature(must(write()), s.SignerCert, s.Value))
	if s.TimeStamp != nil {
		out = must(StampSignature(out, s.TimeStamp))
	}
	return out
}

// A reader of ours could agree with a writer of ours in the same mistake, so the
// structure is read once more by the standard library from the standard's text.
func TestVersion4IsWhatTheStandardsStructureSays(t *testing.T) {
	type seal struct {
		Info struct {
			Header struct {
				ID      string `asn1:"ia5"`
				Version int
				Vid     string `asn1:"ia5"`
			}
			EsID     string `asn1:"ia5"`
			Property struct {
				Type                             int
				Name                             string `asn1:"utf8"`
				CertListType                     int
				CertList                         [][]byte
				CreateDate, ValidStart, ValidEnd time.Time `asn1:"generalized"`
			}
			Picture struct {
				Type          string `asn1:"ia5"`
				Data          []byte
				Width, Height int
			}
			Ext []struct {
				ID       asn1.RawValue
				Critical bool `asn1:"optional"`
				Value    []byte
			} `asn1:"optional"`
		}
		Cert  []byte
		Alg   asn1.ObjectIdentifier
		Value asn1.BitString
	}
	var s struct {
		ToSign struct {
			Version      int
			Seal         seal
			Time         time.Time `asn1:"generalized"`
			DataHash     asn1.BitString
			PropertyInfo string `asn1:"ia5"`
		}
		Cert  []byte
		Alg   asn1.ObjectIdentifier
		Value asn1.BitString
	}
	rest, err := asn1.Unmarshal(golden(t, "signature-v4.der"), &s)
	if err != nil || len(rest) > 0 {
		t.Fatalf("%d bytes left, %v", len(rest), err)
	}
	i := s.ToSign.Seal.Info
	got := []any{s.ToSign.Version, i.Header.ID, i.Header.Version, i.Property.CertListType, i.Property.Name,
		i.Picture.Width, i.Ext[0].Critical, s.ToSign.Time.UTC(), s.ToSign.DataHash.BitLength, s.Alg.String()}
	want := []any{4, "ES", 4, 1, "示例监狱", 42, false, day, 256, "1.2.156.10197.1.501"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	var sig struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(s.Value.Bytes, &sig); err != nil {
		t.Errorf("signature value: %v", err)
	}
}
