package ofd

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/emmansun/gmsm/sm3"
)

// large is a document of about so many MiB: half pages of text, half pictures
// that do not compress.
func large(b *testing.B, mib int) []byte {
	b.Helper()
	noise := rand.NewChaCha8([32]byte{1})
	var text strings.Builder
	for i := range 700 {
		fmt.Fprintf(&text, `<ofd:TextObject ID="%d" Boundary="%d.5 %d 100 8" Font="3" Size="3.5"><ofd:TextCode X="0" Y="3.5" DeltaX="g 7 3.5">电子印章发票%c%c</ofd:TextCode></ofd:TextObject>`,
			i, i%190, i%280, 0x4e00+noise.Uint64()%8000, 0x4e00+noise.Uint64()%8000)
	}
	page := `<ofd:Page` + ns + `><ofd:Content><ofd:Layer ID="2">` + text.String() + `</ofd:Layer></ofd:Content></ofd:Page>`
	picture := make([]byte, 128<<10)
	var pages, pictures strings.Builder
	var files []file
	for i := range mib * 4 {
		fmt.Fprintf(&pages, `<ofd:Page ID="%d" BaseLoc="p%d.xml"/>`, i+1, i)
		fmt.Fprintf(&pictures, `<ofd:MultiMedia ID="%d" Type="Image"><ofd:MediaFile>i%d.jpg</ofd:MediaFile></ofd:MultiMedia>`, i+1, i)
		_, _ = noise.Read(picture)
		files = append(files, file{fmt.Sprintf("Doc_0/p%d.xml", i), page}, file{fmt.Sprintf("Doc_0/i%d.jpg", i), string(picture)})
	}
	document := strings.Replace(documentXML, `<ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/>`, pages.String(), 1)
	document = strings.Replace(document, "</ofd:CommonData>", "<ofd:DocumentRes>r.xml</ofd:DocumentRes></ofd:CommonData>", 1)
	return pack(b, plain(append(files, file{"Doc_0/Document.xml", document},
		file{"Doc_0/r.xml", `<ofd:Res` + ns + `><ofd:MultiMedias>` + pictures.String() + `</ofd:MultiMedias></ofd:Res>`})...))
}

// BenchmarkReading compares what a verifier asks of this package (the parts
// graph and every digest) with its floor: inflating and hashing each entry.
func BenchmarkReading(b *testing.B) {
	raw := large(b, 10)
	b.Run("floor", func(b *testing.B) {
		b.SetBytes(10 << 20)
		buf := make([]byte, 64<<10)
		for b.Loop() {
			r, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
			if err != nil {
				b.Fatal(err)
			}
			for _, f := range r.File {
				in, err := f.Open()
				if err != nil {
					b.Fatal(err)
				}
				if _, err := io.CopyBuffer(sm3.New(), in, buf); err != nil {
					b.Fatal(err)
				}
				_ = in.Close()
			}
		}
	})
	b.Run("parts and digests", func(b *testing.B) {
		b.SetBytes(10 << 20)
		b.ReportAllocs()
		for b.Loop() {
			p := open(b, raw)
			parts, err := p.Parts()
			if err != nil {
				b.Fatal(err)
			}
			for _, part := range parts {
				if _, err := p.Digest(part.Path); err != nil && !part.Missing {
					b.Fatal(err)
				}
			}
		}
	})
}

// BenchmarkAppend measures adding a signature's files to a document.
func BenchmarkAppend(b *testing.B) {
	raw := large(b, 10)
	p := open(b, raw)
	b.SetBytes(10 << 20)
	for b.Loop() {
		if err := Append(io.Discard, p, map[string][]byte{"/Doc_0/Signs/Sign_0/Signature.xml": raw[:10000]}); err != nil {
			b.Fatal(err)
		}
	}
}
