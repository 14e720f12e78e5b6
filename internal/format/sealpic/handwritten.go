package sealpic

import (
	"image"
	"image/color"

	"xinzhang/internal/fault"
)

// A Cleaning says how a hand-written signature is made from a photo or scan.
type Cleaning struct {
	// The box that the signature fills as far as its own proportions allow;
	// 0: 40 × 20 mm; 8 to 80 each.
	WidthMM, HeightMM float64

	// The colour of the ink; zero keeps the colour of the pen. [Black] and [Blue]
	// make signatures uniform.
	Ink color.NRGBA
}

// Handwritten takes the ink of a hand-written signature out of a PNG, JPEG, GIF
// or BMP picture: it evens out light and paper, drops desk, dust and grain,
// trims what is left, and traces it into outlines. Phone photos are turned
// upright as their EXIF data says.
//
// It returns [fault.PictureTooLarge] for more than [MaxPhotoBytes] or
// [MaxPhotoPixels], [fault.PictureUnreadable] for what is no picture,
// [fault.PictureNoInk] when nothing in it looks like handwriting, and
// [fault.PictureSize] for an unusual box.
//
// Ruled lines, printed words and stamps in the picture are ink as well; they
// have to be kept out of the photo.
func Handwritten(photo []byte, c Cleaning) (Picture, error) {
	c, err := c.withDefaults()
	if err != nil {
		return Picture{}, err
	}
	img, err := decodePhoto(photo)
	if err != nil {
		return Picture{}, err
	}
	found, err := readSignature(img, img.Bounds())
	if err != nil {
		return Picture{}, err
	}
	if near := found.surroundings(); near != img.Bounds() {
		// A second look from close by; should it see less, the first one stands.
		if nearer, err := readSignature(img, near); err == nil {
			found = nearer
		}
	}
	q := found.trace()
	if len(q) == 0 {
		return Picture{}, fault.New(fault.PictureNoInk) // pieces too small to outline
	}
	if orientation := exifOrientation(photo); orientation != 1 {
		q = q.mapped(upright(orientation))
	}
	return signaturePicture(q, inkOr(c.Ink, found.pen), c.WidthMM, c.HeightMM), nil
}

// A reading is the ink found in a part of a photo.
type reading struct {
	strokes
	pen    color.NRGBA
	within image.Rectangle // the part of the photo
	photo  image.Rectangle
}

func readSignature(img image.Image, part image.Rectangle) (reading, error) {
	m := reduce(img, part)
	paper := findPaper(m)
	s, err := findStrokes(paper.darkness(m, 1))
	if err != nil {
		return reading{}, err
	}
	if more := s.smoothings(); more > 0 {
		if s, err = findStrokes(paper.darkness(m, 1+more)); err != nil {
			return reading{}, err
		}
	}
	return reading{s, paper.penColour(m, s), part, img.Bounds()}, nil
}

// surroundings is the part of the photo around the ink: with a fifth of its
// longer side all around, since the paper is judged from what lies beside it.
func (r reading) surroundings() image.Rectangle {
	k := float64(r.within.Dx()) / float64(r.w)
	ink := r.extent()
	margin := max(ink.Dx(), ink.Dy())/5 + 4
	ink = ink.Inset(-margin)
	scaled := image.Rect(int(float64(ink.Min.X)*k), int(float64(ink.Min.Y)*k), int(float64(ink.Max.X)*k), int(float64(ink.Max.Y)*k))
	return scaled.Add(r.within.Min).Intersect(r.photo)
}

// withDefaults fills in the box and checks it.
func (c Cleaning) withDefaults() (Cleaning, error) {
	if c.WidthMM == 0 && c.HeightMM == 0 {
		c.WidthMM, c.HeightMM = 40, 20
	}
	for _, mm := range []float64{c.WidthMM, c.HeightMM} {
		if err := checkSize(mm, 8, 80); err != nil {
			return c, err
		}
	}
	return c, nil
}

// signaturePicture moves an outline of any size into a picture that it touches
// on all sides, as large as the box allows.
func signaturePicture(q path, ink color.NRGBA, maxWidth, maxHeight float64) Picture {
	b := q.bounds()
	k := min(maxWidth/b.width(), maxHeight/b.height())
	moved := q.mapped(func(p point) point { return p.minus(b.min).times(k) })
	return picture(min(b.width()*k, maxWidth), min(b.height()*k, maxHeight), ink, moved)
}
