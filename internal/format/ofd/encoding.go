package ofd

import (
	"bytes"
	"regexp"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"xinzhang/internal/fault"
)

// toUTF8 returns the XML in UTF-8. native is true when raw was UTF-8 already
// and is returned as it stands, so that offsets hold for the file's bytes.
func toUTF8(place string, raw []byte) (src []byte, native bool, err error) {
	switch {
	case bytes.HasPrefix(raw, utf8BOM):
		return raw, true, nil
	case bytes.HasPrefix(raw, []byte{0xFF, 0xFE}), bytes.HasPrefix(raw, []byte("<\x00")):
		return decodeXML(place, raw, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM))
	case bytes.HasPrefix(raw, []byte{0xFE, 0xFF}), bytes.HasPrefix(raw, []byte("\x00<")):
		return decodeXML(place, raw, unicode.UTF16(unicode.BigEndian, unicode.UseBOM))
	}
	name := declaredEncoding(raw)
	switch strings.ToLower(name) {
	case "", "utf-8", "utf8":
		return raw, true, nil
	case "gbk", "gb2312", "gb18030", "cp936":
		return decodeXML(place, raw, simplifiedchinese.GB18030)
	case "us-ascii", "ascii", "iso-8859-1":
		if isASCII(raw) {
			return raw, true, nil
		}
	}
	return nil, false, fault.New(fault.DocXMLEncoding, "place", place, "encoding", clip(name))
}

// mostDecoded bounds parts in other encodings than UTF-8, which are held twice;
// those that occur are small.
const mostDecoded = 4 << 20

func decodeXML(place string, raw []byte, e encoding.Encoding) ([]byte, bool, error) {
	if len(raw) > mostDecoded {
		return nil, false, fault.New(fault.InputTooLarge, "what", place+" in another encoding than UTF-8", "limit", mostDecoded)
	}
	out, _, err := transform.Append(e.NewDecoder(), make([]byte, 0, len(raw)+len(raw)/2+16), raw) // two octets become three at most
	if err != nil {
		return nil, false, fault.Wrap(fault.DocXMLBroken, err, "place", place)
	}
	return bytes.TrimPrefix(out, utf8BOM), false, nil
}

var xmlDeclaration = regexp.MustCompile(`^<\?xml(?:\s[^>]{0,200}?)?\sencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']`)

// declaredEncoding reads the encoding out of the XML declaration.
func declaredEncoding(raw []byte) string {
	m := xmlDeclaration.FindSubmatch(raw[:min(len(raw), 300)])
	if m == nil {
		return ""
	}
	return string(m[1])
}
