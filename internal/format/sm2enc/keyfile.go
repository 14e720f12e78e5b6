package sm2enc

import (
	"crypto/cipher"
	"encoding/pem"
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

// DefaultCost is the number of PBKDF2 rounds for a key file that guards a
// service: a fraction of a second per try.
const DefaultCost = 600_000

// maxKeyFile bounds what [ParseEncryptedKey] looks at; a real file is 300 octets.
const maxKeyFile = 64 << 10

// MarshalEncryptedKey returns key as a DER EncryptedPrivateKeyInfo (PKCS #8,
// RFC 5958): PBES2 with SM4-CBC, PBKDF2 with HMAC-SM3 and cost rounds, as GmSSL
// does; OpenSSL 3.0 does not know this HMAC. In PEM its label is "ENCRYPTED
// PRIVATE KEY".
func MarshalEncryptedKey(rand io.Reader, key *sm2.PrivateKey, passphrase []byte, cost int) ([]byte, error) {
	return encryptKey(rand, key, passphrase, kdf{rounds: cost, prf: oid.HMACSM3})
}

func encryptKey(rand io.Reader, key *sm2.PrivateKey, passphrase []byte, derivation kdf) ([]byte, error) {
	if len(passphrase) == 0 || derivation.rounds < 1 || derivation.rounds > maxRounds {
		return nil, fmt.Errorf("encrypt key: empty passphrase or %d rounds", derivation.rounds)
	}
	var saltIV [16 + sm4.BlockSize]byte
	if _, err := io.ReadFull(rand, saltIV[:]); err != nil {
		return nil, fmt.Errorf("encrypt key: %w", err)
	}
	derivation.salt = saltIV[:16]
	p := protection{kdf: derivation, cipher: oid.SM4CBC, iv: saltIV[16:]}
	plain := marshalPKCS8(key)
	defer clear(plain)
	sealed, err := p.encrypt(plain, passphrase)
	if err != nil {
		return nil, fmt.Errorf("encrypt key: %w", err)
	}
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		p.marshal(b)
		b.AddASN1OctetString(sealed)
	})
	return b.Bytes()
}

// ParseEncryptedKey reads an EncryptedPrivateKeyInfo, DER or PEM, written by us,
// by GmSSL or by OpenSSL: PBES2 with PBKDF2 (HMAC with SM3, SHA-1 or SHA-2) and
// SM4-CBC or AES-CBC.
//
// A passphrase that does not open it is [fault.KeyPassphraseWrong] (damage looks
// the same), another protection or more rounds than could be meant is
// [fault.KeyUnsupported], anything else wrong with it [fault.KeyBroken].
func ParseEncryptedKey(b, passphrase []byte) (*sm2.PrivateKey, error) {
	if block, _ := pem.Decode(b); block != nil {
		if block.Type != "ENCRYPTED PRIVATE KEY" {
			return nil, fault.New(fault.KeyUnsupported, "what", fmt.Sprintf("PEM %q", block.Type))
		}
		b = block.Bytes
	}
	if len(b) > maxKeyFile {
		return nil, fault.New(fault.InputTooLarge, "what", "key file", "limit", maxKeyFile)
	}
	r := der.OpenBytes(b, der.Sequence, "encryptedPrivateKeyInfo")
	alg := r.Value("encryptionAlgorithm", der.Sequence)
	sealed := r.Octets("encryptedData")
	if err := r.End(); err != nil {
		return nil, fault.Wrap(fault.KeyBroken, err, "place", "encryptedPrivateKeyInfo")
	}
	p, err := parseProtection(alg)
	if err != nil {
		return nil, err
	}
	plain, err := p.decrypt(sealed, passphrase)
	if err != nil {
		return nil, fault.New(fault.KeyPassphraseWrong)
	}
	defer clear(plain)
	// A wrong passphrase leaves good padding once in 256 times, and then noise.
	if _, err := der.ParseOnly(plain); err != nil || plain[0] != der.Sequence {
		return nil, fault.New(fault.KeyPassphraseWrong)
	}
	return parsePKCS8(plain)
}

