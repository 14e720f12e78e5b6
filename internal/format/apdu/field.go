package apdu

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrShort says that data ends before its last field.
var ErrShort = errors.New("apdu: data ends early")

// A Reader takes the fields of a command or an answer one after the other. What
// is missing reads as zero and is an error at the end.
type Reader struct {
	rest []byte
	err  error
}

// NewReader reads data.
func NewReader(data []byte) *Reader { return &Reader{rest: data} }

// Octets takes n octets.
func (r *Reader) Octets(n int) []byte {
	if n < 0 || n > len(r.rest) {
		r.fail(ErrShort)
		r.rest = nil
		return make([]byte, min(max(n, 0), maxLe))
	}
	v := r.rest[:n]
	r.rest = r.rest[n:]
	return v
}

// Rest takes what is left.
func (r *Reader) Rest() []byte { return r.Octets(len(r.rest)) }

// Octet takes one octet.
func (r *Reader) Octet() byte { return r.Octets(1)[0] }

// Uint16 takes two octets, Uint32 four.
func (r *Reader) Uint16() int { return int(binary.LittleEndian.Uint16(r.Octets(2))) }

// Uint32 takes four octets.
func (r *Reader) Uint32() uint32 { return binary.LittleEndian.Uint32(r.Octets(4)) }

// Length takes a length of four octets; more than is left is an error.
func (r *Reader) Length() int {
	n := r.Uint32()
	if uint64(n) > uint64(len(r.rest)) {
		r.fail(ErrShort)
		return 0
	}
	return int(n)
}

// ID takes an ID.
func (r *Reader) ID() ID { return ID(r.Octets(2)) }

// Text takes a field of n octets that is filled up with zeros.
func (r *Reader) Text(n int) string {
	text, _, _ := bytes.Cut(r.Octets(n), []byte{0})
	return string(text)
}

// End returns the first error; octets that are left over are one.
func (r *Reader) End() error {
	if len(r.rest) > 0 {
		r.fail(fmt.Errorf("apdu: %d octets too many", len(r.rest)))
	}
	return r.err
}

func (r *Reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// field appends v filled up with zeros to n octets; longer is cut.
func field(b []byte, v []byte, n int) []byte {
	b = append(b, v[:min(len(v), n)]...)
	return append(b, make([]byte, max(0, n-len(v)))...)
}

func u16(b []byte, v int) []byte    { return binary.LittleEndian.AppendUint16(b, uint16(v)) }
func u32(b []byte, v uint32) []byte { return binary.LittleEndian.AppendUint32(b, v) }
