package certlint_test

import (
	"fmt"

	"xinzhang/internal/format/certlint"
)

// The rule book can be listed.
func ExampleRules() {
	for _, r := range certlint.Rules()[:2] {
		fmt.Println(r.Code, "·", r.Clause)
	}
	// Output:
	// lint.version · RFC 5280 4.1.2.1
	// lint.serial · RFC 5280 4.1.2.2
}
