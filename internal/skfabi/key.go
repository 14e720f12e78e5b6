package skfabi

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"sync"

	"github.com/emmansun/gmsm/sm4"

	"xinzhang/internal/format/skf"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/token"
)

const keySize = 16 // of SM4

// A key is a session key.
type key struct {
	dev *device
	alg uint32

	mu       sync.Mutex
	block    cipher.Block // nil when the handle is closed; guarded by mu
	enc, dec *run         // under way; guarded by mu
}

func (k *key) of() *device { return k.dev }
func (k *key) closable()   {}

func (k *key) wipe() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.block, k.enc, k.dec = nil, nil, nil
}

// addKey makes a key of secret, which is cleared.
func (l *Library) addKey(d *device, alg uint32, secret []byte, h *Handle) error {
	defer clear(secret)
	switch {
	case !skf.IsSM4(alg):
		return skf.NotSupportYet
	case len(secret) != keySize:
		return skf.InDataLenErr
	}
	block, err := sm4.NewCipher(secret)
	if err != nil {
		return err
	}
	return l.handles.add(&key{dev: d, alg: alg, block: block}, h)
}

// SetSymmKey loads a key of 16 octets.
func (l *Library) SetSymmKey(h Handle, secret []byte, alg uint32, out *Handle) skf.Code {
	return call(l, h, func(d *device) error {
		if len(secret) != keySize {
			return skf.InDataLenErr
		}
		return l.addKey(d, alg, append([]byte(nil), secret...), out)
	})
}

// ImportSessionKey opens an ECCCIPHERBLOB with the encryption key; it needs the
// user PIN. The key stays inside.
func (l *Library) ImportSessionKey(h Handle, alg uint32, wrapped []byte, out *Handle) skf.Code {
	return onToken(l, h, func(ctx context.Context, c *container) error {
		opener, ok := c.Container.(token.Decrypter)
		if !ok || !skf.IsSM4(alg) {
			return skf.NotSupportYet
		}
		if out == nil {
			return skf.InvalidParam
		}
		cipher, err := skf.ParseCipher(wrapped, l.layout)
		if err != nil {
			return bad(err)
		}
		secret, err := opener.Decrypt(ctx, cipher)
		if err != nil {
			return err
		}
		return l.addKey(c.of(), alg, secret, out)
	})
}

// ECCExportSessionKey makes a session key and fills an ECCCIPHERBLOB with it,
// encrypted to pub.
func (l *Library) ECCExportSessionKey(h Handle, alg uint32, pub, wrapped []byte, out *Handle) skf.Code {
	return call(l, h, func(c *container) error {
		if !skf.IsSM4(alg) {
			return skf.NotSupportYet
		}
		to, err := l.publicKey(pub)
		if err != nil {
			return err
		}
		if err := fits(wrapped, l.layout.CipherSize(keySize)); err != nil || out == nil {
			return skf.InvalidParam
		}
		secret := make([]byte, keySize)
		defer clear(secret)
		_, _ = rand.Read(secret) // never fails
		sealed, err := sm2enc.Encrypt(rand.Reader, to, secret)
		if err != nil {
			return err
		}
		if err := l.addKey(c.of(), alg, secret, out); err != nil {
			return err
		}
		fill(wrapped, skf.MarshalCipher(sealed, l.layout))
		return nil
	})
}

// EncryptInit starts an encryption in the mode of the key.
func (l *Library) EncryptInit(h Handle, param []byte) skf.Code { return l.start(h, param, false) }

// DecryptInit starts a decryption in the mode of the key.
func (l *Library) DecryptInit(h Handle, param []byte) skf.Code { return l.start(h, param, true) }

func (l *Library) start(h Handle, param []byte, decrypt bool) skf.Code {
	return call(l, h, func(k *key) error {
		p, err := skf.ParseBlockParam(param, l.layout)
		if err != nil {
			return skf.InvalidParam
		}
		k.mu.Lock()
		defer k.mu.Unlock()
		switch {
		case k.block == nil:
			return skf.InvalidHandle
		case k.alg == skf.SM4MAC:
			return skf.KeyUsageErr
		}
		r, err := newRun(k.block, k.alg, p, decrypt)
		if err != nil {
			return err
		}
		*k.run(decrypt) = r
		return nil
	})
}

func (k *key) run(decrypt bool) **run {
	if decrypt {
		return &k.dec
	}
	return &k.enc
}

// Encrypt encrypts all of in and ends the encryption.
func (l *Library) Encrypt(h Handle, in, out []byte, n *uint32) skf.Code {
	return l.step(h, false, true, in, out, n)
}

// EncryptUpdate encrypts a part; what is no whole block waits.
func (l *Library) EncryptUpdate(h Handle, in, out []byte, n *uint32) skf.Code {
	return l.step(h, false, false, in, out, n)
}

// EncryptFinal gives the last part and ends the encryption.
func (l *Library) EncryptFinal(h Handle, out []byte, n *uint32) skf.Code {
	return l.step(h, false, true, nil, out, n)
}

// Decrypt decrypts all of in and ends the decryption.
func (l *Library) Decrypt(h Handle, in, out []byte, n *uint32) skf.Code {
	return l.step(h, true, true, in, out, n)
}

// DecryptUpdate decrypts a part.
func (l *Library) DecryptUpdate(h Handle, in, out []byte, n *uint32) skf.Code {
	return l.step(h, true, false, in, out, n)
}

// DecryptFinal gives the last part and ends the decryption.
func (l *Library) DecryptFinal(h Handle, out []byte, n *uint32) skf.Code {
	return l.step(h, true, true, nil, out, n)
}

// step works on a copy of the run, which counts once the result was handed over.
func (l *Library) step(h Handle, decrypt, last bool, in, out []byte, n *uint32) skf.Code {
	return call(l, h, func(k *key) error {
		k.mu.Lock()
		defer k.mu.Unlock()
		current := k.run(decrypt)
		if *current == nil {
			return skf.NotInitialize
		}
		next := (*current).clone()
		data := next.update(in)
		if last {
			end, err := next.final()
			if err != nil {
				return err
			}
			data = append(data, end...)
			next = nil
		}
		if err := hand(out, n, data); err != nil || out == nil {
			return err
		}
		*current = next
		return nil
	})
}
