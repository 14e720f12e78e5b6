package sm2enc

import (
	"bytes"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"io"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm4"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
)

// An EnvelopedKey carries an encryption private key from the key centre to the
// holder of a signing key: d under a fresh SM4 key in ECB without padding, the
// SM4 key under the signing public key (GB/T 35276-2017, 7.4; GM/T 0016).
//
// Producers disagree on what is encrypted, d alone (32 octets) or d
// right-aligned in 64; the last 32 octets of either are the same, and only they
// are used.
type EnvelopedKey struct {
	Algorithm oid.ID // [oid.SM4ECB] or [oid.SM4]; others are read but not opened
	Wrapped   Cipher // the SM4 key, 16 octets
	Public    *ecdsa.PublicKey
	Encrypted []byte // 32 or 64 octets
}

// SealKey envelopes key for the holder of the signing key signPub.
func SealKey(rand io.Reader, signPub *ecdsa.PublicKey, key *sm2.PrivateKey) (EnvelopedKey, error) {
	var (
		symmetric [sm4KeySize]byte
		d         [32]byte
	)
	defer clear(symmetric[:])
	defer clear(d[:])
	if _, err := io.ReadFull(rand, symmetric[:]); err != nil {
		return EnvelopedKey{}, fmt.Errorf("enveloped key: %w", err)
	}
	block, err := sm4.NewCipher(symmetric[:])
	if err != nil {
		return EnvelopedKey{}, fmt.Errorf("enveloped key: %w", err)
	}
	wrapped, err := Encrypt(rand, signPub, symmetric[:])
	if err != nil {
		return EnvelopedKey{}, fmt.Errorf("enveloped key: %w", err)
	}
	key.D.FillBytes(d[:])
	encrypted := make([]byte, 32)
	ecb(block.Encrypt, encrypted, d[:])
	return EnvelopedKey{oid.SM4ECB, wrapped, &key.PublicKey, encrypted}, nil
}

// Open takes the key out of the envelope. decrypt opens an SM2 ciphertext with
// the signing key, wherever that key lives; the key it returns is wiped. A key
// that does not belong to the public key in the envelope is
// [fault.KeyEnvelopeMismatch].
func (k EnvelopedKey) Open(decrypt func(Cipher) ([]byte, error)) (*sm2.PrivateKey, error) {
	if k.Algorithm != oid.SM4ECB && k.Algorithm != oid.SM4 {
		return nil, fault.New(fault.KeyUnsupported, "what", string(k.Algorithm))
	}
	if err := k.check(); err != nil {
		return nil, err
	}
	symmetric, err := decrypt(k.Wrapped)
	defer clear(symmetric)
	if err != nil {
		return nil, fmt.Errorf("enveloped key: %w", err)
	}
	block, err := sm4.NewCipher(symmetric)
	if err != nil {
		return nil, fault.Wrap(fault.KeyEnvelopeMismatch, err)
	}
	var d [32]byte
	defer clear(d[:])
	ecb(block.Decrypt, d[:], k.Encrypted[len(k.Encrypted)-32:])
	key, err := sm2.NewPrivateKey(d[:])
	if err != nil {
		return nil, fault.New(fault.KeyEnvelopeMismatch) // err would tell about d
	}
	if !key.PublicKey.Equal(k.Public) {
		return nil, fault.New(fault.KeyEnvelopeMismatch)
	}
	return key, nil
}

// ecb runs one of a block cipher's two functions over whole blocks.
func ecb(crypt func(dst, src []byte), dst, src []byte) {
	for i := 0; i < len(src); i += sm4.BlockSize {
		crypt(dst[i:i+sm4.BlockSize], src[i:i+sm4.BlockSize])
	}
}

// ParseEnvelopedKey reads a DER SM2EnvelopedKey.
func ParseEnvelopedKey(b []byte) (EnvelopedKey, error) {
	r := der.OpenBytes(b, der.Sequence, "envelopedKey")
	var k EnvelopedKey
	alg := r.Open("symAlgID", der.Sequence)
	k.Algorithm = alg.OID("algorithm")
	alg.Optional("parameters", der.Null)
	r.Fail("symAlgID", alg.End())
	wrapped := r.Open("symEncryptedKey", der.Sequence)
	if wrapped.Err() == nil {
		c, err := readCipher(wrapped)
		r.Fail("symEncryptedKey", err)
		k.Wrapped = c
	}
	point, encrypted := r.Bits("sm2PublicKey"), r.Bits("sm2EncryptedPrivateKey")
	if err := r.End(); err != nil {
		return EnvelopedKey{}, err
	}
	pub, err := ParsePublicKey(point)
	if err != nil {
		return EnvelopedKey{}, fmt.Errorf("envelopedKey.sm2PublicKey: %w", err)
	}
	k.Public, k.Encrypted = pub, bytes.Clone(encrypted)
	return k, k.check()
}

func (k EnvelopedKey) check() error {
	if len(k.Encrypted) != 32 && len(k.Encrypted) != 64 {
		return fmt.Errorf("envelopedKey.sm2EncryptedPrivateKey: %d octets, 32 or 64 belong here", len(k.Encrypted))
	}
	if len(k.Wrapped.Text) != sm4KeySize {
		return errors.New("envelopedKey.symEncryptedKey: holds no 16 octet key")
	}
	return nil
}

const sm4KeySize = 16

// Marshal returns the DER SM2EnvelopedKey, with the last 32 octets of the
// encrypted key.
func (k EnvelopedKey) Marshal() []byte {
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddBytes(k.Algorithm.Marshal())
			b.AddASN1NULL()
		})
		b.AddBytes(k.Wrapped.Marshal())
		b.AddASN1BitString(MarshalPublicKey(k.Public))
		b.AddASN1BitString(k.Encrypted[len(k.Encrypted)-32:])
	})
	return b.BytesOrPanic()
}
