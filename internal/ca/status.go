package ca

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/crl"
)

// A Scope says which halves of a pair an operation is for.
type Scope int

// Scopes.
const (
	Pair           Scope = iota // both halves, whichever is named (the rule)
	EncryptionOnly              // the encryption half, whichever is named
)

// A Change is one change of the state of certificates.
type Change struct {
	Serial string // of one of them, as people write it
	Scope  Scope
	Note   string // why, in words; kept in the register, never published
	// Since, of a revocation, is from when on the key must not be relied on: it
	// was lost before the loss was reported. It is published as invalidityDate.
	// Zero: from now on. It cannot lie ahead ([fault.CertDateAhead]).
	Since time.Time
}

// Revoke revokes certificates for good: both halves of a pair unless the scope
// says otherwise. reason is none of hold and removeFromCRL. The encryption key
// becomes historic at the key centre and stays recoverable. It returns the
// changed records. They show on the next [CA.BuildCRL].
//
// The error is [fault.CertAlreadyRevoked] when there was nothing left to revoke.
func (c *CA) Revoke(ctx context.Context, ch Change, reason crl.Reason) ([]Record, error) {
	if !slices.Contains(revocationReasons, reason) {
		return nil, fault.New(fault.CertReasonUnfit, "reason", reason)
	}
	now := c.cfg.now()
	if ch.Since.After(now) {
		return nil, fault.New(fault.CertDateAhead, "date", ch.Since.Format(time.RFC3339))
	}
	return c.change(ctx, ch, func(serials []string) (int, error) {
		return c.store.Revoke(ctx, serials, Revocation{Reason: int(reason), At: now, Since: ch.Since, Note: ch.Note})
	}, fault.CertAlreadyRevoked)
}

// revocationReasons leaves out what is no reason to revoke an own certificate:
// hold and removeFromCRL are operations of their own, aACompromise is for
// attribute authorities.
var revocationReasons = []crl.Reason{
	crl.Unspecified, crl.KeyCompromise, crl.CACompromise, crl.AffiliationChanged,
	crl.Superseded, crl.CessationOfOperation, crl.PrivilegeWithdrawn,
}

// Suspend suspends certificates (挂起): they stand on the CRL with reason hold
// until they are restored or revoked. The error is [fault.CertAlreadyHeld] or
// [fault.CertAlreadyRevoked] when none was valid.
func (c *CA) Suspend(ctx context.Context, ch Change) ([]Record, error) {
	return c.change(ctx, ch, func(serials []string) (int, error) {
		return c.store.Suspend(ctx, serials, ch.Note, c.cfg.now())
	}, fault.CertAlreadyHeld)
}

// Restore ends a suspension (恢复). That it was, and when, is kept. The error is
// [fault.CertNotHeld] or [fault.CertAlreadyRevoked] when none was suspended.
func (c *CA) Restore(ctx context.Context, ch Change) ([]Record, error) {
	return c.change(ctx, ch, func(serials []string) (int, error) {
		return c.store.Restore(ctx, serials, ch.Note, c.cfg.now())
	}, fault.CertNotHeld)
}

// change applies one change to the halves it is for. Halves in which it finds
// another state are left as they are; when that is all of them, it is an error,
// otherwise for the reason that nothing was.
func (c *CA) change(ctx context.Context, ch Change, do func([]string) (int, error), nothing fault.Code) ([]Record, error) {
	before, err := c.affected(ctx, ch)
	if err != nil {
		return nil, err
	}
	defer c.requests.lock(before[0].Request)()
	serials := make([]string, len(before))
	for i, r := range before {
		serials[i] = r.Serial
	}
	if err := c.cfg.step("change state"); err != nil {
		return nil, err
	}
	changed, err := do(serials)
	if err != nil {
		return nil, fmt.Errorf("change state of %v: %w", serials, err)
	}
	if changed == 0 {
		if !slices.ContainsFunc(before, func(r Record) bool { return r.State != Revoked }) {
			nothing = fault.CertAlreadyRevoked
		}
		return nil, fault.New(nothing, "serial", before[0].Serial)
	}
	r, err := c.store.Request(ctx, before[0].Request)
	if err != nil {
		return nil, err
	}
	if err := c.settle(ctx, r); err != nil {
		return nil, err
	}
	after := make([]Record, len(serials))
	for i, s := range serials {
		if after[i], err = c.store.Certificate(ctx, s); err != nil {
			return nil, err
		}
		c.cfg.Log.InfoContext(ctx, "state of a certificate", "serial", s, "state", after[i].State)
	}
	return after, nil
}

// affected returns the records a change is for, the named one first.
func (c *CA) affected(ctx context.Context, ch Change) ([]Record, error) {
	named, err := c.lookup(ctx, ch.Serial)
	if err != nil {
		return nil, err
	}
	r, err := c.store.Request(ctx, named.Request)
	if err != nil {
		return nil, err
	}
	if named.State == Revoked && ch.Scope == Pair && !slices.Contains(r.serials(), named.Serial) {
		return nil, fault.New(fault.CertAlreadyRevoked, "serial", named.Serial) // of an attempt that came to nothing
	}
	if r.State != RequestDone || !slices.Contains(r.serials(), named.Serial) {
		return nil, fault.New(fault.CertNotIssued, "serial", named.Serial)
	}
	if ch.Scope == EncryptionOnly && named.Half == EncryptionHalf {
		return []Record{named}, nil
	}
	if named.Half == Single {
		if ch.Scope == EncryptionOnly {
			return nil, fault.New(fault.CertNoEncryptionHalf, "serial", named.Serial)
		}
		return []Record{named}, nil
	}
	other, err := c.lookup(ctx, named.Pair)
	if err != nil {
		return nil, err
	}
	if ch.Scope == EncryptionOnly {
		return []Record{other}, nil
	}
	return []Record{named, other}, nil
}

// Withdraw takes back what was issued, or is being issued, under a request whose
// holder never got it: the certificates are revoked or never made, the encryption
// key is given back or archived, and the identifier may be used again. A request
// that came to nothing, or never was, is left alone.
func (c *CA) Withdraw(ctx context.Context, request, note string) error {
	defer c.requests.lock(request)()
	r, err := c.store.Request(ctx, request)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if strings.HasPrefix(request, foundingPrefix) {
		return fault.New(fault.CARequestInvalid, "what", "ID")
	}
	if r.State == RequestOpen || r.State == RequestDone {
		return c.abandon(ctx, r, End{State: RequestAbandoned, Reason: int(crl.CessationOfOperation), Note: note})
	}
	return c.settle(ctx, r)
}
