// Package softtest makes software UKeys for tests: they differ from shipped ones
// in that guessing a PIN costs next to nothing. No shipped program imports it.
package softtest

import (
	"testing"

	"xinzhang/internal/token/soft"
	"xinzhang/internal/token/soft/internal/cost"
)

// Driver returns the driver of the tokens in dir. It panics outside of tests.
func Driver(tb testing.TB, dir string) *soft.Driver {
	tb.Helper()
	if !testing.Testing() {
		panic("softtest: a token with a cheap PIN outside of a test")
	}
	return soft.NewWithCost(dir, cost.Cost{Passes: 1, KiB: 8, Lanes: 1})
}
