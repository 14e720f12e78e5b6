package hostile

import (
	"bytes"
	"encoding/base64"
	"strings"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
)

// files are single files as people hand them in: certificates, lists, seals,
// PEM. Verify says which kind they are when their outline is sound.
func files(w *world) []hostile {
	f := func(name string, code fault.Code, make func() []byte) hostile {
		return hostile{name: name, data: make, verify: fault.DocNotOFD, inspect: code}
	}
	known := func(name string, code fault.Code, make func() []byte) hostile {
		return hostile{name: name, data: make, verify: fault.FileOtherKind, inspect: code}
	}
	list := func(entries []byte, number []byte) []byte {
		alg := tlv(der.Sequence, oid.SM2WithSM3.Marshal())
		date := tlv(der.UTCTime, []byte("260101000000Z"))
		x := tlv(der.ContextConstructed(0), tlv(der.Sequence, tlv(der.Sequence, oid.CRLNumber.Marshal(), tlv(der.OctetString, number))))
		return tlv(der.Sequence, tlv(der.Sequence, []byte{2, 1, 1}, alg, w.Sub.Cert.RawSubject, date, date, entries, x), alg, tlv(der.BitString, []byte{0}, w.org.Cert.Signature))
	}
	entryOf := tlv(der.Sequence, []byte{2, 1, 1}, tlv(der.UTCTime, []byte("260101000000Z")))
	return []hostile{
		known("a revocation list of 1.5 million entries", "", func() []byte { return list(tlv(der.Sequence, bytes.Repeat(entryOf, 1_500_000)), []byte{2, 1, 1}) }),
		known("a revocation list with a wrong length at its end", fault.CRLBroken, func() []byte {
			return list(tlv(der.Sequence, bytes.Repeat(entryOf, 1_000_000), []byte{0x30, 0x84, 0x7F, 0xFF, 0xFF, 0xFF}), []byte{2, 1, 1})
		}),
		known("a revocation list whose lengths lead outwards", fault.CRLBroken, func() []byte {
			b := list(tlv(der.Sequence, bytes.Repeat(entryOf, 1000)), []byte{2, 1, 1})
			return bytes.Replace(b, entryOf, append([]byte{0x30, 0x7F}, entryOf[2:]...), 1)
		}),
		known("a revocation list with a number of 10 MB", fault.CRLBroken, func() []byte {
			return list(tlv(der.Sequence, entryOf), tlv(der.Integer, bytes.Repeat([]byte{0x55}, 10<<20)))
		}),
		known("a revocation list with serial numbers of 1 MB", "", func() []byte {
			return list(tlv(der.Sequence, bytes.Repeat(tlv(der.Sequence, tlv(der.Integer, bytes.Repeat([]byte{0x55}, 1<<20)), entryOf[5:]), 30)), []byte{2, 1, 1})
		}),
		known("a certificate with an RSA key of 32 million bits", "", func() []byte { return w.rsa(32_000_000) }),
		known("a certificate with a hundred thousand extensions", "", func() []byte {
			return w.certificate(nil, bytes.Repeat(extension(tlv(der.OctetString, []byte("x"))), 100_000))
		}),
		known("a certificate with a hundred thousand names", "", func() []byte { return w.certificate(bytes.Repeat(rdn("示例"), 100_000), nil) }),
		known("a certificate with an extension of 30 MB", "", func() []byte { return w.certificate(nil, extension(tlv(der.OctetString, make([]byte, 30<<20)))) }),
		f("a certificate with a serial number of 30 MB", "", func() []byte {
			b := w.certificate(nil, nil)
			// lengths around it no longer fit
			return bytes.Replace(b, serialOf(b), tlv(der.Integer, bytes.Repeat([]byte{0x55}, 30<<20)), 1)
		}),
		known("a seal of a hundred thousand certificates", "", func() []byte {
			return w.badSeal(sealCerts, octets(100_000, []byte{0x30, 2, 0x30, 0}))
		}),
		known("a seal of fifty thousand whole certificates", "", func() []byte { return w.badSeal(sealCerts, octets(50_000, w.org.Cert.Raw)) }),
		known("a message of a hundred thousand signers", "", func() []byte { return w.message(nil, nil, bytes.Repeat(w.signer(nil), 100_000), nil) }),
		known("a message of a hundred thousand attributes", "", func() []byte {
			return w.message(nil, nil, w.signer(bytes.Repeat(attribute([]byte{2, 1, 1}), 100_000)), nil)
		}),
		f("a million sequences inside each other", "", func() []byte { return nested(1_000_000) }),
		f("60 MB of beginnings of PEM", "", func() []byte { return []byte(strings.Repeat("-----BEGIN A-----\n", 3_400_000)) }),
		f("60 MB of empty PEM blocks", "", func() []byte { return []byte(strings.Repeat("-----BEGIN A-----\n-----END A-----\n", 1_700_000)) }),
		f("60 MB of PEM headers", "", func() []byte {
			return []byte("-----BEGIN CERTIFICATE-----\n" + strings.Repeat("A: b\n", 12_000_000) + "\nMAAA\n-----END CERTIFICATE-----\n")
		}),
		known("300 certificates in PEM", fault.InputTooLarge, func() []byte {
			return []byte(strings.Repeat("-----BEGIN CERTIFICATE-----\n"+encode(w.org.Cert.Raw)+"\n-----END CERTIFICATE-----\n", 300))
		}),
		f("60 MB of base64", "", func() []byte { return []byte("MIIB" + strings.Repeat("AAAA", 15_000_000)) }),
		f("60 MB of zeros", fault.FileUnknownKind, func() []byte { return make([]byte, 60<<20) }),
		f("a file of 200 MB", fault.InputTooLarge, func() []byte { return make([]byte, 200<<20) }),
	}
}

func encode(b []byte) string { return base64.StdEncoding.EncodeToString(b) }
