package ca

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/certlint"
	"xinzhang/internal/format/sm2enc"
)

// complete takes an open request whose certificates are recorded to its end. It
// works from the records alone, so that a later start can do it as well.
func (c *CA) complete(ctx context.Context, r RequestRecord) (RequestRecord, error) {
	for _, serial := range r.serials() { // neither half is signed before both are found good
		if err := c.lint(ctx, r, serial); err != nil {
			return r, err
		}
	}
	for _, serial := range r.serials() {
		if err := c.sign(ctx, serial); err != nil {
			return r, err
		}
	}
	var err error
	if r.Dual {
		if r.EnvelopedKey, err = c.envelope(ctx, r); err != nil {
			return r, err
		}
	}
	if err := c.cfg.step("finish"); err != nil {
		return r, err
	}
	if err := c.store.FinishRequest(ctx, r.ID, r.EnvelopedKey, c.cfg.now()); err != nil {
		return r, fmt.Errorf("finish request %s: %w", r.ID, err)
	}
	c.cfg.Log.InfoContext(ctx, "certificates issued", "request", r.ID, "serials", r.serials())
	return c.store.Request(ctx, r.ID)
}

// lint checks a recorded certificate under a signature of the throw-away key: a
// certificate that breaks a rule never exists under the issuer's. When it does
// break one, the request is refused and nothing of it remains but the records.
func (c *CA) lint(ctx context.Context, r RequestRecord, serial string) error {
	rec, err := c.store.Certificate(ctx, serial)
	if err != nil || rec.State != Recorded {
		return err
	}
	if err := c.cfg.step("lint " + string(rec.Half)); err != nil {
		return err
	}
	findings, err := c.inspect(ctx, rec)
	if err != nil {
		return fmt.Errorf("lint certificate %s: %w", serial, err)
	}
	bad, refuses := certlint.Refuses(findings)
	if !refuses {
		return nil
	}
	note := bad.Text(fault.EN).Title
	if err := c.abandon(ctx, r, End{State: RequestRefused, Note: note}); err != nil {
		return err
	}
	return fault.Wrap(fault.CALintRefused, errors.New(note), "holder", rec.Holder, "rule", rule{bad})
}

// inspect lints rec under a signature of the throw-away key.
func (c *CA) inspect(ctx context.Context, rec Record) ([]certlint.Finding, error) {
	sig, err := sm2enc.SignDigest(rand.Reader, c.throwaway, sm2enc.Digest(&c.throwaway.PublicKey, rec.TBS))
	if err != nil {
		return nil, err
	}
	der, err := cert.Assemble(rec.TBS, sig.Marshal())
	if err != nil {
		return nil, err
	}
	parsed, err := cert.Parse(der)
	if err != nil {
		return nil, err
	}
	profile, err := cert.LookupProfile(rec.Profile)
	if err != nil {
		return nil, err
	}
	i, err := c.signer(ctx, rec)
	if err != nil {
		return nil, err
	}
	return c.cfg.lint(parsed, i.cert, &profile), nil
}

// A rule is a broken rule as an argument of a code.
type rule struct{ finding certlint.Finding }

// Words implements [fault.Worded].
func (r rule) Words(lang fault.Lang) string { return r.finding.Text(lang).Title }

// String keeps the address of the detail out of logs.
func (r rule) String() string { return string(r.finding.Code) }

// signer returns the issuer whose key signs rec.
func (c *CA) signer(ctx context.Context, rec Record) (*issuer, error) {
	if rec.Request != foundingRequest(Root) {
		return c.issuer(ctx, rec.Issuer)
	}
	key, err := c.cfg.Keys.Open(ctx, Root)
	if err != nil {
		return nil, err
	}
	return &issuer{name: Root, key: key}, nil
}

