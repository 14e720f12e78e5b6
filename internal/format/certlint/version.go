package certlint

import (
	"fmt"

	"xinzhang/internal/fault"
)

var version = Rule{fault.LintVersion, "RFC 5280 4.1.2.1", func(i *inspection) {
	if v := i.c.Version; v != 3 {
		i.fail(fmt.Sprintf("是 v%d，不是 v3", v), fmt.Sprintf("v%d instead of v3", v))
	}
}}
