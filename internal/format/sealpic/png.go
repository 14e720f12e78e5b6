package sealpic

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"math"

	"golang.org/x/image/vector"

	"xinzhang/internal/fault"
)

const (
	mmPerInch = 25.4

	// A seal printed at 1200 dpi is 2000 pixels wide; more than these limits is
	// a slip of the keyboard.
	minDPI, maxDPI = 36, 4800
	maxPNGPixels   = 64 << 20
)

// PNG paints the picture on a transparent ground at dpi pixels per inch. The
// bitmap spans exactly WidthMM × HeightMM, and its pHYs chunk tells viewers the
// resolution. 300 dpi is the least for a seal that is printed, 600 looks right.
// It returns [fault.PictureTooFine] for a resolution that is out of reason.
func (p Picture) PNG(dpi int) ([]byte, error) {
	if dpi < minDPI || dpi > maxDPI {
		return nil, fault.New(fault.PictureTooFine, "dpi", dpi, "min", minDPI, "max", maxDPI)
	}
	w := math.Round(p.WidthMM / mmPerInch * float64(dpi))
	h := math.Round(p.HeightMM / mmPerInch * float64(dpi))
	if w < 1 || h < 1 || w*h > maxPNGPixels {
		return nil, fault.New(fault.PictureTooFine, "dpi", dpi, "min", minDPI, "max", maxDPI)
	}
	var b bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestCompression}
	if err := enc.Encode(&b, p.raster(int(w), int(h))); err != nil {
		return nil, fmt.Errorf("encode seal picture: %w", err)
	}
	return withResolution(b.Bytes(), dpi), nil
}

// raster paints the picture into w × h pixels.
func (p Picture) raster(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		// Ground is white with alpha 0, not black: a viewer that ignores alpha
		// then still shows a seal on white paper.
		if i%4 != 3 {
			img.Pix[i] = 255
		}
	}
	kx, ky := float64(w)/p.WidthMM, float64(h)/p.HeightMM
	for _, l := range p.layers {
		mask := image.NewAlpha(img.Bounds())
		l.outline.fill(mask, kx, ky)
		stain(img, mask, l.ink)
	}
	return img
}

// fill paints the outline into mask, scaled by kx, ky pixels per millimetre.
func (q path) fill(mask *image.Alpha, kx, ky float64) {
	z := vector.NewRasterizer(mask.Rect.Dx(), mask.Rect.Dy())
	at := func(p point) (x, y float32) { return float32(p.x * kx), float32(p.y * ky) }
	for _, s := range q {
		x0, y0 := at(s.p[0])
		x1, y1 := at(s.p[1])
		x2, y2 := at(s.p[2])
		switch s.op {
		case moveTo:
			z.MoveTo(x0, y0)
		case lineTo:
			z.LineTo(x0, y0)
		case quadTo:
			z.QuadTo(x0, y0, x1, y1)
		case cubeTo:
			z.CubeTo(x0, y0, x1, y1, x2, y2)
		case closing:
			z.ClosePath()
		}
	}
	z.Draw(mask, mask.Bounds(), image.Opaque, image.Point{})
}

// stain lays colour c over img wherever mask covers. Layers of one picture hardly
// touch, so that where both cover the newer colour simply wins.
func stain(img *image.NRGBA, mask *image.Alpha, c color.NRGBA) {
	for i, a := range mask.Pix {
		if a == 0 {
			continue
		}
		px := img.Pix[4*i : 4*i+4 : 4*i+4]
		px[0], px[1], px[2] = c.R, c.G, c.B
		px[3] = uint8(255 - (255-int(px[3]))*(255-int(a))/255)
	}
}

// withResolution inserts a pHYs chunk after IHDR, which image/png always writes
// first: 8 bytes signature, then 25 bytes IHDR.
func withResolution(img []byte, dpi int) []byte {
	const head = 8 + 25
	perMetre := uint32(math.Round(float64(dpi) * 1000 / mmPerInch))
	chunk := make([]byte, 0, 21)
	chunk = binary.BigEndian.AppendUint32(chunk, 9)
	chunk = append(chunk, "pHYs"...)
	chunk = binary.BigEndian.AppendUint32(chunk, perMetre)
	chunk = binary.BigEndian.AppendUint32(chunk, perMetre)
	chunk = append(chunk, 1) // unit: metre
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))

	out := make([]byte, 0, len(img)+len(chunk))
	out = append(out, img[:head]...)
	out = append(out, chunk...)
	return append(out, img[head:]...)
}
