package ofd

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"strings"
	"testing"
)

func open(t testing.TB, raw []byte) *Package {
	t.Helper()
	p, err := Open(bytes.NewReader(raw), int64(len(raw)), DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func read(t testing.TB, p *Package, name string) string {
	t.Helper()
	raw, err := p.Read(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// A file of a package made by a test.
type file struct{ name, text string }

const (
	rootXML = `<?xml version="1.0" encoding="UTF-8"?>
<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"><ofd:DocBody><ofd:DocInfo><ofd:DocID>00</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>`
	documentXML = `<ofd:Document xmlns:ofd="http://www.ofdspec.org/2016"><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>`
	pageXML     = `<ofd:Page xmlns:ofd="http://www.ofdspec.org/2016"><ofd:Content><ofd:Layer ID="2"></ofd:Layer></ofd:Content></ofd:Page>`
)

// plain is the smallest document; more files come behind it, or in its place
// when they bear the same name.
func plain(more ...file) []file {
	files := []file{{"OFD.xml", rootXML}, {"Doc_0/Document.xml", documentXML}, {"Doc_0/Pages/Page_0/Content.xml", pageXML}}
next:
	for _, m := range more {
		for i := range files {
			if files[i].name == m.name {
				files[i] = m
				continue next
			}
		}
		files = append(files, m)
	}
	return files
}

// signedPlain announces Doc_0/Signs/Signatures.xml and adds what is given.
func signedPlain(more ...file) []file {
	root := strings.Replace(rootXML, "</ofd:DocBody>", "<ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures></ofd:DocBody>", 1)
	return plain(append([]file{{"OFD.xml", root}}, more...)...)
}

func pack(t testing.TB, files []file) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		e, err := w.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Deflate})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Write([]byte(f.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A rawZip is written byte by byte, so that it can lie.
type rawZip struct {
	before, comment, trailing []byte
	entries                   []rawEntry
	end                       func(record []byte) // patches the end record
	base                      int                 // added to offsets
}

type rawEntry struct {
	name    string
	data    string
	method  uint16
	flags   uint16
	local   func(header []byte) // patches the local header
	central func(header []byte) // patches the directory record
	size    int64               // announced, when not 0
	packed  []byte              // in place of data as it is
	after   string              // stray bytes behind the data
	hidden  bool                // not in the directory
	extra   []byte
}

func (z rawZip) bytes() []byte {
	le := binary.LittleEndian
	out := append([]byte{}, z.before...)
	var dir []byte
	count := 0
	for _, e := range z.entries {
		packed := e.packed
		if packed == nil {
			packed = []byte(e.data)
		}
		size := uint32(len(e.data))
		if e.size != 0 {
			size = uint32(e.size)
		}
		at := len(out)
		h := make([]byte, localLen)
		le.PutUint32(h, sigLocal)
		le.PutUint16(h[4:], 20)
		le.PutUint16(h[6:], e.flags)
		le.PutUint16(h[8:], e.method)
		le.PutUint32(h[14:], crc32.ChecksumIEEE([]byte(e.data)))
		le.PutUint32(h[18:], uint32(len(packed)))
		le.PutUint32(h[22:], size)
		le.PutUint16(h[26:], uint16(len(e.name)))
		le.PutUint16(h[28:], uint16(len(e.extra)))
		c := make([]byte, centralLen)
		le.PutUint32(c, sigCentral)
		copy(c[6:], h[4:30])
		le.PutUint32(c[42:], uint32(at+z.base))
		h = append(append(h, e.name...), e.extra...)
		if e.local != nil {
			e.local(h)
		}
		out = append(append(append(out, h...), packed...), e.after...)
		if e.hidden {
			continue
		}
		c = append(append(c, e.name...), e.extra...)
		if e.central != nil {
			e.central(c)
		}
		dir = append(dir, c...)
		count++
	}
	end := make([]byte, endLen)
	le.PutUint32(end, sigEnd)
	le.PutUint16(end[8:], uint16(count))
	le.PutUint16(end[10:], uint16(count))
	le.PutUint32(end[12:], uint32(len(dir)))
	le.PutUint32(end[16:], uint32(len(out)+z.base))
	le.PutUint16(end[20:], uint16(len(z.comment)))
	if z.end != nil {
		z.end(end)
	}
	out = append(append(out, dir...), end...)
	return append(append(out, z.comment...), z.trailing...)
}

// stored makes raw entries, kept without compression, of files.
func stored(files []file) []rawEntry {
	var out []rawEntry
	for _, f := range files {
		out = append(out, rawEntry{name: f.name, data: f.text})
	}
	return out
}
