package cert

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
)

const maxAttributes = 256

// A Name is a distinguished name in the order in which it is encoded.
type Name []RDN

// An RDN is one step of a Name; nearly always it holds one attribute.
type RDN []Attribute

// An Attribute is one part of a name. Tag is the identifier octet of the string
// type it was written in.
type Attribute struct {
	ID    oid.ID
	Tag   byte
	Value string
}

// ParseName reads a raw Name leniently: Chinese in an IA5String is text too.
func ParseName(raw []byte) (Name, error) {
	n, err := parseName(raw)
	if err != nil {
		return nil, broken(fmt.Errorf("name: %w", err))
	}
	return n, nil
}

func nameOf(raw []byte) Name {
	n, _ := parseName(raw) // checked when the certificate was parsed
	return n
}

func parseName(raw []byte) (Name, error) {
	var n Name
	seq := der.OpenBytes(raw, der.Sequence, "name")
	for seq.More() {
		set := seq.Open("rdn", der.Set)
		var rdn RDN
		for set.More() {
			av := set.Open("attribute", der.Sequence)
			a := Attribute{ID: av.OID("type")}
			v := av.Value("value")
			a.Tag = v.Tag
			if err := av.End(); err != nil {
				return nil, err
			}
			var err error
			if a.Value, err = v.Text(); err != nil {
				a.Value = fmt.Sprintf("#%x", v.Raw) // RFC 4514 2.4: not a string
			}
			if rdn = append(rdn, a); len(rdn) > maxAttributes {
				return nil, fmt.Errorf("more than %d attributes", maxAttributes)
			}
		}
		seq.Fail("rdn", set.End())
		if n = append(n, rdn); len(n) > maxAttributes {
			return nil, fmt.Errorf("more than %d parts", maxAttributes)
		}
	}
	return n, seq.End()
}

// Get returns the last attribute id, the innermost one; "" when there is none.
func (n Name) Get(id oid.ID) string {
	if all := n.All(id); len(all) > 0 {
		return all[len(all)-1]
	}
	return ""
}

// All returns every attribute id in the order of encoding: a department may
// follow its organisation under the same type.
func (n Name) All(id oid.ID) []string {
	var all []string
	for _, rdn := range n {
		for _, a := range rdn {
			if a.ID == id {
				all = append(all, a.Value)
			}
		}
	}
	return all
}

// Units returns the unit of a holder and what is below it in the unit: a
// department written as second O, or as OU, parts joined by " / ". Either is ""
// when it is absent.
func (n Name) Units() (unit, department string) {
	below := n.All(oid.Organisation)
	if len(below) > 0 {
		unit, below = below[0], below[1:]
	}
	return unit, strings.Join(append(below, n.All(oid.OrgUnit)...), " / ")
}

// shortNames are the keywords of RFC 4514 and those that relying pages use.
var shortNames = map[oid.ID]string{
	oid.CommonName: "CN", oid.Surname: "SN", oid.SerialNumber: "serialNumber", oid.Country: "C",
	oid.Locality: "L", oid.Province: "ST", oid.Organisation: "O", oid.OrgUnit: "OU", oid.Title: "title",
	oid.GivenName: "GN", oid.Email: "E", oid.UserID: "UID", oid.DomainPart: "DC",
}

// String writes n as RFC 4514 does: innermost part first, parts joined by ","
// without a space, special characters escaped by a backslash.
func (n Name) String() string {
	parts := make([]string, 0, len(n))
	for _, rdn := range slices.Backward(n) {
		values := make([]string, 0, len(rdn))
		for _, a := range rdn {
			values = append(values, a.String())
		}
		parts = append(parts, strings.Join(values, "+"))
	}
	return strings.Join(parts, ",")
}

// String writes a as "CN=value".
func (a Attribute) String() string {
	key := shortNames[a.ID]
	if key == "" {
		key = string(a.ID)
	}
	return key + "=" + escape(a.Value)
}

func escape(s string) string {
	var b strings.Builder
	for i, r := range s {
		edge := i == 0 || i == len(s)-1
		switch {
		case strings.ContainsRune(`,+"\<>;`, r), r == ' ' && edge, r == '#' && i == 0:
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < 0x20 || r == 0x7F:
			fmt.Fprintf(&b, `\%02X`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// SameName compares two raw names by bytes, then as RFC 5280 7.1 asks:
// letter case, width of characters, runs of spaces and the string type do not
// count, nor does the order inside one RDN. An empty name equals nothing.
func SameName(a, b []byte) bool {
	na, errA := parseName(a)
	nb, errB := parseName(b)
	if errA != nil || errB != nil || len(na) == 0 || len(na) != len(nb) {
		return false
	}
	if bytes.Equal(a, b) {
		return true
	}
	for i := range na {
		if !slices.Equal(na[i].normalised(), nb[i].normalised()) {
			return false
		}
	}
	return true
}

func (r RDN) normalised() []string {
	out := make([]string, 0, len(r))
	for _, a := range r {
		v := cases.Fold().String(norm.NFKC.String(a.Value))
		out = append(out, string(a.ID)+"="+strings.Join(strings.Fields(v), " "))
	}
	slices.Sort(out)
	return out
}
