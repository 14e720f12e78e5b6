// Package apdu is the commands of a UKey and its answers as bytes, in the shape
// of GM/T 0017 (application protocol data units of a smart token).
//
//	b, err := apdu.Command{INS: apdu.GenRandom, Le: 8}.Marshal()  // what a host sends
//	c, err := apdu.ParseCommand(b)                               // what the card reads
//	b = apdu.Response{Data: random, SW: apdu.OK}.Marshal()       // and answers
//
// The text of the standard was not at hand. Numbers of instructions and status
// words agree in two unrelated implementations of the field; the layout inside a
// command follows one of them. Where the sources are silent or contradict each
// other the choice is ours; all such choices stand in choices.go.
//
// Commands are written with extended lengths, always in one form, and read in
// every form of ISO 7816-4. Integers inside data are little-endian, SM2 values
// have 32 octets.
package apdu

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// CLA is the class of every command: no secure messaging of ISO 7816.
const CLA = 0x80

// Longest data and longest answer that extended lengths can announce, in octets.
const (
	maxLc = 1<<16 - 1
	maxLe = 1 << 16
)

// A Command is a command APDU.
type Command struct {
	CLA, INS, P1, P2 byte
	Data             []byte // up to 65535 octets
	Le               int    // octets that are expected, up to 65536; 0: no answer is asked for
}

// Marshal writes 4 octets of header, then with data 00 and Lc in two octets, the
// data and Le in two; without data 00 and Le in two. 65536 is written as 0.
func (c Command) Marshal() ([]byte, error) {
	if len(c.Data) > maxLc || c.Le < 0 || c.Le > maxLe {
		return nil, fmt.Errorf("apdu: %d octets of data, %d expected: too long", len(c.Data), c.Le)
	}
	b := []byte{c.CLA, c.INS, c.P1, c.P2}
	if len(c.Data) == 0 && c.Le == 0 {
		return b, nil
	}
	b = append(b, 0)
	if len(c.Data) > 0 {
		b = binary.BigEndian.AppendUint16(b, uint16(len(c.Data)))
		b = append(b, c.Data...)
	}
	if c.Le > 0 {
		b = binary.BigEndian.AppendUint16(b, uint16(c.Le))
	}
	return b, nil
}

var (
	errHeader = errors.New("apdu: shorter than its header")
	errLength = errors.New("apdu: lengths do not add up")
)

// ParseCommand reads a command with short or extended lengths. Data shares its
// octets with b.
func ParseCommand(b []byte) (Command, error) {
	if len(b) < 4 {
		return Command{}, errHeader
	}
	c := Command{CLA: b[0], INS: b[1], P1: b[2], P2: b[3]}
	body := b[4:]
	switch {
	case len(body) == 0:
		return c, nil
	case len(body) == 1: // short Le
		c.Le = expected(body, 256)
		return c, nil
	case body[0] != 0: // short Lc
		return c.read(body[1:], int(body[0]), 1, 256)
	case len(body) == 3: // extended Le
		c.Le = expected(body[1:], maxLe)
		return c, nil
	case len(body) > 3: // extended Lc
		return c.read(body[3:], int(binary.BigEndian.Uint16(body[1:3])), 2, maxLe)
	}
	return Command{}, errLength
}

// read takes n octets of data and an optional Le of width octets from rest.
func (c Command) read(rest []byte, n, width, all int) (Command, error) {
	if n == 0 || len(rest) != n && len(rest) != n+width {
		return Command{}, errLength
	}
	c.Data = rest[:n]
	if le := rest[n:]; len(le) > 0 {
		c.Le = expected(le, all)
	}
	return c, nil
}

// expected reads Le; zero means as many as the form can say.
func expected(le []byte, all int) int {
	var n int
	for _, octet := range le {
		n = n<<8 | int(octet)
	}
	if n == 0 {
		return all
	}
	return n
}

// A Response is a response APDU.
type Response struct {
	Data []byte
	SW   SW
}

// Marshal returns the data and behind it the status word.
func (r Response) Marshal() []byte {
	return binary.BigEndian.AppendUint16(append([]byte(nil), r.Data...), uint16(r.SW))
}

// ParseResponse reads a response; fewer than two octets are none.
func ParseResponse(b []byte) (Response, error) {
	if len(b) < 2 {
		return Response{}, errors.New("apdu: a response without a status word")
	}
	n := len(b) - 2
	return Response{Data: b[:n], SW: SW(binary.BigEndian.Uint16(b[n:]))}, nil
}
