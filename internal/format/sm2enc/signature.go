package sm2enc

import (
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

// A Signature is an SM2 signature value. It says nothing of a key: whether it is
// right, [VerifyDigest] tells.
type Signature struct{ R, S *big.Int }

// A Form is the way a signature was written.
type Form int

// Forms of a signature.
const (
	DER         Form = iota // SM2Signature of GB/T 35276-2017, 7.3
	DERUnsigned             // SEQUENCE of r and s but not DER: most often the leading zero octet is missing
	Raw                     // 64 octets r ‖ s
)

// String names the form.
func (f Form) String() string {
	switch f {
	case DER:
		return "DER"
	case DERUnsigned:
		return "DER with unsigned integers"
	case Raw:
		return "r ‖ s"
	}
	return fmt.Sprintf("Form(%d)", int(f))
}

// ParseSignature reads a signature in any [Form]. It accepts r and s from 1 to
// 2^256-1; that they are below the order, verification checks.
func ParseSignature(b []byte) (Signature, Form, error) {
	sig, err := parseSequence(b)
	if err == nil {
		if string(sig.Marshal()) == string(b) {
			return sig, DER, nil
		}
		return sig, DERUnsigned, nil
	}
	if len(b) == 64 {
		sig := Signature{new(big.Int).SetBytes(b[:32]), new(big.Int).SetBytes(b[32:])}
		return sig, Raw, sig.check()
	}
	return Signature{}, 0, err
}

func parseSequence(b []byte) (Signature, error) {
	r := der.OpenBytes(b, der.Sequence, "signature")
	sig := Signature{R: r.Unsigned("r"), S: r.Unsigned("s")}
	if err := r.End(); err != nil {
		return Signature{}, err
	}
	return sig, sig.check()
}

func (sig Signature) check() error {
	for _, n := range [...]*big.Int{sig.R, sig.S} {
		if n.Sign() <= 0 || n.BitLen() > 256 {
			return errors.New("signature: r or s is zero or longer than 32 octets")
		}
	}
	return nil
}

// Marshal returns the DER SM2Signature: SEQUENCE of the integers r and s.
func (sig Signature) Marshal() []byte {
	if sig.check() != nil { // no signature, but DER all the same
		var b cryptobyte.Builder
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1BigInt(sig.R)
			b.AddASN1BigInt(sig.S)
		})
		return b.BytesOrPanic()
	}
	// By hand: a builder took a twentieth of the time of a signature.
	out := make([]byte, 2, 2+2*(2+33))
	for _, n := range [...]*big.Int{sig.R, sig.S} {
		size := n.BitLen()/8 + 1
		out = append(out, der.Integer, byte(size))
		out = out[:len(out)+size]
		n.FillBytes(out[len(out)-size:])
	}
	out[0], out[1] = der.Sequence, byte(len(out)-2)
	return out
}

// Raw returns r ‖ s, 32 octets each, as SKF and JavaScript libraries use it.
func (sig Signature) Raw() [64]byte {
	var raw [64]byte
	sig.R.FillBytes(raw[:32])
	sig.S.FillBytes(raw[32:])
	return raw
}

// SignDigest signs e = SM3(Z_A ‖ M) with key. The nonce is drawn from rand and
// bound to key and e, so that a poor rand does not give the key away.
func SignDigest(rand io.Reader, key *sm2.PrivateKey, e [32]byte) (Signature, error) {
	b, err := sm2.SignASN1(rand, key, e[:], nil)
	if err != nil {
		return Signature{}, fmt.Errorf("sign digest: %w", err)
	}
	v, _, err := der.Parse(b) // strict DER by the library: no need for a tolerant reader
	if err != nil {
		return Signature{}, fmt.Errorf("sign digest: %w", err)
	}
	r, rest, err := der.Parse(v.Content)
	if err != nil {
		return Signature{}, fmt.Errorf("sign digest: r: %w", err)
	}
	s, _, err := der.Parse(rest)
	if err != nil {
		return Signature{}, fmt.Errorf("sign digest: s: %w", err)
	}
	sig := Signature{new(big.Int).SetBytes(r.Content), new(big.Int).SetBytes(s.Content)}
	return sig, sig.check()
}

// VerifyDigest reports whether sig is pub's signature over e. A pub that is nil
// or no SM2 key verifies nothing.
func VerifyDigest(pub *ecdsa.PublicKey, e [32]byte, sig Signature) bool {
	if !isSM2(pub) || sig.R == nil || sig.S == nil || sig.check() != nil {
		return false
	}
	return sm2.VerifyASN1(pub, e[:], sig.Marshal())
}

// Verify reports whether sig, in any [Form], is pub's signature over msg.
func Verify(pub *ecdsa.PublicKey, msg, sig []byte) bool {
	if !isSM2(pub) {
		return false
	}
	parsed, form, err := ParseSignature(sig)
	if err != nil {
		return false
	}
	e := Digest(pub, msg)
	if form == DER { // need not be written again
		return sm2.VerifyASN1(pub, e[:], sig)
	}
	return VerifyDigest(pub, e, parsed)
}
