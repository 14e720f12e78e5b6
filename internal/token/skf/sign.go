package skf

import (
	"context"
	"fmt"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/skf"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/token"
)

// SignDigest has the device sign e, and checks what it gives with the public key
// before anybody uses it. A library that hashes what it is handed signs something
// else: it needs the message, which is not here.
func (c *container) SignDigest(ctx context.Context, e [32]byte) ([]byte, error) {
	const function = "SKF_ECCSignData"
	var value []byte
	err := c.asUser(ctx, func(s *session) error {
		if s.profile.Signs == "data" {
			return fault.New(fault.SKFNeedsMessage, "library", s.name)
		}
		if c.public == nil {
			pub, err := c.publicKey(s, token.Signing)
			if err != nil {
				return err
			}
			c.public = pub
		}
		out := room(dataRoom)
		code, err := s.call(function, s.patience(), word(c.handle), input(e[:]), word(len(e)), out)
		if err != nil {
			return err
		}
		if code == skf.KeyNotFound {
			return c.absent(code, token.Signing)
		}
		if err := c.app.explain(s, function, code); err != nil {
			return err
		}
		sig, err := skf.ParseSignature(out.data)
		if err != nil {
			return s.garbled(function, err)
		}
		switch {
		case sm2enc.VerifyDigest(c.public, e, sig):
		case s.profile.Signs != "digest" && sm2enc.VerifyDigest(c.public, sm2enc.Digest(c.public, e[:]), sig):
			return fault.New(fault.SKFNeedsMessage, "library", s.name)
		default:
			return fault.New(fault.SKFSignatureWrong, "library", s.name)
		}
		value = sig.Marshal()
		return nil
	})
	return value, err
}

// piece is how much one call decrypts: whole blocks, and no more than any device
// takes.
const piece = 16 << 10

// DecryptInside opens text with a session key that never leaves the device. The
// padding is taken off here: libraries differ about it.
func (c *container) DecryptInside(ctx context.Context, wrapped sm2enc.Cipher, iv [16]byte, text []byte) ([]byte, error) {
	if len(text) == 0 || len(text)%16 != 0 {
		return nil, sm2enc.ErrDecrypt
	}
	var plain []byte
	err := c.asUser(ctx, func(s *session) error {
		blob := skf.MarshalCipher(wrapped, s.layout)
		key, err := s.handle("SKF_ImportSessionKey", word(c.handle), word(skf.SM4CBC), input(blob), word(len(blob)))
		if err != nil {
			return c.undecrypted(s, "SKF_ImportSessionKey", err)
		}
		defer func() {
			if s.host != nil {
				s.release("SKF_CloseHandle", key)
			}
		}()
		plain, err = c.decrypt(s, key, iv, text)
		return err
	})
	if err != nil {
		return nil, err
	}
	return unpad(plain)
}

func (c *container) decrypt(s *session, key uint64, iv [16]byte, text []byte) ([]byte, error) {
	param := skf.BlockParam{IV: iv[:], Padding: skf.NoPadding}.Marshal(s.layout)
	code, err := s.call("SKF_DecryptInit", quick, word(key), byValue(param))
	if err != nil {
		return nil, err
	}
	if err := c.app.explain(s, "SKF_DecryptInit", code); err != nil {
		return nil, err
	}
	if len(text) <= piece {
		plain, err := s.exact("SKF_Decrypt", dataRoom, word(key), input(text), word(len(text)))
		return plain, c.undecrypted(s, "SKF_Decrypt", err)
	}
	var plain []byte
	for len(text) > 0 {
		n := min(len(text), piece)
		part, err := s.exact("SKF_DecryptUpdate", dataRoom, word(key), input(text[:n]), word(n))
		if err != nil {
			return nil, c.undecrypted(s, "SKF_DecryptUpdate", err)
		}
		plain, text = append(plain, part...), text[n:]
	}
	last, err := s.exact("SKF_DecryptFinal", dataRoom, word(key))
	return append(plain, last...), c.undecrypted(s, "SKF_DecryptFinal", err)
}

// undecrypted words why something did not open. All reasons that lie in the
// ciphertext look alike.
func (c *container) undecrypted(s *session, function string, err error) error {
	code := answer(err)
	if code == skf.OK {
		return err
	}
	if code == skf.KeyNotFound {
		return c.absent(err, token.Encryption)
	}
	err = c.app.explain(s, function, code)
	switch fault.Of(err).Code {
	case fault.SKFFailed:
		return fmt.Errorf("%w: %w", sm2enc.ErrDecrypt, err)
	}
	return err
}

// unpad takes PKCS #7 padding off.
func unpad(plain []byte) ([]byte, error) {
	if len(plain) == 0 {
		return nil, sm2enc.ErrDecrypt
	}
	n := int(plain[len(plain)-1])
	if n == 0 || n > 16 || n > len(plain) {
		clear(plain)
		return nil, sm2enc.ErrDecrypt
	}
	for _, octet := range plain[len(plain)-n:] {
		if int(octet) != n {
			clear(plain)
			return nil, sm2enc.ErrDecrypt
		}
	}
	return plain[:len(plain)-n], nil
}
