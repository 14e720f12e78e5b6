package cms

import (
	"bytes"
	"crypto/cipher"
	"fmt"
	"io"
	"slices"

	"github.com/emmansun/gmsm/sm4"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/format/sm2enc"
)

// Envelop encrypts content under a fresh SM4 key to the holders of recipients. A
// certificate whose key usage does not allow encryption is
// [fault.CMSRecipientUnfit].
func Envelop(rand io.Reader, content []byte, recipients []*cert.Certificate) ([]byte, error) {
	return envelop(rand, content, recipients, oid.EnvelopedData, oid.Data)
}

func envelop(rand io.Reader, content []byte, recipients []*cert.Certificate, outer, inner oid.ID) ([]byte, error) {
	if len(recipients) == 0 || len(recipients) > maxRecipients {
		return nil, fmt.Errorf("envelop: %d recipients", len(recipients))
	}
	var secret [16]byte
	defer clear(secret[:])
	iv := make([]byte, sm4.BlockSize)
	for _, random := range [][]byte{secret[:], iv} {
		if _, err := io.ReadFull(rand, random); err != nil {
			return nil, fmt.Errorf("envelop: %w", err)
		}
	}
	infos := make([][]byte, len(recipients))
	for i, c := range recipients {
		info, err := recipientInfo(rand, c, secret[:])
		if err != nil {
			return nil, err
		}
		infos[i] = info
	}
	slices.SortFunc(infos, bytes.Compare)
	block, err := sm4.NewCipher(secret[:])
	if err != nil {
		return nil, fmt.Errorf("envelop: %w", err)
	}
	n := sm4.BlockSize - len(content)%sm4.BlockSize
	encrypted := append(bytes.Clone(content), bytes.Repeat([]byte{byte(n)}, n)...)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(encrypted, encrypted)

	var b cryptobyte.Builder
	addContentInfo(&b, outer, func(b *cryptobyte.Builder) {
		version := int64(1)
		if outer == oid.PKCS7EnvelopedData {
			version = 0
		}
		b.AddASN1Int64(version)
		b.AddBytes(setOf(infos))
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddBytes(inner.Marshal())
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddBytes(oid.SM4CBC.Marshal())
				b.AddASN1OctetString(iv)
			})
			b.AddASN1(asn1.Tag(0).ContextSpecific(), func(b *cryptobyte.Builder) { b.AddBytes(encrypted) })
		})
	})
	return b.Bytes()
}

func recipientInfo(rand io.Reader, c *cert.Certificate, secret []byte) ([]byte, error) {
	usage, present := c.KeyUsage()
	if c.PublicKey == nil || present && usage&(cert.KeyEncipherment|cert.DataEncipherment|cert.KeyAgreement) == 0 {
		return nil, fault.New(fault.CMSRecipientUnfit, "holder", c.Holder())
	}
	key, err := sm2enc.Encrypt(rand, c.PublicKey, secret)
	if err != nil {
		return nil, fmt.Errorf("envelop: %w", err)
	}
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		addReference(b, c)
		addAlgorithm(b, oid.SM2Encrypt)
		b.AddASN1OctetString(key.Marshal())
	})
	return b.Bytes()
}
