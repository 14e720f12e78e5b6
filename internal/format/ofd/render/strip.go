package render

import "encoding/binary"

// Pictures are handed on without what is not the picture: comments, places and
// times, colour profiles, the turn of EXIF (which some browsers follow and OFD
// does not know), further frames that would make a page change while it is
// looked at.

// stripPNG keeps the chunks that make the picture. The file was decoded before:
// its chunks are whole.
func stripPNG(d []byte) []byte {
	const head = 8
	out := append([]byte(nil), d[:head]...)
	for at := head; at+12 <= len(d); {
		end := at + 12 + int(binary.BigEndian.Uint32(d[at:]))
		if end > len(d) || end < at {
			break
		}
		switch kind := string(d[at+4 : at+8]); kind {
		case "IHDR", "PLTE", "tRNS", "IDAT", "IEND":
			out = append(out, d[at:end]...)
			if kind == "IEND" {
				return out
			}
		}
		at = end
	}
	return out
}

// Markers of JPEG.
const (
	jpegSOI   = 0xD8
	jpegEOI   = 0xD9
	jpegSOS   = 0xDA
	jpegAPP1  = 0xE1
	jpegAPP14 = 0xEE // Adobe: says whether colours are YCC
	jpegAPP15 = 0xEF
	jpegCOM   = 0xFE
)

// stripJPEG keeps the segments that make the picture.
func stripJPEG(d []byte) []byte {
	out := []byte{0xFF, jpegSOI}
	for at := 2; at+1 < len(d); {
		if d[at] != 0xFF || d[at+1] == 0xFF || d[at+1] == 0 {
			at++ // fill bytes, and what stands between segments in careless files
			continue
		}
		marker := d[at+1]
		if marker == jpegEOI {
			break
		}
		if marker >= 0xD0 && marker <= jpegSOI || marker == 1 || at+4 > len(d) {
			at += 2
			continue
		}
		end := at + 2 + int(binary.BigEndian.Uint16(d[at+2:]))
		if end > len(d) {
			break
		}
		if marker == jpegSOS {
			end = scanEnd(d, end)
		}
		app := marker >= jpegAPP1 && marker <= jpegAPP15 && marker != jpegAPP14
		if !app && marker != jpegCOM {
			out = append(out, d[at:end]...)
		}
		at = end
	}
	return append(out, 0xFF, jpegEOI)
}

// scanEnd finds the marker behind the coded data of a scan.
func scanEnd(d []byte, at int) int {
	for ; at+1 < len(d); at++ {
		if next := d[at+1]; d[at] == 0xFF && next != 0 && next != 0xFF && (next < 0xD0 || next > 0xD7) {
			return at
		}
	}
	return len(d)
}
