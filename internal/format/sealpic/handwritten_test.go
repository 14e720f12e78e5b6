package sealpic_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"golang.org/x/image/bmp"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/sealpic"
	"xinzhang/internal/sealfont"
)

// signature is the made-up signature that is photographed in these tests.
func signature(t testing.TB) sealpic.Picture {
	t.Helper()
	const name = "测试用户甲"
	f, err := sealfont.Hand(name)
	if err != nil {
		if os.Getenv("XINZHANG_CI") == "1" {
			t.Fatal(err)
		}
		f = latin(t)
		if p, err := sealpic.DemoSignature(f, "Specimen", sealpic.Cleaning{}); err == nil {
			return p
		}
	}
	p, err := sealpic.DemoSignature(f, name, sealpic.Cleaning{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A scene is how a signature was photographed.
type scene struct {
	name     string
	w, h     int
	ink      color.NRGBA
	share    float64    // width of the signature, of the photo's
	light    [2]float64 // on the paper, from the dark corner to the bright one
	tint     [3]float64 // of the light; zero: white
	grain    float64    // deviation of the camera's noise
	pressure float64    // how much paler the palest parts of strokes are
	desk     float64    // width of the desk beside the sheet, of the photo's width
	crease   bool
	dust     int // specks
	quality  int // of the JPEG; 0: PNG
}

var scenes = []scene{
	{name: "a clean scan", w: 900, h: 400, ink: sealpic.Black, share: 0.8, light: [2]float64{1, 1}},
	{name: "a phone photo", w: 1600, h: 1200, ink: color.NRGBA{30, 30, 35, 255}, share: 0.5, light: [2]float64{0.75, 0.9},
		grain: 0.02, pressure: 0.2, quality: 80},
	{name: "blue ballpoint on creased paper in yellow, uneven light", w: 2400, h: 1800, ink: color.NRGBA{35, 60, 160, 255}, share: 0.45,
		light: [2]float64{0.4, 0.92}, tint: [3]float64{1, 0.95, 0.82}, grain: 0.03, pressure: 0.45, crease: true, dust: 60, quality: 60},
	{name: "a sheet on a wooden desk", w: 2000, h: 1500, ink: color.NRGBA{40, 40, 46, 255}, share: 0.4, light: [2]float64{0.55, 0.85},
		grain: 0.025, pressure: 0.3, desk: 0.09, dust: 30, quality: 70},
	{name: "a small dark photo", w: 640, h: 480, ink: color.NRGBA{20, 20, 24, 255}, share: 0.6, light: [2]float64{0.3, 0.5}, grain: 0.02, quality: 50},
	{name: "a marker, cropped tightly", w: 300, h: 120, ink: sealpic.Black, share: 0.98, light: [2]float64{0.9, 0.95}, grain: 0.01, quality: 75},
}

// photograph makes the photo; the same scene gives the same bytes.
func (s scene) photograph(t testing.TB, signature sealpic.Picture) []byte {
	t.Helper()
	img := s.expose(decoded(t, signature, int(float64(s.w)*s.share/signature.WidthMM*25.4)))
	var b bytes.Buffer
	var err error
	if s.quality == 0 {
		err = png.Encode(&b, img)
	} else {
		err = jpeg.Encode(&b, img, &jpeg.Options{Quality: s.quality})
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (s scene) expose(inked *image.NRGBA) *image.RGBA {
	rng := rand.New(rand.NewPCG(1, uint64(s.w)))
	dust := make(map[image.Point]bool)
	for range s.dust {
		at := image.Pt(rng.IntN(s.w), rng.IntN(s.h))
		dust[at], dust[at.Add(image.Pt(1, 0))], dust[at.Add(image.Pt(0, 1))] = true, true, true
	}
	shift := image.Pt((s.w-inked.Rect.Dx())/2, (s.h-inked.Rect.Dy())/2)
	img := image.NewRGBA(image.Rect(0, 0, s.w, s.h))
	for y := range s.h {
		for x := range s.w {
			at := image.Pt(x, y)
			cover := float64(inked.NRGBAAt(x-shift.X, y-shift.Y).A) / 255
			cover *= 1 - s.pressure*(0.5+0.5*math.Sin(float64(x)/37+float64(y)/23))
			px := s.reflected(at, cover, dust[at])
			noise := rng.NormFloat64() * s.grain
			for c := range px {
				v := px[c] + noise + rng.NormFloat64()*s.grain/2
				img.Pix[img.PixOffset(x, y)+c] = uint8(255 * max(0, min(1, v)))
			}
			img.Pix[img.PixOffset(x, y)+3] = 255
		}
	}
	return img
}

// reflected is the light that comes from a point of the scene.
func (s scene) reflected(at image.Point, cover float64, dust bool) [3]float64 {
	fx, fy := float64(at.X)/float64(s.w), float64(at.Y)/float64(s.h)
	ratio := float64(s.h) / float64(s.w)
	if s.desk > 0 && (fx < s.desk || fx > 1-0.6*s.desk || fy*ratio < s.desk || (1-fy)*ratio < 0.8*s.desk) {
		wood := 0.04 * math.Sin(float64(at.Y)/3+4*math.Sin(float64(at.X)/90))
		return [3]float64{0.36 + wood, 0.25 + wood, 0.17 + wood}
	}
	light := s.light[0] + (s.light[1]-s.light[0])*(0.6*fx+0.4*fy)
	if s.crease {
		d := fx - 0.37 - 0.1*fy
		light *= 1 - 0.12*math.Exp(-d*d*40000)
	}
	if dust {
		light = 0.3
	}
	ink := [3]uint8{s.ink.R, s.ink.G, s.ink.B}
	var px [3]float64
	for c := range px {
		px[c] = light * (1 - cover*(1-float64(ink[c])/255))
		if s.tint[c] != 0 {
			px[c] *= s.tint[c]
		}
	}
	return px
}

func TestSignatureIsTakenFromThePhotoAsItWasWritten(t *testing.T) {
	written := signature(t)
	for _, s := range scenes {
		t.Run(s.name, func(t *testing.T) {
			p, err := sealpic.Handwritten(s.photograph(t, written), sealpic.Cleaning{})
			if err != nil {
				t.Fatal(err)
			}
			if p.WidthMM > 40+1e-9 || p.HeightMM > 20+1e-9 || p.WidthMM < 39.9 && p.HeightMM < 19.9 {
				t.Errorf("%.2f × %.2f mm does not fill 40 × 20", p.WidthMM, p.HeightMM)
			}
			if got, want := p.WidthMM/p.HeightMM, written.WidthMM/written.HeightMM; math.Abs(got/want-1) > 0.02 {
				t.Errorf("proportions %.3f, want %.3f", got, want)
			}
			if alike := likeness(decoded(t, p, 300), decoded(t, written, 300)); alike < 0.82 {
				t.Errorf("%.0f %% of the ink is common", 100*alike)
			}
		})
	}
}

// likeness is the share of ink that two pictures have in common, of all that
// either has: 1 for the same picture.
func likeness(a, b *image.NRGBA) float64 {
	both, either := 0, 0
	w, h := min(a.Rect.Dx(), b.Rect.Dx()), min(a.Rect.Dy(), b.Rect.Dy())
	for y := range h {
		for x := range w {
			inA, inB := a.NRGBAAt(x, y).A > 127, b.NRGBAAt(x, y).A > 127
			if inA && inB {
				both++
			}
			if inA || inB {
				either++
			}
		}
	}
	return float64(both) / float64(either)
}

func TestPenKeepsItsColourUnlessOneIsAskedFor(t *testing.T) {
	written := signature(t)
	black, blue := scenes[1], scenes[2]
	black.w, black.h, blue.w, blue.h = 800, 600, 1000, 750
	tests := []struct {
		name  string
		scene scene
		ink   color.NRGBA
		ok    func(c color.NRGBA) bool
	}{
		{"black pen", black, color.NRGBA{}, func(c color.NRGBA) bool { return max(c.R, c.G, c.B) < 60 }},
		{"blue pen in yellow light", blue, color.NRGBA{}, func(c color.NRGBA) bool { return c.B > 2*c.R && c.B > 90 && c.R < 60 }},
		{"blue pen made black", blue, sealpic.Black, func(c color.NRGBA) bool { return c == sealpic.Black }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p, err := sealpic.Handwritten(test.scene.photograph(t, written), sealpic.Cleaning{Ink: test.ink})
			if err != nil {
				t.Fatal(err)
			}
			img := decoded(t, p, 150)
			for y := range img.Rect.Dy() {
				for x := range img.Rect.Dx() {
					if c := img.NRGBAAt(x, y); c.A == 255 && !test.ok(c) {
						t.Fatalf("ink is %v", c)
					}
				}
			}
		})
	}
}

func TestEveryPictureFormatIsRead(t *testing.T) {
	written := signature(t)
	img := scenes[0].expose(decoded(t, written, 300))
	transparent := decoded(t, written, 300) // no paper at all
	paletted := image.NewPaletted(img.Rect, color.Palette{color.White, color.Black})
	draw.Draw(paletted, paletted.Rect, img, image.Point{}, draw.Src)
	encode := func(f func(*bytes.Buffer) error) []byte {
		var b bytes.Buffer
		if err := f(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	tests := []struct {
		name string
		file []byte
	}{
		{"PNG with transparent ground", encode(func(b *bytes.Buffer) error { return png.Encode(b, transparent) })},
		{"PNG in black and white", encode(func(b *bytes.Buffer) error { return png.Encode(b, paletted) })},
		{"JPEG", encode(func(b *bytes.Buffer) error { return jpeg.Encode(b, img, nil) })},
		{"GIF", encode(func(b *bytes.Buffer) error { return gif.Encode(b, img, nil) })},
		{"BMP", encode(func(b *bytes.Buffer) error { return bmp.Encode(b, img) })},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p, err := sealpic.Handwritten(test.file, sealpic.Cleaning{WidthMM: 30, HeightMM: 30})
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(p.WidthMM-30) > 1e-9 {
				t.Errorf("%.2f mm wide, want 30", p.WidthMM)
			}
			if got, want := p.WidthMM/p.HeightMM, written.WidthMM/written.HeightMM; math.Abs(got/want-1) > 0.03 {
				t.Errorf("proportions %.3f, want %.3f", got, want)
			}
		})
	}
}

func TestPhoneHeldInAnyWayGivesAnUprightSignature(t *testing.T) {
	written := signature(t)
	s := scene{w: 600, h: 400, ink: sealpic.Black, share: 0.7, light: [2]float64{0.8, 0.9}, grain: 0.01}
	upright := s.expose(decoded(t, written, int(600*0.7/written.WidthMM*25.4)))
	want, err := sealpic.Handwritten(asJPEG(t, upright), sealpic.Cleaning{})
	if err != nil {
		t.Fatal(err)
	}
	// How a camera stores an upright scene, for each orientation that it notes.
	stored := map[uint16]func(x, y, w, h int) (int, int){
		1: func(x, y, w, h int) (int, int) { return x, y },
		2: func(x, y, w, h int) (int, int) { return w - 1 - x, y },
		3: func(x, y, w, h int) (int, int) { return w - 1 - x, h - 1 - y },
		4: func(x, y, w, h int) (int, int) { return x, h - 1 - y },
		5: func(x, y, w, h int) (int, int) { return y, x },
		6: func(x, y, w, h int) (int, int) { return y, w - 1 - x },
		7: func(x, y, w, h int) (int, int) { return h - 1 - y, w - 1 - x },
		8: func(x, y, w, h int) (int, int) { return h - 1 - y, x },
	}
	for orientation, place := range stored {
		w, h := upright.Rect.Dx(), upright.Rect.Dy()
		img := image.NewRGBA(image.Rect(0, 0, w, h))
		if orientation >= 5 {
			img = image.NewRGBA(image.Rect(0, 0, h, w))
		}
		for y := range h {
			for x := range w {
				sx, sy := place(x, y, w, h)
				img.SetRGBA(sx, sy, upright.RGBAAt(x, y))
			}
		}
		var order binary.AppendByteOrder = binary.BigEndian
		if orientation%2 == 0 {
			order = binary.LittleEndian
		}
		got, err := sealpic.Handwritten(withEXIF(asJPEG(t, img), order, orientation), sealpic.Cleaning{})
		if err != nil {
			t.Fatalf("orientation %d: %v", orientation, err)
		}
		if alike := likeness(decoded(t, got, 200), decoded(t, want, 200)); alike < 0.9 {
			t.Errorf("orientation %d: %.0f %% of the ink is common", orientation, 100*alike)
		}
	}
}

func asJPEG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withEXIF inserts an APP1 segment that notes the orientation.
func withEXIF(jpeg []byte, order binary.AppendByteOrder, orientation uint16) []byte {
	tiff := []byte("MM")
	if order.String() == binary.LittleEndian.String() {
		tiff = []byte("II")
	}
	tiff = order.AppendUint16(tiff, 42)
	tiff = order.AppendUint32(tiff, 8)
	tiff = order.AppendUint16(tiff, 2)
	for _, tag := range [][2]uint16{{0x0100, 640}, {0x0112, orientation}} {
		tiff = order.AppendUint16(tiff, tag[0])
		tiff = order.AppendUint16(tiff, 3) // SHORT
		tiff = order.AppendUint32(tiff, 1)
		tiff = order.AppendUint16(tiff, tag[1])
		tiff = order.AppendUint16(tiff, 0)
	}
	tiff = order.AppendUint32(tiff, 0)
	body := append([]byte("Exif\x00\x00"), tiff...)
	out := append([]byte{0xff, 0xd8, 0xff, 0xe1}, 0, 0)
	binary.BigEndian.PutUint16(out[4:], uint16(len(body)+2))
	return append(append(out, body...), jpeg[2:]...)
}

func TestPictureWithoutHandwritingIsRefused(t *testing.T) {
	grain := rand.New(rand.NewPCG(7, 7))
	tests := []struct {
		name  string
		paint func(x, y int) uint8
	}{
		{"blank sheet", func(x, y int) uint8 { return 250 }},
		{"black sheet", func(x, y int) uint8 { return 0 }},
		{"grainy photo of a blank sheet", func(x, y int) uint8 { return uint8(200 + x/20 + grain.IntN(16)) }},
		{"television snow", func(x, y int) uint8 { return uint8(grain.IntN(256)) }},
		{"chessboard", func(x, y int) uint8 { return uint8(255 * ((x/2 + y/2) % 2)) }},
		{"one speck of dust", func(x, y int) uint8 {
			if x == 100 && y == 80 {
				return 0
			}
			return 240
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			img := image.NewGray(image.Rect(0, 0, 500, 400))
			for y := range 400 {
				for x := range 500 {
					img.SetGray(x, y, color.Gray{test.paint(x, y)})
				}
			}
			var b bytes.Buffer
			if err := png.Encode(&b, img); err != nil {
				t.Fatal(err)
			}
			if p, err := sealpic.Handwritten(b.Bytes(), sealpic.Cleaning{}); !errors.Is(err, fault.PictureNoInk) {
				t.Errorf("err = %v, want %s; %d bytes of SVG", err, fault.PictureNoInk, len(p.SVG()))
			}
		})
	}
}

func TestHostilePhotosAreRefusedBeforeTheyAreDecoded(t *testing.T) {
	header := func(w, h uint32) []byte { // of a PNG
		b := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR")
		b = binary.BigEndian.AppendUint32(b, w)
		b = binary.BigEndian.AppendUint32(b, h)
		b = append(b, 16, 6, 0, 0, 0)
		return binary.BigEndian.AppendUint32(b, crcOf(b[12:]))
	}
	tests := []struct {
		name string
		file []byte
		want fault.Code
	}{
		{"nothing", nil, fault.PictureUnreadable},
		{"text", []byte("<svg xmlns='http://www.w3.org/2000/svg'/>"), fault.PictureUnreadable},
		{"PNG of a million by a million pixels", header(1e6, 1e6), fault.PictureTooLarge},
		{"PNG of 30 megapixels", header(6000, 5000), fault.PictureTooLarge},
		{"PNG of no pixels", header(0, 10), fault.PictureUnreadable},
		{"PNG without data", header(10, 10), fault.PictureUnreadable},
		{"GIF of 65535 × 65535", []byte("GIF89a\xff\xff\xff\xff\x00\x00\x00"), fault.PictureTooLarge},
		{"BMP with a short header", []byte("BM\x00\x00\x00\x00"), fault.PictureUnreadable},
		{"JPEG cut after its first marker", []byte("\xff\xd8\xff\xe0"), fault.PictureUnreadable},
		{"more bytes than any photo", append(header(10, 10), make([]byte, sealpic.MaxPhotoBytes)...), fault.PictureTooLarge},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := sealpic.Handwritten(test.file, sealpic.Cleaning{}); !errors.Is(err, test.want) {
				t.Errorf("err = %v, want %s", err, test.want)
			}
		})
	}
}

func TestUnusualBoxIsRefused(t *testing.T) {
	for _, c := range []sealpic.Cleaning{{WidthMM: 40}, {WidthMM: -1, HeightMM: 20}, {WidthMM: 200, HeightMM: 20}, {WidthMM: math.NaN(), HeightMM: 20}} {
		if _, err := sealpic.Handwritten(nil, c); !errors.Is(err, fault.PictureSize) {
			t.Errorf("%v: err = %v, want %s", c, err, fault.PictureSize)
		}
	}
}

func TestDemoSignatureIsTheSameEachTime(t *testing.T) {
	a, err := sealpic.DemoSignature(latin(t), "Specimen", sealpic.Cleaning{WidthMM: 30, HeightMM: 15, Ink: sealpic.Blue})
	if err != nil {
		t.Fatal(err)
	}
	b, err := sealpic.DemoSignature(latin(t), "Specimen", sealpic.Cleaning{WidthMM: 30, HeightMM: 15, Ink: sealpic.Blue})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a.SVG(), b.SVG()) {
		t.Error("two drawings differ")
	}
	if a.WidthMM > 30 || a.HeightMM > 15 {
		t.Errorf("%v × %v mm", a.WidthMM, a.HeightMM)
	}
	if _, err := sealpic.DemoSignature(latin(t), "测试", sealpic.Cleaning{}); !errors.Is(err, fault.FontMissingGlyph) {
		t.Errorf("err = %v, want %s", err, fault.FontMissingGlyph)
	}
	if _, err := sealpic.DemoSignature(latin(t), " ", sealpic.Cleaning{}); !errors.Is(err, fault.PictureTextLength) {
		t.Errorf("err = %v, want %s", err, fault.PictureTextLength)
	}
}

// FuzzHandwritten asks that any bytes are refused, or give a picture inside its
// box that can be drawn.
func FuzzHandwritten(f *testing.F) {
	img := image.NewGray(image.Rect(0, 0, 60, 40))
	draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
	for i := range 30 {
		for d := range 4 {
			img.SetGray(15+i, 8+i*2/3+d, color.Gray{20})
		}
	}
	var asPNG, asGIF, asBMP bytes.Buffer
	_ = png.Encode(&asPNG, img)
	_ = gif.Encode(&asGIF, img, nil)
	_ = bmp.Encode(&asBMP, img)
	f.Add(asPNG.Bytes())
	f.Add(asGIF.Bytes())
	f.Add(asBMP.Bytes())
	f.Add(asJPEG(f, img))
	f.Add(withEXIF(asJPEG(f, img), binary.BigEndian, 6))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := sealpic.Handwritten(b, sealpic.Cleaning{})
		if err != nil {
			return
		}
		checkSignature(t, p)
	})
}

