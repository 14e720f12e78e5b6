package certlint

import (
	"xinzhang/internal/fault"
	"xinzhang/internal/format/der"
)

// Some authorities put bare text where a value belongs: readers that follow the
// standard then find nothing.
var extensionValue = Rule{fault.LintExtensionValue, "RFC 5280 4.2", func(i *inspection) {
	for _, e := range i.c.Extensions {
		if _, err := der.ParseOnly(e.Value); err != nil {
			i.warn("扩展 "+string(e.ID)+" 的内容不是一个 DER 值", "what extension "+string(e.ID)+" holds is not one DER value")
		}
	}
}}
