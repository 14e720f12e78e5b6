package card

import (
	"context"
	"crypto/cipher"

	"github.com/emmansun/gmsm/sm4"

	"xinzhang/internal/format/apdu"
	"xinzhang/internal/format/skf"
	"xinzhang/internal/token"
)

// importSessionKey opens a session key with the encryption key of the container
// and keeps it.
func (c *Card) importSessionKey(ctx context.Context, cmd apdu.Command) ([]byte, error) {
	r := apdu.NewReader(cmd.Data)
	cont, err := c.table.container(r)
	alg := r.Uint32()
	length := r.Length()
	wrapped := r.Cipher()
	if wrong := ended(r); wrong != nil {
		return nil, wrong
	}
	if err != nil {
		return nil, err
	}
	opener, ok := cont.Container.(token.Decrypter)
	switch {
	case !ok || !skf.IsSM4(alg):
		return nil, apdu.Unsupported
	case length != len(apdu.MarshalCipher(wrapped)):
		return nil, apdu.WrongData
	case len(c.table.keys) >= maxKeys:
		return nil, apdu.NoRoom
	}
	secret, err := opener.Decrypt(ctx, wrapped)
	if err != nil {
		return nil, err
	}
	defer clear(secret)
	block, err := sm4.NewCipher(secret)
	if err != nil {
		return nil, apdu.DataError // not 16 octets
	}
	id := c.table.next()
	c.table.keys[id] = &sessionKey{app: cont.app, container: cont.id, block: block}
	return id[:], nil
}

// decryptInit starts a decryption. Padding is left to the host: data comes and
// goes in whole blocks.
func (c *Card) decryptInit(_ context.Context, cmd apdu.Command) ([]byte, error) {
	r := apdu.NewReader(cmd.Data)
	_, k, err := c.table.key(r)
	alg := r.Uint32()
	p, wrong := skf.ParseBlockParam(r.Octets(skf.Layout{}.BlockParamSize()), skf.Layout{})
	if short := ended(r); short != nil {
		return nil, short
	}
	switch {
	case err != nil:
		return nil, err
	case wrong != nil || p.Padding != skf.NoPadding || alg == skf.SM4CBC && len(p.IV) != sm4.BlockSize:
		return nil, apdu.WrongData
	case alg == skf.SM4ECB:
		k.mode = ecb{k.block}
	case alg == skf.SM4CBC:
		k.mode = cipher.NewCBCDecrypter(k.block, p.IV)
	default:
		return nil, apdu.Unsupported
	}
	return nil, nil
}

func (c *Card) decryptAll(_ context.Context, cmd apdu.Command) ([]byte, error) {
	return c.decrypt(cmd, true)
}

func (c *Card) decryptUpdate(_ context.Context, cmd apdu.Command) ([]byte, error) {
	return c.decrypt(cmd, false)
}

func (c *Card) decryptFinal(_ context.Context, cmd apdu.Command) ([]byte, error) {
	return c.decrypt(cmd, true)
}

func (c *Card) decrypt(cmd apdu.Command, last bool) ([]byte, error) {
	r := apdu.NewReader(cmd.Data)
	_, k, err := c.table.key(r)
	data := r.Rest()
	if short := ended(r); short != nil {
		return nil, short
	}
	switch {
	case err != nil:
		return nil, err
	case k.mode == nil:
		return nil, apdu.KeyHandleAbsent
	case len(data)%sm4.BlockSize != 0:
		return nil, apdu.WrongLength
	}
	plain := make([]byte, len(data))
	k.mode.CryptBlocks(plain, data)
	if last {
		k.mode = nil
	}
	return plain, nil
}

func (c *Card) destroySessionKey(_ context.Context, cmd apdu.Command) ([]byte, error) {
	r := apdu.NewReader(cmd.Data)
	id, _, err := c.table.key(r)
	if short := ended(r); short != nil {
		return nil, short
	}
	if err != nil {
		return nil, err
	}
	delete(c.table.keys, id)
	return nil, nil
}

// ecb decrypts block by block.
type ecb struct{ cipher.Block }

// CryptBlocks decrypts whole blocks.
func (e ecb) CryptBlocks(dst, src []byte) {
	for i := 0; i < len(src); i += sm4.BlockSize {
		e.Decrypt(dst[i:i+sm4.BlockSize], src[i:i+sm4.BlockSize])
	}
}
