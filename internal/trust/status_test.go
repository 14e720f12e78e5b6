package trust_test

import (
	"testing"
	"time"

	"xinzhang/internal/fixture"
	"xinzhang/internal/format/crl"
	"xinzhang/internal/trust"
)

func TestStatus(t *testing.T) {
	a := fixture.New(t, issued)
	other := fixture.New(t, issued) // the same names, other keys
	person := a.Person(nil)
	day := func(n int) time.Time { return issued.AddDate(0, 0, n) }
	entry := func(n int, r crl.Reason) crl.Entry {
		return crl.Entry{Serial: person.Cert.Serial, RevokedAt: day(n), Reason: r}
	}
	lost := entry(9, crl.KeyCompromise)
	lost.InvalidityDate = day(3)
	late := entry(9, crl.KeyCompromise)
	late.InvalidityDate = day(12)
	good := func(n int) *crl.List { return a.CRL(day(n)) }
	hold := func(n, since int) *crl.List { return a.CRL(day(n), entry(since, crl.Hold)) }
	gone := func(n, since int) *crl.List { return a.CRL(day(n), entry(since, crl.Superseded)) }
	for _, tt := range []struct {
		name  string
		lists []*crl.List
		at    int
		want  trust.State
		since int // day, of OnHold and Revoked
		asOf  int
	}{
		{"no list", nil, 20, trust.NoInformation, 0, 0},
		{"a current list", []*crl.List{good(18)}, 20, trust.Good, 0, 18},
		{"the last day of a list", []*crl.List{good(13)}, 20, trust.Good, 0, 13},
		{"a list out of date", []*crl.List{good(10)}, 20, trust.Stale, 0, 10},
		{"a list of tomorrow", []*crl.List{good(21)}, 20, trust.NoInformation, 0, 0},
		{"a list of tomorrow that names what came to pass before", []*crl.List{gone(21, 1), good(20)}, 20, trust.Revoked, 1, 21},
		{"a list of tomorrow that names what comes to pass then", []*crl.List{gone(22, 21), good(20)}, 20, trust.Good, 0, 20},
		{"a list of three minutes on", []*crl.List{a.CRL(day(20).Add(3 * time.Minute))}, 20, trust.Good, 0, 0},
		{"a list of another key", []*crl.List{other.CRL(day(18), entry(1, crl.KeyCompromise))}, 20, trust.NoInformation, 0, 0},
		{"revoked", []*crl.List{gone(18, 9)}, 20, trust.Revoked, 9, 18},
		{"revoked in a list out of date", []*crl.List{gone(10, 9)}, 20, trust.Revoked, 9, 10},
		{"key lost before it was reported", []*crl.List{a.CRL(day(18), lost)}, 20, trust.Revoked, 3, 18},
		{"an invalidity date after the revocation does not count", []*crl.List{a.CRL(day(18), late)}, 20, trust.Revoked, 9, 18},
		{"on hold", []*crl.List{hold(18, 9)}, 20, trust.OnHold, 9, 18},
		{"on hold, then restored", []*crl.List{hold(10, 9), good(18)}, 20, trust.Good, 0, 18},
		{"restored, then on hold", []*crl.List{hold(18, 17), good(10)}, 20, trust.OnHold, 17, 18},
		{"on hold, then revoked: from the hold on", []*crl.List{gone(18, 17), hold(10, 9)}, 20, trust.Revoked, 9, 18},
		{"on hold, restored, then revoked: from the revocation on", []*crl.List{gone(18, 17), hold(10, 9), good(14)}, 20, trust.Revoked, 17, 18},
		{"revoked, then left out", []*crl.List{gone(10, 9), good(18)}, 20, trust.Revoked, 9, 10},
		{"revoked twice: from the first on", []*crl.List{gone(18, 17), gone(10, 9)}, 20, trust.Revoked, 9, 18},
		{"two lists of one moment: the worse", []*crl.List{hold(18, 9), good(18)}, 20, trust.OnHold, 9, 18},
		{"the newest speaks, in any order", []*crl.List{good(18), good(10)}, 20, trust.Good, 0, 18},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := a.Trust(tt.lists...).Status(person.Cert, a.Sub.Cert, day(tt.at))
			if got.State != tt.want {
				t.Fatalf("state %d, want %d (%+v)", got.State, tt.want, got)
			}
			if tt.since > 0 && !got.Since.Equal(day(tt.since)) {
				t.Errorf("since %s, want %s", got.Since, day(tt.since))
			}
			if tt.asOf > 0 && !got.AsOf.Equal(day(tt.asOf)) {
				t.Errorf("as of %s, want %s", got.AsOf, day(tt.asOf))
			}
		})
	}
}

