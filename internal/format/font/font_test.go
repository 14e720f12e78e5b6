package font

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"slices"
	"testing"

	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// notoCJK is an OpenType collection with CFF outlines keyed by CID, as Debian's
// fonts-noto-cjk installs it.
const notoCJK = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"

func readNoto(t *testing.T) []byte {
	t.Helper()
	b, err := os.ReadFile(notoCJK)
	if err != nil {
		if os.Getenv("XINZHANG_CI") == "1" {
			t.Fatalf("fonts-noto-cjk is not installed: %v", err)
		}
		t.Skipf("fonts-noto-cjk is not installed: %v", err)
	}
	return b
}

// TestOutlinesAgreeWithSfnt compares every outline with another reader's.
func TestOutlinesAgreeWithSfnt(t *testing.T) {
	t.Run("TrueType", func(t *testing.T) { compareWithSfnt(t, goregular.TTF, 1) })
	t.Run("CFF by CID", func(t *testing.T) { compareWithSfnt(t, readNoto(t), 61) })
}

func compareWithSfnt(t *testing.T, data []byte, every int) {
	ours, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	all, err := sfnt.ParseCollection(data)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := all.Font(0)
	if err != nil {
		t.Fatal(err)
	}
	if ours.Glyphs() != theirs.NumGlyphs() {
		t.Fatalf("%d glyphs, want %d", ours.Glyphs(), theirs.NumGlyphs())
	}
	compared := 0
	var buf sfnt.Buffer
	units := fixed.I(int(theirs.UnitsPerEm()))
	for g := 0; g < ours.Glyphs(); g += every {
		got, ok := ours.Outline(g)
		want, err := theirs.LoadGlyph(&buf, sfnt.GlyphIndex(g), units, nil)
		if err != nil {
			continue // it has smaller limits
		}
		if !ok {
			t.Fatalf("glyph %d has no outline", g)
		}
		if a, b := extent(got), sfntExtent(want, units); !near(a, b, 0.002) {
			t.Fatalf("glyph %d spans %v, want %v", g, a, b)
		}
		// The other reader closes contours by a line, this one by closing them.
		if a, b := count(got), len(want); a > b || b > len(got) {
			t.Fatalf("glyph %d has %d steps, want about %d", g, a, b)
		}
		compared++
	}
	if compared*every < ours.Glyphs()/2 {
		t.Fatalf("only %d glyphs could be compared", compared)
	}
	for r := rune(0x20); r < 0x9FFF; r += 7 {
		want, err := theirs.GlyphIndex(&buf, r)
		if err == nil && ours.Index(r) != int(want) {
			t.Fatalf("glyph of %U is %d, want %d", r, ours.Index(r), want)
		}
	}
}

func count(o Outline) int {
	n := 0
	for _, s := range o {
		if s.Op != 'Z' {
			n++
		}
	}
	return n
}

// extent is the box around all points: left, lowest, right, highest.
func extent(o Outline) [4]float64 {
	e := [4]float64{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, s := range o {
		for k := range s.Points() {
			x, y := s.P[2*k], s.P[2*k+1]
			e = [4]float64{min(e[0], x), min(e[1], y), max(e[2], x), max(e[3], y)}
		}
	}
	return e
}

func sfntExtent(segments sfnt.Segments, units fixed.Int26_6) [4]float64 {
	var o Outline
	for _, s := range segments {
		seg := Segment{Op: "MLQC"[s.Op]}
		for k := range seg.Points() {
			seg.P[2*k], seg.P[2*k+1] = float64(s.Args[k].X)/float64(units), -float64(s.Args[k].Y)/float64(units)
		}
		o = append(o, seg)
	}
	return extent(o)
}

func near(a, b [4]float64, by float64) bool {
	for i := range a {
		if a[i] != b[i] && !(math.Abs(a[i]-b[i]) <= by) {
			return false
		}
	}
	return true
}

// TestCarelesslyCutFontsAreRead breaks a font in the ways in which subset fonts
// of documents are broken, each of which sfnt refuses.
func TestCarelesslyCutFontsAreRead(t *testing.T) {
	whole, err := Parse(goregular.TTF)
	if err != nil {
		t.Fatal(err)
	}
	want, _ := whole.Outline(whole.Index('R'))
	tests := []struct {
		name  string
		spoil func([]byte) []byte
	}{
		{"tables out of order", func(b []byte) []byte {
			first, second := slices.Clone(b[12:28]), slices.Clone(b[28:44])
			copy(b[12:], second)
			copy(b[28:], first)
			return b
		}},
		{"no cmap", func(b []byte) []byte { return rename(b, "cmap", "xxxx") }},
		{"no head", func(b []byte) []byte { return rename(b, "head", "xxxx") }},
		{"a table reaches beyond the file", func(b []byte) []byte {
			binary.BigEndian.PutUint32(b[entry(b, "post")+12:], 1<<30)
			return b
		}},
		{"a table lies outside the file", func(b []byte) []byte {
			binary.BigEndian.PutUint32(b[entry(b, "name")+8:], 1<<30)
			return b
		}},
		{"no OS/2, post or name", func(b []byte) []byte { return rename(rename(rename(b, "OS/2", "x1  "), "post", "x2  "), "name", "x3  ") }},
		{"the format of loca is stated wrongly", func(b []byte) []byte {
			head := binary.BigEndian.Uint32(b[entry(b, "head")+8:])
			b[head+51] ^= 1
			return b
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data := tt.spoil(slices.Clone(goregular.TTF))
			f, err := Parse(data)
			if err != nil {
				t.Fatal(err)
			}
			got, ok := f.Outline(whole.Index('R'))
			if !ok || len(got) != len(want) {
				t.Fatalf("outline of %d steps, want %d", len(got), len(want))
			}
		})
	}
}

func entry(b []byte, tag string) int { return bytes.Index(b[:12+16*30], []byte(tag)) }

func rename(b []byte, tag, to string) []byte {
	copy(b[entry(b, tag):], to)
	return b
}

// TestBareCFF reads the CFF table alone, as some documents embed it.
func TestBareCFF(t *testing.T) {
	data := readNoto(t)
	table := tableDirectory(data, int(be.Uint32(data[12:])))["CFF "]
	whole, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	bare, err := Parse(table)
	if err != nil {
		t.Fatal(err)
	}
	g := whole.Index('章')
	a, _ := whole.Outline(g)
	b, ok := bare.Outline(g)
	if !ok || len(a) == 0 || !slices.Equal(a, b) {
		t.Errorf("the bare table draws %d steps, the font %d", len(b), len(a))
	}
}

func TestNoFontIsRefused(t *testing.T) {
	for _, data := range [][]byte{nil, []byte("OTTO"), make([]byte, 12), make([]byte, 4000), []byte("ttcf\x00\x01\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff")} {
		if _, err := Parse(data); err == nil {
			t.Errorf("%d bytes that are no font were read", len(data))
		}
	}
}
