package ses

import (
	"fmt"
	"time"
	"unicode/utf8"

	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
)

// maxNotes bounds the deviations kept of one value, so that a list of a thousand
// bad members does not fill a report.
const maxNotes = 32

// A parser gathers what is found while members are read off der.Readers: the
// first error, and the deviations. Its methods take what real writers put in a
// place and note what the standard wants there.
type parser struct {
	deviations []string
	err        error
}

func (p *parser) note(place, format string, args ...any) {
	switch {
	case len(p.deviations) < maxNotes:
		p.deviations = append(p.deviations, place+": "+fmt.Sprintf(format, args...))
	case len(p.deviations) == maxNotes:
		p.deviations = append(p.deviations, "further deviations are not listed")
	}
}

// fail keeps err unless an error was met before.
func (p *parser) fail(err error) {
	if p.err == nil {
		p.err = err
	}
}

// failAt is fail with the place named.
func (p *parser) failAt(place string, err error) {
	if err != nil {
		p.fail(fmt.Errorf("%s: %w", place, err))
	}
}

// end closes r: its error, or a member left unread, is kept.
func (p *parser) end(r *der.Reader) { p.fail(r.End()) }

// open opens v, which should be a SEQUENCE.
func (p *parser) open(v der.Value, place string) *der.Reader {
	p.length(v, place)
	return der.Open(v, der.Sequence, place)
}

// member opens the next member of r as a SEQUENCE.
func (p *parser) member(r *der.Reader, name string) *der.Reader {
	v := p.value(r, name, der.Sequence)
	return der.Open(v, der.Sequence, r.Place(name))
}

// value reads the next member and notes a length that is longer than need be.
func (p *parser) value(r *der.Reader, name string, tags ...byte) der.Value {
	v := r.Value(name, tags...)
	p.fail(r.Err())
	if r.Err() == nil {
		p.length(v, r.Place(name))
	}
	return v
}

func (p *parser) length(v der.Value, place string) {
	if len(v.Raw)-len(v.Content) != headLen(len(v.Content)) || v.Raw[1] == 0x80 {
		p.note(place, "length is not in DER form")
	}
}

func headLen(content int) int {
	head := 2
	if content > 0x7F {
		for ; content > 0; content >>= 8 {
			head++
		}
	}
	return head
}

func (p *parser) integer(r *der.Reader, name string) int {
	v := p.value(r, name)
	if r.Err() != nil {
		return 0
	}
	i, err := v.Int()
	if err == nil && v.Tag != der.Integer {
		err = fmt.Errorf("tag %#02x is no INTEGER", v.Tag)
	}
	r.Fail(name, err)
	if c := v.Content; len(c) > 1 && (c[0] == 0 && c[1] < 0x80 || c[0] == 0xFF && c[1] >= 0x80) {
		p.note(r.Place(name), "integer is not in DER form")
	}
	return i
}

func (p *parser) oid(r *der.Reader, name string) oid.ID {
	id, _ := p.oidRaw(r, name)
	return id
}

// oidRaw is oid with the whole member as stored.
func (p *parser) oidRaw(r *der.Reader, name string) (id oid.ID, raw []byte) {
	v := p.value(r, name)
	if r.Err() != nil {
		return "", nil
	}
	id, err := v.ObjectIdentifier()
	if err == nil && len(v.Content) > 127 {
		err = fmt.Errorf("object identifier is too long")
	}
	r.Fail(name, err)
	return id, v.Raw
}

// text reads a string that should have the tag want and hold something.
func (p *parser) text(r *der.Reader, name string, want byte) string {
	v := p.value(r, name)
	if r.Err() != nil {
		return ""
	}
	s, err := v.Text()
	r.Fail(name, err)
	switch {
	case err != nil:
	case v.Tag != want:
		p.note(r.Place(name), "string tag %#02x in place of %#02x", v.Tag, want)
	case len(s) == 0:
		p.note(r.Place(name), "empty")
	case !fits(string(v.Content), want):
		p.note(r.Place(name), "characters which the string type does not have")
	}
	return s
}

