// Package sm2enc writes and reads what GM/T 0009 and GB/T 35276 say about SM2:
// the digest that is signed, signatures, ciphertexts, public keys, enveloped
// keys, and the files private keys are kept in. The arithmetic is gmsm's; the
// encodings are ours, because files in the field do not keep to one of them.
//
// Most callers need two calls:
//
//	e := sm2enc.Digest(pub, message)           // what a UKey or an HSM signs
//	ok := sm2enc.Verify(pub, message, value)   // value: DER, or 64 octets r ‖ s
//
// Public keys are *ecdsa.PublicKey on sm2.P256(). The user id is always
// [DefaultID], as certificates, seals and messages use it.
//
// Writing is strict DER. Reading takes what real software writes: integers
// without their leading zero octet, bare r ‖ s, both orders of a ciphertext,
// keys of 31 and 33 octets.
package sm2enc

import (
	"crypto/ecdsa"
	"encoding/hex"
	"hash"

	"github.com/emmansun/gmsm/sm3"
)

// DefaultID is the user id of GB/T 35276-2017 clause 10.
const DefaultID = "1234567812345678"

// zPrefix is the part of Z_A that does not depend on the key:
// ENTL ‖ ID ‖ a ‖ b ‖ Gx ‖ Gy (GB/T 32918.2-2016, 5.5).
var zPrefix = append([]byte("\x00\x80"+DefaultID), mustHex(
	"FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC"+
		"28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93"+
		"32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7"+
		"BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0")...)

func mustHex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

// Digest returns e = SM3(Z_A ‖ msg), the 32 octets that SM2 signs, for the owner
// of pub and [DefaultID].
func Digest(pub *ecdsa.PublicKey, msg []byte) [32]byte {
	h := NewDigest(pub)
	h.Write(msg)
	var e [32]byte
	h.Sum(e[:0])
	return e
}

// NewDigest returns a hash into which Z_A is already written: write the message
// and take Sum. Reset leaves Z_A in place.
func NewDigest(pub *ecdsa.PublicKey) hash.Hash {
	d := &digest{Hash: sm3.New(), z: z(pub)}
	d.Reset()
	return d
}

type digest struct {
	hash.Hash
	z [32]byte
}

// Reset goes back to the state after Z_A.
func (d *digest) Reset() {
	d.Hash.Reset()
	d.Write(d.z[:])
}

func z(pub *ecdsa.PublicKey) [32]byte {
	point := MarshalPublicKey(pub)
	return sm3.Sum(append(zPrefix[:len(zPrefix):len(zPrefix)], point[1:]...))
}
