package certlint

import (
	"fmt"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/oid"
)

// Whoever reads a signature goes by these parts of the name: the organisation
// stands in O, the holder in CN, and a second one of a kind is shown by one
// program and not by the next.
var subject = Rule{fault.LintSubject, "GB/T 20518-2018 5.2.3.6; ISO 3166-1", func(i *inspection) {
	name := i.c.Subject()
	if country := name.Get(oid.Country); country != "" && (len(country) != 2 || !capitals(country)) {
		i.warn("国家不是两个大写字母："+printable([]byte(country)), "the country is not two capital letters: "+printable([]byte(country)))
	}
	for _, id := range []oid.ID{oid.Country, oid.CommonName, oid.SerialNumber} {
		if n := len(name.All(id)); n > 1 {
			label, _ := id.Label()
			i.warn(fmt.Sprintf("%s出现 %d 次", label.ZH, n), fmt.Sprintf("the %s stands there %d times", label.EN, n))
		}
	}
	switch role := i.c.Role(); {
	case role != cert.RoleOrganisation && role != cert.RolePerson || i.isCA():
	case name.Get(oid.Organisation) == "":
		i.warn("没有单位名称（O）", "it names no organisation (O)")
	}
}}

func capitals(s string) bool {
	for _, c := range s {
		if c < 'A' || c > 'Z' {
			return false
		}
	}
	return true
}
