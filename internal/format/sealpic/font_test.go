package sealpic_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"os"
	"testing"

	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/sealpic"
	"xinzhang/internal/sealfont"
)

// latin is a font that is always at hand, for tests of layout alone.
func latin(t testing.TB) *sealpic.Font {
	t.Helper()
	f, err := sealpic.ParseFont(goregular.TTF)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// song is a Chinese font, which a machine may lack until `make fonts`.
func song(t testing.TB, text string) *sealpic.Font {
	t.Helper()
	f, err := sealfont.Song(text)
	if err != nil {
		if os.Getenv("XINZHANG_CI") == "1" {
			t.Fatal(err)
		}
		t.Skip("no Chinese font; run make fonts: ", err)
	}
	return f
}

func TestFontIsReadFromEveryContainer(t *testing.T) {
	tests := []struct {
		name string
		file []byte
	}{
		{"TrueType", goregular.TTF},
		{"WOFF with packed tables", packWOFF(t, goregular.TTF, true)},
		{"WOFF with tables as they are", packWOFF(t, goregular.TTF, false)},
		{"collection", collection(goregular.TTF)},
	}
	want, err := sealpic.Round{Name: "ABC"}.Draw(latin(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f, err := sealpic.ParseFont(test.file)
			if err != nil {
				t.Fatal(err)
			}
			got, err := sealpic.Round{Name: "ABC"}.Draw(f)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.SVG(), want.SVG()) {
				t.Error("draws another picture than the plain TrueType file")
			}
		})
	}
}

func TestChainTakesEachCharacterFromTheFirstFontThatHasIt(t *testing.T) {
	bold, err := sealpic.ParseFont(gobold.TTF)
	if err != nil {
		t.Fatal(err)
	}
	draw := func(f *sealpic.Font) []byte {
		t.Helper()
		p, err := sealpic.Round{Name: "ABC"}.Draw(f)
		if err != nil {
			t.Fatal(err)
		}
		return p.SVG()
	}
	if !bytes.Equal(draw(sealpic.Chain(bold, latin(t))), draw(bold)) {
		t.Error("the second font was used though the first has the characters")
	}
	if !bytes.Equal(draw(sealpic.Chain(new(sealpic.Font), latin(t))), draw(latin(t))) {
		t.Error("an empty font in front changes the picture")
	}
}

func TestMissingCharacterIsNamed(t *testing.T) {
	f := latin(t)
	if got := string(f.Lacks("A 示B例示")); got != "示例" {
		t.Errorf("Lacks = %q, want 示例", got)
	}
	_, err := sealpic.Round{Name: "AB示C"}.Draw(f)
	if !errors.Is(err, fault.FontMissingGlyph) {
		t.Fatalf("err = %v, want %s", err, fault.FontMissingGlyph)
	}
	if args := fault.Of(err).Args; args["char"] != "示" || args["code"] != "U+793A" {
		t.Errorf("error names %v, want 示 U+793A", args)
	}
}

func TestFontFileThatIsNoneIsRefused(t *testing.T) {
	whole := packWOFF(t, goregular.TTF, true)
	withEntry := func(offset int, v uint32) []byte {
		b := bytes.Clone(whole)
		binary.BigEndian.PutUint32(b[44+offset:], v)
		return b
	}
	withTables := func(n uint16) []byte {
		b := bytes.Clone(whole)
		binary.BigEndian.PutUint16(b[12:], n)
		return b
	}
	tests := []struct {
		name string
		file []byte
	}{
		{"empty", nil},
		{"text", []byte("no font at all, but a line of text")},
		{"TrueType cut short", goregular.TTF[:200]},
		{"WOFF header alone", whole[:44]},
		{"WOFF cut in a table", whole[:len(whole)/2]},
		{"WOFF of no tables", withTables(0)},
		{"WOFF of more tables than it has room for", withTables(65535)},
		{"table beyond the end", withEntry(4, 0xfffffff0)},
		{"table longer than the file", withEntry(8, 0xffffffff)},
		{"table said to unpack to 4 GB", withEntry(12, 0xffffffff)},
		{"table said to unpack to 60 MB", withEntry(12, 60<<20)},
		{"table said to be shorter", withEntry(12, 1)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := sealpic.ParseFont(test.file); err == nil {
				t.Error("accepted")
			}
		})
	}
}

