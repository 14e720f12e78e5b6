package render

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/ofd"
)

// A bitmap is a picture that was decoded here, as a file that browsers read.
type bitmap struct {
	mime   string // image/png or image/jpeg
	data   []byte
	pixels int
}

// An imageKey names one form of one picture.
type imageKey struct {
	pkg        *ofd.Package // nil: a seal's own picture
	name, mask string
	grey       bool
}

// maskWhiteShows chooses how a mask is read: white shows and black hides, as the
// soft masks of PDF from which converters make them. GB/T 33190-2016 10 asks for
// a picture of two values and does not say which is which. [U]
const maskWhiteShows = true

var errImageKind = errors.New("kind of picture not supported")

// bitmap decodes a picture once for all pages; its pixels are counted once for
// each page. read returns the bytes of a name.
func (b *builder) bitmap(key imageKey, read func(name string) ([]byte, error)) (*bitmap, error) {
	bm, known := b.r.images[key]
	if known && bm == nil {
		return nil, errors.New("could not be decoded before")
	}
	if known && !b.seen[key] && !b.spendPixels(bm.pixels) {
		return nil, b.err
	}
	if !known {
		var err error
		if bm, err = b.decode(key, read); err != nil {
			return nil, err
		}
		b.r.images[key] = bm
	}
	b.seen[key] = true
	return bm, nil
}

func (b *builder) decode(key imageKey, read func(string) ([]byte, error)) (*bitmap, error) {
	data, err := read(key.name)
	if err != nil {
		return nil, err
	}
	kind, img, err := b.pixelsOf(data)
	if err != nil {
		return nil, err
	}
	bm := &bitmap{pixels: img.Bounds().Dx() * img.Bounds().Dy()}
	_, cmyk := img.(*image.CMYK)
	switch {
	case key.mask == "" && !key.grey && kind == "png":
		bm.mime, bm.data = "image/png", stripPNG(data)
	case key.mask == "" && !key.grey && kind == "jpeg" && !cmyk:
		bm.mime, bm.data = "image/jpeg", stripJPEG(data)
	default:
		if key.mask != "" {
			if img, err = b.masked(img, key.mask, read); err != nil {
				return nil, err
			}
		}
		if key.grey {
			img = greyed(img)
		}
		bm.mime, bm.data, err = asPNG(img)
	}
	if cmyk {
		b.notes.add(b.part, fault.RenderColourApproximate, "space", "CMYK")
	}
	return bm, err
}

// pixelsOf decodes a picture whole: one that is cut or damaged is not shown half.
func (b *builder) pixelsOf(data []byte) (kind string, img image.Image, err error) {
	var config func([]byte) (image.Config, error)
	var decode func([]byte) (image.Image, error)
	switch {
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		kind, config, decode = "png", configBy(png.DecodeConfig), imageBy(png.Decode)
	case bytes.HasPrefix(data, []byte{0xFF, 0xD8, 0xFF}):
		kind, config, decode = "jpeg", configBy(jpeg.DecodeConfig), imageBy(jpeg.Decode)
	case bytes.HasPrefix(data, []byte("GIF8")):
		kind, config, decode = "gif", configBy(gif.DecodeConfig), imageBy(gif.Decode)
	case bytes.HasPrefix(data, []byte("BM")):
		kind, config, decode = "bmp", configBy(bmp.DecodeConfig), imageBy(bmp.Decode)
	case bytes.HasPrefix(data, []byte("II*\x00")), bytes.HasPrefix(data, []byte("MM\x00*")):
		kind, config, decode = "tiff", configBy(tiff.DecodeConfig), imageBy(tiff.Decode)
	default:
		return "", nil, errImageKind
	}
	c, err := config(data)
	if err != nil {
		return kind, nil, err
	}
	if c.Width <= 0 || c.Height <= 0 || c.Width > 1<<16 || c.Height > 1<<16 {
		return kind, nil, errors.New("size of the picture")
	}
	if !b.spendPixels(c.Width * c.Height) {
		return kind, nil, b.err
	}
	img, err = decode(data)
	if err == nil && (img.Bounds().Dx() != c.Width || img.Bounds().Dy() != c.Height) {
		return kind, nil, errors.New("size of the picture")
	}
	return kind, img, err
}

func configBy(f func(io.Reader) (image.Config, error)) func([]byte) (image.Config, error) {
	return func(b []byte) (image.Config, error) { return f(bytes.NewReader(b)) }
}

func imageBy(f func(io.Reader) (image.Image, error)) func([]byte) (image.Image, error) {
	return func(b []byte) (image.Image, error) { return f(bytes.NewReader(b)) }
}

func asPNG(img image.Image) (mime string, data []byte, err error) {
	var out bytes.Buffer
	e := png.Encoder{CompressionLevel: png.BestSpeed}
	err = e.Encode(&out, img)
	return "image/png", out.Bytes(), err
}

// masked takes the opacity of a picture from another one, which may be of
// another size.
func (b *builder) masked(img image.Image, name string, read func(string) ([]byte, error)) (image.Image, error) {
	data, err := read(name)
	if err != nil {
		return nil, err
	}
	_, mask, err := b.pixelsOf(data)
	if err != nil {
		return nil, err
	}
	size, over := img.Bounds(), mask.Bounds()
	out := image.NewNRGBA(image.Rect(0, 0, size.Dx(), size.Dy()))
	for y := range size.Dy() {
		my := over.Min.Y + y*over.Dy()/size.Dy()
		for x := range size.Dx() {
			c := nrgba(img.At(size.Min.X+x, size.Min.Y+y))
			m := luminance(mask.At(over.Min.X+x*over.Dx()/size.Dx(), my))
			if !maskWhiteShows {
				m = 255 - m
			}
			c.A = uint8(int(c.A) * int(m) / 255)
			out.SetNRGBA(x, y, c)
		}
	}
	return out, nil
}

// greyed takes the colour out of a picture.
func greyed(img image.Image) image.Image {
	size := img.Bounds()
	out := image.NewNRGBA(image.Rect(0, 0, size.Dx(), size.Dy()))
	for y := range size.Dy() {
		for x := range size.Dx() {
			c := nrgba(img.At(size.Min.X+x, size.Min.Y+y))
			v := luminance(color.NRGBA{c.R, c.G, c.B, 255})
			out.SetNRGBA(x, y, color.NRGBA{v, v, v, c.A})
		}
	}
	return out
}

func nrgba(c color.Color) color.NRGBA {
	v, _ := color.NRGBAModel.Convert(c).(color.NRGBA)
	return v
}

func luminance(c color.Color) uint8 {
	v, _ := color.GrayModel.Convert(c).(color.Gray)
	return v.Y
}
