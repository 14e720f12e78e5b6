// Package der reads ASN.1 values as they stand in foreign files: every value
// keeps its raw bytes, so that what was hashed or signed can be hashed again
// without re-encoding. It takes DER and, because real vendors write it, BER
// with long or indefinite lengths.
//
// [Parse] and [ParseOnly] take one value off a byte slice. [Open] gives a
// [Reader] that walks the members of a constructed value and names the place of
// the first thing that is wrong:
//
//	r := der.Open(v, der.Sequence, "sealInfo")
//	header := r.Value("header", der.Sequence)
//	id := r.Text("esID")
//	if err := r.End(); err != nil { … } // "sealInfo.esID: ends early"
//
// It does not write: writers use golang.org/x/crypto/cryptobyte.
package der

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"xinzhang/internal/format/oid"
)

// Identifier octets of the universal types, with the constructed bit where it
// belongs, and of context tag 0.
const (
	Boolean         byte = 0x01
	Integer         byte = 0x02
	BitString       byte = 0x03
	OctetString     byte = 0x04
	Null            byte = 0x05
	OID             byte = 0x06
	Enumerated      byte = 0x0A
	UTF8String      byte = 0x0C
	NumericString   byte = 0x12
	PrintableString byte = 0x13
	T61String       byte = 0x14
	IA5String       byte = 0x16
	UTCTime         byte = 0x17
	GeneralizedTime byte = 0x18
	VisibleString   byte = 0x1A
	BMPString       byte = 0x1E
	Sequence        byte = 0x30
	Set             byte = 0x31
)

const constructed byte = 0x20

// Context returns the identifier octet of context tag n (0–30), primitive.
func Context(n int) byte { return 0x80 | byte(n) }

// ContextConstructed returns the identifier octet of context tag n, constructed.
func ContextConstructed(n int) byte { return 0xA0 | byte(n) }

const maxDepth = 64 // of nested indefinite lengths and constructed strings

// A Value is one tag-length-value as it stands in the input; its slices point
// into the input.
type Value struct {
	Tag     byte   // identifier octet with class and constructed bit
	Raw     []byte // identifier, length, content and, with indefinite length, the end marker
	Content []byte
}

// Errors of [Parse]. They carry no place: the caller knows it.
var (
	ErrShort   = errors.New("ends early")
	ErrLength  = errors.New("length is not valid")
	ErrTag     = errors.New("tag number above 30")
	ErrDepth   = errors.New("nested too deep")
	ErrTrailer = errors.New("bytes after the end of the value")
)

// Parse takes the first value off b and returns what stands behind it.
func Parse(b []byte) (v Value, rest []byte, err error) { return parse(b, 0) }

func parse(b []byte, depth int) (Value, []byte, error) {
	if depth > maxDepth {
		return Value{}, nil, ErrDepth
	}
	if len(b) < 2 {
		return Value{}, nil, ErrShort
	}
	tag := b[0]
	if tag&0x1F == 0x1F {
		return Value{}, nil, ErrTag
	}
	head, n := 2, int(b[1])
	switch {
	case n == 0x80:
		return parseIndefinite(b, depth)
	case n > 0x84:
		return Value{}, nil, ErrLength
	case n > 0x80:
		k := n & 0x7F
		if len(b) < 2+k {
			return Value{}, nil, ErrShort
		}
		head, n = 2+k, 0
		for _, o := range b[2:head] {
			n = n<<8 | int(o)
		}
	}
	if n < 0 || n > len(b)-head {
		return Value{}, nil, ErrShort
	}
	end := head + n
	return Value{tag, b[:end:end], b[head:end:end]}, b[end:], nil
}

func parseIndefinite(b []byte, depth int) (Value, []byte, error) {
	if b[0]&constructed == 0 {
		return Value{}, nil, ErrLength
	}
	rest := b[2:]
	for {
		if len(rest) >= 2 && rest[0] == 0 && rest[1] == 0 {
			end := len(b) - len(rest)
			return Value{b[0], b[: end+2 : end+2], b[2:end:end]}, rest[2:], nil
		}
		_, r, err := parse(rest, depth+1)
		if err != nil {
			return Value{}, nil, err
		}
		rest = r
	}
}

// ParseOnly parses b as exactly one value.
func ParseOnly(b []byte) (Value, error) {
	v, rest, err := Parse(b)
	if err == nil && len(rest) > 0 {
		err = ErrTrailer
	}
	return v, err
}

// Constructed reports whether v holds further values.
func (v Value) Constructed() bool { return v.Tag&constructed != 0 }

// Children returns the values inside v; v must be constructed.
func (v Value) Children() ([]Value, error) {
	if !v.Constructed() {
		return nil, fmt.Errorf("tag %#02x holds no values", v.Tag)
	}
	var kids []Value
	for rest := v.Content; len(rest) > 0; {
		k, r, err := Parse(rest)
		if err != nil {
			return nil, err
		}
		kids, rest = append(kids, k), r
	}
	return kids, nil
}

// Count returns the number of values inside v, or -1 when they cannot be told apart.
func (v Value) Count() int {
	kids, err := v.Children()
	if err != nil {
		return -1
	}
	return len(kids)
}

// maxInteger bounds integers, in octets: the time to write one in decimal grows
// with the square of its length. A modulus of 32,768 bits fits.
const maxInteger = 4097

var errInteger = fmt.Errorf("an integer of more than %d octets", maxInteger)

