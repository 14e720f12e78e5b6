package token

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"xinzhang/internal/fault"
)

// CheckName returns [fault.TokenName] for a new name that a person cannot read or
// a card cannot hold in limit octets. Names that others gave may look otherwise.
func CheckName(name string, limit int) error {
	if name == "" || len(name) > limit || !utf8.ValidString(name) || strings.TrimSpace(name) != name ||
		strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) || r == '/' || r == '\\' }) {
		return BadName(name, limit)
	}
	return nil
}

// BadName is the [fault.TokenName] of a name, shown without what is not to be
// printed.
func BadName(name string, limit int) error {
	shown := strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, name)
	for i := range shown { // a character is not broken
		if i >= longestShown {
			shown = shown[:i]
			break
		}
	}
	return fault.New(fault.TokenName, "name", shown, "max", limit)
}

const longestShown = 128 // octets
