// Package hsm holds the private keys of services: of the authority, of the seal
// maker, of the key centre. A service sees a [Key] and never the private key, so
// that a hardware module can take the place of the files here.
//
// A [Folder] keeps each key in a file of its own, encrypted with one passphrase
// (PKCS #8, SM4-CBC under PBKDF2 with HMAC-SM3):
//
//	keys := hsm.NewFolder(dir, passphrase)
//	root, err := keys.Create(ctx, "root")  // never overwrites
//	root, err = keys.Open(ctx, "root")     // fault.KeyPassphraseWrong changes nothing
//
// The caller gets the passphrase from a prompt, a file or the environment, never
// from a command line, which every user of the machine can read. A key that is
// open lies in the memory of the process: whoever can read that memory has it.
package hsm

import (
	"context"
	"crypto/ecdsa"
	"fmt"
	"io"
	"log/slog"

	"xinzhang/internal/format/sm2enc"
)

// A Key signs for a service. Several callers may use it at once.
type Key interface {
	// Public returns the public key, on the SM2 curve.
	Public() *ecdsa.PublicKey

	// SignDigest signs e = SM3(Z_A ‖ M) and returns the DER SM2Signature of
	// GB/T 35276-2017. A module may take time: cancelling ctx ends the wait.
	SignDigest(ctx context.Context, e [32]byte) ([]byte, error)
}

// A Decrypter is a Key that also opens SM2 ciphertexts. The caller wipes what it
// gets.
type Decrypter interface {
	Key
	Decrypt(ctx context.Context, c sm2enc.Cipher) ([]byte, error)
}

// A Passphrase opens encrypted keys. However it is printed, logged or encoded,
// alone or inside something else, it reads "[redacted]" or an address. Copies
// share their octets, so that Clear reaches them all.
type Passphrase struct{ reveal func() []byte }

// NewPassphrase takes over b, which the caller must not use again. What is
// printed of a function is its address: fmt does not ask Format of a value in an
// unexported field.
func NewPassphrase(b []byte) Passphrase { return Passphrase{func() []byte { return b }} }

// Format writes "[redacted]", whatever the verb.
func (Passphrase) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[redacted]") }

// LogValue is "[redacted]".
func (Passphrase) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// MarshalText gives "[redacted]", for JSON and its like.
func (Passphrase) MarshalText() ([]byte, error) { return []byte("[redacted]"), nil }

// Clear overwrites the passphrase, in every copy of p.
func (p Passphrase) Clear() { clear(p.octets()) }

func (p Passphrase) octets() []byte {
	if p.reveal == nil {
		return nil
	}
	return p.reveal()
}
