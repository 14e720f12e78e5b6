package certlint

import (
	"fmt"
	"unicode/utf8"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
)

// nameLimits are the upper bounds of RFC 5280 appendix A.1, in characters.
var nameLimits = map[oid.ID]int{
	oid.Country: 2, oid.CommonName: 64, oid.Organisation: 64, oid.OrgUnit: 64, oid.Title: 64,
	oid.SerialNumber: 64, oid.Province: 128, oid.Locality: 128, oid.Email: 255,
}

// otherStrings are the attributes whose type RFC 5280 fixes.
var otherStrings = map[oid.ID]byte{
	oid.Country: der.PrintableString, oid.SerialNumber: der.PrintableString,
	oid.Email: der.IA5String, oid.DomainPart: der.IA5String,
}

var names = Rule{fault.LintNames, "RFC 5280 4.1.2.4, 4.1.2.6; GB/T 20518-2018", func(i *inspection) {
	subject := i.c.Subject()
	if len(subject) == 0 {
		i.fail("证书没有主体名称", "the subject is empty")
	} else if subject.Get(oid.CommonName) == "" {
		i.warn("主体没有通用名（CN）", "the subject has no common name")
	}
	for _, rdn := range subject {
		if len(rdn) != 1 {
			i.note("一个 RDN 中有多个属性", "one part of the name holds several attributes")
		}
		for _, a := range rdn {
			i.checkAttribute(a)
		}
	}
}}

func (i *inspection) checkAttribute(a cert.Attribute) {
	want, fixed := otherStrings[a.ID]
	if !fixed {
		want = der.UTF8String
	}
	key, _ := a.ID.Label()
	switch {
	case a.Tag == want:
	case !fixed && a.Tag == der.PrintableString:
		i.note(key.ZH+"使用 PrintableString", "the "+key.EN+" is a PrintableString")
	default:
		i.warn(fmt.Sprintf("%s的字符串类型为 %#02x", key.ZH, a.Tag), fmt.Sprintf("the %s has string type %#02x", key.EN, a.Tag))
	}
	if a.Value == "" {
		i.warn(key.ZH+"为空", "the "+key.EN+" is empty")
	}
	if limit, ok := nameLimits[a.ID]; ok && utf8.RuneCountInString(a.Value) > limit {
		i.warn(fmt.Sprintf("%s超过 %d 个字符", key.ZH, limit), fmt.Sprintf("the %s is longer than %d characters", key.EN, limit))
	}
}
