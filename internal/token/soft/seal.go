package soft

import (
	"bytes"
	"crypto/cipher"
	"errors"
	"runtime/debug"
	"slices"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm4"
	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/cryptobyte"

	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/token"
	"xinzhang/internal/token/soft/internal/cost"
)

const (
	dataKeySize  = 16 // SM4
	saltSize     = 16
	nonceSize    = 12
	sealOverhead = nonceSize + 16 // and the tag of GCM
)

var errNotOpened = errors.New("does not open")

// place names where a sealed value belongs. It is authenticated with the value,
// so that a value moved to another place does not open.
func place(kind string, parts ...[]byte) []byte {
	b := cryptobyte.NewBuilder([]byte("xinzhang-ukey " + kind + "\x00"))
	for _, p := range parts {
		b.AddUint32LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(p) })
	}
	return b.BytesOrPanic()
}

// seal encrypts plain under key for a place; the nonce stands in front.
func seal(key, plain, at []byte) []byte {
	nonce := random(nonceSize)
	return gcm(key).Seal(nonce, nonce, plain, at)
}

// open is the reverse of seal.
func open(key, sealed, at []byte) ([]byte, error) {
	if len(sealed) < sealOverhead {
		return nil, errNotOpened
	}
	plain, err := gcm(key).Open(nil, sealed[:nonceSize], sealed[nonceSize:], at)
	if err != nil {
		return nil, errNotOpened
	}
	return plain, nil
}

// gcm panics on a key of wrong size: ours have one.
func gcm(key []byte) cipher.AEAD {
	block, err := sm4.NewCipher(key)
	if err != nil {
		panic(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return aead
}

// pinKey derives from a PIN the key over the data key. The room that this took is
// given back at once, to the system too: until the next collection it would count
// as in use, the collector would let the rest of the program grow to as much again,
// and an agent that rests would hold it a while yet. A second PIN soon after pays for
// that: its memory must be had from the system again.
func pinKey(pin token.PIN, salt []byte, c cost.Cost) []byte {
	const worth = 16 << 10 // KiB
	if c.KiB >= worth {
		defer debug.FreeOSMemory()
	}
	return argon2.IDKey(pin.Bytes(), salt, c.Passes, c.KiB, c.Lanes, dataKeySize)
}

// set puts the data key under a new PIN and gives all tries back.
func (p *pinRecord) set(pin token.PIN, dataKey, at []byte, c cost.Cost) {
	p.Cost, p.Salt = c, random(saltSize)
	key := pinKey(pin, p.Salt, c)
	defer clear(key)
	p.Sealed = seal(key, dataKey, at)
	p.Left = p.Max
	p.Setting++
}

// compare returns the data key when pin is right.
func (p *pinRecord) compare(pin token.PIN, at []byte) ([]byte, error) {
	key := pinKey(pin, p.Salt, p.Cost)
	defer clear(key)
	return open(key, p.Sealed, at)
}

// newKeyRecord seals key.
func newKeyRecord(key *sm2.PrivateKey, dataKey, at []byte) *keyRecord {
	var d [32]byte
	defer clear(d[:])
	key.D.FillBytes(d[:])
	public := sm2enc.MarshalPublicKey(&key.PublicKey)
	return &keyRecord{Public: public, Sealed: seal(dataKey, d[:], slices.Concat(at, public))}
}

// private opens the private key; the caller wipes it.
func (k *keyRecord) private(dataKey, at []byte) (*sm2.PrivateKey, error) {
	d, err := open(dataKey, k.Sealed, slices.Concat(at, k.Public))
	if err != nil {
		return nil, err
	}
	defer clear(d)
	key, err := sm2.NewPrivateKey(d)
	if err != nil {
		return nil, errNotOpened // err would tell about d
	}
	if !bytes.Equal(sm2enc.MarshalPublicKey(&key.PublicKey), k.Public) {
		return nil, errNotOpened
	}
	return key, nil
}

// wipe overwrites a private key, as far as it can be reached.
func wipe(key *sm2.PrivateKey) {
	if key != nil {
		clear(key.D.Bits())
	}
}
