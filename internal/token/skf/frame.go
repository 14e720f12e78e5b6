package skf

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// The frames of xinzhang-skf-host: cmd/xinzhang-skf-host/host.h says what they
// are, and both sides must agree.
const (
	hostVersion = 1
	maxFrame    = 4 << 20
	guard       = 4096 // octets behind each output
	fill        = 0xA5 // what outputs hold before a call
)

// status is how a host answers.
type status byte

const (
	done      status = 0
	noSymbol  status = 1
	notLoaded status = 2
)

// An argument of a call. What a function gives is found in it afterwards.
type argument interface {
	// append adds the argument to a frame.
	append(frame []byte) []byte
	// take reads what came back of it.
	take(r *reply)
}

// word is a number or a handle.
type word uint64

func (w word) append(b []byte) []byte {
	return binary.LittleEndian.AppendUint64(append(b, 'w'), uint64(w))
}
func (word) take(*reply) {}

// flag is a BOOL.
func flag(v bool) word {
	if v {
		return 1
	}
	return 0
}

// input is octets that a function reads.
type input []byte

func (in input) append(b []byte) []byte { return sized(b, 'i', in) }
func (input) take(*reply)               {}

// text is a string with a zero at its end. No name that is handed to a library
// holds one inside: it would be another name there.
func text(s string) input { return append([]byte(s), 0) }

// byValue is a structure that is not handed over by its address.
type byValue []byte

func (v byValue) append(b []byte) []byte { return sized(b, 'v', v) }
func (byValue) take(*reply)              {}

func sized(b []byte, kind byte, octets []byte) []byte {
	return append(binary.LittleEndian.AppendUint32(append(b, kind), uint32(len(octets))), octets...)
}

// An output is octets that a function writes.
type output struct {
	data    []byte // as long as was asked for, with fill where nothing was written
	touched int    // up to where it was written; beyond len(data) is beyond what is allowed
}

func room(n int) *output { return &output{data: make([]byte, n)} }

func (o *output) append(b []byte) []byte {
	return binary.LittleEndian.AppendUint32(append(b, 'o'), uint32(len(o.data)))
}

func (o *output) take(r *reply) {
	o.touched = int(r.number(4))
	if o.touched > len(o.data)+guard {
		r.fail(fmt.Errorf("%d octets of %d were touched", o.touched, len(o.data)))
		return
	}
	for left := o.data[copy(o.data, r.octets(o.touched)):]; len(left) > 0; {
		left = left[copy(left, untouched):]
	}
}

var untouched = bytes.Repeat([]byte{fill}, 512)

// chance is how many octets at the end of a value may look as if they had not been
// written, since they are the fill: one certificate in 256 ends so.
const chance = 8

// upTo is what was written, and a little more where the library tells a length of n.
func (o *output) upTo(n int) []byte {
	return o.data[:max(o.touched, min(n, o.touched+chance, len(o.data)))]
}

func (o *output) overran() bool { return o.touched > len(o.data) }

// A slot is a ULONG or a handle that a function may change. It has eight octets
// whatever the library thinks of the width of ULONG.
type slot struct{ value uint64 }

func (s *slot) append(b []byte) []byte {
	return binary.LittleEndian.AppendUint64(append(b, 's'), s.value)
}
func (s *slot) take(r *reply) { s.value = r.number(8) }

// number is the slot as a ULONG of either width.
func (s *slot) number() uint32 { return uint32(s.value) }

// loadFrame asks a host to load a library.
func loadFrame(path string) []byte { return close4(append(open4(), "L"+path...)) }

// askFrame asks whether the library has a function, without calling it.
func askFrame(name string) []byte { return close4(append(open4(), "Q"+name...)) }

// callFrame asks for a call.
func callFrame(function string, args []argument) []byte {
	b := append(open4(), 'C', byte(len(function)))
	b = append(append(b, function...), byte(len(args)))
	for _, a := range args {
		b = a.append(b)
	}
	return close4(b)
}

// open4 leaves room for the length; the frame rarely grows, so that few copies of
// a PIN have to be found.
func open4() []byte { return make([]byte, 4, 512) }

func close4(b []byte) []byte {
	binary.LittleEndian.PutUint32(b, uint32(len(b)-4))
	return b
}

// A reply is a frame that is being read.
type reply struct {
	b   []byte
	err error
}

func (r *reply) octets(n int) []byte {
	if n > len(r.b) {
		r.fail(errors.New("ends early"))
		return nil
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *reply) number(octets int) uint64 {
	var le [8]byte
	copy(le[:], r.octets(octets))
	return binary.LittleEndian.Uint64(le[:])
}

func (r *reply) fail(err error) {
	if r.err == nil {
		r.err, r.b = err, nil
	}
}

// parseReply reads the answer to a call into its arguments. The result is what
// stood in the register; a ULONG is its lower half.
func parseReply(b []byte, args []argument) (s status, result uint64, err error) {
	r := &reply{b: b}
	s, result = status(r.number(1)), r.number(8)
	for _, a := range args {
		a.take(r)
	}
	if len(r.b) != 0 {
		r.fail(errors.New("is too long"))
	}
	if r.err != nil {
		return 0, 0, fmt.Errorf("answer of the SKF host: %w", r.err)
	}
	return s, result, nil
}
