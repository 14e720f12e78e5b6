package certlint

import (
	"fmt"
	"slices"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/oid"
)

var policies = Rule{fault.LintPolicies, "RFC 5280 4.2.1.4", func(i *inspection) {
	got := i.c.Policies()
	if e, ok := i.c.Extension(oid.CertPolicies); ok && len(got) == 0 {
		i.fail(fmt.Sprintf("无法解析（%d 字节）", len(e.Value)), fmt.Sprintf("it cannot be read (%d octets)", len(e.Value)))
	}
	for n, id := range got {
		if slices.Contains(got[:n], id) {
			i.fail("策略 "+string(id)+" 重复", "policy "+string(id)+" stands twice")
		}
	}
	p := i.profile
	if p == nil || p.Policy == "" {
		return
	}
	if !slices.Contains(got, p.Policy) {
		i.own("没有证书模板的策略", "it lacks the policy of the profile")
	}
	soft, hard := slices.Contains(got, oid.PolicySoftToken), slices.Contains(got, oid.PolicyHardToken)
	if soft == hard {
		i.own("没有说明密钥保存在软件还是硬件中", "it does not say whether the key lives in software or hardware")
	}
}}
