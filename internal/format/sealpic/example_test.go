package sealpic_test

import (
	"bytes"
	"fmt"

	"golang.org/x/image/font/gofont/goregular"

	"xinzhang/internal/format/sealpic"
)

// A real seal is set in a Song font, see internal/sealfont.Song; the font here
// has Latin letters only.
func ExampleRound_Draw() {
	font, err := sealpic.ParseFont(goregular.TTF)
	if err != nil {
		fmt.Println(err)
		return
	}
	seal, err := sealpic.Round{Name: "SAMPLE UNIT", SubName: "OFFICE", Code: "9900000000012"}.Draw(font)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%g × %g mm\n", seal.WidthMM, seal.HeightMM)
	firstLine, _, _ := bytes.Cut(seal.SVG(), []byte("\n"))
	fmt.Printf("%s\n", firstLine)

	_, err = sealpic.Round{Name: "示例监狱"}.Draw(font)
	fmt.Println(err)
	// Output:
	// 38 × 38 mm
	// <svg xmlns="http://www.w3.org/2000/svg" width="38mm" height="38mm" viewBox="0 0 38 38">
	// font.missing_glyph (char=示, code=U+793A)
}
