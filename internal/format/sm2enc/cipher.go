package sm2enc

import (
	"bytes"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"io"
	"math/big"

	"github.com/emmansun/gmsm/sm2"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"xinzhang/internal/format/der"
)

// A Cipher is an SM2 ciphertext taken apart: the point C1 = (X, Y), the hash C3
// and the encrypted text C2 (GB/T 32918.4-2016).
type Cipher struct {
	X, Y *big.Int
	Hash [32]byte
	Text []byte // as long as the plaintext
}

// An Order is the order of the parts in a bare ciphertext.
type Order int

// Orders of a bare ciphertext.
const (
	C1C3C2 Order = iota // GB/T 32918.4-2016
	C1C2C3              // the draft of 2010; older software still writes it
)

// Encrypt encrypts plain, at least one octet, to the owner of pub.
func Encrypt(rand io.Reader, pub *ecdsa.PublicKey, plain []byte) (Cipher, error) {
	if !isSM2(pub) {
		return Cipher{}, ErrNotSM2
	}
	if len(plain) == 0 {
		return Cipher{}, errors.New("sm2 encrypts at least one octet")
	}
	b, err := sm2.Encrypt(rand, pub, plain, nil)
	if err != nil {
		return Cipher{}, fmt.Errorf("sm2 encrypt: %w", err)
	}
	return ParseRawCipher(b, C1C3C2)
}

// ErrDecrypt says that a ciphertext was not made for this key, or was changed.
// It does not say which, so that nobody can learn from asking.
var ErrDecrypt = errors.New("sm2 ciphertext does not open with this key")

// Decrypt opens c with key. Every failure is [ErrDecrypt].
func Decrypt(key *sm2.PrivateKey, c Cipher) ([]byte, error) {
	plain, err := sm2.Decrypt(key, c.Raw(C1C3C2))
	if err != nil {
		return nil, ErrDecrypt
	}
	return plain, nil
}

// ParseCipher reads an SM2Cipher of GB/T 35276-2017, 7.2. It checks that the
// point is on the curve; integers may lack their leading zero octet.
func ParseCipher(b []byte) (Cipher, error) {
	r := der.OpenBytes(b, der.Sequence, "cipher")
	return readCipher(r)
}

func readCipher(r *der.Reader) (Cipher, error) {
	c := Cipher{X: r.Unsigned("x"), Y: r.Unsigned("y")}
	hash := r.Octets("hash")
	if len(hash) != len(c.Hash) {
		r.Fail("hash", fmt.Errorf("%d octets, 32 belong here", len(hash)))
	}
	copy(c.Hash[:], hash)
	c.Text = bytes.Clone(r.Octets("cipherText"))
	if err := r.End(); err != nil {
		return Cipher{}, err
	}
	return c, c.check()
}

func (c Cipher) check() error {
	if len(c.Text) == 0 {
		return errors.New("cipher.cipherText: is empty")
	}
	if _, err := publicKey(c.X, c.Y); err != nil {
		return fmt.Errorf("cipher: %w", err)
	}
	return nil
}

// ParseRawCipher reads a bare ciphertext in the given order, with or without the
// 04 before the point. Where both are possible, the one whose point is on the
// curve is taken.
func ParseRawCipher(b []byte, order Order) (Cipher, error) {
	if len(b) > 97 && b[0] == 4 {
		if c := splitRaw(b[1:], order); c.check() == nil {
			return c, nil
		}
	}
	if len(b) <= 96 {
		return Cipher{}, errors.New("cipher: ends early")
	}
	c := splitRaw(b, order)
	return c, c.check()
}

// splitRaw splits more than 96 octets that start with the point.
func splitRaw(b []byte, order Order) Cipher {
	c := Cipher{X: new(big.Int).SetBytes(b[:32]), Y: new(big.Int).SetBytes(b[32:64])}
	hash, text := b[64:96], b[96:]
	if order == C1C2C3 {
		text, hash = b[64:len(b)-32], b[len(b)-32:]
	}
	copy(c.Hash[:], hash)
	c.Text = bytes.Clone(text)
	return c
}

// Marshal returns the DER SM2Cipher.
func (c Cipher) Marshal() []byte {
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1BigInt(c.X)
		b.AddASN1BigInt(c.Y)
		b.AddASN1OctetString(c.Hash[:])
		b.AddASN1OctetString(c.Text)
	})
	return b.BytesOrPanic()
}

// Raw returns the bare ciphertext 04 ‖ X ‖ Y and the hash and text in order.
func (c Cipher) Raw(order Order) []byte {
	b := make([]byte, 65, 97+len(c.Text))
	b[0] = 4
	c.X.FillBytes(b[1:33])
	c.Y.FillBytes(b[33:65])
	if order == C1C2C3 {
		return append(append(b, c.Text...), c.Hash[:]...)
	}
	return append(append(b, c.Hash[:]...), c.Text...)
}
