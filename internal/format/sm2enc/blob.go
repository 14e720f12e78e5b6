package sm2enc

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"

	"xinzhang/internal/format/oid"
)

// Places in an ENVELOPEDKEYBLOB of GM/T 0016-2012 with 32-bit ULONG and packed
// structures: Version, ulSymmAlgID, ulBits, cbEncryptedPriKey[64], PubKey
// {BitLen, X[64], Y[64]}, ECCCipherBlob {X[64], Y[64], HASH[32], CipherLen,
// Cipher[n]}. Numbers are little-endian, coordinates right-aligned big-endian.
const (
	blobVersion   = 0
	blobAlgorithm = 4
	blobBits      = 8
	blobKey       = 12
	blobPublic    = 76
	blobCipher    = 208
	blobCipherLen = blobCipher + 160
	blobText      = blobCipher + 164

	// BlobSize is the length of an ENVELOPEDKEYBLOB whose SM4 key is 16 octets.
	BlobSize = blobText + sm4KeySize
)

// Symmetric algorithm numbers of GM/T 0006.
const (
	sgdSM4ECB = 0x00000401
	sgdSM1ECB = 0x00000101
)

const sm1ECB oid.ID = "1.2.156.10197.1.102.1"

// MarshalBlob returns k as an ENVELOPEDKEYBLOB of [BlobSize] octets, as
// SKF_ImportECCKeyPair takes it. The encrypted key is right-aligned behind 32
// zero octets: importers use the last 32 octets only.
func (k EnvelopedKey) MarshalBlob() ([]byte, error) {
	if err := k.check(); err != nil {
		return nil, err
	}
	number, err := blobAlgorithmNumber(k.Algorithm)
	if err != nil {
		return nil, err
	}
	b := make([]byte, BlobSize)
	binary.LittleEndian.PutUint32(b[blobVersion:], 1)
	binary.LittleEndian.PutUint32(b[blobAlgorithm:], number)
	binary.LittleEndian.PutUint32(b[blobBits:], 256)
	copy(b[blobKey+32:], k.Encrypted[len(k.Encrypted)-32:])
	binary.LittleEndian.PutUint32(b[blobPublic:], 256)
	k.Public.X.FillBytes(b[blobPublic+4:][:64])
	k.Public.Y.FillBytes(b[blobPublic+68:][:64])
	k.Wrapped.X.FillBytes(b[blobCipher:][:64])
	k.Wrapped.Y.FillBytes(b[blobCipher+64:][:64])
	copy(b[blobCipher+128:], k.Wrapped.Hash[:])
	binary.LittleEndian.PutUint32(b[blobCipherLen:], sm4KeySize)
	copy(b[blobText:], k.Wrapped.Text)
	return b, nil
}

func blobAlgorithmNumber(id oid.ID) (uint32, error) {
	switch id {
	case oid.SM4ECB, oid.SM4:
		return sgdSM4ECB, nil
	case sm1ECB:
		return sgdSM1ECB, nil
	}
	return 0, fmt.Errorf("enveloped key: algorithm %s has no number in a blob", id)
}

// ParseEnvelopedKeyBlob reads an ENVELOPEDKEYBLOB of 32-bit ULONG and packed
// structures. Octets behind the ciphertext (padding of a C structure) are
// ignored.
func ParseEnvelopedKeyBlob(b []byte) (EnvelopedKey, error) {
	if len(b) < BlobSize {
		return EnvelopedKey{}, fmt.Errorf("envelopedKeyBlob: %d octets, at least %d belong here", len(b), BlobSize)
	}
	number := func(at int) uint32 { return binary.LittleEndian.Uint32(b[at:]) }
	coordinate := func(at int) *big.Int { return new(big.Int).SetBytes(b[at : at+64]) }
	switch {
	case number(blobVersion) != 1:
		return EnvelopedKey{}, fmt.Errorf("envelopedKeyBlob.Version: %d is unknown", number(blobVersion))
	case number(blobBits) != 256 || number(blobPublic) != 256:
		return EnvelopedKey{}, errors.New("envelopedKeyBlob.ulBits: key is not of 256 bits")
	case number(blobCipherLen) != sm4KeySize:
		return EnvelopedKey{}, errors.New("envelopedKeyBlob.ECCCipherBlob: holds no 16 octet key")
	}
	k := EnvelopedKey{Encrypted: bytes.Clone(b[blobKey : blobKey+64])}
	switch number(blobAlgorithm) {
	case sgdSM4ECB:
		k.Algorithm = oid.SM4ECB
	case sgdSM1ECB:
		k.Algorithm = sm1ECB
	default:
		return EnvelopedKey{}, fmt.Errorf("envelopedKeyBlob.ulSymmAlgID: %#x is unknown", number(blobAlgorithm))
	}
	var err error
	if k.Public, err = publicKey(coordinate(blobPublic+4), coordinate(blobPublic+68)); err != nil {
		return EnvelopedKey{}, fmt.Errorf("envelopedKeyBlob.PubKey: %w", err)
	}
	k.Wrapped = Cipher{X: coordinate(blobCipher), Y: coordinate(blobCipher + 64),
		Text: bytes.Clone(b[blobText:BlobSize])}
	copy(k.Wrapped.Hash[:], b[blobCipher+128:])
	if err := k.Wrapped.check(); err != nil {
		return EnvelopedKey{}, fmt.Errorf("envelopedKeyBlob.ECCCipherBlob: %w", err)
	}
	return k, nil
}
