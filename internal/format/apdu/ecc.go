package apdu

import (
	"crypto/ecdsa"
	"errors"
	"fmt"
	"math/big"

	"xinzhang/internal/format/oid"
	"xinzhang/internal/format/skf"
	"xinzhang/internal/format/sm2enc"
)

const bits = 256 // of SM2

func (r *Reader) bits() {
	if n := r.Uint32(); n != bits {
		r.fail(fmt.Errorf("apdu: %d bits are not SM2", n))
	}
}

// Point takes X 32 ‖ Y 32; what is no point of the curve is an error.
func (r *Reader) Point() *ecdsa.PublicKey {
	pub, err := sm2enc.ParsePublicKey(r.Octets(64))
	if err != nil {
		r.fail(err)
	}
	return pub
}

// MarshalPoint returns X 32 ‖ Y 32.
func MarshalPoint(pub *ecdsa.PublicKey) []byte { return sm2enc.MarshalPublicKey(pub)[1:] }

// PublicKey takes bits 4 ‖ X 32 ‖ Y 32.
func (r *Reader) PublicKey() *ecdsa.PublicKey {
	r.bits()
	return r.Point()
}

// MarshalPublicKey returns bits 4 ‖ X 32 ‖ Y 32.
func MarshalPublicKey(pub *ecdsa.PublicKey) []byte {
	return append(u32(nil, bits), MarshalPoint(pub)...)
}

func (r *Reader) signature() sm2enc.Signature {
	raw := r.Octets(64)
	return sm2enc.Signature{R: new(big.Int).SetBytes(raw[:32]), S: new(big.Int).SetBytes(raw[32:])}
}

// MarshalSignature returns bits 4 ‖ r 32 ‖ s 32.
func MarshalSignature(sig sm2enc.Signature) []byte {
	raw := sig.Raw()
	return append(u32(nil, bits), raw[:]...)
}

// ParseSignature reads an answer to ECCSign.
func ParseSignature(b []byte) (sm2enc.Signature, error) {
	r := NewReader(b)
	r.bits()
	sig := r.signature()
	return sig, r.End()
}

// A Verification is the data of ECCVerify: bits 4 ‖ X 32 ‖ Y 32 ‖ length 4 ‖ e ‖
// r 32 ‖ s 32.
type Verification struct {
	Public    *ecdsa.PublicKey
	Digest    [32]byte
	Signature sm2enc.Signature
}

// Marshal writes it.
func (v Verification) Marshal() []byte {
	b := append(u32(MarshalPublicKey(v.Public), 32), v.Digest[:]...)
	raw := v.Signature.Raw()
	return append(b, raw[:]...)
}

// ParseVerification reads it; digests have 32 octets.
func ParseVerification(b []byte) (Verification, error) {
	r := NewReader(b)
	v := Verification{Public: r.PublicKey()}
	if n := r.Uint32(); n != 32 {
		r.fail(fmt.Errorf("apdu: a digest of %d octets", n))
	}
	v.Digest = [32]byte(r.Octets(32))
	v.Signature = r.signature()
	return v, r.End()
}

// appendCipher appends x 32 ‖ y 32 ‖ C3 32 ‖ length 4 ‖ C2.
func appendCipher(b []byte, c sm2enc.Cipher) []byte {
	raw := c.Raw(sm2enc.C1C3C2)
	b = append(b, raw[1:1+96]...)
	return append(u32(b, uint32(len(c.Text))), c.Text...)
}

func (r *Reader) cipher() sm2enc.Cipher {
	raw := append([]byte{4}, r.Octets(96)...)
	raw = append(raw, r.Octets(r.Length())...)
	c, err := sm2enc.ParseRawCipher(raw, sm2enc.C1C3C2)
	if err != nil {
		r.fail(err)
	}
	return c
}

// MarshalCipher returns bits 4 ‖ x ‖ y ‖ C3 ‖ length 4 ‖ C2.
func MarshalCipher(c sm2enc.Cipher) []byte { return appendCipher(u32(nil, bits), c) }

// Cipher takes what [MarshalCipher] writes.
func (r *Reader) Cipher() sm2enc.Cipher {
	r.bits()
	return r.cipher()
}

// MarshalEnvelope returns version 4 ‖ algorithm 4 ‖ bits 4 ‖ x ‖ y ‖ C3 ‖ length
// 4 ‖ C2 ‖ bits 4 ‖ X 32 ‖ Y 32 ‖ length 4 ‖ the private key under SM4-ECB, right
// in 64 octets.
func MarshalEnvelope(k sm2enc.EnvelopedKey) ([]byte, error) {
	n := len(k.Encrypted)
	if n != 32 && n != 64 {
		return nil, fmt.Errorf("apdu: an encrypted key of %d octets", n)
	}
	b := u32(u32(u32(nil, 1), skf.SM4ECB), bits)
	b = appendCipher(b, k.Wrapped)
	b = append(b, MarshalPublicKey(k.Public)...)
	b = u32(b, 64)
	return append(append(b, make([]byte, 64-n)...), k.Encrypted...), nil
}

// Envelope takes what [MarshalEnvelope] writes. Of the 64 octets the last 32
// count: what stands before them differs from producer to producer.
func (r *Reader) Envelope() sm2enc.EnvelopedKey {
	version, alg := r.Uint32(), r.Uint32()
	if version != 1 || alg != skf.SM4ECB {
		r.fail(errors.New("apdu: an envelope of another version or cipher"))
	}
	r.bits()
	k := sm2enc.EnvelopedKey{Algorithm: oid.SM4ECB, Wrapped: r.cipher(), Public: r.PublicKey()}
	if n := r.Length(); n != 64 {
		r.fail(fmt.Errorf("apdu: an encrypted key of %d octets", n))
	}
	k.Encrypted = r.Octets(64)[32:]
	return k
}
