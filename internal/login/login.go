// Package login makes and judges login tokens: the holder of a person's
// certificate was there, just now, and meant this site. A token has the form of
// Web eID with SM2 and SM3:
//
//	signature over e = SM3(Z ‖ SM3(origin) ‖ SM3(nonce))
//
// The agent makes it (with the origin that the browser named, never one that the
// page wrote):
//
//	e := login.Digest(certificate.PublicKey, origin, nonce)
//	token := login.Assemble(certificate, value, version)
//
// A server judges it:
//
//	v := &login.Verifier{Origins: own, Trust: load, Nonces: login.NewNonces(time.Now), Now: time.Now}
//	person, err := v.Verify(token, origin, nonce)
//
// Programs in other languages ask the small server of [Verifier.Handler].
package login

import (
	"crypto/ecdsa"

	"github.com/emmansun/gmsm/sm3"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/sm2enc"
)

// Format and algorithm of a [Token].
const (
	Format    = "xinzhang:1.0"
	Algorithm = "SM2SM3"
)

// minNonce is the length of 32 octets in base64.
const minNonce = 44

// Digest is what the key of pub signs: never a digest that a page chose.
func Digest(pub *ecdsa.PublicKey, origin, nonce string) [32]byte {
	o, n := sm3.Sum([]byte(origin)), sm3.Sum([]byte(nonce))
	return sm2enc.Digest(pub, append(o[:], n[:]...))
}

// Assemble makes a token of the DER certificate and its SM2 signature value, in
// any form.
func Assemble(certificate, value []byte, version string) (Token, error) {
	sig, _, err := sm2enc.ParseSignature(value)
	if err != nil {
		return Token{}, fault.Wrap(fault.SignValueWrong, err)
	}
	raw := sig.Raw()
	return Token{Format: Format, Algorithm: Algorithm, Certificate: certificate, Signature: raw[:], AppVersion: version}, nil
}
