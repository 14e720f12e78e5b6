package hostile

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"strings"

	"xinzhang/internal/format/der"
)

// pictures are seals whose picture claims to be huge; verify draws them into the
// report.
func pictures(w *world) []hostile {
	of := func(kind string, data []byte) func() []byte {
		return func() []byte {
			picture := tlv(der.Sequence, tlv(der.IA5String, []byte(kind)), tlv(der.OctetString, data), []byte{2, 1, 42}, []byte{2, 1, 42})
			return w.valued(w.sealedWith(sealPicture[:1], picture))
		}
	}
	return []hostile{
		{name: "a PNG of 2³¹ by 2³¹", data: of("PNG", pngOf(0x7FFFFFFF, 0x7FFFFFFF, nil))},
		{name: "a PNG of 60,000 by 60,000 zeros", data: of("PNG", pngOf(60_000, 60_000, zlib(100)))},
		{name: "a PNG of 8,000 by 8,000 zeros", data: of("PNG", pngOf(8_000, 8_000, zlib(300)))},
		{name: "a PNG of a million text chunks", data: of("PNG", append(pngOf(1, 1, nil)[:33], bytes.Repeat(chunk("tEXt", []byte("a\x00b")), 500_000)...))},
		{name: "a GIF of 65,535 by 65,535", data: of("GIF", []byte("GIF89a\xFF\xFF\xFF\xFF\x80\x00\x00\x00\x00\x00\xFF\xFF\xFF\x2C\x00\x00\x00\x00\xFF\xFF\xFF\xFF\x00\x02\x02\x44\x01\x00\x3B"))},
		{name: "a GIF of a hundred thousand frames", data: of("GIF", append([]byte("GIF89a\x10\x00\x10\x00\x80\x00\x00\x00\x00\x00\xFF\xFF\xFF"),
			bytes.Repeat([]byte("\x2C\x00\x00\x00\x00\x10\x00\x10\x00\x00\x02\x02\x44\x01\x00"), 100_000)...))},
		{name: "a BMP of 2³¹ by 2³¹", data: of("BMP", bmpOf(0x7FFFFFFF, 0x7FFFFFFF))},
		{name: "a BMP of 100,000 by -100,000", data: of("BMP", bmpOf(100_000, 0xFFFE7960))},
		{name: "a JPEG of 65,535 by 65,535", data: of("JPG", jpegOf(65_535, 65_535))},
		{name: "a JPEG of a million markers", data: of("JPG", append([]byte{0xFF, 0xD8}, bytes.Repeat([]byte{0xFF, 0xFE, 0, 2}, 1_000_000)...))},
		{name: "a picture that is a zip bomb", data: of("OFD", pack(plain(entry{name: "Doc_0/p.xml", zeros: 1 << 10})...))},
		{name: "a picture that is a document of a hundred thousand entries", data: of("OFD", pack(plain(named(99_000, "n%d")...)...))},
		{name: "a picture that is SVG with entities", data: of("SVG", []byte(`<!DOCTYPE a [<!ENTITY e "`+strings.Repeat("e", 1_000_000)+`">]><svg>`+strings.Repeat("&e;", 100_000)+`</svg>`))},
	}
}

func chunk(kind string, data []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	out = append(append(out, kind...), data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

// pngOf is a PNG of grey pixels with the given image data.
func pngOf(width, height uint32, data []byte) []byte {
	head := binary.BigEndian.AppendUint32(nil, width)
	head = append(binary.BigEndian.AppendUint32(head, height), 8, 0, 0, 0, 0)
	out := append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", head)...)
	return append(append(out, chunk("IDAT", data)...), chunk("IEND", nil)...)
}

// zlib is so many MiB of zeros.
func zlib(mib int64) []byte {
	_, packed := zeros(mib)
	return append([]byte{0x78, 0x9C}, packed...)
}

func bmpOf(width, height uint32) []byte {
	le := binary.LittleEndian
	b := make([]byte, 54)
	copy(b, "BM")
	le.PutUint32(b[2:], 54)
	le.PutUint32(b[10:], 54)
	le.PutUint32(b[14:], 40)
	le.PutUint32(b[18:], width)
	le.PutUint32(b[22:], height)
	le.PutUint16(b[26:], 1)
	le.PutUint16(b[28:], 24)
	return b
}

func jpegOf(width, height uint16) []byte {
	b := []byte{0xFF, 0xD8, 0xFF, 0xC0, 0, 17, 8}
	b = binary.BigEndian.AppendUint16(b, height)
	b = binary.BigEndian.AppendUint16(b, width)
	return append(b, 3, 1, 0x44, 0, 2, 0x11, 0, 3, 0x11, 0, 0xFF, 0xD9)
}
