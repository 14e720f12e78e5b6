package trust

import (
	"time"

	"xinzhang/internal/format/cert"
)

// Bounds of the search for a path, against loops of cross certificates and
// messages stuffed with certificates of one name.
const (
	maxPath   = 8  // certificates from the first to the anchor, both counted
	maxChecks = 32 // signatures that one search verifies
)

// A Path leads from a certificate up to an anchor.
type Path struct {
	// Certs begins with the certificate asked for; each is issued by the next,
	// and none stands there twice.
	Certs []*cert.Certificate
	// Anchor is the place in Certs of the first certificate that the set trusts;
	// -1 when none is. What stands above it is known but need not be asked.
	Anchor int
	// NameOnly is whether a trusted certificate bears the missing issuer's name
	// but its key made none of the signatures: another authority of that name.
	NameOnly bool
}

// Anchored reports whether the path leads to a trusted certificate.
func (p Path) Anchored() bool { return p.Anchor >= 0 }

// Path is [Set.PathAt] for a caller to whom the dates of issuers do not matter.
func (s *Set) Path(c *cert.Certificate, extra []*cert.Certificate) Path {
	return s.PathAt(c, extra, time.Time{})
}

// PathAt follows c upwards by name and signature, first among the anchors, then
// among extra; issuers whose key identifier is another than the one named
// ([cert.Certificate.IsIssuedBy]) come last. Several paths may lead upwards:
// authorities renew their certificates and certify each other. The first one
// without a [Flaw] at at is taken, else the first anchored one, else the first
// one.
func (s *Set) PathAt(c *cert.Certificate, extra []*cert.Certificate, at time.Time) Path {
	b := &search{set: s, extra: extra, at: at, checks: maxChecks}
	b.climb([]*cert.Certificate{c})
	if !b.best.Anchored() {
		b.best.NameOnly = s.bearsIssuerOf(b.best.Certs)
		return b.best
	}
	b.extend()
	return b.best
}

// A search is the work on one path.
type search struct {
	set    *Set
	extra  []*cert.Certificate
	at     time.Time
	checks int
	best   Path
	clean  bool // best is anchored and has no flaw
}

// climb tries every issuer of the last of certs until a clean path is found.
func (b *search) climb(certs []*cert.Certificate) {
	last := certs[len(certs)-1]
	p := Path{Certs: append([]*cert.Certificate(nil), certs...), Anchor: -1}
	if b.set.trusts(last) {
		p.Anchor = len(certs) - 1
		b.clean = len(p.Flaws(b.at)) == 0
	}
	if b.best.Certs == nil || b.clean || p.Anchored() && !b.best.Anchored() ||
		!b.best.Anchored() && len(certs) > len(b.best.Certs) {
		b.best = p
	}
	if p.Anchored() || len(certs) == maxPath || last.SelfSigned() {
		return
	}
	// A wrong key identifier does not undo a right signature, but it is tried last:
	// the identifier tells authorities of one name apart.
	for _, identified := range []bool{true, false} {
		for _, pool := range [][]*cert.Certificate{b.set.Anchors, b.extra} {
			for _, issuer := range pool {
				if last.IsIssuedBy(issuer) == identified && b.issued(certs, issuer) {
					b.climb(append(certs[:len(certs):len(certs)], issuer))
				}
				if b.clean || b.checks == 0 {
					return
				}
			}
		}
	}
}

// issued reports whether issuer stands not yet in certs, bears the name of the
// last's issuer and signed it.
func (b *search) issued(certs []*cert.Certificate, issuer *cert.Certificate) bool {
	last := certs[len(certs)-1]
	if b.checks == 0 || !cert.SameName(last.RawIssuer, issuer.RawSubject) {
		return false
	}
	for _, c := range certs {
		if string(c.Raw) == string(issuer.Raw) {
			return false
		}
	}
	b.checks--
	return last.CheckSignatureFrom(issuer) == nil
}

// extend adds what is known above the anchor.
func (b *search) extend() {
	for len(b.best.Certs) < maxPath {
		n := len(b.best.Certs)
		if b.best.Certs[n-1].SelfSigned() {
			return
		}
		for _, issuer := range b.set.Anchors {
			if b.best.Certs[n-1].IsIssuedBy(issuer) && b.issued(b.best.Certs, issuer) {
				b.best.Certs = append(b.best.Certs, issuer)
				break
			}
		}
		if len(b.best.Certs) == n {
			return
		}
	}
}

func (s *Set) trusts(c *cert.Certificate) bool {
	for _, a := range s.Anchors {
		if string(a.Raw) == string(c.Raw) {
			return true
		}
	}
	return false
}

// bearsIssuerOf reports whether an anchor bears the name of an issuer of certs.
func (s *Set) bearsIssuerOf(certs []*cert.Certificate) bool {
	for _, c := range certs {
		for _, a := range s.Anchors {
			if cert.SameName(c.RawIssuer, a.RawSubject) {
				return true
			}
		}
	}
	return false
}
