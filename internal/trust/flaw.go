package trust

import (
	"time"

	"xinzhang/internal/format/cert"
)

// A Flaw is a reason not to follow a path although its signatures are right
// (RFC 5280 6.1).
type Flaw struct {
	Kind   FlawKind
	Issuer *cert.Certificate // at fault
}

// A FlawKind tells flaws apart.
type FlawKind int

// Kinds of flaws.
const (
	NotAuthority FlawKind = iota // the issuer's certificate is not that of an authority
	NotValidThen                 // the issuer's certificate had not begun or had ended
	TooLong                      // more authorities below the issuer than it allows
	Constrained                  // the issuer is limited in a way that is not worked out here
)

// Flaws lists what is wrong with the issuers of an anchored path at at, which
// may be zero: dates are then not looked at. What stands above the anchor is not
// asked, nor is the first certificate.
func (p Path) Flaws(at time.Time) []Flaw {
	var out []Flaw
	below := 0 // authorities under the issuer that are not self-issued
	for i := 1; i <= p.Anchor; i++ {
		issuer := p.Certs[i]
		if !mayIssue(issuer, i == p.Anchor) {
			out = append(out, Flaw{NotAuthority, issuer})
		}
		if !at.IsZero() && !issuer.ValidAt(at) {
			out = append(out, Flaw{NotValidThen, issuer})
		}
		if _, most, _ := issuer.BasicConstraints(); most >= 0 && below > most {
			out = append(out, Flaw{TooLong, issuer})
		}
		if len(issuer.Constraints()) > 0 {
			out = append(out, Flaw{Constrained, issuer})
		}
		if !cert.SameName(issuer.RawSubject, issuer.RawIssuer) {
			below++
		}
	}
	return out
}

// mayIssue reports whether c is an authority by its own words. A reader chose
// the anchor, so less is asked of it: real roots leave keyCertSign or all
// extensions out. But trusting a person's certificate does not make an authority
// of the person.
func mayIssue(c *cert.Certificate, anchor bool) bool {
	ca, _, present := c.BasicConstraints()
	usage, limited := c.KeyUsage()
	signs := !limited || usage&cert.KeyCertSign != 0
	switch {
	case present && anchor:
		return ca
	case present:
		return ca && signs
	}
	return anchor && signs && c.SelfSigned()
}