// BigInt reads an INTEGER or ENUMERATED in two's complement.
func (v Value) BigInt() (*big.Int, error) {
	if (v.Tag != Integer && v.Tag != Enumerated) || len(v.Content) == 0 {
		return nil, fmt.Errorf("tag %#02x is no integer", v.Tag)
	}
	if len(v.Content) > maxInteger {
		return nil, errInteger
	}
	n := new(big.Int).SetBytes(v.Content)
	if v.Content[0]&0x80 != 0 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(v.Content))))
	}
	return n, nil
}

// Unsigned reads an INTEGER whose writer may have left out the leading zero
// octet of a positive number, as some do with r, s and coordinates.
func (v Value) Unsigned() (*big.Int, error) {
	if v.Tag != Integer || len(v.Content) == 0 {
		return nil, fmt.Errorf("tag %#02x is no integer", v.Tag)
	}
	if len(v.Content) > maxInteger {
		return nil, errInteger
	}
	return new(big.Int).SetBytes(v.Content), nil
}

// Int reads a small INTEGER or ENUMERATED.
func (v Value) Int() (int, error) {
	n, err := v.BigInt()
	if err != nil {
		return 0, err
	}
	if !n.IsInt64() || n.Int64() != int64(int32(n.Int64())) {
		return 0, errors.New("integer is out of range")
	}
	return int(n.Int64()), nil
}

// Bool reads a BOOLEAN; any octet but 0 is true.
func (v Value) Bool() (bool, error) {
	if v.Tag != Boolean || len(v.Content) != 1 {
		return false, fmt.Errorf("tag %#02x is no boolean", v.Tag)
	}
	return v.Content[0] != 0, nil
}

// ObjectIdentifier reads an OBJECT IDENTIFIER.
func (v Value) ObjectIdentifier() (oid.ID, error) {
	if v.Tag != OID {
		return "", fmt.Errorf("tag %#02x is no object identifier", v.Tag)
	}
	return oid.Parse(v.Content)
}

// Octets reads an OCTET STRING, joining the pieces of a constructed one.
func (v Value) Octets() ([]byte, error) { return v.octets(0) }

func (v Value) octets(depth int) ([]byte, error) {
	if depth > maxDepth {
		return nil, ErrDepth
	}
	if v.Tag == OctetString {
		return v.Content, nil
	}
	if v.Tag != OctetString|constructed {
		return nil, fmt.Errorf("tag %#02x is no octet string", v.Tag)
	}
	joined := []byte{}
	for rest := v.Content; len(rest) > 0; { // no list of pieces: a hostile value has millions
		k, r, err := Parse(rest)
		if err != nil {
			return nil, err
		}
		piece, err := k.octets(depth + 1)
		if err != nil {
			return nil, err
		}
		joined, rest = append(joined, piece...), r
	}
	return joined, nil
}

// Bits reads a BIT STRING: its octets and the number of unused bits in the last.
func (v Value) Bits() (octets []byte, unused int, err error) {
	if v.Tag != BitString {
		return nil, 0, fmt.Errorf("tag %#02x is no bit string", v.Tag)
	}
	if len(v.Content) == 0 || v.Content[0] > 7 || (len(v.Content) == 1 && v.Content[0] != 0) {
		return nil, 0, errors.New("bit string has no valid count of unused bits")
	}
	return v.Content[1:], int(v.Content[0]), nil
}

// Text reads any string type. Octets that are not what the type promises are
// taken as UTF-8, else as GB 18030: real certificates hold Chinese in IA5String.
func (v Value) Text() (string, error) {
	switch v.Tag {
	case UTF8String, NumericString, PrintableString, T61String, IA5String, VisibleString:
		return Decode(v.Content), nil
	case BMPString:
		if len(v.Content)%2 != 0 {
			return "", errors.New("BMPString has an odd length")
		}
		units := make([]uint16, len(v.Content)/2)
		for i := range units {
			units[i] = uint16(v.Content[2*i])<<8 | uint16(v.Content[2*i+1])
		}
		return string(utf16.Decode(units)), nil
	}
	return "", fmt.Errorf("tag %#02x is no string", v.Tag)
}

// Decode returns b as text: UTF-8 when it is valid, else GB 18030.
func Decode(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	if s, err := simplifiedchinese.GB18030.NewDecoder().Bytes(b); err == nil {
		return string(s)
	}
	return strings.ToValidUTF8(string(b), "\uFFFD")
}

// Time reads a UTCTime or GeneralizedTime, in UTC. Missing seconds, fractions
// and zone offsets are taken, as BER allows; a time without a zone is UTC.
func (v Value) Time() (time.Time, error) {
	s := string(v.Content)
	switch v.Tag {
	case UTCTime:
		for _, layout := range []string{"060102150405Z0700", "0601021504Z0700", "060102150405"} {
			if t, err := time.Parse(layout, s); err == nil {
				if t.Year() >= 2050 { // RFC 5280 4.1.2.5.1: 50–99 are 19xx
					t = t.AddDate(-100, 0, 0)
				}
				return t.UTC(), nil
			}
		}
	case GeneralizedTime:
		for _, layout := range []string{"20060102150405Z0700", "200601021504Z0700", "20060102150405"} {
			if t, err := time.Parse(layout, s); err == nil {
				return t.UTC(), nil
			}
		}
	default:
		return time.Time{}, fmt.Errorf("tag %#02x is no time", v.Tag)
	}
	return time.Time{}, fmt.Errorf("time %q is not valid", s)
}
