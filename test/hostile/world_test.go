package hostile

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"
	"time"

	"xinzhang/internal/fixture"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/sign"
)

// A world is the good part of the hostile files: a fictional authority and a
// document that is rightly sealed.
type world struct {
	testing.TB
	*fixture.Authority
	org    *fixture.Holder
	seal   *ses.Seal
	sealed []entry
}

func newWorld(t testing.TB) *world {
	issued := time.Now().AddDate(0, 0, -10)
	w := &world{TB: t, Authority: fixture.New(t, issued)}
	w.org = w.Organisation(nil)
	w.seal = w.Seal(ses.OfficialSeal, nil, w.org)
	p, err := sign.Prepare(context.Background(), fixture.Open(t, fixture.Document(t, 2)), sign.Request{
		Seal: w.seal, Certificate: w.org.Cert, Time: issued.AddDate(0, 0, 1), Trust: w.Trust(),
		Places: []sign.Place{{Page: 1, X: 100, Y: 100}}})
	w.must(err)
	value, err := w.org.SignDigest(context.Background(), p.Digest)
	w.must(err)
	var out bytes.Buffer
	w.must(p.Complete(&out, value))
	pkg := fixture.Open(t, out.Bytes())
	for _, e := range pkg.Entries() {
		data, err := pkg.Read(e.Name)
		w.must(err)
		w.sealed = append(w.sealed, entry{name: e.Name[1:], data: string(data)})
	}
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// An entry is one file of a package to be written.
type entry struct {
	name, data string
	zeros      int64 // MiB of zeros, in place of data
	stored     bool  // not deflated: no limit on the ratio stands in the way
}

// pack writes a zip; entries are deflated.
func pack(entries ...entry) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range entries {
		e.write(z)
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func (e entry) write(z *zip.Writer) {
	h := &zip.FileHeader{Name: e.name, Method: zip.Store, CRC32: crc32.ChecksumIEEE([]byte(e.data)), UncompressedSize64: uint64(len(e.data))}
	packed := []byte(e.data)
	switch {
	case e.zeros > 0:
		h.Method, h.UncompressedSize64 = zip.Deflate, uint64(e.zeros)<<20
		h.CRC32, packed = zeros(e.zeros)
	case len(packed) > 1000 && !e.stored:
		h.Method, packed = zip.Deflate, deflate(packed)
	}
	h.CompressedSize64 = uint64(len(packed))
	w, err := z.CreateRaw(h)
	if err == nil && len(packed) > 0 {
		_, err = w.Write(packed)
	}
	if err != nil {
		panic(err)
	}
}

// pack uses one compressor again and again: making one costs more than most
// entries do. Tests run one after the other.
var compressor, _ = flate.NewWriter(nil, flate.BestSpeed)

func deflate(data []byte) []byte {
	var b bytes.Buffer
	compressor.Reset(&b)
	_, _ = compressor.Write(data)
	_ = compressor.Close()
	return b.Bytes()
}

// zeros deflates so many MiB of zeros: one block again and again.
func zeros(mib int64) (crc uint32, packed []byte) {
	if known, ok := zerosMade[mib]; ok {
		return known.crc, known.packed
	}
	block := make([]byte, 1<<20)
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestCompression)
	_, _ = w.Write(block)
	_ = w.Flush()
	packed = append(bytes.Repeat(b.Bytes(), int(mib)), 3, 0)
	for range mib {
		crc = crc32.Update(crc, crc32.IEEETable, block)
	}
	zerosMade[mib] = bomb{crc, packed}
	return crc, packed
}

type bomb struct {
	crc    uint32
	packed []byte
}

var zerosMade = make(map[int64]bomb)

const (
	space   = ` xmlns:ofd="http://www.ofdspec.org/2016"`
	rootXML = `<ofd:OFD` + space + ` Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>1</ofd:DocID></ofd:DocInfo>` +
		`<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>`
	pageXML = `<ofd:Page` + space + `><ofd:Content/></ofd:Page>`
)

// documentXML is a Document.xml; common stands in CommonData, more behind Pages.
func documentXML(common, pages, more string) string {
	return `<ofd:Document` + space + `><ofd:CommonData><ofd:MaxUnitID>9</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>` +
		common + `</ofd:CommonData><ofd:Pages>` + pages + `</ofd:Pages>` + more + `</ofd:Document>`
}

const onePage = `<ofd:Page ID="1" BaseLoc="p.xml"/>`

// plain is an unsigned document of one page; entries replace or join its own.
func plain(more ...entry) []entry {
	return with([]entry{
		{name: "OFD.xml", data: rootXML}, {name: "Doc_0/Document.xml", data: documentXML("", onePage, "")}, {name: "Doc_0/p.xml", data: pageXML},
	}, more...)
}

// with replaces entries of the same name and adds the others.
func with(entries []entry, more ...entry) []entry {
	at := make(map[string]int)
	out := append([]entry(nil), entries...)
	for i, e := range out {
		at[e.name] = i
	}
	for _, e := range more {
		if i, ok := at[e.name]; ok {
			out[i] = e
		} else {
			out = append(out, e)
		}
	}
	return out
}

// find returns the content of the entry whose name ends in suffix.
func (w *world) find(suffix string) entry {
	for _, e := range w.sealed {
		if strings.HasSuffix(e.name, suffix) {
			return e
		}
	}
	w.Fatalf("no %s", suffix)
	return entry{}
}

// valued is the sealed document with another signature value.
func (w *world) valued(value []byte) []byte {
	return pack(with(w.sealed, entry{name: w.find("SignedValue.dat").name, data: string(value), stored: true})...)
}

// repeat joins n texts that make gives.
func repeat(n int, make func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(make(i))
	}
	return b.String()
}

func said(format string) func(int) string {
	return func(i int) string { return fmt.Sprintf(format, i) }
}

// deep is n nested elements.
func deep(n int) string { return strings.Repeat("<ofd:a>", n) + strings.Repeat("</ofd:a>", n) }
