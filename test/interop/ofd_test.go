package interop

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"strings"
	"testing"

	"xinzhang/internal/format/ses"
)

func TestOpenSSLVerifiesOurSeals(t *testing.T) {
	w := newWorld(t)
	for _, version := range []int{ses.V4, ses.V5} {
		seal := w.seal(t, version)
		ok, said := Seal(t, seal)
		accepts(t, "our seal", ok, said)
		s, err := ses.ParseSeal(seal)
		if err != nil {
			t.Fatal(err)
		}
		for place, part := range map[string][]byte{
			"name": []byte("示例监狱\x02"), "picture": s.Info.Picture.Data, "list": s.Info.Certs[0][20:], "signature": s.Value[40:]} {
			ok, said := Seal(t, flip(t, seal, part))
			refuses(t, "a seal with another "+place, ok, said)
		}
	}
}

// Version 1 signs a SEQUENCE that does not stand in the file, so the judge is
// given what the standard says: sealInfo, certificate and algorithm.
func TestOpenSSLVerifiesOurSealsOfVersion1(t *testing.T) {
	w := newWorld(t)
	seal := parse(t, w.seal(t, ses.V1))
	maker := seal.kids[1].kids
	raw, err := os.ReadFile(seal.file)
	if err != nil {
		t.Fatal(err)
	}
	members := raw[seal.kids[0].offset:seal.kids[1].offset]                         // sealInfo
	members = append(bytes.Clone(members), raw[maker[0].offset:maker[2].offset]...) // cert, signatureAlgorithm
	signed := append([]byte{0x30, 0x82, byte(len(members) >> 8), byte(len(members))}, members...)
	key, value := publicKey(t, maker[0].cut(t)), maker[2].cut(t)
	ok, said := Signature(t, key, signed, value)
	accepts(t, "our seal of version 1", ok, said)
	ok, said = Signature(t, key, flip(t, signed, []byte("示例监狱")), value)
	refuses(t, "a seal of version 1 with another name", ok, said)
}

func TestOpenSSLVerifiesOurSealedDocuments(t *testing.T) {
	w := newWorld(t)
	for _, version := range []int{ses.V4, ses.V5} {
		file := w.sealedOFD(t, w.seal(t, version))
		ok, said := SealedOFD(t, file)
		accepts(t, "our document", ok, said)
		if version == ses.V4 {
			refusesEveryFlippedEntry(t, file)
		}
	}
}

func TestOpenSSLVerifiesDocumentsOfOthers(t *testing.T) {
	for _, name := range []string{"SESV4SignDoc.ofd", "V4RideRight.ofd", "allprotected.ofd"} {
		ok, said := SealedOFD(t, corpus(t, name))
		accepts(t, name, ok, said)
	}
	refusesEveryFlippedEntry(t, corpus(t, "SESV4SignDoc.ofd"))
	ok, said := SealedOFD(t, corpus(t, "helloworld.ofd"))
	refuses(t, "an unsigned document", ok, said)
}

func TestOpenSSLVerifiesSealsOfOthers(t *testing.T) {
	for _, name := range []string{"UserV4.esl", "UserV5.esl"} {
		b, err := os.ReadFile(corpus(t, name))
		if err != nil {
			t.Fatal(err)
		}
		ok, said := Seal(t, b)
		accepts(t, name, ok, said)
		ok, said = Seal(t, flip(t, b, []byte("OFDR&W")))
		refuses(t, name+" with another vendor", ok, said)
	}
}

// refusesEveryFlippedEntry flips a bit in the middle of each entry of the package
// in turn. Only the signature list is not covered: later seals extend it.
func refusesEveryFlippedEntry(t *testing.T, file string) {
	t.Helper()
	z, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = z.Close() }()
	for i, f := range z.File {
		if f.UncompressedSize64 == 0 || strings.HasSuffix(f.Name, "Signatures.xml") {
			continue
		}
		changed := folder{t, t.TempDir()}.file("changed.ofd", rezip(t, z, i))
		ok, said := SealedOFD(t, changed)
		refuses(t, f.Name+" changed", ok, said)
	}
}

// rezip packs z again with a bit flipped in entry at.
func rezip(t *testing.T, z *zip.ReadCloser, at int) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for i, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if i == at {
			b[len(b)/2] ^= 1
		}
		e, err := w.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
