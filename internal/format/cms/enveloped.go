package cms

import (
	"bytes"
	"crypto/cipher"
	"errors"
	"fmt"
	"slices"

	"github.com/emmansun/gmsm/sm4"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/format/sm2enc"
)

// EnvelopedData is an encrypted message as it was found. It hides its content
// and does not protect it from change: sign what is to be relied on.
type EnvelopedData struct {
	Raw         []byte
	ContentType oid.ID // of Raw: [oid.EnvelopedData] or [oid.PKCS7EnvelopedData]
	InnerType   oid.ID // of the content: mostly [oid.Data]
	Recipients  []Recipient
	Algorithm   oid.ID // [oid.SM4CBC], or [oid.SM4], taken for the same
	IV          []byte
	Encrypted   []byte
	Deviations  []string
}

// A Recipient is one who can open the message.
type Recipient struct {
	Reference           // to the encryption certificate
	Algorithm    oid.ID // mostly [oid.SM2Encrypt]
	EncryptedKey []byte // DER SM2Cipher, or a bare ciphertext
}

const maxRecipients = 1024

// ParseEnveloped reads an EnvelopedData in its ContentInfo. A message that
// cannot be understood is [fault.CMSBroken].
func ParseEnveloped(b []byte) (*EnvelopedData, error) {
	raw, id, r, trailer, err := openContentInfo(b, "envelopedData")
	if err != nil {
		return nil, broken(err)
	}
	if id != oid.EnvelopedData && id != oid.PKCS7EnvelopedData {
		return nil, broken(fmt.Errorf("contentInfo.contentType: %s is no enveloped data", id))
	}
	e := &EnvelopedData{Raw: raw, ContentType: id, Deviations: trailer}
	if err := e.read(r); err != nil {
		return nil, broken(err)
	}
	return e, nil
}

func (e *EnvelopedData) read(r *der.Reader) error {
	r.Int("version")
	r.Optional("originatorInfo", der.ContextConstructed(0))
	list := r.Open("recipientInfos", der.Set)
	for list.More() {
		if len(e.Recipients) == maxRecipients {
			list.Fail("recipientInfo", fmt.Errorf("more than %d", maxRecipients))
			break
		}
		if list.Peek() != der.Sequence { // key agreement and other kinds of RFC 5652
			list.Value("recipientInfo")
			e.Deviations = append(e.Deviations, "recipientInfo: is of an unknown kind")
			continue
		}
		in := list.Open("recipientInfo", der.Sequence)
		in.Int("version")
		rcpt := Recipient{Reference: readReference(in)}
		rcpt.Algorithm, _ = readAlgorithm(in, "keyEncryptionAlgorithm")
		rcpt.EncryptedKey = in.Octets("encryptedKey")
		list.Fail("recipientInfo", in.End())
		e.Recipients = append(e.Recipients, rcpt)
	}
	r.Fail("recipientInfos", list.End())
	e.readContent(r)
	r.Optional("unprotectedAttributes", der.ContextConstructed(1))
	return r.End()
}

// readContent reads EncryptedContentInfo; sharedInfo1 and sharedInfo2 may follow
// the content.
func (e *EnvelopedData) readContent(r *der.Reader) {
	in := r.Open("encryptedContentInfo", der.Sequence)
	e.InnerType = in.OID("contentType")
	id, parameters := readAlgorithm(in, "contentEncryptionAlgorithm")
	e.Algorithm = id
	if iv, err := parameters.Octets(); err == nil {
		e.IV = iv
	}
	v := in.Value("encryptedContent", der.Context(0), der.ContextConstructed(0))
	e.Encrypted = v.Content
	if v.Constructed() { // BER: the content in pieces
		pieces := v
		pieces.Tag = der.OctetString | 0x20
		joined, err := pieces.Octets()
		in.Fail("encryptedContent", err)
		e.Encrypted = joined
	}
	r.Fail("encryptedContentInfo", in.Err())
}

