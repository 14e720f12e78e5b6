package report

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
)

// Limits of one ASN.1 view: a page is to be read by people.
const (
	mostValues = 5000
	mostOctets = 32 // shown of one value
)

// personal are the extensions whose content says who a person is, in forms that
// masking by pattern would miss.
var personal = []oid.ID{oid.IdentifyCode, oid.InsuranceNumber, oid.SZCAIDNumber, oid.SZCAAgentID}

// asn1View writes the structure of b, one value a line: offset, length, type,
// content. Identity numbers do not show.
func asn1View(b []byte, lang fault.Lang) string {
	v := asn1Writer{lang: lang, whole: len(b)}
	v.values(b, 0, 0)
	return v.out.String()
}

type asn1Writer struct {
	out   strings.Builder
	lang  fault.Lang
	whole int
	count int
	hide  bool // the next octet string is the content of a personal extension
}

// values writes the values that stand one after the other in b, which begins at
// offset at of the whole.
func (v *asn1Writer) values(b []byte, at, depth int) {
	for len(b) > 0 {
		if v.count++; v.count > mostValues || depth > 60 {
			v.line(at, depth, len(b), "…", "")
			return
		}
		value, rest, err := der.Parse(b)
		if err != nil {
			v.line(at, depth, len(b), "!", err.Error()+": "+octets(b))
			return
		}
		v.value(value, at, depth)
		at += len(b) - len(rest)
		b = rest
	}
}

func (v *asn1Writer) value(value der.Value, at, depth int) {
	head := len(value.Raw) - len(value.Content)
	if len(value.Raw) > 1 && value.Raw[1] == 0x80 { // indefinite length: two octets behind
		head -= 2
	}
	name := tagName(value.Tag)
	hidden := v.hide && value.Tag&^0x20 == der.OctetString // in BER also in pieces
	if value.Tag != der.Boolean {                          // critical stands between the name of an extension and its content
		v.hide = false
	}
	switch inner := nested(value); {
	case hidden:
		v.line(at, depth, len(value.Content), name, pick(v.lang, "（身份信息，不显示）", "(identity, not shown)"))
	case value.Constructed():
		v.line(at, depth, len(value.Content), name, "")
		v.values(value.Content, at+head, depth+1)
	case inner != nil:
		v.line(at, depth, len(value.Content), name, pick(v.lang, "内含：", "holds:"))
		v.values(inner, at+len(value.Raw)-len(inner), depth+1)
	default:
		v.line(at, depth, len(value.Content), name, v.content(value))
	}
}

// nested returns the value inside an octet or bit string, nil when there is none.
func nested(value der.Value) []byte {
	b := value.Content
	switch {
	case value.Tag == der.BitString && len(b) > 1 && b[0] == 0:
		b = b[1:]
	case value.Tag != der.OctetString:
		return nil
	}
	if len(b) < 2 || b[0] != der.Sequence {
		return nil
	}
	if _, err := der.ParseOnly(b); err != nil {
		return nil
	}
	return b
}

func (v *asn1Writer) content(value der.Value) string {
	if value.Tag == der.OID {
		id, err := value.ObjectIdentifier()
		if err != nil {
			return octets(value.Content)
		}
		v.hide = slices.Contains(personal, id)
		if label, ok := id.Label(); ok {
			return string(id) + "  " + pick(v.lang, label.ZH, label.EN)
		}
		return string(id)
	}
	if cert.ContainsIDNumber(string(value.Content)) {
		return pick(v.lang, "（含身份证号，不显示）", "(holds an identity number, not shown)")
	}
	switch value.Tag {
	case der.UTCTime, der.GeneralizedTime:
		return fmt.Sprintf("%q", value.Content)
	case der.UTF8String, der.NumericString, der.PrintableString, der.T61String, der.IA5String, der.VisibleString, der.BMPString:
		if text, err := value.Text(); err == nil {
			return fmt.Sprintf("%q", cert.MaskIDNumbers(text))
		}
	}
	return octets(value.Content)
}

func (v *asn1Writer) line(at, depth, length int, name, content string) {
	fmt.Fprintf(&v.out, "%*d %6d  %s%s  %s\n", len(fmt.Sprint(v.whole)), at, length, strings.Repeat("· ", depth), name, content)
}

// octets writes b in hexadecimal, cut short.
func octets(b []byte) string {
	if len(b) > mostOctets {
		return fmt.Sprintf("%s… (%d)", hex.EncodeToString(b[:mostOctets]), len(b))
	}
	return hex.EncodeToString(b)
}

var tagNames = map[byte]string{
	der.Boolean: "BOOLEAN", der.Integer: "INTEGER", der.BitString: "BIT STRING", der.OctetString: "OCTET STRING", der.Null: "NULL",
	der.OID: "OBJECT IDENTIFIER", der.Enumerated: "ENUMERATED", der.UTF8String: "UTF8String", der.NumericString: "NumericString",
	der.PrintableString: "PrintableString", der.T61String: "T61String", der.IA5String: "IA5String", der.UTCTime: "UTCTime",
	der.GeneralizedTime: "GeneralizedTime", der.VisibleString: "VisibleString", der.BMPString: "BMPString", der.Sequence: "SEQUENCE", der.Set: "SET",
}

func tagName(tag byte) string {
	if name, ok := tagNames[tag]; ok {
		return name
	}
	return fmt.Sprintf("[%s%d]", []string{"UNIVERSAL ", "APPLICATION ", "", "PRIVATE "}[tag>>6], tag&0x1F)
}

func pick(lang fault.Lang, zh, en string) string {
	if lang == fault.EN {
		return en
	}
	return zh
}