// What was left aside for its date is told, so that nobody says there was none.
func TestStatusTellsOfListsAheadOfTheMoment(t *testing.T) {
	a := fixture.New(t, issued)
	person := a.Person(nil)
	day := func(n int) time.Time { return issued.AddDate(0, 0, n) }
	for name, c := range map[string]struct {
		list *crl.List
		want time.Time
	}{
		"of tomorrow":        {a.CRL(day(21)), day(21)},
		"of four minutes on": {a.CRL(day(20).Add(4 * time.Minute)), time.Time{}},
		"of yesterday":       {a.CRL(day(19)), time.Time{}},
	} {
		if got := a.Trust(c.list).Status(person.Cert, a.Sub.Cert, day(20)).Ahead; !got.Equal(c.want) {
			t.Errorf("%s: ahead %s, want %s", name, got, c.want)
		}
	}
}

func TestStatusNeedsAnIssuer(t *testing.T) {
	a := fixture.New(t, issued)
	person := a.Person(nil)
	set := a.Trust(a.CRL(issued))
	if got := set.Status(person.Cert, nil, issued); got.State != trust.NoInformation {
		t.Errorf("state %d", got.State)
	}
	if got := set.Status(person.Cert, a.Root.Cert, issued); got.State != trust.NoInformation {
		t.Errorf("by another issuer: state %d", got.State)
	}
}

// A hold that ended stays a hold for what was done meanwhile.
func TestWhenAKeyWasUnfit(t *testing.T) {
	a := fixture.New(t, issued)
	person := a.Person(nil)
	day := func(n int) time.Time { return issued.AddDate(0, 0, n) }
	list := func(n, since int, r crl.Reason) *crl.List {
		return a.CRL(day(n), crl.Entry{Serial: person.Cert.Serial, RevokedAt: day(since), Reason: r})
	}
	held := a.Trust(list(5, 3, crl.Hold), a.CRL(day(8)), list(12, 10, crl.Hold), a.CRL(day(18))).Status(person.Cert, a.Sub.Cert, day(20))
	gone := a.Trust(list(5, 3, crl.Hold), a.CRL(day(8)), list(18, 15, crl.Superseded)).Status(person.Cert, a.Sub.Cert, day(20))
	still := a.Trust(list(18, 15, crl.Hold)).Status(person.Cert, a.Sub.Cert, day(20))
	for _, c := range []struct {
		name  string
		of    trust.Status
		at    int
		want  bool
		since int
	}{
		{"before the first hold", held, 2, false, 0},
		{"its first moment", held, 3, true, 3},
		{"the moment of the list that shows it", held, 5, true, 3},
		{"between that list and the clean one", held, 6, false, 0},
		{"the second hold", held, 11, true, 10},
		{"after both", held, 14, false, 0},
		{"on hold, restored, revoked later", gone, 4, true, 3},
		{"between hold and revocation", gone, 9, false, 0},
		{"revoked", gone, 16, true, 15},
		{"a hold that lasts", still, 19, true, 15},
		{"before a hold that lasts", still, 14, false, 0},
	} {
		_, since, got := c.of.Unfit(day(c.at))
		if got != c.want || got && !since.Equal(day(c.since)) {
			t.Errorf("%s: unfit %v since %s", c.name, got, since)
		}
	}
}
