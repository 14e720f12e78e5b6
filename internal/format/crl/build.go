package crl

import (
	"bytes"
	"errors"
	"fmt"
	"math/big"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/format/sm2enc"
)

// A Template is everything that goes into one complete list.
type Template struct {
	Issuer     *cert.Certificate
	Number     *big.Int // grows with every list of the issuer
	ThisUpdate time.Time
	NextUpdate time.Time
	Entries    []Entry
}

// Build checks t and returns the DER TBSCertList to be signed.
func Build(t Template) ([]byte, error) {
	if err := t.check(); err != nil {
		return nil, fmt.Errorf("build CRL: %w", err)
	}
	head, tail, err := t.ends()
	if err != nil {
		return nil, fmt.Errorf("build CRL: %w", err)
	}
	// The lengths are known before the first entry is written, so that one
	// buffer of the right size holds the list: nested builders would move it.
	entries := 0
	for i, e := range t.Entries {
		n, err := e.size()
		if err != nil {
			return nil, fmt.Errorf("build CRL: entry %d: %w", i, err)
		}
		entries += n
	}
	body := len(head) + bodySize(entries) + len(tail)
	out := appendHeader(make([]byte, 0, headerSize(body)+body), der.Sequence, body)
	out = append(out, head...)
	if entries > 0 {
		out = appendHeader(out, der.Sequence, entries)
		for _, e := range t.Entries {
			out = e.appendTo(out)
		}
	}
	return append(out, tail...), nil
}

// bodySize is the length of revokedCertificates, which is left out when empty.
func bodySize(entries int) int {
	if entries == 0 {
		return 0
	}
	return headerSize(entries) + entries
}

func (t Template) check() error {
	switch {
	case t.Issuer == nil:
		return errors.New("no issuer")
	case t.Number == nil || t.Number.Sign() <= 0 || t.Number.BitLen() > 159:
		return errors.New("the number is not positive or longer than 20 octets")
	case !t.NextUpdate.After(t.ThisUpdate):
		return errors.New("nextUpdate does not lie after thisUpdate")
	}
	if usage, _ := t.Issuer.KeyUsage(); usage&cert.CRLSign == 0 {
		return fault.New(fault.CRLIssuer, "why", kindUsage)
	}
	return nil
}

// ends returns what stands before and behind the entries.
func (t Template) ends() (head, tail []byte, err error) {
	var h, x cryptobyte.Builder
	h.AddASN1Int64(1)
	addAlgorithm(&h)
	h.AddBytes(t.Issuer.RawSubject)
	cert.AddTime(&h, t.ThisUpdate)
	cert.AddTime(&h, t.NextUpdate)
	if head, err = h.Bytes(); err != nil {
		return nil, nil, err
	}
	id := t.Issuer.SubjectKeyID()
	if len(id) == 0 {
		id = cert.KeyID(t.Issuer.PublicKey)
	}
	x.AddASN1(asn1.Tag(0).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			addExtension(b, oid.AuthorityKeyID, func(b *cryptobyte.Builder) {
				b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1(asn1.Tag(0).ContextSpecific(), func(b *cryptobyte.Builder) { b.AddBytes(id) })
				})
			})
			addExtension(b, oid.CRLNumber, func(b *cryptobyte.Builder) { b.AddASN1BigInt(t.Number) })
		})
	})
	tail, err = x.Bytes()
	return head, tail, err
}

// Assemble joins a TBSCertList and the SM2 signature (DER) over it to a list.
func Assemble(tbs, signature []byte) ([]byte, error) {
	if v, err := der.ParseOnly(tbs); err != nil || v.Tag != der.Sequence {
		return nil, errors.New("assemble CRL: the signed part is no SEQUENCE")
	}
	if _, form, err := sm2enc.ParseSignature(signature); err != nil || form != sm2enc.DER {
		return nil, errors.New("assemble CRL: the signature is not DER")
	}
	end, err := ending(signature)
	if err != nil {
		return nil, err
	}
	n := len(tbs) + len(end)
	out := appendHeader(make([]byte, 0, headerSize(n)+n), der.Sequence, n)
	return append(append(out, tbs...), end...), nil
}

func addAlgorithm(b *cryptobyte.Builder) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddBytes(oid.SM2WithSM3.Marshal()) })
}

// addExtension writes a non-critical extension.
func addExtension(b *cryptobyte.Builder, id oid.ID, value func(*cryptobyte.Builder)) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(id.Marshal())
		b.AddASN1(asn1.OCTET_STRING, value)
	})
}

// appendHeader appends an identifier octet and the DER length n.
func appendHeader(out []byte, tag byte, n int) []byte {
	out = append(out, tag)
	if n < 128 {
		return append(out, byte(n))
	}
	length := bytes.TrimLeft([]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}, "\x00")
	return append(append(out, 0x80|byte(len(length))), length...)
}

func headerSize(n int) int { return len(appendHeader(nil, 0, n)) }
