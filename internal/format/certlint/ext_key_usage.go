package certlint

import (
	"fmt"
	"slices"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/oid"
)

var extKeyUsage = Rule{fault.LintExtKeyUsage, "RFC 5280 4.2.1.12", func(i *inspection) {
	got := i.c.ExtKeyUsages()
	if e, ok := i.c.Extension(oid.ExtKeyUsage); ok {
		if len(got) == 0 {
			i.fail("为空或无法解析", "it is empty or cannot be read")
		}
		if e.Critical && !slices.Contains(got, oid.UsageTimeStamping) {
			i.note("标为关键", "it is critical")
		}
	}
	if slices.Contains(got, oid.UsageAny) {
		i.warn("允许任何用途", "it allows any usage")
	}
	if p := i.profile; p != nil && !slices.Equal(got, p.ExtKeyUsages) {
		i.own(fmt.Sprintf("与证书模板 %s 不同", p.Name), fmt.Sprintf("it is not that of profile %s", p.Name))
	}
}}