// fits reports whether s may stand in a string of the type tag.
func fits(s string, tag byte) bool {
	if tag == der.UTF8String {
		return utf8.ValidString(s)
	}
	for i := range len(s) {
		if s[i] >= 0x80 || tag == der.PrintableString && !printable(s[i]) {
			return false
		}
	}
	return true
}

func printable(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	}
	switch c {
	case ' ', '\'', '(', ')', '+', ',', '-', '.', '/', ':', '=', '?':
		return true
	}
	return false
}

// octets reads an OCTET STRING or, noted, the whole octets of a BIT STRING.
func (p *parser) octets(r *der.Reader, name string) []byte {
	b, _ := p.octetsRaw(r, name)
	return b
}

// octetsRaw is octets with the whole member as stored.
func (p *parser) octetsRaw(r *der.Reader, name string) (b, raw []byte) {
	v := p.value(r, name)
	if r.Err() != nil {
		return nil, nil
	}
	if v.Tag != der.OctetString {
		p.note(r.Place(name), "tag %#02x in place of an OCTET STRING", v.Tag)
	}
	b, err := stringOctets(v)
	r.Fail(name, err)
	return b, v.Raw
}

// bits reads the whole octets of a BIT STRING or, noted, of an OCTET STRING.
func (p *parser) bits(r *der.Reader, name string) []byte {
	v := p.value(r, name)
	if r.Err() != nil {
		return nil
	}
	if v.Tag != der.BitString {
		p.note(r.Place(name), "tag %#02x in place of a BIT STRING", v.Tag)
	}
	b, err := stringOctets(v)
	r.Fail(name, err)
	return b
}

// stringOctets returns the octets of a BIT STRING or OCTET STRING.
func stringOctets(v der.Value) ([]byte, error) {
	if v.Tag != der.BitString {
		return v.Octets()
	}
	b, unused, err := v.Bits()
	if err == nil && unused != 0 {
		err = fmt.Errorf("%d unused bits", unused)
	}
	return b, err
}

// layouts of DER times.
const (
	utcLayout         = "060102150405Z"
	generalizedLayout = "20060102150405Z"
)

// time reads a time that should have the tag want. Both kinds of time occur in
// seals of either generation.
func (p *parser) time(r *der.Reader, name string, want byte) time.Time {
	v := p.value(r, name)
	if r.Err() != nil {
		return time.Time{}
	}
	t, err := p.moment(v, r.Place(name))
	r.Fail(name, err)
	if err == nil {
		p.timeForm(v, t, want, r.Place(name))
	}
	return t
}

func (p *parser) timeForm(v der.Value, t time.Time, want byte, place string) {
	layout := generalizedLayout
	if v.Tag == der.UTCTime {
		layout = utcLayout
	}
	switch {
	case v.Tag != want && v.Tag == der.UTCTime:
		p.note(place, "UTCTime in place of GeneralizedTime")
	case v.Tag != want:
		p.note(place, "GeneralizedTime in place of UTCTime")
	case t.Format(layout) != string(v.Content):
		p.note(place, "time %q is not in DER form", v.Content)
	case !plausible(t):
		p.note(place, "year %d is not plausible", t.Year())
	}
}

func plausible(t time.Time) bool { return t.UTC().Year() >= 1950 && t.UTC().Year() <= 9999 }

// members counts the values inside v, up to most; -1 when they cannot be told
// apart. It stops early so that a hostile value of a million members is cheap.
func members(v der.Value, most int) int {
	count := 0
	for rest := v.Content; len(rest) > 0 && count < most; count++ {
		_, r, err := der.Parse(rest)
		if err != nil {
			return -1
		}
		rest = r
	}
	return count
}

// first returns the first value inside v; its tag is 0 when there is none.
func first(v der.Value) der.Value {
	if !v.Constructed() {
		return der.Value{}
	}
	k, _, err := der.Parse(v.Content)
	if err != nil {
		return der.Value{}
	}
	return k
}
