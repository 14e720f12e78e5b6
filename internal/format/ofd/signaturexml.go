package ofd

import (
	"encoding/base64"
	"errors"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	namespace = "http://www.ofdspec.org/2016"
	xmlHeader = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"
)

// A SignatureSpec is what a new Signature.xml says.
type SignatureSpec struct {
	ProviderName    string
	ProviderVersion string
	Company         string
	Method          string    // OID of the signature algorithm
	CheckMethod     string    // OID or name of the digest algorithm
	Time            time.Time // written in UTC; informational by the standard
	References      []Reference
	Stamps          []Stamp
	SealPath        string // part name of Seal.esl; "" leaves Seal out (Type=Sign)
	ValuePath       string // part name of SignedValue.dat
}

// BuildSignatureXML writes a Signature.xml (GB/T 33190-2016 18.2): elements in
// the schema's order, prefix ofd, UTF-8 without a mark, nothing printed pretty.
// Of References it uses Path and CheckValue.
func BuildSignatureXML(s SignatureSpec) ([]byte, error) {
	if len(s.References) == 0 || s.ValuePath == "" || s.Method == "" || s.CheckMethod == "" {
		return nil, errors.New("signature file: references, value path and algorithms must be given")
	}
	var b strings.Builder
	b.WriteString(xmlHeader + `<ofd:Signature xmlns:ofd="` + namespace + `"><ofd:SignedInfo>`)
	b.WriteString(`<ofd:Provider ProviderName="` + escapeXML(s.ProviderName) + `"`)
	if s.ProviderVersion != "" {
		b.WriteString(` Version="` + escapeXML(s.ProviderVersion) + `"`)
	}
	if s.Company != "" {
		b.WriteString(` Company="` + escapeXML(s.Company) + `"`)
	}
	b.WriteString("/>")
	element(&b, "SignatureMethod", s.Method)
	element(&b, "SignatureDateTime", s.Time.UTC().Format("20060102150405Z"))
	b.WriteString(`<ofd:References CheckMethod="` + escapeXML(s.CheckMethod) + `">`)
	for _, r := range s.References {
		b.WriteString(`<ofd:Reference FileRef="` + escapeXML(r.Path) + `">`)
		element(&b, "CheckValue", base64.StdEncoding.EncodeToString(r.CheckValue))
		b.WriteString(`</ofd:Reference>`)
	}
	b.WriteString(`</ofd:References>`)
	for _, st := range s.Stamps {
		writeStamp(&b, st)
	}
	if s.SealPath != "" {
		b.WriteString(`<ofd:Seal>`)
		element(&b, "BaseLoc", s.SealPath)
		b.WriteString(`</ofd:Seal>`)
	}
	b.WriteString(`</ofd:SignedInfo>`)
	element(&b, "SignedValue", s.ValuePath)
	b.WriteString(`</ofd:Signature>`)
	out := []byte(b.String())
	if !utf8.Valid(out) || badByte(out) >= 0 {
		return nil, errors.New("signature file: a text holds characters that XML does not allow")
	}
	return out, nil
}

func writeStamp(b *strings.Builder, s Stamp) {
	b.WriteString(`<ofd:StampAnnot ID="` + escapeXML(s.ID) + `" PageRef="` + escapeXML(s.PageRef) +
		`" Boundary="` + s.Boundary.String() + `"`)
	if s.Clip != nil {
		b.WriteString(` Clip="` + s.Clip.String() + `"`)
	}
	b.WriteString("/>")
}

func element(b *strings.Builder, name, text string) {
	b.WriteString("<ofd:" + name + ">" + escapeXML(text) + "</ofd:" + name + ">")
}
