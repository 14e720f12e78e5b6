// Package crl reads and writes certificate revocation lists: RFC 5280 clause 5
// with SM2 signatures, as GB/T 20518-2018 has them.
//
// [Parse] is lenient and frugal: a list of a million entries stays the bytes it
// came in, and (*List).Lookup scans them. Ask (*List).Covers whether a list can
// settle the state of a certificate at all: deltas, indirect lists and lists of
// a part of the certificates cannot, alone.
//
// Writing takes two steps, so that the issuer's key may sit elsewhere:
//
//	tbs, err := crl.Build(crl.Template{Issuer: ca, Number: n, …})
//	der, err := crl.Assemble(tbs, signature)
//
// [Write] does both for a list that is too long for memory.
//
// In a complete list a suspended certificate stands with reason [Hold]; a
// restored one stands no more.
package crl

import (
	"bytes"
	"fmt"
	"math/big"
	"slices"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/format/sm2enc"
)

// A List is a revocation list as it was found. Its slices alias the input of
// [Parse].
type List struct {
	Raw       []byte
	RawTBS    []byte // what the issuer signed
	RawIssuer []byte

	ThisUpdate         time.Time
	NextUpdate         time.Time // zero when the list promises none
	Number             *big.Int  // nil without the extension
	SignatureAlgorithm oid.ID
	Signature          []byte
	Extensions         []cert.Extension
	Count              int // of entries

	// Deviations names, as "place: what", where the list breaks RFC 5280.
	Deviations []string

	entries []byte     // content of revokedCertificates
	partial []kind     // why the list cannot settle every certificate of its issuer
	point   cert.Point // empty: the list is not of one distribution point
	onlyCA  bool
	onlyEE  bool
}

// An Entry is one revoked or suspended certificate.
type Entry struct {
	Serial         *big.Int
	RevokedAt      time.Time // UTC
	Reason         Reason
	InvalidityDate time.Time // when the key was, or may have been, lost; zero when not said
}

// Issuer returns the name of the list's issuer.
func (l *List) Issuer() cert.Name {
	n, _ := cert.ParseName(l.RawIssuer) // checked by Parse
	return n
}

// Current reports whether at lies between ThisUpdate and NextUpdate. A list
// without NextUpdate is current from ThisUpdate on.
func (l *List) Current(at time.Time) bool {
	return !at.Before(l.ThisUpdate) && (l.NextUpdate.IsZero() || !at.After(l.NextUpdate))
}

// CheckSignatureFrom checks that issuer signed l: the names are the same, the
// key identifiers where both have one, issuer may sign lists, and the SM2
// signature is right. It says nothing of time and trust. The errors are
// [fault.CRLIssuer], [fault.CRLAlgorithm] and [fault.CRLSignature].
func (l *List) CheckSignatureFrom(issuer *cert.Certificate) error {
	if !cert.SameName(l.RawIssuer, issuer.RawSubject) {
		return fault.New(fault.CRLIssuer, "why", kindName)
	}
	want, has := l.authorityKeyID(), issuer.SubjectKeyID()
	if len(want) > 0 && len(has) > 0 && !bytes.Equal(want, has) {
		return fault.New(fault.CRLIssuer, "why", kindKeyID)
	}
	if usage, present := issuer.KeyUsage(); present && usage&cert.CRLSign == 0 {
		return fault.New(fault.CRLIssuer, "why", kindUsage)
	}
	if l.SignatureAlgorithm != oid.SM2WithSM3 {
		return fault.New(fault.CRLAlgorithm, "algorithm", l.SignatureAlgorithm)
	}
	if issuer.PublicKey == nil {
		return fault.New(fault.CRLAlgorithm, "algorithm", issuer.KeyAlgorithm)
	}
	if !sm2enc.Verify(issuer.PublicKey, l.RawTBS, l.Signature) {
		return fault.New(fault.CRLSignature)
	}
	return nil
}

func (l *List) authorityKeyID() []byte {
	for _, e := range l.Extensions {
		if e.ID != oid.AuthorityKeyID {
			continue
		}
		r := der.OpenBytes(e.Value, der.Sequence, "authorityKeyIdentifier")
		if v, ok := r.Optional("keyIdentifier", der.Context(0)); ok {
			return v.Content
		}
	}
	return nil
}

// Covers reports whether l can settle the state of c: nil when it can,
// [fault.CRLIssuer] when it is another issuer's, [fault.CRLNotJudged] when it is
// a delta, indirect, or limited to certificates that c is not one of. It does
// not look at dates or at the signature.
func (l *List) Covers(c *cert.Certificate) error {
	if !cert.SameName(l.RawIssuer, c.RawIssuer) {
		return fault.New(fault.CRLIssuer, "why", kindName)
	}
	if len(l.partial) > 0 {
		return fault.New(fault.CRLNotJudged, "kind", l.partial[0])
	}
	ca, _, _ := c.BasicConstraints()
	if (l.onlyCA && !ca) || (l.onlyEE && ca) {
		return fault.New(fault.CRLNotJudged, "kind", kindScope)
	}
	if !l.point.Empty() && !slices.ContainsFunc(c.CRLPoints(), l.point.Same) {
		return fault.New(fault.CRLNotJudged, "kind", kindPoint)
	}
	return nil
}

// Names reports whether an entry of l with c's serial number would speak of c: l
// is of c's issuer and not indirect. A list that cannot settle the state of c
// (see Covers) can still say that c is revoked.
func (l *List) Names(c *cert.Certificate) bool {
	return cert.SameName(l.RawIssuer, c.RawIssuer) && !slices.Contains(l.partial, kindIndirect)
}

// A kind is a reason for which a list does not settle a question.
type kind struct{ zh, en string }

// Words implements [fault.Worded].
func (k kind) Words(lang fault.Lang) string {
	if lang == fault.EN {
		return k.en
	}
	return k.zh
}

var (
	kindName     = kind{"颁发者名称不同", "the issuer's name differs"}
	kindKeyID    = kind{"颁发者密钥标识符不同", "the issuer's key identifier differs"}
	kindUsage    = kind{"颁发者证书没有 cRLSign 用途", "the issuer's certificate lacks key usage cRLSign"}
	kindDelta    = kind{"增量 CRL", "it is a delta list"}
	kindIndirect = kind{"间接 CRL", "it is an indirect list"}
	kindReasons  = kind{"只含部分吊销原因", "it holds some reasons only"}
	kindScope    = kind{"不含这类证书", "it is for another kind of certificates"}
	kindPoint    = kind{"属于另一个分发点", "it belongs to another distribution point"}
)

func kindCritical(id oid.ID) kind {
	return kind{fmt.Sprintf("含有未知的关键扩展 %s", id), fmt.Sprintf("it holds the unknown critical extension %s", id)}
}
