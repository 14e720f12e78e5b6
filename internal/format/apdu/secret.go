package apdu

import (
	"bytes"
	"crypto/ecdsa"
	"io"

	"xinzhang/internal/format/sm2enc"
)

// A Secret is what a command carries encrypted to the key of the card: PINs, or
// a device key. See choices.go.
type Secret struct {
	INS       INS  // of the command it is for
	P2        byte // of the same
	App       ID   // zero where the command names none
	Challenge [ChallengeSize]byte
	Values    [][]byte // of up to 16 octets each, filled up with zeros
}

// Seal encrypts s: C1 ‖ C3 ‖ length 4 ‖ C2.
func (s Secret) Seal(rand io.Reader, to *ecdsa.PublicKey) ([]byte, error) {
	plain := append([]byte{s.INS, s.P2}, s.App[:]...)
	plain = append(plain, s.Challenge[:]...)
	for _, v := range s.Values {
		plain = field(plain, v, PINField)
	}
	defer clear(plain)
	c, err := sm2enc.Encrypt(rand, to, plain)
	if err != nil {
		return nil, err
	}
	return appendCipher(nil, c), nil
}

// ParseSecret reads what decrypt gives: n values. The values share their octets
// with plain.
func ParseSecret(plain []byte, n int) (Secret, error) {
	r := NewReader(plain)
	s := Secret{INS: r.Octet(), P2: r.Octet(), App: r.ID(), Challenge: [ChallengeSize]byte(r.Octets(ChallengeSize))}
	for range n {
		s.Values = append(s.Values, r.Octets(PINField))
	}
	return s, r.End()
}

// PIN returns a value without the zeros that fill it up.
func PIN(value []byte) []byte { return bytes.TrimRight(value, "\x00") }

// SealedSecret takes a sealed Secret.
func (r *Reader) SealedSecret() sm2enc.Cipher { return r.cipher() }
