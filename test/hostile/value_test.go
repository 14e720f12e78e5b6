package hostile

import (
	"bytes"
	"encoding/binary"
	"strings"

	"golang.org/x/crypto/cryptobyte"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
)

// values are signature values, each as the SignedValue.dat of a document.
func values(w *world) []hostile {
	good := []byte(w.find("SignedValue.dat").data)
	in := func(make func() []byte) func() []byte { return func() []byte { return w.valued(make()) } }
	one := []byte{2, 1, 1}
	return []hostile{
		{name: "a length of two gigabytes", data: in(func() []byte { return []byte{0x30, 0x84, 0x7F, 0xFF, 0xFF, 0xFF, 2, 1, 1} }), verify: fault.SigValueBroken},
		{name: "a length of exabytes", data: in(func() []byte { return []byte{0x30, 0x88, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 2, 1, 1} }), verify: fault.SigValueBroken},
		{name: "a length of 126 octets", data: in(func() []byte { return append([]byte{0x30, 0xFE}, bytes.Repeat([]byte{0xFF}, 126)...) }), verify: fault.SigValueBroken},
		{name: "lengths that overlap their frame", data: in(func() []byte {
			b := bytes.Clone(good)
			binary.BigEndian.PutUint16(b[2:], 0xFFFF)
			return b
		}), verify: fault.SigValueBroken},
		{name: "a million sequences inside each other", data: in(func() []byte { return nested(1_000_000) }), verify: fault.SigValueBroken},
		{name: "a million sequences without length inside each other", data: in(func() []byte { return bytes.Repeat([]byte{0x30, 0x80}, 1_000_000) }), verify: fault.SigValueBroken},
		{name: "octet strings in pieces inside each other", data: in(func() []byte {
			return append(w.message(bytes.Repeat([]byte{0x24, 0x80}, 500_000), nil, nil, nil), make([]byte, 100)...)
		}), verify: fault.SigValueBroken},
		{name: "a sequence of twenty million integers", data: in(func() []byte { return tlv(der.Sequence, bytes.Repeat([]byte{2, 1, 1}, 20_000_000)) }), verify: fault.SigValueBroken},
		{name: "a message of a hundred thousand signers", data: in(func() []byte {
			return w.message(nil, nil, bytes.Repeat(w.signer(nil), 100_000), nil)
		}), verify: fault.SigValueBroken},
		{name: "a message of sixty-four signers with sixty attributes", data: in(func() []byte {
			return w.message(nil, nil, bytes.Repeat(w.signer(bytes.Repeat(attribute(tlv(der.OctetString, make([]byte, 1000))), 60)), 64), nil)
		}), verify: fault.SigValueBroken},
		{name: "a message of a hundred thousand attributes", data: in(func() []byte {
			return w.message(nil, nil, w.signer(bytes.Repeat(attribute(one), 100_000)), nil)
		}), verify: fault.SigValueBroken},
		{name: "an attribute of a million values", data: in(func() []byte {
			return w.message(nil, nil, w.signer(attribute(bytes.Repeat(one, 1_000_000))), nil)
		}), verify: fault.SigValueBroken},
		{name: "a message of a hundred thousand certificates", data: in(func() []byte {
			return w.message(nil, bytes.Repeat(w.org.Cert.Raw, 100_000), w.signer(nil), nil)
		}), verify: fault.SigValueBroken},
		{name: "a message of 250 certificates", data: in(func() []byte {
			return w.message(nil, bytes.Repeat(w.org.Cert.Raw, 250), w.signer(nil), nil)
		}), verify: fault.SigValueBroken},
		{name: "a message of thirty certificates of the issuer's name", data: in(func() []byte {
			return w.message(nil, append(bytes.Repeat(w.namesake(), 30), w.org.Cert.Raw...), w.signer(nil), nil)
		})},
		{name: "three hundred messages of thirty certificates of the issuer's name", data: func() []byte {
			list, file, value := w.find("Signatures.xml"), w.find("Signature.xml"), w.find("SignedValue.dat")
			m := w.message(nil, append(bytes.Repeat(w.namesake(), 30), w.org.Cert.Raw...), w.signer(nil), nil)
			l := entry{name: list.name, data: `<ofd:Signatures` + space + `>` + repeat(300, said(`<ofd:Signature ID="s%[1]d" Type="Sign" BaseLoc="/Doc_0/Signs/S%[1]d.xml"/>`)) + `</ofd:Signatures>`}
			return pack(with(w.sealed, append(copies(300, file.data), l, entry{name: value.name, data: string(m)})...)...)
		}},
		{name: "a message of a hundred thousand revocation lists", data: in(func() []byte {
			return w.message(nil, nil, w.signer(nil), bytes.Repeat([]byte{0x30, 0}, 100_000))
		})},
		{name: "a message that an unknown algorithm signed", data: in(func() []byte {
			m := w.message(nil, w.org.Cert.Raw, w.signer(nil), nil)
			return bytes.ReplaceAll(m, oid.SM2WithSM3.Marshal(), oid.ID("1.2.156.10197.1.777").Marshal())
		})},
		{name: "a message of an RSA certificate", data: in(func() []byte { return w.message(nil, w.rsa(2048), w.signer(nil), nil) })},
		{name: "a seal of a hundred thousand certificates", data: in(func() []byte {
			return w.sealedWith(sealCerts, octets(100_000, []byte{0x30, 2, 0x30, 0}))
		}), verify: fault.SigValueBroken},
		{name: "a seal of ten thousand whole certificates", data: in(func() []byte { return w.sealedWith(sealCerts, octets(10_000, w.org.Cert.Raw)) })},
		{name: "a seal of a hundred thousand extensions", data: in(func() []byte {
			one := tlv(der.Sequence, oid.ID("1.2.3.4").Marshal(), []byte{1, 1, 0}, tlv(der.OctetString, []byte("x")))
			return w.sealedWith(sealExtensions, tlv(der.ContextConstructed(0), tlv(der.Sequence, bytes.Repeat(one, 100_000))))
		})},
		{name: "a seal with a name of 10 MB", data: in(func() []byte {
			return w.sealedWith(sealName, tlv(der.UTF8String, []byte(strings.Repeat("章", 3_500_000))))
		})},
		{name: "a seal with a picture of 50 MB", data: in(func() []byte {
			return w.sealedWith(sealPicture, tlv(der.OctetString, bytes.Repeat([]byte("noise"), 10<<20)))
		})},
		{name: "a certificate with an extension of 20 MB", data: in(func() []byte {
			return w.message(nil, w.certificate(nil, extension(tlv(der.OctetString, make([]byte, 20<<20)))), w.signer(nil), nil)
		})},
		{name: "a certificate with a hundred thousand extensions", data: in(func() []byte {
			return w.message(nil, w.certificate(nil, bytes.Repeat(extension(tlv(der.OctetString, []byte("x"))), 100_000)), w.signer(nil), nil)
		})},
		{name: "a certificate with a hundred thousand names", data: in(func() []byte {
			return w.message(nil, w.certificate(bytes.Repeat(rdn("示例"), 100_000), nil), w.signer(nil), nil)
		})},
		{name: "a certificate with a name of 10 MB", data: in(func() []byte {
			return w.message(nil, w.certificate(rdn(strings.Repeat("示例 ", 1_500_000)), nil), w.signer(nil), nil)
		})},
		{name: "an identifier of 10 MB", data: in(func() []byte {
			return w.message(nil, nil, w.signer(tlv(der.Sequence, tlv(der.OID, append(bytes.Repeat([]byte{0xFF}, 10<<20), 1)), tlv(der.Set))), nil)
		})},
		{name: "an identifier of a million arcs", data: in(func() []byte {
			return w.message(nil, nil, w.signer(tlv(der.Sequence, tlv(der.OID, bytes.Repeat([]byte{1}, 1_000_000)), tlv(der.Set))), nil)
		})},
		{name: "a serial number of 20 MB", data: in(func() []byte {
			b := w.certificate(nil, nil)
			return w.message(nil, bytes.Replace(b, serialOf(b), tlv(der.Integer, bytes.Repeat([]byte{0x55}, 20<<20)), 1), w.signer(nil), nil)
		})},
	}
}

