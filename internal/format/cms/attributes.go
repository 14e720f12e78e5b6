package cms

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
)

// An Attribute is a CMS attribute; each of Values is a whole TLV.
type Attribute struct {
	ID     oid.ID
	Values [][]byte
}

func readAttributes(r *der.Reader, v der.Value, name string) []Attribute {
	var all []Attribute
	list := der.Open(v, v.Tag, name)
	for list.More() {
		if len(all) == maxAttributes {
			list.Fail("attribute", fmt.Errorf("more than %d", maxAttributes))
			break
		}
		one := list.Open("attribute", der.Sequence)
		a := Attribute{ID: one.OID("attrType")}
		values := one.Open("attrValues", der.Set)
		for values.More() {
			if len(a.Values) == maxAttributes {
				values.Fail("value", fmt.Errorf("more than %d", maxAttributes))
				break
			}
			a.Values = append(a.Values, values.Value("value").Raw)
		}
		one.Fail("attrValues", values.End())
		list.Fail("attribute", one.End())
		all = append(all, a)
	}
	r.Fail(name, list.End())
	return all
}

// rawAttributes returns the attributes as stored.
func rawAttributes(v der.Value) [][]byte {
	members, err := v.Children()
	if err != nil {
		return nil
	}
	raw := make([][]byte, len(members))
	for i, m := range members {
		raw[i] = m.Raw
	}
	return raw
}

// attributeForms returns what the signer may have signed, most likely first: the
// attributes as stored with the tag of SET, then with a DER length, then in DER
// order. Real files hold attributes out of order that were signed so; RFC 5652
// asks for the last form.
func attributeForms(v der.Value) [][]byte {
	asStored := append([]byte{der.Set}, v.Raw[1:]...)
	members := rawAttributes(v)
	asListed := setOf(members)
	sorted := setOf(slices.SortedFunc(slices.Values(members), bytes.Compare))
	return slices.CompactFunc([][]byte{asStored, asListed, sorted}, bytes.Equal)
}

func setOf(members [][]byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(asn1.SET, func(b *cryptobyte.Builder) {
		for _, m := range members {
			b.AddBytes(m)
		}
	})
	return b.BytesOrPanic()
}

var errAttributes = errors.New("content without attributes is itself a set of attributes")

// looksLikeAttributes reports whether content is what SM2 signs when there are
// attributes. Cutting the attributes off a message and passing them off as the
// content of another would leave the signature valid, so such content is neither
// signed nor taken without attributes.
func looksLikeAttributes(content []byte) bool {
	v, err := der.ParseOnly(content)
	if err != nil || v.Tag != der.Set {
		return false
	}
	r := der.Open(v, der.Set, "content")
	attributes := readAttributes(r, v, "attributes")
	return r.Err() == nil && slices.ContainsFunc(attributes, func(a Attribute) bool { return a.ID == oid.MessageDigest })
}
