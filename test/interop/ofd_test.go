package interop

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"xinzhang/internal/format/ses"
)

func TestOpenSSLVerifiesOurSeals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, version := range []int{ses.V1, ses.V4, ses.V5} {
		seal := w.seal(t, version)
		ok, said := Seal(t, seal)
		accepts(t, "our seal", ok, said)
		s, err := ses.ParseSeal(seal)
		if err != nil {
			t.Fatal(err)
		}
		for place, part := range map[string][]byte{
			"name": []byte("示例监狱"), "picture": s.Info.Picture.Data, "list": s.Info.Certs[0][20:], "signature": s.Value[40:]} {
			ok, said := Seal(t, flip(t, seal, part))
			refuses(t, "a seal with another "+place, ok, said)
		}
	}
}

func TestOpenSSLVerifiesOurSealedDocuments(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, version := range []int{ses.V4, ses.V5} {
		sealed := w.sealed(t, w.seal(t, version))
		ok, said := judgedByOpenSSL(t, sealed)
		accepts(t, "our document", ok, said)
		if version == ses.V4 {
			refusesEveryFlippedEntry(t, sealed, judgedByOpenSSL)
		}
	}
}

func judgedByOpenSSL(t *testing.T, document []byte) (ok bool, said string) {
	t.Helper()
	return SealedOFD(t, folder{t, t.TempDir()}.file("judged.ofd", document))
}

// refusesEveryFlippedEntry flips a bit in the middle of each entry of the package
// in turn. Only the signature list is not covered: later seals extend it.
func refusesEveryFlippedEntry(t *testing.T, document []byte, judge func(*testing.T, []byte) (bool, string)) {
	t.Helper()
	for _, f := range entries(t, document) {
		if f.UncompressedSize64 == 0 || strings.HasSuffix(f.Name, "Signatures.xml") {
			continue
		}
		ok, said := judge(t, rezip(t, document, func(name string, b []byte) []byte {
			if name == f.Name {
				b[len(b)/2] ^= 1
			}
			return b
		}))
		refuses(t, f.Name+" changed", ok, said)
	}
}

func entries(t *testing.T, document []byte) []*zip.File {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(document), int64(len(document)))
	if err != nil {
		t.Fatal(err)
	}
	return z.File
}

// rezip packs the document again with what change makes of each entry; nil
// leaves it out.
func rezip(t *testing.T, document []byte, change func(name string, b []byte) []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range entries(t, document) {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if b = change(f.Name, b); b == nil {
			continue
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

// withEntry returns the document with one file more.
func withEntry(t *testing.T, document []byte, name string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range entries(t, document) {
		if err := w.Copy(f); err != nil {
			t.Fatal(err)
		}
	}
	e, err := w.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(e, "<more/>"); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
