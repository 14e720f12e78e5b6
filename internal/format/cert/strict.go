package cert

import (
	"bytes"
	"fmt"
	"regexp"
	"unicode/utf8"

	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
)

// findDeviations records where c breaks DER or the encoding rules of RFC 5280.
func (c *Certificate) findDeviations() {
	walk := &walker{report: c.deviate}
	walk.value(c.Raw, "certificate", 0)
	if !c.AlgorithmsAgree() {
		c.deviate("signatureAlgorithm", "is not the same inside and outside of the signed part")
	}
	if c.Serial.Sign() <= 0 {
		c.deviate("serialNumber", "is not positive")
	}
	if len(c.Serial.Bytes()) > 20 {
		c.deviate("serialNumber", "is longer than 20 octets")
	}
	if len(c.Extensions) > 0 && c.Version != 3 {
		c.deviate("version", "is %d although there are extensions", c.Version)
	}
	c.findTimeDeviations()
	for _, e := range c.Extensions {
		c.findExtensionDeviations(e)
	}
}

// findTimeDeviations checks RFC 5280 4.1.2.5: UTCTime through 2049.
func (c *Certificate) findTimeDeviations() {
	if c.NotAfter.Before(c.NotBefore) {
		c.deviate("validity", "ends before it begins")
	}
	tbs, err := der.ParseOnly(c.RawTBS)
	if err != nil {
		return
	}
	r := der.Open(tbs, der.Sequence, "tbsCertificate")
	r.Optional("version", der.ContextConstructed(0))
	for _, name := range []string{"serialNumber", "signature", "issuer"} {
		r.Value(name)
	}
	kids, _ := r.Value("validity").Children()
	for _, k := range kids {
		t, err := k.Time()
		if err == nil && k.Tag == der.GeneralizedTime && t.Year() < 2050 && t.Year() >= 1950 {
			c.deviate("validity", "is written as GeneralizedTime before 2050")
		}
	}
}

// findExtensionDeviations looks inside the extensions whose syntax is fixed.
// Private ones are not judged: some hold bare text, on purpose.
func (c *Certificate) findExtensionDeviations(e Extension) {
	where := "extension " + string(e.ID)
	switch e.ID {
	case oid.SubjectKeyID, oid.KeyUsage, oid.SubjectAltName, oid.BasicConstraints, oid.CRLDistPoints,
		oid.CertPolicies, oid.AuthorityKeyID, oid.ExtKeyUsage, oid.AuthorityInfo:
	default:
		return
	}
	v, err := der.ParseOnly(e.Value)
	if err != nil {
		c.deviate(where, "%v", err)
		return
	}
	walk := &walker{report: c.deviate}
	walk.value(v.Raw, where, 0)
	switch e.ID {
	case oid.KeyUsage:
		octets, unused, err := v.Bits()
		if err == nil && len(octets) > 0 && octets[len(octets)-1]>>unused&1 == 0 {
			c.deviate("keyUsage", "the named bit list ends in zero bits")
		}
	case oid.BasicConstraints:
		if kids, err := v.Children(); err == nil && len(kids) > 0 && kids[0].Tag == der.Boolean && bytes.Equal(kids[0].Content, []byte{0}) {
			c.deviate("basicConstraints", "the default FALSE is written out")
		}
	}
}

// A walker checks that every value under one value is DER.
type walker struct {
	report func(place, format string, args ...any)
	seen   int
}

const (
	maxWalkDepth  = 32
	maxWalkValues = 100_000
)

// value checks the first value of b and returns what follows it; nil ends the
// walk of its surroundings.
func (w *walker) value(b []byte, where string, depth int) []byte {
	v, rest, err := der.Parse(b)
	if err != nil {
		w.report(where, "%v", err)
		return nil
	}
	if w.seen++; w.seen > maxWalkValues || depth > maxWalkDepth {
		w.report(where, "is nested too deep or has too many parts to be checked")
		return nil
	}
	if !minimalLength(v) {
		w.report(where, "the length of tag %#02x is not written as DER asks", v.Tag)
	}
	if !v.Constructed() {
		if what := primitiveDeviation(v); what != "" {
			w.report(where, "%s", what)
		}
		return rest
	}
	if v.Tag != der.Sequence && v.Tag != der.Set && v.Tag < 0x80 {
		w.report(where, "tag %#02x is constructed", v.Tag)
	}
	var last []byte
	for in := v.Content; len(in) > 0; {
		next := w.value(in, where, depth+1)
		if next == nil {
			return nil
		}
		this := in[:len(in)-len(next)]
		if v.Tag == der.Set && last != nil && bytes.Compare(last, this) > 0 {
			w.report(where, "the members of a SET are not in order")
		}
		last, in = this, next
	}
	return rest
}

func minimalLength(v der.Value) bool {
	n, head := len(v.Content), 2
	if n > 127 {
		for m := n; m > 0; m >>= 8 {
			head++
		}
	}
	return len(v.Raw) == head+n
}

var (
	printable = regexp.MustCompile(`^[A-Za-z0-9 '()+,\-./:=?]*$`)
	numeric   = regexp.MustCompile(`^[0-9 ]*$`)
	utcTime   = regexp.MustCompile(`^[0-9]{12}Z$`)
	genTime   = regexp.MustCompile(`^[0-9]{14}Z$`)
)

// primitiveDeviation says what in v's content DER or its string type forbids.
func primitiveDeviation(v der.Value) string {
	c := v.Content
	bad := false
	switch v.Tag {
	case der.Boolean:
		bad = len(c) != 1 || (c[0] != 0 && c[0] != 0xFF)
	case der.Integer, der.Enumerated:
		bad = len(c) == 0 || (len(c) > 1 && ((c[0] == 0 && c[1] < 0x80) || (c[0] == 0xFF && c[1] >= 0x80)))
	case der.BitString:
		octets, unused, err := v.Bits()
		bad = err != nil || (len(octets) > 0 && octets[len(octets)-1]&(1<<unused-1) != 0)
	case der.Null:
		bad = len(c) != 0
	case der.OID:
		_, err := oid.Parse(c)
		bad = err != nil
	case der.UTF8String:
		bad = !utf8.Valid(c)
	case der.PrintableString:
		bad = !printable.Match(c)
	case der.NumericString:
		bad = !numeric.Match(c)
	case der.IA5String, der.VisibleString:
		bad = bytes.ContainsFunc(c, func(r rune) bool { return r >= 0x80 })
	case der.BMPString:
		bad = len(c)%2 != 0
	case der.UTCTime:
		bad = !utcTime.Match(c)
	case der.GeneralizedTime:
		bad = !genTime.Match(c)
	}
	if bad {
		return fmt.Sprintf("the %s is not what its type allows", typeName(v.Tag))
	}
	return ""
}

func typeName(tag byte) string {
	names := map[byte]string{der.Boolean: "BOOLEAN", der.Integer: "INTEGER", der.Enumerated: "ENUMERATED",
		der.BitString: "BIT STRING", der.Null: "NULL", der.OID: "OBJECT IDENTIFIER", der.UTF8String: "UTF8String",
		der.PrintableString: "PrintableString", der.NumericString: "NumericString", der.IA5String: "IA5String",
		der.VisibleString: "VisibleString", der.BMPString: "BMPString", der.UTCTime: "UTCTime",
		der.GeneralizedTime: "GeneralizedTime"}
	return names[tag]
}
