package certlint

import (
	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
)

var idInName = Rule{fault.LintIDInName, "个人信息保护法 art. 28; GB/T 20518-2018", func(i *inspection) {
	if p := i.profile; p != nil && p.IDNumberInName {
		return
	}
	for _, rdn := range i.c.Subject() {
		for _, a := range rdn {
			if cert.ContainsIDNumber(a.Value) {
				label, _ := a.ID.Label()
				i.own(label.ZH+"含有身份证号", "the "+label.EN+" holds an ID number")
			}
		}
	}
}}
