package ca

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/crl"
)

// A Register answers questions about what an authority has issued. It needs no
// key and changes nothing, so it also works while an authority is open
// elsewhere.
type Register struct{ store Store }

// NewRegister returns the register kept in store.
func NewRegister(store Store) *Register { return &Register{store} }

// An Entry is everything the register knows about one serial number.
type Entry struct {
	Record
	Holds []Hold // every time it was suspended, in order
}

// Show returns the entry of one serial number, in hexadecimal with or without
// colons and spaces, or [fault.CertNotFound].
func (reg *Register) Show(ctx context.Context, serial string) (Entry, error) {
	rec, err := reg.lookup(ctx, serial)
	if err != nil {
		return Entry{}, err
	}
	holds, err := reg.store.Holds(ctx, rec.Serial)
	return Entry{rec, holds}, err
}

func (reg *Register) lookup(ctx context.Context, serial string) (Record, error) {
	rec, err := reg.store.Certificate(ctx, normalSerial(serial))
	if errors.Is(err, ErrNotFound) {
		return rec, fault.Wrap(fault.CertNotFound, err, "what", serial)
	}
	return rec, err
}

// normalSerial takes the spellings in which viewers show serial numbers.
func normalSerial(s string) string {
	return strings.NewReplacer(":", "", " ", "", "-", "").Replace(strings.ToLower(s))
}

// List returns the records that f chooses, newest first.
func (reg *Register) List(ctx context.Context, f Filter) ([]Record, error) {
	return reg.store.List(ctx, f)
}

// Tally counts the certificates in each state, the authority's own among them.
func (reg *Register) Tally(ctx context.Context) (map[State]int, error) { return reg.store.Tally(ctx) }

// Find returns the issued certificates, newest first, whose holder or
// organisation contains text or whose serial number begins with it. None is
// [fault.CertNotFound].
func (reg *Register) Find(ctx context.Context, text string) ([]Record, error) {
	all, err := reg.store.List(ctx, Filter{Text: text, Issued: true})
	if err == nil && len(all) == 0 {
		all, err = reg.store.List(ctx, Filter{Text: normalSerial(text), Issued: true})
	}
	if err == nil && len(all) == 0 {
		return nil, fault.New(fault.CertNotFound, "what", text)
	}
	return all, err
}

// Setup returns how the authority was founded; [fault.CANotInitialised] when it
// was not, or not to the end.
func (reg *Register) Setup(ctx context.Context) (Setup, error) {
	spec, done, err := reg.store.Setup(ctx)
	if errors.Is(err, ErrNotFound) || (err == nil && !done) {
		return Setup{}, fault.Wrap(fault.CANotInitialised, err, "folder", ".")
	}
	if err != nil {
		return Setup{}, err
	}
	return parseSetup(spec)
}

// Check tells whether c was issued here and was in force at the time at. It
// returns [fault.CertNotFound], [fault.CertNotYetValid], [fault.CertExpired],
// [fault.CertHeld] or [fault.CertRevoked], and nil when all is well. Times at
// which it was suspended count for good, also after it was restored.
func (reg *Register) Check(ctx context.Context, c *cert.Certificate, at time.Time) error {
	e, err := reg.Show(ctx, c.SerialHex())
	if err != nil {
		return err
	}
	if !bytes.Equal(e.DER, c.Raw) {
		return fault.Wrap(fault.CertNotFound, errors.New("another certificate has this serial number"), "what", c.SerialHex())
	}
	switch {
	case at.Before(e.NotBefore):
		return fault.New(fault.CertNotYetValid)
	case at.After(e.NotAfter):
		return fault.New(fault.CertExpired)
	case e.State == Revoked && !at.Before(e.revokedFrom()):
		return fault.Wrap(fault.CertRevoked, fmt.Errorf("%s, %s", e.RevokedAt.Format(time.DateTime), crl.Reason(e.Reason)))
	}
	for _, h := range e.Holds {
		if !at.Before(h.HeldAt) && (h.EndedAt.IsZero() || at.Before(h.EndedAt)) {
			return fault.New(fault.CertHeld)
		}
	}
	return nil
}
