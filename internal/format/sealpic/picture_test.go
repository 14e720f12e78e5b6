package sealpic_test

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"hash/crc32"
	"image"
	"image/png"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/sealpic"
)

func unitSeal(t testing.TB) sealpic.Picture {
	t.Helper()
	p, err := sealpic.Round{Name: "ABCD", SubName: "EFG", Code: "1234567890123"}.Draw(latin(t))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func decoded(t testing.TB, p sealpic.Picture, dpi int) *image.NRGBA {
	t.Helper()
	b, err := p.PNG(dpi)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return img.(*image.NRGBA)
}

func TestPNGHasTheSizeOfTheSeal(t *testing.T) {
	oval, err := sealpic.Oval{Name: "ABCD"}.Draw(latin(t))
	if err != nil {
		t.Fatal(err)
	}
	round, err := sealpic.Round{Name: "ABCD"}.Draw(latin(t))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		p    sealpic.Picture
		dpi  int
		w, h int
	}{
		{"42 mm at 300 dpi", round, 300, 496, 496},
		{"42 mm at 600 dpi", round, 600, 992, 992},
		{"45 × 30 mm at 600 dpi", oval, 600, 1063, 709},
		{"45 × 30 mm at 96 dpi", oval, 96, 170, 113},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			img := decoded(t, test.p, test.dpi)
			if got := img.Bounds(); got != image.Rect(0, 0, test.w, test.h) {
				t.Errorf("bounds %v, want %d × %d", got, test.w, test.h)
			}
			if got := inkBounds(img); got != img.Bounds() {
				t.Errorf("ink covers %v of %v: the ring does not touch all sides", got, img.Bounds())
			}
			b, err := test.p.PNG(test.dpi)
			if err != nil {
				t.Fatal(err)
			}
			checkResolution(t, b, test.dpi)
		})
	}
}

// checkResolution asks for a right pHYs chunk before the image data.
func checkResolution(t *testing.T, b []byte, dpi int) {
	t.Helper()
	at := bytes.Index(b, []byte("pHYs"))
	if at < 0 || at > bytes.Index(b, []byte("IDAT")) {
		t.Fatal("no pHYs chunk before IDAT")
	}
	be := binary.BigEndian
	if length, sum := be.Uint32(b[at-4:]), be.Uint32(b[at+13:]); length != 9 || sum != crc32.ChecksumIEEE(b[at:at+13]) {
		t.Errorf("pHYs of length %d with checksum %08x", length, sum)
	}
	x, y, unit := be.Uint32(b[at+4:]), be.Uint32(b[at+8:]), b[at+12]
	if math.Abs(float64(x)*0.0254-float64(dpi)) > 0.02 || x != y || unit != 1 {
		t.Errorf("pHYs %d × %d per unit %d, want %d dpi", x, y, unit, dpi)
	}
}

func inkBounds(img *image.NRGBA) image.Rectangle {
	var b image.Rectangle
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			if img.NRGBAAt(x, y).A > 0 {
				b = b.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return b
}

func TestPNGIsInkOnTransparentGround(t *testing.T) {
	img := decoded(t, unitSeal(t), 150)
	opaque := 0
	for i := 0; i < len(img.Pix); i += 4 {
		px := img.Pix[i : i+4]
		switch {
		case px[3] == 0 && (px[0] != 255 || px[1] != 255 || px[2] != 255):
			t.Fatalf("transparent pixel of colour %v, want white for viewers without alpha", px)
		case px[3] > 0 && (px[0] != 215 || px[1] != 26 || px[2] != 27):
			t.Fatalf("ink of colour %v", px)
		case px[3] == 255:
			opaque++
		}
	}
	if img.NRGBAAt(0, 0).A != 0 {
		t.Error("the corner is not transparent")
	}
	if star := img.NRGBAAt(img.Rect.Dx()/2, img.Rect.Dy()/2); star.A != 255 {
		t.Error("the middle of the star is not solid")
	}
	if share := float64(opaque) / float64(len(img.Pix)/4); share < 0.1 || share > 0.4 {
		t.Errorf("%.0f %% of the picture is solid ink", 100*share)
	}
}

func TestDrawingTwiceGivesTheSameBytes(t *testing.T) {
	a, b := unitSeal(t), unitSeal(t)
	if !bytes.Equal(a.SVG(), b.SVG()) {
		t.Error("SVG differs")
	}
	x, err := a.PNG(300)
	if err != nil {
		t.Fatal(err)
	}
	y, err := b.PNG(300)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(x, y) {
		t.Error("PNG differs")
	}
}

func TestResolutionOutOfReasonIsRefused(t *testing.T) {
	p := unitSeal(t)
	for _, dpi := range []int{-600, 0, 35, 4801, math.MaxInt} {
		if _, err := p.PNG(dpi); !errors.Is(err, fault.PictureTooFine) {
			t.Errorf("%d dpi: err = %v, want %s", dpi, err, fault.PictureTooFine)
		}
	}
	if _, err := (sealpic.Picture{}).PNG(600); !errors.Is(err, fault.PictureTooFine) {
		t.Errorf("empty picture: err = %v, want %s", err, fault.PictureTooFine)
	}
}

func TestSVGHoldsNothingButPaths(t *testing.T) {
	d := xml.NewDecoder(bytes.NewReader(unitSeal(t).SVG()))
	paths := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			attributes := make(map[string]string)
			for _, a := range token.Attr {
				attributes[a.Name.Local] = a.Value
			}
			switch token.Name.Local {
			case "svg":
				if attributes["width"] != "38mm" || attributes["height"] != "38mm" || attributes["viewBox"] != "0 0 38 38" || len(attributes) != 4 {
					t.Errorf("svg %v", attributes)
				}
			case "path":
				paths++
				if attributes["fill"] != "#d71a1b" || len(attributes) != 2 {
					t.Errorf("path has attributes %v", token.Attr)
				}
				checkPathData(t, attributes["d"])
			default:
				t.Errorf("element %s", token.Name.Local)
			}
		case xml.CharData:
			if strings.TrimSpace(string(token)) != "" {
				t.Errorf("text %q", token)
			}
		case xml.EndElement:
		default:
			t.Errorf("%T in the document", token)
		}
	}
	if paths != 5 {
		t.Errorf("%d paths, want ring, star, code, name and sub-name", paths)
	}
}

// checkPathData asks that a d attribute is made of M, L, Q, C and Z with the
// right count of numbers, all on the paper.
func checkPathData(t *testing.T, d string) {
	t.Helper()
	want := map[rune]int{'M': 2, 'L': 2, 'Q': 4, 'C': 6, 'Z': 0}
	for d != "" {
		n, ok := want[rune(d[0])]
		if !ok {
			t.Fatalf("command in %.20q", d)
		}
		end := strings.IndexAny(d[1:], "MLQCZ") + 1
		if end == 0 {
			end = len(d)
		}
		numbers := strings.Fields(d[1:end])
		if len(numbers) != n {
			t.Fatalf("%q", d[:end])
		}
		for _, s := range numbers {
			if v, err := strconv.ParseFloat(s, 64); err != nil || v < 0 || v > 42 {
				t.Fatalf("number %q in %q", s, d[:end])
			}
		}
		d = d[end:]
	}
}

func crcOf(b []byte) uint32 { return crc32.ChecksumIEEE(b) }
