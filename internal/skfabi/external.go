package skfabi

import (
	"crypto/rand"

	"xinzhang/internal/format/skf"
	"xinzhang/internal/format/sm2enc"
)

// What follows works on keys of the caller: the handle of a connection is asked
// for by the standard, the device is not.

// ECCVerify judges a signature of a digest of 32 octets; a wrong one is
// SAR_FAIL. It is SKF_ExtECCVerify too.
func (l *Library) ECCVerify(h Handle, pub, digest, signature []byte) skf.Code {
	return call(l, h, func(*device) error {
		key, err := l.publicKey(pub)
		if err != nil {
			return err
		}
		if len(digest) != 32 {
			return skf.InDataLenErr
		}
		sig, err := skf.ParseSignature(signature)
		if err != nil || !sm2enc.VerifyDigest(key, [32]byte(digest), sig) {
			return skf.Fail
		}
		return nil
	})
}

// ExtECCEncrypt encrypts 1 to [skf.MaxText] octets into an ECCCIPHERBLOB.
func (l *Library) ExtECCEncrypt(h Handle, pub, plain, out []byte) skf.Code {
	return call(l, h, func(*device) error {
		key, err := l.publicKey(pub)
		if err != nil {
			return err
		}
		if len(plain) == 0 || len(plain) > skf.MaxText {
			return skf.InDataLenErr
		}
		if err := fits(out, l.layout.CipherSize(len(plain))); err != nil {
			return err
		}
		c, err := sm2enc.Encrypt(rand.Reader, key, plain)
		if err != nil {
			return err
		}
		fill(out, skf.MarshalCipher(c, l.layout))
		return nil
	})
}

// ExtECCDecrypt opens an ECCCIPHERBLOB.
func (l *Library) ExtECCDecrypt(h Handle, private, cipher, out []byte, n *uint32) skf.Code {
	return call(l, h, func(*device) error {
		key, err := skf.ParsePrivateKey(private, l.layout)
		if err != nil {
			return bad(err)
		}
		defer clear(key.D.Bits())
		c, err := skf.ParseCipher(cipher, l.layout)
		if err != nil {
			return bad(err)
		}
		return deliver(out, n, len(c.Text), func() ([]byte, error) { return sm2enc.Decrypt(key, c) })
	})
}

// ExtECCSign signs a digest of 32 octets into an ECCSIGNATUREBLOB.
func (l *Library) ExtECCSign(h Handle, private, digest, out []byte) skf.Code {
	return call(l, h, func(*device) error {
		key, err := skf.ParsePrivateKey(private, l.layout)
		if err != nil {
			return bad(err)
		}
		defer clear(key.D.Bits())
		if len(digest) != 32 {
			return skf.InDataLenErr
		}
		if err := fits(out, skf.SignatureSize); err != nil {
			return err
		}
		sig, err := sm2enc.SignDigest(rand.Reader, key, [32]byte(digest))
		if err != nil {
			return err
		}
		fill(out, skf.MarshalSignature(sig))
		return nil
	})
}
