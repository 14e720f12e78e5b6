package ofd

import "golang.org/x/text/width"

// advance is how far the pen moves after a character, in ems, when no font says
// so: ASCII and other narrow characters half an em, the rest a whole one.
func advance(r rune) float64 {
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 1
	case width.EastAsianAmbiguous:
		return 1 // “ ” … — stand a full em in Chinese fonts
	}
	if r < 0x20 {
		return 0
	}
	return 0.5
}
