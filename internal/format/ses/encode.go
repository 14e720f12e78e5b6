package ses

import (
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"xinzhang/internal/format/der"
)

// tlv writes one DER value around the given pieces of content.
func tlv(tag byte, content ...[]byte) []byte {
	b := cryptobyte.NewBuilder(nil)
	b.AddASN1(asn1.Tag(tag), func(b *cryptobyte.Builder) {
		for _, c := range content {
			b.AddBytes(c)
		}
	})
	return b.BytesOrPanic() // fails on contents of 4 GiB only, far above every limit here
}

func sequenceOf(members ...[]byte) []byte { return tlv(der.Sequence, members...) }

func text(tag byte, s string) []byte { return tlv(tag, []byte(s)) }

func octetString(octets []byte) []byte { return tlv(der.OctetString, octets) }

func bitString(octets []byte) []byte { return tlv(der.BitString, []byte{0}, octets) }

func integer(n int) []byte {
	b := cryptobyte.NewBuilder(nil)
	b.AddASN1Int64(int64(n))
	return b.BytesOrPanic()
}

func generalizedTime(t time.Time) []byte {
	return text(der.GeneralizedTime, t.UTC().Format(generalizedLayout))
}

func utcTime(t time.Time) []byte { return text(der.UTCTime, t.UTC().Format(utcLayout)) }

func extDatas(exts []Ext) []byte {
	list := make([][]byte, len(exts))
	for k, e := range exts {
		critical := []byte(nil) // FALSE is the default and left out
		if e.Critical {
			critical = tlv(der.Boolean, []byte{0xFF})
		}
		list[k] = sequenceOf(e.ID.Marshal(), critical, octetString(e.Value))
	}
	return sequenceOf(list...)
}
