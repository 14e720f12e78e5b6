package sealpic

import (
	"bytes"
	"encoding/binary"
)

// exifOrientation returns how a JPEG is to be turned, 1 to 8 as EXIF 2.3 numbers
// them in tag 0112; 1 (upright) when there is nothing to be found. Phones store
// the picture as the sensor lay and only note how it was held.
func exifOrientation(b []byte) int {
	const upright = 1
	for at := 2; at+4 <= len(b) && b[at] == 0xff; {
		marker, length := b[at+1], int(binary.BigEndian.Uint16(b[at+2:]))
		if marker == 0xda || length < 2 || at+2+length > len(b) {
			return upright // image data begins, or the file is cut
		}
		body := b[at+4 : at+2+length]
		if tiff, ok := bytes.CutPrefix(body, []byte("Exif\x00\x00")); ok && marker == 0xe1 {
			return tiffOrientation(tiff)
		}
		at += 2 + length
	}
	return upright
}

// tiffOrientation reads tag 0112 from the first directory of a TIFF block.
func tiffOrientation(tiff []byte) int {
	const upright = 1
	if len(tiff) < 8 {
		return upright
	}
	var order binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	start := uint64(order.Uint32(tiff[4:]))
	if start+2 > uint64(len(tiff)) {
		return upright
	}
	entries := tiff[start+2:]
	for range order.Uint16(tiff[start:]) {
		if len(entries) < 12 {
			return upright
		}
		if order.Uint16(entries) == 0x0112 {
			if v := int(order.Uint16(entries[8:])); v >= 1 && v <= 8 {
				return v
			}
			return upright
		}
		entries = entries[12:]
	}
	return upright
}

// upright returns how points of the stored picture move, but for a shift, when
// the picture is turned and mirrored as an EXIF orientation demands.
func upright(orientation int) func(point) point {
	return func(p point) point {
		switch orientation {
		case 2:
			return point{-p.x, p.y}
		case 3:
			return point{-p.x, -p.y}
		case 4:
			return point{p.x, -p.y}
		case 5:
			return point{p.y, p.x}
		case 6:
			return point{-p.y, p.x}
		case 7:
			return point{-p.y, -p.x}
		case 8:
			return point{p.y, -p.x}
		}
		return p
	}
}
