package ca

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/crl"
	"xinzhang/internal/format/sm2enc"
)

// validity is how long a CRL of each issuer may be relied on. The root's list
// changes only when a sub CA is lost, and its key lies still otherwise.
var crlDays = map[string]int{Root: 180, Sub: 7}

// BuildCRL makes, stores and publishes the complete CRL of an issuer, [Root] or
// [Sub], as of now. Its number is the next one after any that was ever taken.
//
// A suspended certificate stands with reason hold; a revoked one with the time
// of its revocation, also when it was suspended before. Entries stay when their
// certificate has expired, since old documents must be judged too.
func (c *CA) BuildCRL(ctx context.Context, issuer string) (CRLRecord, error) {
	defer c.crls.lock(issuer)()
	i, err := c.issuer(ctx, issuer)
	if err != nil {
		return CRLRecord{}, err
	}
	if err := c.cfg.step("list revoked"); err != nil {
		return CRLRecord{}, err
	}
	entries, err := c.entries(ctx, issuer)
	if err != nil {
		return CRLRecord{}, err
	}
	rec, tbs, err := c.recordCRL(ctx, i, entries)
	if err != nil {
		return rec, err
	}
	if rec.DER, err = c.signCRL(ctx, i, rec, tbs); err != nil {
		return rec, fmt.Errorf("CRL %d of %s: %w", rec.Number, issuer, err)
	}
	if err := c.cfg.step("store CRL"); err != nil {
		return rec, err
	}
	if err := c.store.StoreCRL(ctx, issuer, rec.Number, rec.DER); err != nil {
		return rec, fmt.Errorf("store CRL %d of %s: %w", rec.Number, issuer, err)
	}
	if _, err := c.publishCRL(rec); err != nil {
		return rec, err
	}
	c.cfg.Log.InfoContext(ctx, "CRL published", "issuer", issuer, "number", rec.Number, "entries", rec.Entries)
	return rec, nil
}

func (c *CA) entries(ctx context.Context, issuer string) ([]crl.Entry, error) {
	listed, err := c.store.Listed(ctx, issuer)
	if err != nil {
		return nil, err
	}
	entries := make([]crl.Entry, len(listed))
	for i, r := range listed {
		serial, ok := new(big.Int).SetString(r.Serial, 16)
		if !ok {
			return nil, fmt.Errorf("the register holds %q for a serial number", r.Serial)
		}
		entries[i] = crl.Entry{Serial: serial, RevokedAt: r.RevokedAt, Reason: crl.Reason(r.Reason), InvalidityDate: r.InvalidSince}
		if r.State == Held {
			entries[i].RevokedAt, entries[i].Reason = r.HeldAt, crl.Hold
		}
	}
	return entries, nil
}

// recordCRL takes the next number and records what will be signed under it.
func (c *CA) recordCRL(ctx context.Context, i *issuer, entries []crl.Entry) (CRLRecord, []byte, error) {
	now := c.cfg.now().Truncate(time.Second)
	rec := CRLRecord{
		Issuer: i.name, Entries: len(entries), ThisUpdate: now, NextUpdate: now.AddDate(0, 0, crlDays[i.name]),
	}
	for range 8 { // another program may take the same number only where the lock is not honoured
		last, err := c.store.LastCRLNumber(ctx, i.name)
		if err != nil {
			return rec, nil, err
		}
		rec.Number = last + 1
		tbs, err := crl.Build(crl.Template{
			Issuer: i.cert, Number: big.NewInt(rec.Number),
			ThisUpdate: rec.ThisUpdate, NextUpdate: rec.NextUpdate, Entries: entries,
		})
		if err != nil {
			return rec, nil, err
		}
		e := sm2enc.Digest(i.public(), tbs)
		rec.Digest = hex.EncodeToString(e[:])
		if err := c.cfg.step("record CRL"); err != nil {
			return rec, nil, err
		}
		err = c.store.RecordCRL(ctx, rec)
		if err == nil {
			return rec, tbs, nil
		}
		if !errors.Is(err, ErrTaken) {
			return rec, nil, fmt.Errorf("record CRL %d of %s: %w", rec.Number, i.name, err)
		}
	}
	return rec, nil, fmt.Errorf("record CRL of %s: %w", i.name, ErrTaken)
}

func (c *CA) signCRL(ctx context.Context, i *issuer, rec CRLRecord, tbs []byte) ([]byte, error) {
	if err := c.cfg.step("sign CRL"); err != nil {
		return nil, err
	}
	signature, err := i.key.SignDigest(ctx, sm2enc.Digest(i.public(), tbs))
	if err != nil {
		return nil, err
	}
	der, err := crl.Assemble(tbs, signature)
	if err != nil {
		return nil, err
	}
	list, err := crl.Parse(der)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(list.RawTBS, tbs) || list.Count != rec.Entries {
		return nil, fault.New(fault.CASignatureMismatch, "serial", fmt.Sprintf("CRL %d", rec.Number))
	}
	return der, list.CheckSignatureFrom(i.cert)
}

// CurrentCRL returns the latest CRL of an issuer, [Root] or [Sub].
func (reg *Register) CurrentCRL(ctx context.Context, issuer string) (CRLRecord, error) {
	rec, err := reg.store.LatestCRL(ctx, issuer)
	if errors.Is(err, ErrNotFound) {
		return rec, fault.Wrap(fault.CertNotFound, err, "what", issuer+crlSuffix)
	}
	return rec, err
}