func (p protection) encrypt(plain, passphrase []byte) ([]byte, error) {
	block, err := p.block(passphrase)
	if err != nil {
		return nil, err
	}
	n := block.BlockSize() - len(plain)%block.BlockSize()
	padded := make([]byte, len(plain)+n)
	copy(padded, plain)
	for i := len(plain); i < len(padded); i++ {
		padded[i] = byte(n)
	}
	cipher.NewCBCEncrypter(block, p.iv).CryptBlocks(padded, padded)
	return padded, nil
}

var errPadding = errors.New("padding is wrong")

func (p protection) decrypt(sealed, passphrase []byte) ([]byte, error) {
	block, err := p.block(passphrase)
	if err != nil {
		return nil, err
	}
	if len(sealed) == 0 || len(sealed)%block.BlockSize() != 0 {
		return nil, errPadding
	}
	plain := make([]byte, len(sealed))
	cipher.NewCBCDecrypter(block, p.iv).CryptBlocks(plain, sealed)
	n := int(plain[len(plain)-1])
	if n == 0 || n > block.BlockSize() {
		clear(plain)
		return nil, errPadding
	}
	for _, o := range plain[len(plain)-n:] {
		if int(o) != n {
			clear(plain)
			return nil, errPadding
		}
	}
	return plain[:len(plain)-n], nil
}

// marshalPKCS8 returns PrivateKeyInfo {0, {ecPublicKey, SM2}, ECPrivateKey}.
func marshalPKCS8(key *sm2.PrivateKey) []byte {
	var d [32]byte
	defer clear(d[:])
	key.D.FillBytes(d[:])
	b := cryptobyte.NewBuilder(make([]byte, 0, 256)) // one buffer, so that it can be wiped
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(0)
		addCurve(b)
		b.AddASN1(asn1.OCTET_STRING, func(b *cryptobyte.Builder) {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1Int64(1)
				b.AddASN1OctetString(d[:])
				b.AddASN1(asn1.Tag(1).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) {
					b.AddASN1BitString(MarshalPublicKey(&key.PublicKey))
				})
			})
		})
	})
	return b.BytesOrPanic()
}

func parsePKCS8(b []byte) (*sm2.PrivateKey, error) {
	r := der.OpenBytes(b, der.Sequence, "privateKeyInfo")
	r.Int("version")
	isSM2 := readCurve(r)
	inner := r.Octets("privateKey")
	if err := r.Err(); err != nil { // attributes may follow
		return nil, fault.Wrap(fault.KeyBroken, err, "place", "privateKeyInfo")
	}
	if !isSM2 {
		return nil, fault.Wrap(fault.KeyUnsupported, ErrNotSM2, "what", "privateKeyAlgorithm")
	}
	return parseECPrivateKey(inner)
}

// parseECPrivateKey reads SEC 1 ECPrivateKey. d of 31 octets lost a leading zero,
// d of 33 octets gained one: both are in the field.
func parseECPrivateKey(b []byte) (*sm2.PrivateKey, error) {
	broken := func(err error) error { return fault.Wrap(fault.KeyBroken, err, "place", "ECPrivateKey") }
	r := der.OpenBytes(b, der.Sequence, "ecPrivateKey")
	r.Int("version")
	scalar := r.Octets("privateKey")
	r.Optional("parameters", der.ContextConstructed(0))
	public, hasPublic := r.Optional("publicKey", der.ContextConstructed(1))
	if err := r.End(); err != nil {
		return nil, broken(err)
	}
	for len(scalar) > 32 && scalar[0] == 0 {
		scalar = scalar[1:]
	}
	if len(scalar) == 0 || len(scalar) > 32 {
		return nil, broken(errors.New("scalar is not of 32 octets"))
	}
	var d [32]byte
	defer clear(d[:])
	copy(d[32-len(scalar):], scalar)
	key, err := sm2.NewPrivateKey(d[:])
	if err != nil {
		return nil, broken(errors.New("scalar is out of range"))
	}
	if hasPublic {
		point := der.Open(public, der.ContextConstructed(1), "publicKey").Bits("point")
		pub, err := ParsePublicKey(point)
		if err != nil || !key.PublicKey.Equal(pub) {
			return nil, broken(errors.New("public key does not belong to the private key"))
		}
	}
	return key, nil
}
