package der

import (
	"fmt"
	"math/big"
	"slices"
	"time"

	"xinzhang/internal/format/oid"
)

// A Reader walks the members of one constructed value in order. The first
// problem stays: later calls return zero values, and [Reader.Err] and
// [Reader.End] report it with its place.
type Reader struct {
	place string
	rest  []byte
	err   error
}

// Open returns a Reader over the members of v, which must have the identifier
// octet tag. place names v in errors.
func Open(v Value, tag byte, place string) *Reader {
	r := &Reader{place: place, rest: v.Content}
	if v.Tag != tag {
		r.err = fmt.Errorf("%s: tag %#02x where %#02x belongs", place, v.Tag, tag)
	}
	return r
}

// OpenBytes parses b as exactly one value with the identifier octet tag and
// opens it.
func OpenBytes(b []byte, tag byte, place string) *Reader {
	v, err := ParseOnly(b)
	if err != nil {
		return &Reader{place: place, err: fmt.Errorf("%s: %w", place, err)}
	}
	return Open(v, tag, place)
}

// Fail records err at the member name, unless a problem was recorded before.
func (r *Reader) Fail(name string, err error) {
	if r.err == nil && err != nil {
		r.err = fmt.Errorf("%s.%s: %w", r.place, name, err)
	}
}

// Err returns the first problem.
func (r *Reader) Err() error { return r.err }

// End returns the first problem; members left unread are one.
func (r *Reader) End() error {
	if r.err == nil && len(r.rest) > 0 {
		r.err = fmt.Errorf("%s: %w", r.place, ErrTrailer)
	}
	return r.err
}

// More reports whether a further member stands ahead.
func (r *Reader) More() bool { return r.err == nil && len(r.rest) > 0 }

// Peek returns the identifier octet of the next member, 0 when there is none.
func (r *Reader) Peek() byte {
	if !r.More() {
		return 0
	}
	return r.rest[0]
}

// Place returns the name of the opened value, for Readers of its members.
func (r *Reader) Place(name string) string { return r.place + "." + name }

// Value returns the next member, which must have one of tags (any, when none is
// given).
func (r *Reader) Value(name string, tags ...byte) Value {
	if r.err != nil {
		return Value{}
	}
	v, rest, err := Parse(r.rest)
	if err != nil {
		r.Fail(name, err)
		return Value{}
	}
	if len(tags) > 0 && !slices.Contains(tags, v.Tag) {
		r.Fail(name, fmt.Errorf("tag %#02x where %#02x belongs", v.Tag, tags))
		return Value{}
	}
	r.rest = rest
	return v
}

// Optional returns the next member when its identifier octet is tag.
func (r *Reader) Optional(name string, tag byte) (Value, bool) {
	if r.Peek() != tag {
		return Value{}, false
	}
	v := r.Value(name)
	return v, r.err == nil
}

// Open opens the next member as a constructed value.
func (r *Reader) Open(name string, tag byte) *Reader {
	v := r.Value(name, tag)
	if r.err != nil {
		return &Reader{place: r.Place(name), err: r.err}
	}
	return Open(v, tag, r.Place(name))
}

func read[T any](r *Reader, name string, get func(Value) (T, error)) T {
	v := r.Value(name)
	if r.err != nil {
		var zero T
		return zero
	}
	t, err := get(v)
	r.Fail(name, err)
	return t
}

// Int reads the next member as a small INTEGER.
func (r *Reader) Int(name string) int { return read(r, name, Value.Int) }

// Unsigned reads the next member with [Value.Unsigned]; nil after a problem.
func (r *Reader) Unsigned(name string) *big.Int { return read(r, name, Value.Unsigned) }

// BigInt reads the next member as an INTEGER; nil after a problem.
func (r *Reader) BigInt(name string) *big.Int { return read(r, name, Value.BigInt) }

// OID reads the next member as an OBJECT IDENTIFIER.
func (r *Reader) OID(name string) oid.ID {
	return read(r, name, Value.ObjectIdentifier)
}

// Octets reads the next member as an OCTET STRING.
func (r *Reader) Octets(name string) []byte { return read(r, name, Value.Octets) }

// Bits reads the next member as a BIT STRING of whole octets.
func (r *Reader) Bits(name string) []byte {
	return read(r, name, func(v Value) ([]byte, error) {
		b, unused, err := v.Bits()
		if err == nil && unused != 0 {
			err = fmt.Errorf("%d unused bits", unused)
		}
		return b, err
	})
}

// Text reads the next member as a string of any type.
func (r *Reader) Text(name string) string { return read(r, name, Value.Text) }

// Time reads the next member as a time.
func (r *Reader) Time(name string) time.Time { return read(r, name, Value.Time) }
