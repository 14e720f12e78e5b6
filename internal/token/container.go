package token

import (
	"context"
	"crypto/ecdsa"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/sm2enc"
)

// A KeyUse says which of a container's two pairs is meant.
type KeyUse int

// The two pairs. The zero value is neither.
const (
	Signing    KeyUse = iota + 1 // made inside, never escrowed
	Encryption                   // made by the KMC, which keeps it in escrow
)

// String returns "signing" or "encryption".
func (u KeyUse) String() string { return u.Words(fault.EN) }

// Words returns 签名 or 加密, signing or encryption.
func (u KeyUse) Words(lang fault.Lang) string {
	switch {
	case u == Signing && lang == fault.ZH:
		return "签名"
	case u == Signing:
		return "signing"
	case u == Encryption && lang == fault.ZH:
		return "加密"
	case u == Encryption:
		return "encryption"
	case lang == fault.ZH:
		return "未知用途"
	}
	return "unknown"
}

// A Container holds at most one signing pair, one encryption pair and the
// certificate of each. Keys are SM2. Without the user PIN the methods that need
// it return [fault.PINNotVerified]; a container that somebody deleted is
// [fault.ContainerAbsent].
type Container interface {
	// Name returns the name.
	Name() string

	// ExportPublicKey returns a public key; there is none: [fault.KeyAbsent].
	ExportPublicKey(ctx context.Context, use KeyUse) (*ecdsa.PublicKey, error)

	// ExportCertificate returns a certificate as it was imported; there is none:
	// [fault.ContainerNoCertificate].
	ExportCertificate(ctx context.Context, use KeyUse) ([]byte, error)

	// GenerateSigningKey makes the signing pair inside and returns its public
	// half; it needs the user PIN. A pair is never replaced:
	// [fault.ContainerKeyExists].
	GenerateSigningKey(ctx context.Context) (*ecdsa.PublicKey, error)

	// ImportEncryptionKey takes the encryption pair; it needs the user PIN and the
	// signing pair ([fault.KeyAbsent]), to which it must be enveloped. What does
	// not open, or is not the private half of the public key beside it
	// (d·G ≠ P), is [fault.KeyEnvelopeMismatch]. The same pair may come again,
	// another is [fault.ContainerKeyExists].
	ImportEncryptionKey(ctx context.Context, envelope sm2enc.EnvelopedKey) error

	// ImportCertificate takes the DER certificate of a pair; it needs the user PIN
	// and the pair ([fault.KeyAbsent]). A certificate for another key is
	// [fault.KeyCertMismatch]. A later one for the same key takes the place of
	// the earlier: renewal.
	ImportCertificate(ctx context.Context, use KeyUse, der []byte) error

	// SignDigest signs e = SM3(Z_A ‖ M) with the signing key and returns the DER
	// SM2Signature of GB/T 35276. It needs the user PIN. Without a key it returns
	// [fault.KeyAbsent], and [fault.PINMustChange] while the first PIN stands (see
	// [ApplicationSpec]). The value is right for the public key that is exported:
	// who passes on what others computed has verified it.
	SignDigest(ctx context.Context, e [32]byte) ([]byte, error)
}

// A Decrypter is a Container that opens a session key with its encryption key
// and hands the session key out; found by assertion. Plain SKF libraries keep
// the session key inside: see [InsideDecrypter].
type Decrypter interface {
	// Decrypt opens what was encrypted to the encryption certificate. It needs
	// the user PIN, changed from the first. Without a key it returns
	// [fault.KeyAbsent]; what does not open is [sm2enc.ErrDecrypt]. The caller
	// wipes the result. (*cms.EnvelopedData).Open takes this method in a closure.
	Decrypt(ctx context.Context, wrapped sm2enc.Cipher) ([]byte, error)
}

// An InsideDecrypter is a Container that opens a session key with its encryption
// key, keeps it inside and decrypts with it there (SKF_ImportSessionKey,
// SKF_Decrypt); found by assertion.
type InsideDecrypter interface {
	// DecryptInside opens text, which is SM4-CBC with PKCS #7 padding under the
	// session key in wrapped. It needs the user PIN, as Decrypt does, and has its
	// errors. (*cms.EnvelopedData).OpenInside takes this method in a closure.
	DecryptInside(ctx context.Context, wrapped sm2enc.Cipher, iv [16]byte, text []byte) ([]byte, error)
}

// A Key signs with the signing pair of a container that has its certificate.
type Key struct {
	container   Container
	certificate []byte
}

// SigningKey returns the key of c. Without a certificate it returns
// [fault.ContainerNoCertificate]. The PIN may be verified before or after.
func SigningKey(ctx context.Context, c Container) (*Key, error) {
	der, err := c.ExportCertificate(ctx, Signing)
	if err != nil {
		return nil, err
	}
	return &Key{c, der}, nil
}

// Certificate returns the signing certificate in DER, as it was when
// [SigningKey] was called.
func (k *Key) Certificate() []byte { return k.certificate }

// SignDigest is the SignDigest of the container.
func (k *Key) SignDigest(ctx context.Context, e [32]byte) ([]byte, error) {
	return k.container.SignDigest(ctx, e)
}
