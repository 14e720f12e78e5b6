// Package skf is the constants and structures of GM/T 0016-2012 (GB/T
// 35291-2017) as bytes: what passes between a program and the SKF library of a
// UKey.
//
//	b := skf.DevInfo{Label: "key-1", …}.Marshal(layout)   // a library fills the caller's structure
//	info, err := skf.ParseDevInfo(b, layout)              // a client reads it
//
//	return skf.CodeOf(err)                                // a library answers
//	err := code.Err()                                     // a client words the answer
//
// The standard gives C declarations and no bytes, and headers of the field
// disagree about two things: the width of ULONG and the packing of structures.
// A [Layout] is one of the readings; the zero Layout is the usual one, ULONG of
// 32 bits and packed structures. Numbers are little-endian, coordinates of
// SM2 big-endian and right-aligned in 64 octets.
//
// The package holds no handles and calls nothing.
package skf

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// A Layout is how a C compiler lays out the structures of a header.
type Layout struct {
	Wide    bool // ULONG has 8 octets, as unsigned long on 64-bit Unix
	Natural bool // structures are not packed: two octets more in DEVINFO
	Old     bool // DEVINFO ends before MaxECCBufferSize and MaxBufferSize, as in older headers
}

// String words the layout, as "ULONG 4, packed".
func (l Layout) String() string {
	s := fmt.Sprintf("ULONG %d, ", l.ULong())
	if l.Natural {
		s += "natural"
	} else {
		s += "packed"
	}
	if l.Old {
		s += ", old DEVINFO"
	}
	return s
}

// ULong returns the octets of a ULONG: 4 or 8.
func (l Layout) ULong() int {
	if l.Wide {
		return 8
	}
	return 4
}

// DevInfoSize returns the octets of a DEVINFO: 294, 296, 326 or 328, of an old
// one 286, 288, 310 or 312.
func (l Layout) DevInfoSize() int {
	size := 64 + 64 + 32 + 32 + 3*2 + l.devInfoNumbers()*l.ULong() + devInfoReserved
	if l.Natural {
		size += devInfoPad
	}
	return size
}

func (l Layout) devInfoNumbers() int {
	if l.Old {
		return 6
	}
	return 8
}

// devInfoReserved ends a DEVINFO.
const devInfoReserved = 64

// devInfoPad stands before the first ULONG of a DEVINFO that is not packed, and
// nowhere else in any structure.
const devInfoPad = 2

// LayoutOf tells the layout from how many octets a library writes into a
// DEVINFO. Some leave the reserved octets at its end as they were.
func LayoutOf(written int) (Layout, bool) {
	for i := range 1 << 3 {
		l := Layout{Wide: i&1 != 0, Natural: i&2 != 0, Old: i&4 != 0}
		if written == l.DevInfoSize() || written == l.DevInfoSize()-devInfoReserved {
			return l, true
		}
	}
	return Layout{}, false
}

// PublicKeySize returns the octets of an ECCPUBLICKEYBLOB.
func (l Layout) PublicKeySize() int { return l.ULong() + 128 }

// PrivateKeySize returns the octets of an ECCPRIVATEKEYBLOB.
func (l Layout) PrivateKeySize() int { return l.ULong() + 64 }

// CipherSize returns the octets of an ECCCIPHERBLOB with n octets of text.
func (l Layout) CipherSize(n int) int { return 64 + 64 + 32 + l.ULong() + n }

// EnvelopeSize returns the octets of an ENVELOPEDKEYBLOB with an SM4 key.
func (l Layout) EnvelopeSize() int {
	return 3*l.ULong() + 64 + l.PublicKeySize() + l.CipherSize(16)
}

// BlockParamSize returns the octets of a BLOCKCIPHERPARAM.
func (l Layout) BlockParamSize() int { return 32 + 3*l.ULong() }

// FileAttributeSize returns the octets of a FILEATTRIBUTE.
func (l Layout) FileAttributeSize() int { return 32 + 3*l.ULong() }

// SignatureSize is the length of an ECCSIGNATUREBLOB.
const SignatureSize = 128

// writer lays fields one after the other.
type writer struct {
	b []byte
	l Layout
}

func (w *writer) number(v uint32) {
	w.b = binary.LittleEndian.AppendUint32(w.b, v)
	if w.l.Wide {
		w.b = append(w.b, 0, 0, 0, 0)
	}
}

// field writes v left-aligned in size octets.
func (w *writer) field(v []byte, size int) {
	w.b = append(w.b, v[:min(len(v), size)]...)
	w.b = append(w.b, make([]byte, max(0, size-len(v)))...)
}

// text writes a character array with a zero at its end; a character of several
// octets is not broken.
func (w *writer) text(s string, size int) { w.field([]byte(cut(s, size-1)), size) }

// reader takes fields one after the other; what is missing reads as zero and is
// an error at the end.
type reader struct {
	b   []byte
	l   Layout
	err error
}

func (r *reader) field(name string, size int) []byte {
	if len(r.b) < size {
		r.fail(name, errors.New("ends early"))
		r.b = nil
		return make([]byte, size)
	}
	v := r.b[:size]
	r.b = r.b[size:]
	return v
}

func (r *reader) number(name string) uint32 {
	b := r.field(name, r.l.ULong())
	if !r.l.Wide {
		return binary.LittleEndian.Uint32(b)
	}
	v := binary.LittleEndian.Uint64(b)
	if v > math.MaxUint32 {
		r.fail(name, errors.New("more than 32 bits"))
		return 0
	}
	return uint32(v)
}

func (r *reader) fail(name string, err error) {
	if r.err == nil {
		r.err = fmt.Errorf("%s: %w", name, err)
	}
}