// FuzzUnpackWOFF asks that whatever unpacks stays within the limit and is a
// font file whose directory fits its tables.
func FuzzUnpackWOFF(f *testing.F) {
	f.Add(packWOFF(f, goregular.TTF, true)[:4000])
	f.Add(packWOFF(f, tinySFNT(), true))
	f.Add(packWOFF(f, tinySFNT(), false))
	f.Fuzz(func(t *testing.T, file []byte) {
		font, err := sealpic.UnpackWOFF(file)
		if err != nil {
			return
		}
		if len(font) > sealpic.MaxWOFFSize {
			t.Fatalf("unpacks to %d bytes", len(font))
		}
		for _, table := range sfntTables(font) {
			if table.end > len(font) {
				t.Fatalf("table %q ends at %d of %d", table.tag, table.end, len(font))
			}
		}
		again, err := sealpic.UnpackWOFF(packWOFF(t, font, true))
		if err != nil || !bytes.Equal(again, font) {
			t.Fatalf("packed and unpacked again it is another font: %v", err)
		}
	})
}

type sfntTable struct {
	tag        string
	checksum   uint32
	start, end int
}

func sfntTables(font []byte) []sfntTable {
	tables := make([]sfntTable, binary.BigEndian.Uint16(font[4:]))
	for i := range tables {
		entry := font[12+16*i:]
		start := int(binary.BigEndian.Uint32(entry[8:]))
		tables[i] = sfntTable{
			string(entry[:4]), binary.BigEndian.Uint32(entry[4:]),
			start, start + int(binary.BigEndian.Uint32(entry[12:])),
		}
	}
	return tables
}

// packWOFF wraps a font as WOFF 1.0.
func packWOFF(t testing.TB, font []byte, pack bool) []byte {
	t.Helper()
	be := binary.BigEndian
	tables := sfntTables(font)
	out := append([]byte("wOFF"), font[:4]...)
	out = append(out, make([]byte, 36+20*len(tables))...)
	be.PutUint16(out[12:], uint16(len(tables)))
	for i, table := range tables {
		data := font[table.start:table.end]
		packed := data
		if pack {
			var b bytes.Buffer
			z := zlib.NewWriter(&b)
			if _, err := z.Write(data); err != nil {
				t.Fatal(err)
			}
			if err := z.Close(); err != nil {
				t.Fatal(err)
			}
			if b.Len() < len(data) {
				packed = b.Bytes()
			}
		}
		entry := out[44+20*i:]
		copy(entry, table.tag)
		be.PutUint32(entry[4:], uint32(len(out)))
		be.PutUint32(entry[8:], uint32(len(packed)))
		be.PutUint32(entry[12:], uint32(len(data)))
		be.PutUint32(entry[16:], table.checksum)
		out = append(out, packed...)
		for len(out)%4 != 0 {
			out = append(out, 0)
		}
	}
	be.PutUint32(out[8:], uint32(len(out)))
	return out
}

// tinySFNT is a font file of two tables that hold no font.
func tinySFNT() []byte {
	var b bytes.Buffer
	b.WriteString("\x00\x01\x00\x00\x00\x02\x00\x20\x00\x01\x00\x00")
	b.WriteString("aaaa\x00\x00\x00\x01\x00\x00\x00\x2c\x00\x00\x00\x28")
	b.WriteString("bbbb\x00\x00\x00\x02\x00\x00\x00\x54\x00\x00\x00\x03")
	b.Write(make([]byte, 40))
	b.WriteString("xyz\x00")
	return b.Bytes()
}

// collection wraps a font as a TrueType collection of one.
func collection(font []byte) []byte {
	const head = 16
	out := append([]byte("ttcf\x00\x01\x00\x00\x00\x00\x00\x01"), 0, 0, 0, head)
	out = append(out, font...)
	for i := range sfntTables(font) {
		offset := out[head+12+16*i+8:]
		binary.BigEndian.PutUint32(offset, binary.BigEndian.Uint32(offset)+head)
	}
	return out
}
