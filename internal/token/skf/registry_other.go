//go:build !windows

package skf

// registered returns nothing: only Windows has a register of libraries.
func registered([]string) []string { return nil }
