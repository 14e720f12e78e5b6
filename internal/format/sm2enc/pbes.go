package sm2enc

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"fmt"
	"hash"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
	"golang.org/x/crypto/pbkdf2"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
)

// maxRounds bounds PBKDF2 so that a hostile file costs seconds at most.
const maxRounds = 5_000_000

// protection is PBES2 (RFC 8018, 6.2): a key derived from a passphrase, and the
// cipher it is for.
type protection struct {
	kdf    kdf
	cipher oid.ID
	iv     []byte
}

// kdf is PBKDF2 (RFC 8018, 5.2).
type kdf struct {
	salt   []byte
	rounds int
	prf    oid.ID
}

// block derives the key and returns the block cipher.
func (p protection) block(passphrase []byte) (cipher.Block, error) {
	size, newBlock := cipherOf(p.cipher)
	newHash := hashOf(p.kdf.prf)
	if newBlock == nil || newHash == nil {
		return nil, errors.New("pbes2: unknown algorithm")
	}
	key := pbkdf2.Key(passphrase, p.kdf.salt, p.kdf.rounds, size, newHash)
	defer clear(key)
	return newBlock(key)
}

func cipherOf(id oid.ID) (keySize int, newBlock func([]byte) (cipher.Block, error)) {
	switch id {
	case oid.SM4CBC:
		return 16, sm4.NewCipher
	case oid.AES128CBC:
		return 16, aes.NewCipher
	case oid.AES192CBC:
		return 24, aes.NewCipher
	case oid.AES256CBC:
		return 32, aes.NewCipher
	}
	return 0, nil
}

func hashOf(prf oid.ID) func() hash.Hash {
	switch prf {
	case oid.HMACSM3, oid.HMACSM3Other:
		return sm3.New
	case oid.HMACSHA1:
		return sha1.New
	case oid.HMACSHA256:
		return sha256.New
	case oid.HMACSHA384:
		return sha512.New384
	case oid.HMACSHA512:
		return sha512.New
	}
	return nil
}

func (p protection) marshal(b *cryptobyte.Builder) {
	algorithm := func(b *cryptobyte.Builder, id oid.ID, parameters func(*cryptobyte.Builder)) {
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddBytes(id.Marshal())
			parameters(b)
		})
	}
	algorithm(b, oid.PBES2, func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			algorithm(b, oid.PBKDF2, func(b *cryptobyte.Builder) {
				b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1OctetString(p.kdf.salt)
					b.AddASN1Int64(int64(p.kdf.rounds))
					algorithm(b, p.kdf.prf, func(b *cryptobyte.Builder) { b.AddASN1NULL() })
				})
			})
			algorithm(b, p.cipher, func(b *cryptobyte.Builder) { b.AddASN1OctetString(p.iv) })
		})
	})
}

// parseProtection reads the AlgorithmIdentifier of an EncryptedPrivateKeyInfo.
func parseProtection(v der.Value) (protection, error) {
	unsupported := func(what string, id oid.ID) error {
		return fault.New(fault.KeyUnsupported, "what", fmt.Sprintf("%s %s", what, id))
	}
	r := der.Open(v, der.Sequence, "pbes2")
	scheme := r.OID("algorithm")
	if r.Err() == nil && scheme != oid.PBES2 && scheme != oid.GMPBES2 {
		return protection{}, unsupported("scheme", scheme)
	}
	params := r.Open("parameters", der.Sequence)
	function := params.Open("keyDerivationFunc", der.Sequence)
	derivation := function.OID("algorithm")
	if function.Err() == nil && derivation != oid.PBKDF2 && derivation != oid.GMPBKDF2 {
		return protection{}, unsupported("key derivation", derivation)
	}
	p := protection{}
	keyLength := p.kdf.read(function.Open("parameters", der.Sequence), function, derivation)
	encryption := params.Open("encryptionScheme", der.Sequence)
	p.cipher, p.iv = encryption.OID("algorithm"), encryption.Octets("iv")
	size, newBlock := cipherOf(p.cipher)
	for _, err := range []error{r.Err(), function.Err(), encryption.Err()} {
		if err != nil {
			return protection{}, fault.Wrap(fault.KeyBroken, err, "place", "pbes2")
		}
	}
	switch {
	case newBlock == nil:
		return protection{}, unsupported("cipher", p.cipher)
	case hashOf(p.kdf.prf) == nil:
		return protection{}, unsupported("prf", p.kdf.prf)
	case p.kdf.rounds < 1 || p.kdf.rounds > maxRounds:
		return protection{}, fault.New(fault.KeyUnsupported, "what", fmt.Sprintf("%d rounds", p.kdf.rounds))
	case len(p.iv) != 16 || keyLength != 0 && keyLength != size:
		return protection{}, fault.New(fault.KeyBroken, "place", "pbes2.parameters")
	}
	return p, nil
}

// read reads PBKDF2-params and returns the key length, 0 when it is not given.
// Problems are recorded in outer. An absent prf is HMAC-SHA1, in the GM/T 0091
// arc HMAC-SM3.
func (k *kdf) read(r, outer *der.Reader, derivation oid.ID) (keyLength int) {
	k.salt, k.rounds = r.Octets("salt"), r.Int("iterationCount")
	if r.Peek() == der.Integer {
		keyLength = r.Int("keyLength")
	}
	k.prf = oid.HMACSHA1
	if derivation == oid.GMPBKDF2 {
		k.prf = oid.HMACSM3
	}
	if r.More() {
		prf := r.Open("prf", der.Sequence)
		k.prf = prf.OID("algorithm")
		outer.Fail("prf", prf.Err())
	}
	outer.Fail("parameters", r.End())
	return keyLength
}
