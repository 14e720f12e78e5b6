package skf

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// A Version is a VERSION, as 1.0.
type Version struct{ Major, Minor byte }

// A DevInfo is a DEVINFO: what a device says of itself. Texts are cut to their
// fields when written: 63 octets, Label and Serial 31.
type DevInfo struct {
	Struct                                       Version // of this structure: 1.0
	Manufacturer, Issuer, Label, Serial          string
	Hardware, Firmware                           Version
	Symmetric, Asymmetric, Hash, Auth            uint32 // numbers of algorithms, or-ed but for Auth
	Total, Free, MaxECCBufferSize, MaxBufferSize uint32 // octets
}

// Marshal returns the structure; the reserved octets are zero.
func (d DevInfo) Marshal(l Layout) []byte {
	w := &writer{l: l}
	version := func(v Version) { w.b = append(w.b, v.Major, v.Minor) }
	version(d.Struct)
	w.text(d.Manufacturer, 64)
	w.text(d.Issuer, 64)
	w.text(d.Label, 32)
	w.text(d.Serial, 32)
	version(d.Hardware)
	version(d.Firmware)
	if l.Natural {
		w.field(nil, devInfoPad)
	}
	for _, v := range []uint32{d.Symmetric, d.Asymmetric, d.Hash, d.Auth, d.Total, d.Free, d.MaxECCBufferSize, d.MaxBufferSize}[:l.devInfoNumbers()] {
		w.number(v)
	}
	w.field(nil, devInfoReserved)
	return w.b
}

// ParseDevInfo reads a DEVINFO of the layout. Texts may fill their fields
// without a zero, and may be GB 18030.
func ParseDevInfo(b []byte, l Layout) (DevInfo, error) {
	r := &reader{b: b, l: l}
	version := func() Version {
		v := r.field("devInfo", 2)
		return Version{v[0], v[1]}
	}
	text := func(name string, size int) string { return Text(r.field("devInfo."+name, size)) }
	d := DevInfo{Struct: version()}
	d.Manufacturer, d.Issuer = text("Manufacturer", 64), text("Issuer", 64)
	d.Label, d.Serial = text("Label", 32), text("SerialNumber", 32)
	d.Hardware, d.Firmware = version(), version()
	if l.Natural {
		r.field("devInfo", devInfoPad)
	}
	for _, v := range []*uint32{&d.Symmetric, &d.Asymmetric, &d.Hash, &d.Auth, &d.Total, &d.Free, &d.MaxECCBufferSize, &d.MaxBufferSize}[:l.devInfoNumbers()] {
		*v = r.number("devInfo.numbers")
	}
	r.field("devInfo.Reserved", devInfoReserved)
	return d, r.err
}

// Text reads a character array up to its zero. Vendors write UTF-8 or GB 18030;
// what is neither has its odd octets replaced. Blanks at the end are padding.
func Text(field []byte) string {
	if i := bytes.IndexByte(field, 0); i >= 0 {
		field = field[:i]
	}
	field = bytes.TrimRight(field, " ")
	if utf8.Valid(field) {
		return string(field)
	}
	if s, err := simplifiedchinese.GB18030.NewDecoder().Bytes(field); err == nil {
		return string(s)
	}
	return strings.ToValidUTF8(string(field), "\uFFFD")
}

// cut shortens s to limit octets without breaking a character.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}