// sign signs a recorded certificate once and stores it. Between StartSigning and
// StoreCertificate nobody can know from the register whether a signature exists.
func (c *CA) sign(ctx context.Context, serial string) error {
	rec, err := c.store.Certificate(ctx, serial)
	if err != nil {
		return fmt.Errorf("certificate %s: %w", serial, err)
	}
	if rec.State == Valid { // signed before the program stopped
		return nil
	}
	i, err := c.signer(ctx, rec)
	if err != nil {
		return err
	}
	if err := c.cfg.step("start signing " + string(rec.Half)); err != nil {
		return err
	}
	if err := c.store.StartSigning(ctx, serial); err != nil {
		return fmt.Errorf("start signing %s: %w", serial, err)
	}
	if err := c.cfg.step("sign " + string(rec.Half)); err != nil {
		return err
	}
	signature, err := i.key.SignDigest(ctx, sm2enc.Digest(i.public(), rec.TBS))
	if err != nil {
		return fmt.Errorf("sign certificate %s: %w", serial, err)
	}
	der, err := compare(rec, i, signature)
	if err != nil {
		return err
	}
	if err := c.cfg.step("store " + string(rec.Half)); err != nil {
		return err
	}
	if err := c.store.StoreCertificate(ctx, serial, der, c.cfg.now()); err != nil {
		return fmt.Errorf("store certificate %s: %w", serial, err)
	}
	return nil
}

// compare assembles the certificate and makes sure that it is what was recorded,
// signed by the issuer's key: a key module is not trusted blindly.
func compare(rec Record, i *issuer, signature []byte) ([]byte, error) {
	mismatch := func(err error) error { return fault.Wrap(fault.CASignatureMismatch, err, "serial", rec.Serial) }
	der, err := cert.Assemble(rec.TBS, signature)
	if err != nil {
		return nil, mismatch(err)
	}
	signed, err := cert.Parse(der)
	if err != nil {
		return nil, mismatch(err)
	}
	parent := i.cert
	if parent == nil {
		parent = signed // the root signs itself
	}
	if !bytes.Equal(signed.RawTBS, rec.TBS) || signed.SerialHex() != rec.Serial || !parent.PublicKey.Equal(i.public()) {
		return nil, mismatch(nil)
	}
	if err := signed.CheckSignatureFrom(parent); err != nil {
		return nil, mismatch(err)
	}
	return der, nil
}

// envelope asks the key centre for the encryption key, enveloped for the signing
// key of the pair.
func (c *CA) envelope(ctx context.Context, r RequestRecord) ([]byte, error) {
	if c.cfg.KMC == nil {
		return nil, fault.New(fault.CANoKeyCentre)
	}
	rec, err := c.store.Certificate(ctx, r.SigningSerial)
	if err != nil {
		return nil, fmt.Errorf("certificate %s: %w", r.SigningSerial, err)
	}
	signing, err := cert.Parse(rec.DER)
	if err != nil {
		return nil, fmt.Errorf("certificate %s: %w", rec.Serial, err)
	}
	if err := c.cfg.step("deliver key"); err != nil {
		return nil, err
	}
	b, err := c.cfg.KMC.Deliver(ctx, r.keyRef(), signing.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("deliver key of %s: %w", r.ID, err)
	}
	return b, nil
}

// abandon closes a request: nothing of it can ever become a certificate, and
// what is or may be signed is revoked.
func (c *CA) abandon(ctx context.Context, r RequestRecord, end End) error {
	if err := c.cfg.step("abandon"); err != nil {
		return err
	}
	end.At = c.cfg.now()
	if err := c.store.AbandonRequest(ctx, r.ID, end); err != nil {
		return fmt.Errorf("abandon request %s: %w", r.ID, err)
	}
	closed, err := c.store.Request(ctx, r.ID)
	if err != nil {
		return err
	}
	c.cfg.Log.WarnContext(ctx, "request closed without certificates", "request", r.ID, "note", end.Note,
		"serials", strings.Join(r.serials(), " "))
	return c.settle(ctx, closed)
}

// settle does the duty to the key centre that is recorded with r.
func (c *CA) settle(ctx context.Context, r RequestRecord) error {
	if r.KeyDuty == NoDuty {
		return nil
	}
	if c.cfg.KMC == nil {
		return fault.New(fault.CANoKeyCentre)
	}
	if err := c.cfg.step("settle key"); err != nil {
		return err
	}
	var err error
	if r.KeyDuty == ReleaseDuty {
		err = c.cfg.KMC.Release(ctx, r.keyRef())
	} else {
		note := "request " + string(r.State)
		if r.State == RequestDone {
			note = "certificate revoked"
		}
		err = c.cfg.KMC.Archive(ctx, r.keyRef(), note)
	}
	if err != nil {
		return fmt.Errorf("settle key of %s: %w", r.ID, err)
	}
	if err := c.cfg.step("settled"); err != nil {
		return err
	}
	return c.store.ClearDuty(ctx, r.ID)
}
