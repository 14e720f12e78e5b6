package hsm

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"

	"github.com/emmansun/gmsm/sm2"

	"xinzhang/internal/format/sm2enc"
)

// A fileKey is a key that was read from a file into memory. The private key lies
// behind a function, like a [Passphrase].
type fileKey struct {
	public *ecdsa.PublicKey
	reveal func() *sm2.PrivateKey
}

func newFileKey(private *sm2.PrivateKey) fileKey {
	return fileKey{&private.PublicKey, func() *sm2.PrivateKey { return private }}
}

func (k fileKey) Public() *ecdsa.PublicKey { return k.public }

func (k fileKey) SignDigest(ctx context.Context, e [32]byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	sig, err := sm2enc.SignDigest(rand.Reader, k.reveal(), e)
	if err != nil {
		return nil, err
	}
	return sig.Marshal(), nil
}

func (k fileKey) Decrypt(ctx context.Context, c sm2enc.Cipher) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return sm2enc.Decrypt(k.reveal(), c)
}

// Format keeps the private key out of whatever prints the Key.
func (fileKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[private key]") }

// LogValue keeps the private key out of logs.
func (fileKey) LogValue() slog.Value { return slog.StringValue("[private key]") }
