package cert

import (
	"math/bits"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"xinzhang/internal/format/oid"
)

// AddTime writes t as RFC 5280 4.1.2.5 asks: UTCTime through 2049, then
// GeneralizedTime, whole seconds, UTC.
func AddTime(b *cryptobyte.Builder, t time.Time) {
	if t = t.UTC().Truncate(time.Second); t.Year() >= 1950 && t.Year() < 2050 {
		b.AddASN1UTCTime(t)
		return
	}
	b.AddASN1GeneralizedTime(t)
}

// addAlgorithm writes SM2 with SM3 without parameters.
func addAlgorithm(b *cryptobyte.Builder) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { addOID(b, oid.SM2WithSM3) })
}

func addOID(b *cryptobyte.Builder, id oid.ID) { b.AddBytes(id.Marshal()) }

func addString(b *cryptobyte.Builder, tag asn1.Tag, s string) {
	b.AddASN1(tag, func(b *cryptobyte.Builder) { b.AddBytes([]byte(s)) })
}

func addURL(b *cryptobyte.Builder, s string) { addString(b, asn1.Tag(6).ContextSpecific(), s) }

func addExtension(b *cryptobyte.Builder, id oid.ID, critical bool, value func(*cryptobyte.Builder)) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		addOID(b, id)
		if critical {
			b.AddASN1Boolean(true)
		}
		b.AddASN1(asn1.OCTET_STRING, value)
	})
}

// add writes u as a named bit list: trailing zero bits are cut (X.690 11.2.2).
func (u KeyUsage) add(b *cryptobyte.Builder) {
	var octets [2]byte
	for bit := range 9 {
		if u&(1<<bit) != 0 {
			octets[bit/8] |= 0x80 >> (bit % 8)
		}
	}
	value := octets[:]
	for len(value) > 0 && value[len(value)-1] == 0 {
		value = value[:len(value)-1]
	}
	unused := 0
	if len(value) > 0 {
		unused = bits.TrailingZeros8(value[len(value)-1])
	}
	b.AddASN1(asn1.BIT_STRING, func(b *cryptobyte.Builder) {
		b.AddUint8(uint8(unused))
		b.AddBytes(value)
	})
}

func (p Profile) addConstraints(b *cryptobyte.Builder) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Boolean(true)
		if p.PathLen >= 0 {
			b.AddASN1Int64(int64(p.PathLen))
		}
	})
}
