package trust

import (
	"slices"
	"time"

	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/crl"
)

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

// bad tells the states in which the key must not be relied on.
func (s State) bad() bool { return s == OnHold || s == Revoked }

// A Status is what the lists at hand say of one certificate.
type Status struct {
	State  State
	Since  time.Time // of OnHold and Revoked: from when on the key must not be relied on
	Reason crl.Reason
	AsOf   time.Time // thisUpdate of the list
	Until  time.Time // nextUpdate of the list; zero when it names none

	// Ahead is the thisUpdate of the newest list that was left aside for being
	// dated after the moment of judgement; zero when none was.
	Ahead time.Time

	// Holds are the times on hold that lists bear witness to, also of one that
	// was restored since: what was signed meanwhile stays void.
	Holds []Hold
}

// A Hold is a time on hold: from Since to the last list that shows it, both
// included. What came after that list, it does not know.
type Hold struct{ Since, Until time.Time }

// Unfit reports whether the key must not be relied on for what was done at t:
// state is [Revoked] or [OnHold], since the moment from which on.
func (st Status) Unfit(t time.Time) (state State, since time.Time, unfit bool) {
	if st.State.bad() && !st.Since.After(t) {
		return st.State, st.Since, true
	}
	for _, h := range st.Holds {
		if !t.Before(h.Since) && !t.After(h.Until) {
			return OnHold, h.Since, true
		}
	}
	return st.State, time.Time{}, false
}

// ClockSkew is how far the clocks of two parties may disagree unremarked.
const ClockSkew = 5 * time.Minute

// Status looks c up in the lists that issuer signed, for a judgement at time at.
// The newest list speaks, but a revocation stays one whatever newer lists say.
// Lists that cannot clear a certificate (deltas, lists of some reasons) can still
// name it; so can a list dated after at, of what had come to pass by then: a
// clock that is slow must not hide a revocation.
func (s *Set) Status(c, issuer *cert.Certificate, at time.Time) Status {
	known := Status{State: NoInformation}
	if issuer == nil {
		return known
	}
	var all []Status
	var ahead time.Time
	latest := at.Add(ClockSkew)
	for _, list := range s.CRLs {
		if !list.Names(c) || !s.isSigned(list, issuer) {
			continue
		}
		st, ok := lookup(list, c, at)
		switch {
		case !ok:
		case !list.ThisUpdate.After(latest), st.State.bad() && !st.Since.After(latest):
			all = append(all, st)
		case list.ThisUpdate.After(ahead):
			ahead = list.ThisUpdate
		}
	}
	slices.SortStableFunc(all, func(a, b Status) int { return a.AsOf.Compare(b.AsOf) })
	var holds []Hold
	for _, newer := range all {
		if newer.State == OnHold {
			holds = append(holds, Hold{newer.Since, newer.AsOf})
		}
		known = known.then(newer)
	}
	known.Ahead, known.Holds = ahead, holds
	return known
}

// then returns what is known once a list that is not older has spoken. A hold
// that ends in a revocation began it.
func (st Status) then(newer Status) Status {
	switch {
	case st.State == Revoked && newer.State == Revoked, st.State == OnHold && newer.State == Revoked:
		if st.Since.Before(newer.Since) {
			newer.Since = st.Since
		}
		return newer
	case st.State == Revoked:
		return st
	case st.State == OnHold && !newer.State.bad() && newer.AsOf.Equal(st.AsOf):
		return st
	}
	return newer
}

// lookup returns what one list says; ok is false when it says nothing.
func lookup(list *crl.List, c *cert.Certificate, at time.Time) (st Status, ok bool) {
	st = Status{State: Good, AsOf: list.ThisUpdate, Until: list.NextUpdate}
	if !list.NextUpdate.IsZero() && at.After(list.NextUpdate) {
		st.State = Stale
	}
	entry, listed := list.Lookup(c.Serial)
	if !listed || entry.Reason == crl.RemoveFromCRL { // 解除挂起
		return st, listed || list.Covers(c) == nil
	}
	st.State, st.Reason, st.Since = Revoked, entry.Reason, entry.RevokedAt
	if entry.Reason == crl.Hold {
		st.State = OnHold
	}
	if !entry.InvalidityDate.IsZero() && entry.InvalidityDate.Before(st.Since) {
		st.Since = entry.InvalidityDate
	}
	return st, true
}

type signedBy struct {
	list   *crl.List
	issuer string // DER
}

func (s *Set) isSigned(list *crl.List, issuer *cert.Certificate) bool {
	key := signedBy{list, string(issuer.Raw)}
	if known, ok := s.signed.Load(key); ok {
		is, _ := known.(bool)
		return is
	}
	ok := list.CheckSignatureFrom(issuer) == nil
	s.signed.Store(key, ok)
	return ok
}