// FuzzPhotoPixels asks the same as FuzzHandwritten, a refusal or a picture inside
// its box that can be drawn, of given pixels, since hardly any changed byte of a
// packed picture gets as far as that.
func FuzzPhotoPixels(f *testing.F) {
	f.Add(uint8(5), []byte("\xff\xff\xff\xff\xff\xff\x00\x00\x00\xff\xff\xff\xff\xff\xff"))
	f.Add(uint8(40), bytes.Repeat([]byte("\xf0\xf2\xf1\xee\xf0\x20\x20\x21\x20\xf3\xf3"), 200))
	f.Fuzz(func(t *testing.T, width uint8, pixels []byte) {
		w := int(width) + 1
		h := min(len(pixels)/w, 200)
		if h == 0 {
			return
		}
		img := &image.Gray{Pix: pixels, Stride: w, Rect: image.Rect(0, 0, w, h)}
		var b bytes.Buffer
		if err := bmp.Encode(&b, img); err != nil {
			t.Fatal(err)
		}
		if p, err := sealpic.Handwritten(b.Bytes(), sealpic.Cleaning{}); err == nil {
			checkSignature(t, p)
		}
	})
}

func checkSignature(t *testing.T, p sealpic.Picture) {
	t.Helper()
	if !(p.WidthMM > 0 && p.HeightMM > 0 && p.WidthMM <= 40 && p.HeightMM <= 20) {
		t.Fatalf("picture of %v × %v mm", p.WidthMM, p.HeightMM)
	}
	for _, q := range p.Outlines()[0].Points {
		if !(q[0] >= -1e-6 && q[1] >= -1e-6 && q[0] <= p.WidthMM+1e-6 && q[1] <= p.HeightMM+1e-6) {
			t.Fatalf("ink at %v, outside %v × %v mm", q, p.WidthMM, p.HeightMM)
		}
	}
}