// Open decrypts the message for the holder of c. decrypt opens an SM2 ciphertext
// with the private key of c, wherever it lives; the key it returns is wiped.
//
// [fault.CMSNotRecipient] says that the message was not made for c,
// [fault.CMSAlgorithm] that its cipher is not SM4-CBC, [fault.CMSUndecryptable]
// that it does not open: all reasons look alike, so that nobody learns from
// trying.
func (e *EnvelopedData) Open(c *cert.Certificate, decrypt func(sm2enc.Cipher) ([]byte, error)) ([]byte, error) {
	return e.OpenInside(c, func(wrapped sm2enc.Cipher, iv [16]byte, text []byte) ([]byte, error) {
		key, err := decrypt(wrapped)
		if err != nil {
			return nil, err
		}
		defer clear(key)
		return decryptCBC(key, iv, text)
	})
}

// OpenInside is Open for a key that keeps session keys to itself: decrypt opens
// text, SM4-CBC with PKCS #7 padding under the session key in the SM2 ciphertext.
func (e *EnvelopedData) OpenInside(c *cert.Certificate, decrypt func(wrapped sm2enc.Cipher, iv [16]byte, text []byte) ([]byte, error)) ([]byte, error) {
	i := slices.IndexFunc(e.Recipients, func(r Recipient) bool { return r.Identifies(c) })
	if i < 0 {
		return nil, fault.New(fault.CMSNotRecipient, "holder", c.Holder())
	}
	if e.Algorithm != oid.SM4CBC && e.Algorithm != oid.SM4 || len(e.IV) != sm4.BlockSize {
		return nil, fault.New(fault.CMSAlgorithm, "algorithm", e.Algorithm)
	}
	if len(e.Encrypted) == 0 || len(e.Encrypted)%sm4.BlockSize != 0 {
		return nil, fault.New(fault.CMSUndecryptable)
	}
	return e.Recipients[i].open(func(wrapped sm2enc.Cipher) ([]byte, error) {
		return decrypt(wrapped, [16]byte(e.IV), e.Encrypted)
	})
}

// decryptCBC decrypts whole blocks and takes the padding off.
func decryptCBC(key []byte, iv [16]byte, text []byte) ([]byte, error) {
	block, err := sm4.NewCipher(key)
	if err != nil {
		return nil, sm2enc.ErrDecrypt
	}
	plain := make([]byte, len(text))
	cipher.NewCBCDecrypter(block, iv[:]).CryptBlocks(plain, text)
	n := int(plain[len(plain)-1])
	if n == 0 || n > sm4.BlockSize || !bytes.Equal(plain[len(plain)-n:], bytes.Repeat([]byte{byte(n)}, n)) {
		clear(plain)
		return nil, sm2enc.ErrDecrypt
	}
	return plain[:len(plain)-n], nil
}

// open has decrypt open the content by the ciphertext of its key. A bare ciphertext
// does not say in which order it is; its hash does.
func (r Recipient) open(decrypt func(sm2enc.Cipher) ([]byte, error)) ([]byte, error) {
	var forms []sm2enc.Cipher
	if c, err := sm2enc.ParseCipher(r.EncryptedKey); err == nil {
		forms = append(forms, c)
	}
	for _, order := range []sm2enc.Order{sm2enc.C1C3C2, sm2enc.C1C2C3} {
		if c, err := sm2enc.ParseRawCipher(r.EncryptedKey, order); err == nil {
			forms = append(forms, c)
		}
	}
	for _, c := range forms {
		content, err := decrypt(c)
		switch {
		case err == nil:
			return content, nil
		case !errors.Is(err, sm2enc.ErrDecrypt): // a PIN that is wrong, a UKey that is gone
			return nil, fmt.Errorf("open enveloped data: %w", err)
		}
	}
	return nil, fault.New(fault.CMSUndecryptable)
}
