package certlint

import (
	"xinzhang/internal/fault"
)

var strictDER = Rule{fault.LintDER, "X.690 10, 11", func(i *inspection) {
	for _, d := range i.c.Deviations {
		if i.guessed {
			i.warn(d, d)
		} else {
			i.fail(d, d)
		}
	}
}}
