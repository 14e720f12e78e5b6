package font

import (
	"math"
	"os"
	"slices"
	"testing"

	"golang.org/x/image/font/gofont/goregular"
)

// FuzzParse: whatever the bytes, reading ends, and every outline is made of
// closed contours of finite points within its limit.
func FuzzParse(f *testing.F) {
	f.Add(slices.Clone(goregular.TTF[:20_000]))
	f.Add(goregular.TTF)
	if data, err := os.ReadFile(notoCJK); err == nil {
		f.Add(smallCFF(data))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		font, err := Parse(data)
		if err != nil {
			return
		}
		for g := range min(font.Glyphs(), 60) {
			o, ok := font.Outline(g)
			if ok {
				checkOutline(t, o)
			}
			if em, ok := font.Advance(g); ok && (math.IsNaN(em) || em < 0) {
				t.Fatalf("advance %v", em)
			}
		}
		for _, r := range "A章\uE000\U0001F600" {
			if g := font.Index(r); g < 0 || g > 0 && g >= font.Glyphs() {
				t.Fatalf("glyph %d of %d", g, font.Glyphs())
			}
		}
	})
}

// smallCFF cuts a CFF table after its first charstrings: big seeds fuzz slowly.
func smallCFF(collection []byte) []byte {
	table := tableDirectory(collection, int(be.Uint32(collection[12:])))["CFF "]
	return slices.Clone(table[:min(len(table), 200_000)])
}

func checkOutline(t *testing.T, o Outline) {
	t.Helper()
	if len(o) > maxSegments {
		t.Fatalf("outline of %d steps", len(o))
	}
	open := false
	for i, s := range o {
		switch s.Op {
		case 'M':
			if open {
				t.Fatalf("step %d begins a contour inside another", i)
			}
			open = true
		case 'Z':
			open = false
		default:
			if !open {
				t.Fatalf("step %d draws outside of a contour", i)
			}
		}
		for _, v := range s.P {
			if math.IsNaN(v) || math.Abs(v) > 1000 {
				t.Fatalf("step %d at %v", i, v)
			}
		}
	}
	if open {
		t.Fatal("the last contour is open")
	}
}
