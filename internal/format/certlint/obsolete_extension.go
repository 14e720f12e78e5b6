package certlint

import (
	"strings"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/oid"
)

// firstArc is where the edition of 2006 put the identity extensions. Authorities
// have since used its numbers for other things.
const firstArc = "1.2.86.11.7."

var obsoleteExtension = Rule{fault.LintObsoleteExtension, "GB/T 20518-2018 5.2.4 (foreword)", func(i *inspection) {
	for _, e := range i.c.Extensions {
		number, old := strings.CutPrefix(string(e.ID), firstArc)
		switch {
		case e.ID == oid.NetscapeCertType:
			i.note("Netscape 证书类型", "Netscape certificate type")
		case old && len(number) == 1 && number >= "1" && number <= "5":
			i.note("身份扩展 "+string(e.ID)+" 属于 2006 版，含义因机构而异", "identity extension "+string(e.ID)+" is of the edition of 2006; authorities use it differently")
		}
	}
}}
