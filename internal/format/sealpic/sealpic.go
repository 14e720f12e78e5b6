// Package sealpic draws the pictures of electronic seals: the official round
// seal with its star, department and business seals, the oval seal, the square
// name chop, and the hand-written signature cleaned from a photo.
//
//	font, err := sealpic.ParseFont(fontFile)
//	pic, err := sealpic.Round{Name: "示例监狱", Code: "9900000000012"}.Draw(font)
//	png, err := pic.PNG(600)
//
//	pic, err := sealpic.Handwritten(photo, sealpic.Cleaning{})
//	svg := pic.SVG()
//
// Everything is measured in millimetres, as seals are: x to the right, y
// downwards, the origin in the upper left corner. A [Picture] is a list of
// filled outlines, so that it is as sharp at 1200 dpi as on the screen, and the
// same outlines become SVG and PNG. A signature from a photo is traced into
// outlines as well.
//
// Sizes and arrangement follow the rules which the public security organs apply
// to real seals (国发〔1999〕25号 and the local rules that quote it): unit seals
// 42 mm with a ring of 1.2 mm and a star of 14 mm, 40 and 38 mm for smaller
// units, departments and business seals; the name clockwise on the upper arc in
// simplified Song, the sub-name level below the star, the seal's code on the
// lower arc read from left to right with the tops of the digits to the centre.
//
// The package is pure: fonts and photos come in as bytes, nothing is read from
// disk. Where fonts are found is the business of internal/sealfont. National
// emblems, Party emblems and seal script are not drawn.
package sealpic

import (
	"image/color"
)

// Inks of seals and signatures.
var (
	Red   = color.NRGBA{215, 26, 27, 255} // seal paste
	Black = color.NRGBA{26, 26, 28, 255}  // gel pen
	Blue  = color.NRGBA{24, 52, 140, 255} // ballpoint
)

// A Picture is a drawn seal or signature of a fixed size on paper. The ground is
// transparent.
type Picture struct {
	WidthMM, HeightMM float64

	layers []layer
}

// A layer is one filled outline in millimetres. Overlaps inside an outline are
// filled (non-zero winding).
type layer struct {
	ink     color.NRGBA
	outline path
}

// inkOr returns ink, or the given default when ink was left zero.
func inkOr(ink, byDefault color.NRGBA) color.NRGBA {
	if ink == (color.NRGBA{}) {
		return byDefault
	}
	ink.A = 255
	return ink
}

// picture makes a picture of outlines in one ink.
func picture(w, h float64, ink color.NRGBA, outlines ...path) Picture {
	p := Picture{WidthMM: w, HeightMM: h}
	for _, q := range outlines {
		p.layers = append(p.layers, layer{ink, q})
	}
	return p
}
