package sealpic

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/bmp"

	"xinzhang/internal/fault"
)

// Limits of a photo. The pixels are those of a current phone's photo (24
// megapixels); the worst picture of that size, a progressive JPEG without colour
// subsampling, takes some 400 MB while it is decoded.
const (
	MaxPhotoBytes  = 20 << 20
	MaxPhotoPixels = 25_000_000
)

// workSide is the longer side to which photos are reduced before cleaning. A
// signature is looked for in the whole photo, then read from its surroundings
// alone, where these pixels give it some 900 dpi on 40 mm.
const workSide = 1600

// A pixmap is a colour picture with samples from 0 to 1, on white where it was
// transparent.
type pixmap struct {
	w, h int
	rgb  [3][]float32 // planes, row by row
}

func newPixmap(w, h int) pixmap {
	m := pixmap{w: w, h: h}
	for c := range m.rgb {
		m.rgb[c] = make([]float32, w*h)
	}
	return m
}

// A codec reads one picture format. Formats are listed here and not registered
// with package image, so that nobody else's import adds one.
type codec struct {
	name, magic string
	config      func(io.Reader) (image.Config, error)
	decode      func(io.Reader) (image.Image, error)
}

var codecs = []codec{
	{"PNG", "\x89PNG\r\n\x1a\n", png.DecodeConfig, png.Decode},
	{"JPEG", "\xff\xd8", jpeg.DecodeConfig, jpeg.Decode},
	{"GIF", "GIF8", gif.DecodeConfig, gif.Decode},
	{"BMP", "BM", bmp.DecodeConfig, bmp.Decode},
}

// decodePhoto reads a picture; its size is checked before pixels are decoded.
func decodePhoto(b []byte) (image.Image, error) {
	if len(b) > MaxPhotoBytes {
		return nil, fault.New(fault.PictureTooLarge, "limit", fmt.Sprintf("%d MB", MaxPhotoBytes>>20))
	}
	for _, c := range codecs {
		if bytes.HasPrefix(b, []byte(c.magic)) {
			return c.read(b)
		}
	}
	return nil, fault.Wrap(fault.PictureUnreadable, fmt.Errorf("begins with %x", b[:min(len(b), 8)]))
}

func (c codec) read(b []byte) (image.Image, error) {
	config, err := c.config(bytes.NewReader(b))
	if err != nil {
		return nil, fault.Wrap(fault.PictureUnreadable, fmt.Errorf("read %s header: %w", c.name, err))
	}
	if config.Width < 1 || config.Height < 1 {
		return nil, fault.Wrap(fault.PictureUnreadable, fmt.Errorf("%s of %d × %d pixels", c.name, config.Width, config.Height))
	}
	if config.Width > MaxPhotoPixels/config.Height {
		return nil, fault.New(fault.PictureTooLarge, "limit", fmt.Sprintf("%d MP", MaxPhotoPixels/1_000_000))
	}
	img, err := c.decode(bytes.NewReader(b))
	if err != nil {
		return nil, fault.Wrap(fault.PictureUnreadable, fmt.Errorf("decode %s: %w", c.name, err))
	}
	if img.Bounds().Empty() {
		return nil, fault.Wrap(fault.PictureUnreadable, fmt.Errorf("%s without pixels", c.name))
	}
	return img, nil
}

// reduce averages the pixels inside b into a pixmap whose longer side is at most
// workSide. It works in strips of rows, so that no second full picture is made.
func reduce(img image.Image, b image.Rectangle) pixmap {
	w, h := b.Dx(), b.Dy()
	if long := max(w, h); long > workSide {
		w, h = max(1, w*workSide/long), max(1, h*workSide/long)
	}
	m := newPixmap(w, h)
	for y := range h {
		top, bottom := b.Min.Y+y*b.Dy()/h, b.Min.Y+(y+1)*b.Dy()/h
		strip := image.NewRGBA(image.Rect(b.Min.X, top, b.Max.X, bottom))
		draw.Draw(strip, strip.Rect, image.White, image.Point{}, draw.Src)
		draw.Draw(strip, strip.Rect, img, strip.Rect.Min, draw.Over)
		m.averageRow(y, strip)
	}
	return m
}

// averageRow fills row y of m with the means of the strip's columns.
func (m pixmap) averageRow(y int, strip *image.RGBA) {
	width, rows := strip.Rect.Dx(), strip.Rect.Dy()
	for x := range m.w {
		left, right := x*width/m.w, (x+1)*width/m.w
		var sum [3]int
		for row := range rows {
			px := strip.Pix[row*strip.Stride+4*left : row*strip.Stride+4*right]
			for i := 0; i+3 < len(px); i += 4 {
				sum[0] += int(px[i])
				sum[1] += int(px[i+1])
				sum[2] += int(px[i+2])
			}
		}
		n := float32(255 * rows * (right - left))
		for c := range sum {
			m.rgb[c][y*m.w+x] = float32(sum[c]) / n
		}
	}
}
