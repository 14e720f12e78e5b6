package ses

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"xinzhang/internal/format/der"
)

// edit returns b with the member at path changed: "0.2.4" is the fifth member of
// the third member of the first. What change returns stands in the member's
// place; nil removes it. The lengths around it are set right.
func edit(t testing.TB, b []byte, path string, change func(der.Value) []byte) []byte {
	t.Helper()
	v, err := der.ParseOnly(b)
	if err != nil {
		t.Fatal(err)
	}
	if path == "" {
		return change(v)
	}
	step, rest, _ := strings.Cut(path, ".")
	at, err := strconv.Atoi(step)
	if err != nil {
		t.Fatal(err)
	}
	kids, err := v.Children()
	if err != nil || at > len(kids) {
		t.Fatalf("path %s: %d members, %v", path, len(kids), err)
	}
	var parts [][]byte
	for i, k := range kids {
		if i == at {
			parts = append(parts, edit(t, k.Raw, rest, change))
		} else {
			parts = append(parts, k.Raw)
		}
	}
	if at == len(kids) { // one behind the last: append
		parts = append(parts, change(der.Value{}))
	}
	return tlv(v.Tag, slices.Concat(parts...))
}

// become replaces a member by b.
func become(b []byte) func(der.Value) []byte { return func(der.Value) []byte { return b } }

// retag gives a member another tag.
func retag(tag byte) func(der.Value) []byte {
	return func(v der.Value) []byte { return tlv(tag, v.Content) }
}

// wrap puts a value around a member.
func wrap(tag byte, before ...byte) func(der.Value) []byte {
	return func(v der.Value) []byte { return tlv(tag, before, v.Raw) }
}

// longLength writes the length of a member in more octets than DER allows.
func longLength(v der.Value) []byte {
	n := len(v.Content)
	return append([]byte{v.Tag, 0x84, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}, v.Content...)
}

// indefinite writes a member with an end marker in place of a length.
func indefinite(v der.Value) []byte {
	return slices.Concat([]byte{v.Tag, 0x80}, v.Content, []byte{0, 0})
}
