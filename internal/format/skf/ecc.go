package skf

import (
	"crypto/ecdsa"
	"errors"
	"fmt"
	"math/big"

	"github.com/emmansun/gmsm/sm2"

	"xinzhang/internal/format/sm2enc"
)

// MarshalPublicKey returns the ECCPUBLICKEYBLOB of pub.
func MarshalPublicKey(pub *ecdsa.PublicKey, l Layout) []byte {
	w := &writer{l: l}
	w.publicKey(pub)
	return w.b
}

func (w *writer) publicKey(pub *ecdsa.PublicKey) {
	w.number(256)
	w.coordinate(pub.X)
	w.coordinate(pub.Y)
}

func (w *writer) coordinate(v *big.Int) { w.b = append(w.b, v.FillBytes(make([]byte, 64))...) }

// ParsePublicKey reads an ECCPUBLICKEYBLOB. It refuses what is no point of the
// curve; a blob of another width of ULONG is none.
func ParsePublicKey(b []byte, l Layout) (*ecdsa.PublicKey, error) {
	r := &reader{b: b, l: l}
	pub := r.publicKey("eccPublicKeyBlob")
	return pub, r.err
}

func (r *reader) publicKey(name string) *ecdsa.PublicKey {
	r.bits(name + ".BitLen")
	point := append(r.coordinate(name+".X"), r.coordinate(name+".Y")...)
	pub, err := sm2enc.ParsePublicKey(point)
	if err != nil {
		r.fail(name, err)
	}
	return pub
}

func (r *reader) bits(name string) {
	if n := r.number(name); n != 256 {
		r.fail(name, fmt.Errorf("%d bits are not SM2", n))
	}
}

// coordinate returns the 32 octets of a value that is right-aligned in 64.
func (r *reader) coordinate(name string) []byte {
	b := r.field(name, 64)
	for _, octet := range b[:32] {
		if octet != 0 {
			r.fail(name, errors.New("is not right-aligned in 64 octets"))
			break
		}
	}
	return append([]byte(nil), b[32:]...)
}

// ParsePrivateKey reads an ECCPRIVATEKEYBLOB, in which programs hand over keys
// of their own; the caller wipes the blob.
func ParsePrivateKey(b []byte, l Layout) (*sm2.PrivateKey, error) {
	r := &reader{b: b, l: l}
	r.bits("eccPrivateKeyBlob.BitLen")
	d := r.coordinate("eccPrivateKeyBlob.PrivateKey")
	defer clear(d)
	if r.err != nil {
		return nil, r.err
	}
	key, err := sm2.NewPrivateKey(d)
	if err != nil {
		return nil, errors.New("eccPrivateKeyBlob: no private key") // err would tell about d
	}
	return key, nil
}

// MarshalSignature returns the ECCSIGNATUREBLOB of sig, the same in every
// layout.
func MarshalSignature(sig sm2enc.Signature) []byte {
	w := &writer{}
	w.coordinate(sig.R)
	w.coordinate(sig.S)
	return w.b
}

// ParseSignature reads an ECCSIGNATUREBLOB.
func ParseSignature(b []byte) (sm2enc.Signature, error) {
	r := &reader{b: b}
	raw := append(r.coordinate("eccSignatureBlob.r"), r.coordinate("eccSignatureBlob.s")...)
	if r.err != nil {
		return sm2enc.Signature{}, r.err
	}
	sig, _, err := sm2enc.ParseSignature(raw)
	return sig, err
}

// MarshalCipher returns the ECCCIPHERBLOB of c: C1, C3, the length, C2.
func MarshalCipher(c sm2enc.Cipher, l Layout) []byte {
	w := &writer{l: l}
	w.cipher(c)
	return w.b
}

func (w *writer) cipher(c sm2enc.Cipher) {
	w.coordinate(c.X)
	w.coordinate(c.Y)
	w.field(c.Hash[:], 32)
	w.number(uint32(len(c.Text)))
	w.field(c.Text, len(c.Text))
}

// CipherText returns how many octets of text the ECCCIPHERBLOB announces whose
// head of CipherSize(0) octets is b.
func CipherText(b []byte, l Layout) (int, error) {
	r := &reader{b: b, l: l}
	r.field("eccCipherBlob", 64+64+32)
	n := r.number("eccCipherBlob.CipherLen")
	if r.err == nil && (n == 0 || n > MaxText) {
		r.fail("eccCipherBlob.CipherLen", fmt.Errorf("%d octets", n))
	}
	return int(n), r.err
}

// MaxText is the longest text that is read from an ECCCIPHERBLOB.
const MaxText = 64 << 10

// ParseCipher reads an ECCCIPHERBLOB; what stands behind its text is ignored.
func ParseCipher(b []byte, l Layout) (sm2enc.Cipher, error) {
	r := &reader{b: b, l: l}
	c := r.cipher("eccCipherBlob")
	return c, r.err
}

func (r *reader) cipher(name string) sm2enc.Cipher {
	raw := append(r.coordinate(name+".XCoordinate"), r.coordinate(name+".YCoordinate")...)
	raw = append(raw, r.field(name+".HASH", 32)...)
	n := r.number(name + ".CipherLen")
	if n > MaxText {
		r.fail(name+".CipherLen", fmt.Errorf("%d octets", n))
		return sm2enc.Cipher{}
	}
	raw = append(raw, r.field(name+".Cipher", int(n))...)
	if r.err != nil {
		return sm2enc.Cipher{}
	}
	// The point has no 04 here, and must not be taken for one that has.
	c, err := sm2enc.ParseRawCipher(append([]byte{4}, raw...), sm2enc.C1C3C2)
	if err != nil {
		r.fail(name, err)
	}
	return c
}
