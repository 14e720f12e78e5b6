package sm2enc

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"errors"
	"fmt"
	"math/big"

	"github.com/emmansun/gmsm/sm2"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
)

// ParsePublicKey reads a point of the curve: 65 octets 04 ‖ X ‖ Y, the 64 octets
// X ‖ Y, or 33 octets compressed (02 or 03 ‖ X).
func ParsePublicKey(point []byte) (*ecdsa.PublicKey, error) {
	switch {
	case len(point) == 65 && point[0] == 4:
		return publicKey(new(big.Int).SetBytes(point[1:33]), new(big.Int).SetBytes(point[33:]))
	case len(point) == 64:
		return publicKey(new(big.Int).SetBytes(point[:32]), new(big.Int).SetBytes(point[32:]))
	case len(point) == 33 && (point[0] == 2 || point[0] == 3):
		x, y := elliptic.UnmarshalCompressed(sm2.P256(), point)
		if x == nil {
			return nil, errNotOnCurve
		}
		return publicKey(x, y)
	}
	return nil, fmt.Errorf("public key of %d octets is no SM2 point", len(point))
}

var errNotOnCurve = errors.New("point is not on the SM2 curve")

func publicKey(x, y *big.Int) (*ecdsa.PublicKey, error) {
	if x.BitLen() > 256 || y.BitLen() > 256 || !sm2.P256().IsOnCurve(x, y) {
		return nil, errNotOnCurve
	}
	return &ecdsa.PublicKey{Curve: sm2.P256(), X: x, Y: y}, nil
}

func isSM2(pub *ecdsa.PublicKey) bool { return pub != nil && sm2.IsSM2PublicKey(pub) }

// MarshalPublicKey returns the 65 octets 04 ‖ X ‖ Y (SM2PublicKey of GB/T
// 35276-2017, 7.1, without the BIT STRING around it).
func MarshalPublicKey(pub *ecdsa.PublicKey) []byte {
	point := make([]byte, 65)
	point[0] = 4
	pub.X.FillBytes(point[1:33])
	pub.Y.FillBytes(point[33:])
	return point
}

// MarshalSPKI returns the DER SubjectPublicKeyInfo of pub: id-ecPublicKey with
// the SM2 curve (GB/T 20518-2018).
func MarshalSPKI(pub *ecdsa.PublicKey) []byte {
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		addCurve(b)
		b.AddASN1BitString(MarshalPublicKey(pub))
	})
	return b.BytesOrPanic()
}

func addCurve(b *cryptobyte.Builder) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(oid.ECPublicKey.Marshal())
		b.AddBytes(oid.SM2.Marshal())
	})
}

// ErrNotSM2 says that a key is well formed but of another algorithm or curve.
var ErrNotSM2 = errors.New("key is not of the SM2 curve")

// ParseSPKI reads a SubjectPublicKeyInfo. Beside the usual form it takes the
// curve as the algorithm itself, which some old software writes. A key of
// another kind (RSA, P-256) is [ErrNotSM2].
func ParseSPKI(b []byte) (*ecdsa.PublicKey, error) {
	r := der.OpenBytes(b, der.Sequence, "subjectPublicKeyInfo")
	isSM2 := readCurve(r)
	point := r.Bits("subjectPublicKey")
	if err := r.End(); err != nil {
		return nil, err
	}
	if !isSM2 {
		return nil, ErrNotSM2
	}
	pub, err := ParsePublicKey(point)
	if err != nil {
		return nil, fmt.Errorf("subjectPublicKeyInfo: %w", err)
	}
	return pub, nil
}

// readCurve reads an AlgorithmIdentifier and reports whether it names SM2.
func readCurve(r *der.Reader) bool {
	alg := r.Open("algorithm", der.Sequence)
	id := alg.OID("algorithm")
	switch {
	case id == oid.SM2:
		return alg.Err() == nil
	case id != oid.ECPublicKey:
		return false
	}
	v, ok := alg.Optional("parameters", der.OID)
	if !ok {
		return false
	}
	curve, err := v.ObjectIdentifier()
	return err == nil && curve == oid.SM2
}
