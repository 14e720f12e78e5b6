package ofd

import (
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"xinzhang/internal/fault"
)

// normaliseName turns an entry name as stored into a part name. Backslashes and
// needless slashes are tolerated; a name that leaves the package, names a drive
// or holds control characters is refused.
func normaliseName(stored string, isUTF8 bool) (name string, folder bool, err error) {
	s := stored
	if !utf8.ValidString(s) {
		if isUTF8 {
			return "", false, fault.New(fault.DocPathEscape, "name", clip(strings.ToValidUTF8(s, "?")))
		}
		// Older Chinese tools write GBK names without saying so.
		if s, err = simplifiedchinese.GB18030.NewDecoder().String(s); err != nil || strings.ContainsRune(s, utf8.RuneError) {
			return "", false, fault.New(fault.DocPathEscape, "name", clip(strings.ToValidUTF8(stored, "?")))
		}
	}
	name, ok := cleanPath(s)
	if !ok {
		return "", false, fault.New(fault.DocPathEscape, "name", clip(printable(s)))
	}
	folder = strings.HasSuffix(s, "/") || strings.HasSuffix(s, `\`)
	if name == "/" && !folder {
		return "", false, fault.New(fault.DocPathEscape, "name", clip(printable(s)))
	}
	return name, folder, nil
}

// cleanPath makes an absolute part name of an entry name. ".." is refused even
// where it would stay inside, since no writer needs it.
func cleanPath(s string) (string, bool) {
	s = strings.ReplaceAll(s, `\`, "/")
	if !safeText(s) {
		return "", false
	}
	for _, part := range strings.Split(s, "/") {
		if part == ".." {
			return "", false
		}
	}
	if hasDrive(strings.TrimLeft(s, "/")) {
		return "", false
	}
	return path.Clean("/" + s), true
}

// hasDrive tells "C:…", which Windows programs take for another disk.
func hasDrive(s string) bool {
	return len(s) >= 2 && s[1] == ':' && (s[0]|0x20) >= 'a' && (s[0]|0x20) <= 'z'
}

func safeText(s string) bool {
	for _, r := range s {
		if r < 0x20 || r == 0x7F {
			return false
		}
	}
	return true
}

// printable replaces control characters before a name goes into a message.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7F {
			return '?'
		}
		return r
	}, s)
}

// usualName is how a writer that follows the standard would store the name.
func (m *member) usualName() bool {
	want := strings.TrimPrefix(m.name, "/")
	return m.stored == want || m.folder && m.stored == want+"/"
}