// octets is a sequence of the same OCTET STRING again and again.
func octets(n int, content []byte) []byte {
	return tlv(der.Sequence, bytes.Repeat(tlv(der.OctetString, content), n))
}

// tlv writes one DER value.
func tlv(tag byte, content ...[]byte) []byte {
	n := 0
	for _, c := range content {
		n += len(c)
	}
	out := []byte{tag}
	switch {
	case n < 128:
		out = append(out, byte(n))
	default:
		out = append(out, 0x84, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	}
	return append(out, bytes.Join(content, nil)...)
}

// nested is n sequences inside each other.
func nested(n int) []byte {
	out := make([]byte, 0, 6*n)
	for left := n - 1; left >= 0; left-- {
		out = append(out, 0x30, 0x84, byte(6*left>>24), byte(6*left>>16), byte(6*left>>8), byte(6*left))
	}
	return out
}

// message is a SignedData of raw members.
func (w *world) message(content, certs, signers, lists []byte) []byte {
	if content == nil {
		content = tlv(der.OctetString, make([]byte, 32))
	}
	inner := tlv(der.Sequence, oid.Data.Marshal(), tlv(der.ContextConstructed(0), content))
	parts := [][]byte{{2, 1, 1}, tlv(der.Set, tlv(der.Sequence, oid.SM3.Marshal())), inner}
	if certs != nil {
		parts = append(parts, tlv(der.ContextConstructed(0), certs))
	}
	if lists != nil {
		parts = append(parts, tlv(der.ContextConstructed(1), lists))
	}
	parts = append(parts, tlv(der.Set, signers))
	return tlv(der.Sequence, oid.SignedData.Marshal(), tlv(der.ContextConstructed(0), tlv(der.Sequence, parts...)))
}

// signer is a SignerInfo that names the organisation's certificate.
func (w *world) signer(attributes []byte) []byte {
	c := w.org.Cert
	parts := [][]byte{{2, 1, 1}, tlv(der.Sequence, c.RawIssuer, tlv(der.Integer, c.Serial.Bytes())), tlv(der.Sequence, oid.SM3.Marshal())}
	if attributes != nil {
		parts = append(parts, tlv(der.ContextConstructed(0), attributes))
	}
	value := tlv(der.OctetString, tlv(der.Sequence, tlv(der.Integer, bytes.Repeat([]byte{0x11}, 32)), tlv(der.Integer, bytes.Repeat([]byte{0x22}, 32))))
	return tlv(der.Sequence, append(parts, tlv(der.Sequence, oid.SM2WithSM3.Marshal()), value)...)
}

func attribute(values []byte) []byte {
	return tlv(der.Sequence, oid.ID("1.2.3.4").Marshal(), tlv(der.Set, values))
}

func extension(value []byte) []byte {
	return tlv(der.Sequence, oid.ID("1.2.3.4").Marshal(), value)
}

func rdn(text string) []byte {
	return tlv(der.Set, tlv(der.Sequence, oid.CommonName.Marshal(), tlv(der.UTF8String, []byte(text))))
}

// certificate is the organisation's with other names or extensions; its
// signature is wrong.
func (w *world) certificate(subject, extensions []byte) []byte {
	return w.reissue(w.org.Cert.RawSPKI, subject, extensions)
}

func (w *world) reissue(spki, subject, extensions []byte) []byte {
	c := w.org.Cert
	name := c.RawSubject
	if subject != nil {
		name = tlv(der.Sequence, subject)
	}
	var dates cryptobyte.Builder
	dates.AddBytes(tlv(der.UTCTime, []byte(c.NotBefore.Format("060102150405Z"))))
	dates.AddBytes(tlv(der.UTCTime, []byte(c.NotAfter.Format("060102150405Z"))))
	alg := tlv(der.Sequence, oid.SM2WithSM3.Marshal())
	tbs := [][]byte{tlv(der.ContextConstructed(0), []byte{2, 1, 2}), tlv(der.Integer, c.Serial.Bytes()), alg, c.RawIssuer,
		tlv(der.Sequence, dates.BytesOrPanic()), name, spki}
	if extensions != nil {
		tbs = append(tbs, tlv(der.ContextConstructed(3), tlv(der.Sequence, extensions)))
	}
	return tlv(der.Sequence, tlv(der.Sequence, tbs...), alg, tlv(der.BitString, []byte{0}, c.Signature))
}

// serialOf finds the serial number of a certificate of ours.
func serialOf(b []byte) []byte {
	at := bytes.Index(b, []byte{2, 1, 2}) + 3
	return b[at : at+2+int(b[at+1])]
}

// rsa is a certificate with an RSA key of so many bits.
func (w *world) rsa(bits int) []byte {
	key := tlv(der.Sequence, tlv(der.Integer, append([]byte{0}, bytes.Repeat([]byte{0xA5}, bits/8)...)), []byte{2, 3, 1, 0, 1})
	spki := tlv(der.Sequence, tlv(der.Sequence, oid.ID("1.2.840.113549.1.1.1").Marshal(), []byte{5, 0}), tlv(der.BitString, []byte{0}, key))
	return w.reissue(spki, nil, nil)
}

// namesake is a certificate of the issuer's name whose key issued nothing.
func (w *world) namesake() []byte {
	name, err := der.ParseOnly(w.org.Cert.RawIssuer)
	w.must(err)
	return w.certificate(name.Content, nil)
}

// Places in SES_SealInfo of GB/T 38540-2020.
var (
	sealName       = []int{2, 1}
	sealCerts      = []int{2, 3}
	sealPicture    = []int{3, 1}
	sealExtensions = []int{4}
)

// sealedWith is a seal signature under a seal that holds other at a place; the
// maker's value is wrong then.
func (w *world) sealedWith(place []int, other []byte) []byte {
	v := []byte(w.find("SignedValue.dat").data)
	return w.edit(v, []int{0, 1}, w.badSeal(place, other))
}

// badSeal is the seal with other at a place of its description.
func (w *world) badSeal(place []int, other []byte) []byte {
	return w.edit(w.seal.Raw, append([]int{0}, place...), other)
}

// edit puts other in the place of a member of nested sequences.
func (w *world) edit(b []byte, place []int, other []byte) []byte {
	if len(place) == 0 {
		return other
	}
	v, err := der.ParseOnly(b)
	w.must(err)
	kids, err := v.Children()
	w.must(err)
	var members [][]byte
	for i, k := range kids {
		if i == place[0] {
			members = append(members, w.edit(k.Raw, place[1:], other))
		} else {
			members = append(members, k.Raw)
		}
	}
	return tlv(v.Tag, members...)
}
