package certlint

import (
	"fmt"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/der"
)

var validity = Rule{fault.LintValidity, "RFC 5280 4.1.2.5", func(i *inspection) {
	c := i.c
	if !c.NotAfter.After(c.NotBefore) {
		i.fail("结束时间不晚于开始时间", "it does not end after it begins")
	}
	for _, v := range validityValues(c) {
		t, err := v.Time()
		layout := map[byte]string{der.UTCTime: "060102150405Z", der.GeneralizedTime: "20060102150405Z"}[v.Tag]
		if err != nil || t.Format(layout) != string(v.Content) || (v.Tag == der.UTCTime) != (t.Year() < 2050) {
			i.fail("时间 "+printable(v.Content)+" 的编码不对", "the time "+printable(v.Content)+" is not encoded as it should be")
		}
	}
	if i.issuer != nil && c.NotAfter.After(i.issuer.NotAfter) {
		i.warn("晚于颁发者证书的有效期", "it ends after the issuer's certificate")
	}
	if p := i.profile; p != nil && c.NotAfter.After(c.NotBefore.AddDate(p.MaxYears, 0, 0)) {
		i.own(fmt.Sprintf("超过 %d 年", p.MaxYears), fmt.Sprintf("it is longer than %d years", p.MaxYears))
	}
}}

// validityValues returns the two times as they are encoded: the first SEQUENCE
// of the signed part that holds times.
func validityValues(c *cert.Certificate) []der.Value {
	tbs, err := der.ParseOnly(c.RawTBS)
	if err != nil {
		return nil
	}
	members, _ := tbs.Children()
	for _, m := range members {
		kids, _ := m.Children()
		if m.Tag == der.Sequence && len(kids) == 2 && (kids[0].Tag == der.UTCTime || kids[0].Tag == der.GeneralizedTime) {
			return kids
		}
	}
	return nil
}

// printable shows octets of a foreign certificate without control characters,
// and never a whole ID number.
func printable(b []byte) string {
	if cert.ContainsIDNumber(string(b)) {
		return "***"
	}
	return fmt.Sprintf("%.40q", b)
}
