package render_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"xinzhang/internal/format/ofd/render"
)

func photo() image.Image {
	img := image.NewPaletted(image.Rect(0, 0, 16, 8), color.Palette{color.White, color.NRGBA{215, 26, 27, 255}})
	for i := range img.Pix {
		img.Pix[i] = uint8(i % 16 / 8)
	}
	return img
}

// shown is the picture in the page, as its type and its bytes.
func shown(t *testing.T, p *render.Page) (string, []byte) {
	t.Helper()
	m := regexp.MustCompile(`href="data:image/([a-z]+);base64,([^"]*)"`).FindSubmatch(p.SVG)
	if m == nil {
		return "", nil
	}
	raw, err := base64.StdEncoding.DecodeString(string(m[2]))
	if err != nil {
		t.Fatal(err)
	}
	return string(m[1]), raw
}

func pictured(t *testing.T, file string, attrs string, more map[string]string) *render.Page {
	t.Helper()
	s := sketch{Res: `<ofd:MultiMedias><ofd:MultiMedia ID="20" Type="Image"><ofd:MediaFile>a.x</ofd:MediaFile></ofd:MultiMedia>
		<ofd:MultiMedia ID="21" Type="Image"><ofd:MediaFile>mask.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias>`,
		Content: `<ofd:ImageObject ID="3" Boundary="10 10 20 20" CTM="20 0 0 20 0 0" ResourceID="20" ` + attrs + `/>`,
		Files:   map[string]string{"Doc_0/Res/a.x": file}}
	for name, data := range more {
		s.Files[name] = data
	}
	return draw(t, s.pack(t), render.Options{})
}

func TestKindsOfPictures(t *testing.T) {
	encode := func(f func(*bytes.Buffer) error) string {
		var b bytes.Buffer
		if err := f(&b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	for _, tt := range []struct{ name, file, kind string }{
		{"png", encode(func(b *bytes.Buffer) error { return png.Encode(b, photo()) }), "png"},
		{"jpeg", encode(func(b *bytes.Buffer) error { return jpeg.Encode(b, photo(), nil) }), "jpeg"},
		{"gif", encode(func(b *bytes.Buffer) error { return gif.Encode(b, photo(), nil) }), "png"},
		{"bmp", encode(func(b *bytes.Buffer) error { return bmp.Encode(b, photo()) }), "png"},
		{"tiff", encode(func(b *bytes.Buffer) error { return tiff.Encode(b, photo(), nil) }), "png"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := pictured(t, tt.file, "", nil)
			kind, raw := shown(t, p)
			if kind != tt.kind || len(p.Notes) > 0 {
				t.Fatalf("shown as %q, notes %q", kind, noteList(p))
			}
			img, _, err := image.Decode(bytes.NewReader(raw))
			if err != nil || img.Bounds() != photo().Bounds() {
				t.Fatalf("the picture came out as %v: %v", img, err)
			}
			r, g, _, _ := img.At(12, 4).RGBA()
			if r>>8 < 200 || g>>8 > 60 {
				t.Errorf("red came out as %d, %d", r>>8, g>>8)
			}
		})
	}
}

// TestPicturesAreStripped: what is not the picture does not reach the browser.
func TestPicturesAreStripped(t *testing.T) {
	var jpg bytes.Buffer
	if err := jpeg.Encode(&jpg, photo(), nil); err != nil {
		t.Fatal(err)
	}
	exif := append([]byte{0xFF, 0xE1, 0, 22}, "Exif\x00\x00turn it around!!"[:20]...)
	spoiled := string(jpg.Bytes()[:2]) + string(exif) + string(jpg.Bytes()[2:]) + "<script>trailer</script>"
	if _, raw := shown(t, pictured(t, spoiled, "", nil)); bytes.Contains(raw, []byte("Exif")) || bytes.Contains(raw, []byte("script")) || len(raw) == 0 {
		t.Errorf("EXIF or a trailer came through: %q", raw)
	}
	file := squares()
	chunk := func(kind, data string) string {
		b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
		b = append(append(b, kind...), data...)
		return string(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:])))
	}
	const ihdrEnd = 33
	spoiled = file[:ihdrEnd] + chunk("tEXt", "Comment\x00secret") + chunk("acTL", "\x00\x00\x00\x02\x00\x00\x00\x00") + file[ihdrEnd:] + "trailer"
	if _, raw := shown(t, pictured(t, spoiled, "", nil)); string(raw) != file {
		t.Errorf("%d bytes came through, want the %d of the picture", len(raw), len(file))
	}
}

func TestMaskGivesOpacity(t *testing.T) {
	mask := image.NewGray(image.Rect(0, 0, 2, 1))
	mask.SetGray(0, 0, color.Gray{255})
	_, raw := shown(t, pictured(t, pngOf(photo()), `ImageMask="21"`, map[string]string{"Doc_0/Res/mask.png": pngOf(mask)}))
	img, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	_, _, _, left := img.At(2, 2).RGBA()
	_, _, _, right := img.At(13, 2).RGBA()
	if left != 0xFFFF || right != 0 {
		t.Errorf("opacity %x at the left, %x at the right", left, right)
	}
}

func TestOnePictureStandsOnce(t *testing.T) {
	s := sketch{Res: mediaRes, Files: map[string]string{"Doc_0/Res/a.png": squares()},
		Content: strings.Repeat(`<ofd:ImageObject ID="3" Boundary="10 10 20 20" ResourceID="20"/>`, 50)}
	if p := draw(t, s.pack(t), render.Options{}); bytes.Count(p.SVG, []byte("data:image")) != 1 {
		t.Errorf("the picture stands %d times", bytes.Count(p.SVG, []byte("data:image")))
	}
}
