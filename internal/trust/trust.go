// Package trust answers two questions about a certificate: does it lead to an
// anchor that the reader of a document chose to trust, and what was its status
// at a moment. It is shared by signing (may this key be used now?) and by
// verifying (was it good then?).
//
// A [Set] holds anchors and revocation lists; [Load] fills it from files and
// folders. Certificates found inside documents never enter a Set: they are
// trusted by nobody for being there. They may help to reach an anchor (see
// [Set.Path]).
//
// Nothing here says valid or invalid: a [Path] and a [Status] are facts, which a
// policy judges.
package trust

import (
	"time"

	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/crl"
)

// maxPath bounds the length of a path, against loops of cross certificates.
const maxPath = 8

// A Set is what one reader trusts and knows. It is not changed after loading
// and may be used by several goroutines.
type Set struct {
	Anchors []*cert.Certificate
	CRLs    []*crl.List
}

// A Path leads from a certificate up to an anchor.
type Path struct {
	// Certs begins with the certificate asked for; each is issued by the next.
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

// Path follows c upwards as far as issuers are found, first among the anchors,
// then among extra, by name, key identifier and signature. Dates and usages are
// not looked at.
func (s *Set) Path(c *cert.Certificate, extra []*cert.Certificate) Path {
	p := Path{Anchor: -1}
	for next := c; next != nil && len(p.Certs) < maxPath; {
		p.Certs = append(p.Certs, next)
		if p.Anchor < 0 && s.trusts(next) {
			p.Anchor = len(p.Certs) - 1
		}
		if next.SelfSigned() {
			break
		}
		issuer, named := find(next, s.Anchors)
		if issuer == nil && !p.Anchored() {
			p.NameOnly = p.NameOnly || named
			issuer, _ = find(next, extra)
		}
		next = issuer
	}
	return p
}

// find returns the certificate among pool that issued c; named tells whether one
// bears the issuer's name.
func find(c *cert.Certificate, pool []*cert.Certificate) (issuer *cert.Certificate, named bool) {
	for _, candidate := range pool {
		if !c.IsIssuedBy(candidate) {
			named = named || cert.SameName(c.RawIssuer, candidate.RawSubject)
			continue
		}
		named = true
		if c.CheckSignatureFrom(candidate) == nil {
			return candidate, true
		}
	}
	return nil, named
}

func (s *Set) trusts(c *cert.Certificate) bool {
	for _, a := range s.Anchors {
		if string(a.Raw) == string(c.Raw) {
			return true
		}
	}
	return false
}

// A State is what is known of a certificate's status.
type State int

// States of a certificate.
const (
	NoInformation State = iota // no list of its issuer is at hand
	Stale                      // not on a list that was out of date
	Good                       // not on a current list
	OnHold                     // 挂起: may be restored
	Revoked
)

// A Status is what the best list at hand says of one certificate.
type Status struct {
	State  State
	Since  time.Time // of OnHold and Revoked: from when on the key must not be relied on
	Reason crl.Reason
	AsOf   time.Time // thisUpdate of the list
	Until  time.Time // nextUpdate of the list; zero when it names none
}

// Status looks c up in the lists that issuer signed, for a judgement at time at.
// A revocation is taken from any list; otherwise the newest list speaks.
// Lists dated after at are left aside.
func (s *Set) Status(c, issuer *cert.Certificate, at time.Time) Status {
	best := Status{State: NoInformation}
	if issuer == nil {
		return best
	}
	for _, list := range s.CRLs {
		if list.ThisUpdate.After(at) || list.Covers(c) != nil || list.CheckSignatureFrom(issuer) != nil {
			continue
		}
		got := lookup(list, c, at)
		if worse(got, best) {
			best = got
		}
	}
	return best
}

func lookup(list *crl.List, c *cert.Certificate, at time.Time) Status {
	st := Status{State: Good, AsOf: list.ThisUpdate, Until: list.NextUpdate}
	if !list.Current(at) {
		st.State = Stale
	}
	entry, listed := list.Lookup(c.Serial)
	if !listed {
		return st
	}
	st.State, st.Reason, st.Since = Revoked, entry.Reason, entry.RevokedAt
	if entry.Reason == crl.Hold {
		st.State = OnHold
	}
	if !entry.InvalidityDate.IsZero() && entry.InvalidityDate.Before(st.Since) {
		st.Since = entry.InvalidityDate
	}
	return st
}

// worse reports whether got replaces best: a revocation stays one whatever newer
// lists say, everything else follows the newest list.
func worse(got, best Status) bool {
	if (got.State == Revoked) != (best.State == Revoked) {
		return got.State == Revoked
	}
	return best.State == NoInformation || got.AsOf.After(best.AsOf)
}
