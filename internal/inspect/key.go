package inspect

import (
	"bytes"
	"crypto/ecdsa"
	"errors"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/format/sm2enc"
)

// A Key explains a file that holds a key, a ciphertext or a bare signature. It
// never holds a private key.
type Key struct {
	Algorithm oid.ID `json:"algorithm,omitempty"` // of the key
	SM2       bool   `json:"sm2"`
	KeyID     Hex    `json:"key_id,omitempty"` // SHA-1 of the public key: the subject key identifier of its certificate
	Point     Hex    `json:"public_key,omitempty"`

	// How an encrypted private key is protected.
	Protection oid.ID `json:"protection,omitempty"` // PBES2
	Derivation oid.ID `json:"derivation,omitempty"` // PBKDF2
	PRF        oid.ID `json:"prf,omitempty"`
	Rounds     int    `json:"rounds,omitempty"`
	Salt       int    `json:"salt_octets,omitempty"`
	Cipher     oid.ID `json:"cipher,omitempty"`
	Legacy     string `json:"legacy,omitempty"` // OpenSSL's old form: "DES-EDE3-CBC,…"

	Octets int    `json:"octets,omitempty"` // of an encrypted key or ciphertext
	Form   string `json:"form,omitempty"`   // of a signature: DER …
}

func brokenKey(err error, place string) error {
	return fault.Wrap(fault.KeyBroken, err, "place", place)
}

// encryptedKey reads the parameters of an EncryptedPrivateKeyInfo; without the
// passphrase there is nothing else to say.
func (in inspector) encryptedKey(b []byte) (Item, error) {
	r := openFirst(b, "encryptedPrivateKeyInfo")
	alg := r.Open("encryptionAlgorithm", der.Sequence)
	k := &Key{Protection: alg.OID("algorithm")}
	if k.Protection == oid.PBES2 || k.Protection == oid.GMPBES2 {
		k.readPBES2(alg.Open("parameters", der.Sequence))
	}
	k.Octets = len(r.Octets("encryptedData"))
	if err := errors.Join(alg.Err(), r.Err()); err != nil {
		return Item{}, brokenKey(err, "encryptedPrivateKeyInfo")
	}
	return Item{Key: k}, nil
}

// readPBES2 reads PBES2-params of RFC 8018; what it cannot read stays empty.
func (k *Key) readPBES2(params *der.Reader) {
	derivation := params.Open("keyDerivationFunc", der.Sequence)
	k.Derivation = derivation.OID("algorithm")
	if k.Derivation == oid.PBKDF2 || k.Derivation == oid.GMPBKDF2 {
		p := derivation.Open("parameters", der.Sequence)
		k.Salt = len(p.Octets("salt"))
		k.Rounds = p.Int("iterationCount")
		p.Optional("keyLength", der.Integer)
		k.PRF = oid.HMACSHA1 // the default of RFC 8018
		if p.More() {
			k.PRF = p.Open("prf", der.Sequence).OID("algorithm")
		}
	}
	k.Cipher = params.Open("encryptionScheme", der.Sequence).OID("algorithm")
}

// openFirst opens the first value of b; what follows it is left alone.
func openFirst(b []byte, place string) *der.Reader {
	v, _, err := der.Parse(b)
	if err != nil {
		return der.OpenBytes(b, der.Sequence, place) // the same error, with its place
	}
	return der.Open(v, der.Sequence, place)
}

// privateKey recognises a private key that nothing protects. Nothing of it is
// kept but the name of the algorithm.
func (in inspector) privateKey(b []byte) (Item, error) {
	r := openFirst(b, "privateKey")
	r.Int("version")
	k := &Key{}
	if r.Peek() == der.Sequence {
		alg := r.Open("privateKeyAlgorithm", der.Sequence)
		k.Algorithm = alg.OID("algorithm")
		if v, ok := alg.Optional("curve", der.OID); ok {
			curve, _ := v.ObjectIdentifier()
			k.SM2 = curve == oid.SM2
		}
	} else {
		r.Octets("privateKey")
		k.Algorithm = oid.ECPublicKey
		if v, ok := r.Optional("parameters", der.ContextConstructed(0)); ok {
			k.SM2 = bytes.Equal(v.Content, oid.SM2.Marshal())
		}
	}
	if err := r.Err(); err != nil {
		return Item{}, brokenKey(errors.New("not a private key"), "privateKey") // no octet of it in an error
	}
	return Item{Key: k, Findings: []Finding{finding(fault.KeyUnprotected)}}, nil
}

func (in inspector) publicKey(b []byte) (Item, error) {
	v, _, err := der.Parse(b)
	if err != nil {
		return Item{}, brokenKey(err, "subjectPublicKeyInfo")
	}
	k := &Key{Algorithm: openFirst(v.Raw, "subjectPublicKeyInfo").Open("algorithm", der.Sequence).OID("algorithm")}
	pub, err := sm2enc.ParseSPKI(v.Raw)
	switch {
	case errors.Is(err, sm2enc.ErrNotSM2):
	case err != nil:
		return Item{}, brokenKey(err, "subjectPublicKeyInfo")
	default:
		k.setPublic(pub)
	}
	return Item{Key: k}, nil
}

func (k *Key) setPublic(pub *ecdsa.PublicKey) {
	k.SM2, k.KeyID, k.Point = true, cert.KeyID(pub), sm2enc.MarshalPublicKey(pub)
}

// envelopedKey names the encryption key inside by its public key, so that the
// certificate it belongs to can be told.
func (in inspector) envelopedKey(b []byte) (Item, error) {
	read := sm2enc.ParseEnvelopedKey
	if b[0] != der.Sequence {
		read = sm2enc.ParseEnvelopedKeyBlob
	}
	e, err := read(b)
	if err != nil {
		return Item{}, brokenKey(err, "SM2EnvelopedKey")
	}
	k := &Key{Algorithm: oid.ECPublicKey, Cipher: e.Algorithm, Octets: len(e.Encrypted)}
	k.setPublic(e.Public)
	return Item{Key: k}, nil
}

func (in inspector) signature(b []byte) (Item, error) {
	_, form, err := sm2enc.ParseSignature(b)
	if err != nil {
		return Item{}, fault.Wrap(fault.SigValueBroken, err, "place", "SM2Signature")
	}
	return Item{Key: &Key{SM2: true, Form: form.String(), Octets: len(b)}}, nil
}

func (in inspector) ciphertext(b []byte) (Item, error) {
	c, err := sm2enc.ParseCipher(b)
	if err != nil {
		return Item{}, brokenKey(err, "SM2Cipher")
	}
	return Item{Key: &Key{SM2: true, Octets: len(c.Text)}}, nil
}

// pkcs12 only recognises what other software exports; SM2 pairs do not travel so.
func (in inspector) pkcs12(b []byte) (Item, error) {
	r := openFirst(b, "PFX")
	if r.Int("version") != 3 || r.Open("authSafe", der.Sequence).OID("contentType") == "" || r.Err() != nil {
		return Item{}, errUnknown()
	}
	return Item{Key: &Key{}}, nil
}
