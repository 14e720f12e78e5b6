package main

import (
	"math"

	"xinzhang/internal/format/sealpic"
	"xinzhang/internal/format/ses"
)

// sealPicture paints p for a seal. A seal states whole millimetres, so p is to
// be drawn in whole millimetres.
func sealPicture(p sealpic.Picture) (ses.Picture, error) {
	data, err := p.PNG(sealDPI)
	if err != nil {
		return ses.Picture{}, err
	}
	return ses.Picture{Type: "png", Data: data, WidthMM: int(math.Round(p.WidthMM)), HeightMM: int(math.Round(p.HeightMM))}, nil
}
