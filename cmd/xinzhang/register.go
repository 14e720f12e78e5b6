package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"xinzhang/internal/ca"
	"xinzhang/internal/fault"
	"xinzhang/internal/format/crl"
	"xinzhang/internal/home"
	"xinzhang/internal/store"
)

// A register answers from the database of the data directory. It needs no
// passphrase and no key.
type register struct {
	*ca.Register
	db *store.DB
}

// openRegister opens the register. It makes nothing: where no authority was
// founded the error is [fault.CANotInitialised].
func openRegister(a *app) (*register, error) {
	file := home.Dir(a.home).Database()
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.CANotInitialised, "folder", a.home)
	}
	db, err := store.Open(a.ctx, file)
	if err != nil {
		return nil, err
	}
	return &register{ca.NewRegister(db.CA()), db}, nil
}

func (r *register) Close() error { return r.db.Close() }

// recordJSON is a certificate of the register on the wire.
type recordJSON struct {
	Serial       string     `json:"serial"`
	State        ca.State   `json:"state"`
	Expired      bool       `json:"expired"`
	Issuer       string     `json:"issuer"`
	Request      string     `json:"request"`
	Profile      string     `json:"profile"`
	Half         ca.Half    `json:"half"`
	Pair         string     `json:"pair,omitempty"`
	Holder       string     `json:"holder"`
	Organisation string     `json:"organisation,omitempty"`
	NotBefore    time.Time  `json:"not_before"`
	NotAfter     time.Time  `json:"not_after"`
	RecordedAt   time.Time  `json:"recorded_at"`
	SignedAt     *time.Time `json:"signed_at,omitempty"`
	HeldAt       *time.Time `json:"held_at,omitempty"`
	RevokedAt    *time.Time `json:"revoked_at,omitempty"`
	InvalidSince *time.Time `json:"invalid_since,omitempty"`
	Reason       string     `json:"reason,omitempty"`
	Note         string     `json:"note,omitempty"`
	Holds        []holdJSON `json:"holds,omitempty"`
}

type holdJSON struct {
	HeldAt  time.Time  `json:"held_at"`
	EndedAt *time.Time `json:"ended_at,omitempty"`
	EndedBy string     `json:"ended_by,omitempty"`
	Note    string     `json:"note,omitempty"`
}

func recordOf(r ca.Record, now time.Time) recordJSON {
	out := recordJSON{
		Serial: r.Serial, State: r.State, Expired: now.After(r.NotAfter), Issuer: r.Issuer, Request: r.Request,
		Profile: r.Profile, Half: r.Half, Pair: r.Pair, Holder: r.Holder, Organisation: r.Organisation,
		NotBefore: r.NotBefore, NotAfter: r.NotAfter, RecordedAt: r.RecordedAt, SignedAt: utc(r.SignedAt),
		HeldAt: utc(r.HeldAt), RevokedAt: utc(r.RevokedAt), InvalidSince: utc(r.InvalidSince), Note: r.Note,
	}
	if r.State == ca.Revoked {
		out.Reason = crl.Reason(r.Reason).String()
	}
	return out
}

func recordsOf(all []ca.Record, now time.Time) []recordJSON {
	out := make([]recordJSON, len(all))
	for i, r := range all {
		out[i] = recordOf(r, now)
	}
	return out
}

// stateWords say where a certificate stands, with the reason and the date.
func (a *app) stateWords(r ca.Record) string {
	s := a.word("state_" + string(r.State))
	switch r.State {
	case ca.Valid:
		if a.now().After(r.NotAfter) {
			s = a.word("state_expired")
		}
	case ca.Held:
		s += a.word("since") + moment(r.HeldAt)
	case ca.Revoked:
		s += a.word("since") + moment(r.RevokedAt) + a.word("comma") + crl.Reason(r.Reason).Words(a.lang)
		if !r.InvalidSince.IsZero() {
			s += a.word("comma") + fmt.Sprintf(a.word("invalid_since"), moment(r.InvalidSince))
		}
	}
	return s
}

// recordTable lists certificates one to a line.
func (a *app) recordTable(all []ca.Record) table {
	t := table{{a.word("serial"), a.word("half"), a.word("holder"), a.word("organisation"), a.word("until"), a.word("state")}}
	for _, r := range all {
		t = append(t, []string{r.Serial, a.word("half_" + string(r.Half)), r.Holder, r.Organisation, day(r.NotAfter), a.stateWords(r)})
	}
	return t
}
