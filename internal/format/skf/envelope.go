package skf

import (
	"xinzhang/internal/format/sm2enc"
)

// MarshalEnvelope returns k as the ENVELOPEDKEYBLOB that SKF_ImportECCKeyPair
// takes.
func MarshalEnvelope(k sm2enc.EnvelopedKey, l Layout) ([]byte, error) {
	b, err := k.MarshalBlob()
	if err != nil {
		return nil, err
	}
	return respace(b, Layout{}, l)
}

// ParseEnvelope reads an ENVELOPEDKEYBLOB; octets behind it are ignored.
func ParseEnvelope(b []byte, l Layout) (sm2enc.EnvelopedKey, error) {
	narrow, err := respace(b, l, Layout{})
	if err != nil {
		return sm2enc.EnvelopedKey{}, err
	}
	return sm2enc.ParseEnvelopedKeyBlob(narrow)
}

// respace moves an ENVELOPEDKEYBLOB from one width of ULONG to another, so that
// its meaning is read in one place: sm2enc.
func respace(b []byte, from, to Layout) ([]byte, error) {
	r, w := &reader{b: b, l: from}, &writer{l: to}
	numbers := func(name string) { w.number(r.number("envelopedKeyBlob." + name)) }
	octets := func(name string, n int) { w.field(r.field("envelopedKeyBlob."+name, n), n) }
	numbers("Version")
	numbers("ulSymmAlgID")
	numbers("ulBits")
	octets("cbEncryptedPriKey", 64)
	numbers("PubKey.BitLen")
	octets("PubKey", 128)
	octets("ECCCipherBlob", 64+64+32)
	numbers("ECCCipherBlob.CipherLen")
	octets("ECCCipherBlob.Cipher", 16)
	return w.b, r.err
}
