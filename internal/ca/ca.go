// Package ca is the certification authority: it is founded once, issues dual
// certificates (GB/T 20518, GM/T 0034), suspends, restores and revokes them, and
// publishes revocation lists.
//
//	cfg := ca.Config{Home: dir, Store: db.CA(), Keys: keys, KMC: centre, Now: time.Now}
//	err := ca.Init(ctx, cfg, ca.Setup{Name: "示例电子认证中心"})  // once
//	authority, findings, err := ca.Open(ctx, cfg)              // at every start
//	issued, err := authority.Issue(ctx, ca.Request{…})
//
// Issuing goes record → lint → sign → compare → store. The whole content of a
// certificate is recorded under its serial number before anything is signed; it
// is signed with a throw-away key first and checked by certlint; then it is
// marked as being signed, signed once, compared with the record and stored. A
// serial number is never signed twice: one that was being signed when the
// program stopped is void and goes on the CRL, because a signature may exist.
//
// Every request carries an identifier of the caller's. The same identifier gives
// the same certificates, however often it is submitted and wherever the program
// was killed in between. [Open] explains and repairs what an interrupted program
// left behind; one program at a time may have an authority open.
//
// Whoever only wants to look things up uses a [Register], which needs no key.
// The package does not decide who may apply or who must agree: that is the
// registration authority's work.
package ca

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/emmansun/gmsm/sm2"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/certlint"
	"xinzhang/internal/home"
	"xinzhang/internal/hsm"
)

// Keys makes and opens the keys of the authority; [hsm.Folder] is one. Create
// returns [fault.KeyExists] for a name that is taken.
type Keys interface {
	Create(ctx context.Context, name string) (hsm.Key, error)
	Open(ctx context.Context, name string) (hsm.Key, error)
	Names() ([]string, error)
}

// A KeyCentre makes, escrows and delivers encryption keys; [kmc.Centre] is one.
// ref names one issuance; all four are safe to repeat.
type KeyCentre interface {
	// Apply assigns a key to ref and returns its public key.
	Apply(ctx context.Context, ref string) (*ecdsa.PublicKey, error)
	// Deliver returns the private key of ref in a DER SM2EnvelopedKey for the
	// signing key recipient.
	Deliver(ctx context.Context, ref string, recipient *ecdsa.PublicKey) ([]byte, error)
	// Release gives back a key which no certificate names.
	Release(ctx context.Context, ref string) error
	// Archive ends the use of a key, which stays recoverable.
	Archive(ctx context.Context, ref, note string) error
}

// Config says what an authority works with.
type Config struct {
	Home  home.Dir
	Store Store
	Keys  Keys
	KMC   KeyCentre        // may be nil: then no dual certificates
	Now   func() time.Time // the clock
	Log   *slog.Logger     // nil: no log

	// What tests put in place of the real thing; nil outside of them.
	random io.Reader          // of serial numbers
	lint   linter             // of what is about to be signed
	step   func(string) error // called between every two steps, to stop there
}

// A linter is certlint.Lint.
type linter func(c, issuer *cert.Certificate, p *cert.Profile) []certlint.Finding

func (c Config) withDefaults() Config {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.random == nil {
		c.random = rand.Reader
	}
	if c.lint == nil {
		c.lint = certlint.Lint
	}
	if c.step == nil {
		c.step = func(string) error { return nil }
	}
	return c
}

// now is the time in whole milliseconds, as the register keeps it.
func (c Config) now() time.Time { return c.Now().UTC().Truncate(time.Millisecond) }

// A CA is an authority that is open for issuing. Its methods may be called at
// once. Close it at the end.
type CA struct {
	*Register
	cfg       Config
	setup     Setup
	throwaway *sm2.PrivateKey // signs what is only linted
	requests  keyedMutex      // one at a time per request identifier
	crls      keyedMutex      // one at a time per issuer
	issuers   issuers
	unlock    func() error
}

// Open opens the authority in cfg.Home for issuing. It waits while another
// program has it open, then returns [fault.CABusy]. Before it changes anything
// it makes sure that the passphrase is right ([fault.KeyPassphraseWrong]).
//
// What an interrupted program left behind is completed or cleared away; the
// findings say what and why, in the order it was found. Without an authority
// the error is [fault.CANotInitialised].
func Open(ctx context.Context, cfg Config) (*CA, []Finding, error) {
	cfg = cfg.withDefaults()
	unlock, err := cfg.Home.Lock(ctx)
	if err != nil {
		return nil, nil, err
	}
	c, findings, err := open(ctx, cfg)
	if err != nil {
		return nil, findings, errors.Join(err, unlock())
	}
	c.unlock = unlock
	for _, f := range findings {
		cfg.Log.WarnContext(ctx, "leftover of an interrupted program", "code", f.Code, "args", f.Args)
	}
	return c, findings, nil
}

func open(ctx context.Context, cfg Config) (*CA, []Finding, error) {
	c, err := newCA(cfg)
	if err != nil {
		return nil, nil, err
	}
	findings, err := c.recoverFounding(ctx)
	if err != nil {
		return nil, findings, err
	}
	more, err := c.recover(ctx)
	return c, append(findings, more...), err
}

func newCA(cfg Config) (*CA, error) {
	throwaway, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make throw-away key: %w", err)
	}
	return &CA{Register: NewRegister(cfg.Store), cfg: cfg, throwaway: throwaway}, nil
}

// Close lets other programs open the authority.
func (c *CA) Close() error { return c.unlock() }

// Certificate returns the certificate of an issuer, [Root] or [Sub].
func (c *CA) Certificate(ctx context.Context, issuer string) (*cert.Certificate, error) {
	i, err := c.issuer(ctx, issuer)
	if err != nil {
		return nil, err
	}
	return i.cert, nil
}

// notFounded is the error of an empty data directory.
func (c *CA) notFounded() error {
	return fault.New(fault.CANotInitialised, "folder", string(c.cfg.Home))
}
