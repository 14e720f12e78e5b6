package ca

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"xinzhang/internal/durable"
	"xinzhang/internal/fault"
)

// A Finding explains one leftover of an interrupted program, which has been
// completed or cleared away.
type Finding struct {
	Code fault.Code
	Args fault.Args
}

// Words says for people what was found and what was done.
func (f Finding) Words(lang fault.Lang) fault.Text { return f.Code.Text(lang, f.Args) }

func finding(code fault.Code, kv ...any) Finding {
	e := fault.New(code, kv...)
	return Finding{e.Code, e.Args}
}

// stale is how long a request that stopped half way is still completed: its
// certificates are valid from the time at which they were recorded.
const stale = 24 * time.Hour

// recoverFounding completes or clears away an interrupted founding, and reads
// the setup. Nothing is changed before the passphrase has opened a key.
func (c *CA) recoverFounding(ctx context.Context) ([]Finding, error) {
	spec, done, err := c.store.Setup(ctx)
	if errors.Is(err, ErrNotFound) {
		return nil, c.notFounded()
	}
	if err != nil {
		return nil, err
	}
	if c.setup, err = parseSetup(spec); err != nil {
		return nil, err
	}
	if done {
		_, err := c.cfg.Keys.Open(ctx, Sub)
		return nil, err
	}
	names, err := c.cfg.Keys.Names()
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		if err := c.store.DropSetup(ctx); err != nil {
			return nil, fmt.Errorf("the keys of the unfinished authority are gone: %w", err)
		}
		return []Finding{finding(fault.CALeftInitEmpty)}, c.notFounded()
	}
	if err := c.checkPassphrase(ctx); err != nil {
		return nil, err
	}
	findings, err := c.completeFounding(ctx)
	return append(findings, finding(fault.CALeftInit)), err
}

// recover explains and repairs everything else that an interrupted program can
// have left.
func (c *CA) recover(ctx context.Context) ([]Finding, error) {
	findings, err := c.recoverRecords(ctx)
	if err != nil {
		return findings, err
	}
	more, err := c.recoverPublished(ctx)
	return append(findings, more...), err
}

func (c *CA) recoverRecords(ctx context.Context) (findings []Finding, err error) {
	for _, part := range []func(context.Context) ([]Finding, error){c.recoverFiles, c.recoverRequests, c.recoverCRLs} {
		more, err := part(ctx)
		findings = append(findings, more...)
		if err != nil {
			return findings, err
		}
	}
	return findings, nil
}

// recoverFiles removes files that were not written to their end. The lock is
// held, so nobody is writing them.
func (c *CA) recoverFiles(context.Context) (findings []Finding, err error) {
	h := c.cfg.Home
	for _, dir := range []string{h.Keys(), h.Trust(), h.CRL(), h.Seals()} {
		removed, err := durable.Tidy(dir)
		for _, name := range removed {
			findings = append(findings, finding(fault.CALeftFile, "file", filepath.Join(dir, name)))
		}
		if err != nil {
			return findings, fmt.Errorf("tidy %s: %w", dir, err)
		}
	}
	return findings, nil
}

// recoverRequests completes the requests that can be completed and closes the
// others, then does what the key centre still has to be told.
func (c *CA) recoverRequests(ctx context.Context) (findings []Finding, err error) {
	requests, err := c.store.Unsettled(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range requests {
		f, err := c.recoverRequest(ctx, r)
		if err != nil {
			return findings, fmt.Errorf("recover request %s: %w", r.ID, err)
		}
		findings = append(findings, f)
	}
	return findings, nil
}

func (c *CA) recoverRequest(ctx context.Context, r RequestRecord) (Finding, error) {
	defer c.requests.lock(r.ID)()
	serials := strings.Join(r.serials(), " ")
	if r.State != RequestOpen {
		return finding(fault.CALeftKey, "request", r.ID), c.settle(ctx, r)
	}
	if serials == "" {
		return finding(fault.CALeftRequest, "request", r.ID),
			c.abandon(ctx, r, End{State: RequestAbandoned, Note: "interrupted before certificates were recorded"})
	}
	interrupted, err := c.interrupted(ctx, r)
	if err != nil {
		return Finding{}, err
	}
	if interrupted {
		return finding(fault.CALeftSigning, "request", r.ID, "serials", serials),
			c.abandon(ctx, r, End{State: RequestAbandoned, Note: "interrupted while signing: a signature may exist that nobody has"})
	}
	if c.cfg.now().Sub(r.OpenedAt) > stale {
		return finding(fault.CALeftStale, "request", r.ID, "serials", serials),
			c.abandon(ctx, r, End{State: RequestAbandoned, Note: "interrupted, and too old to be completed"})
	}
	_, err = c.complete(ctx, r)
	if errors.Is(err, fault.CALintRefused) {
		return finding(fault.CALeftRefused, "request", r.ID, "serials", serials), nil
	}
	return finding(fault.CALeftRecorded, "request", r.ID, "serials", serials), err
}

func (c *CA) recoverCRLs(ctx context.Context) (findings []Finding, err error) {
	retired, err := c.store.RetireCRLs(ctx)
	for _, r := range retired {
		findings = append(findings, finding(fault.CALeftCRL, "issuer", r.Issuer, "number", r.Number))
	}
	return findings, err
}

func (c *CA) recoverPublished(ctx context.Context) (findings []Finding, err error) {
	written, err := c.publishTrust(ctx)
	if err != nil {
		return nil, err
	}
	for _, issuer := range []string{Root, Sub} {
		latest, err := c.store.LatestCRL(ctx, issuer)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		more, err := c.publishCRL(latest)
		if err != nil {
			return nil, err
		}
		written = append(written, more...)
	}
	for _, file := range written {
		findings = append(findings, finding(fault.CALeftUnpublished, "file", file))
	}
	return findings, nil
}
