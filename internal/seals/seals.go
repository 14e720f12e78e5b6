// Package seals is the seal maker (制章者): it makes electronic seals of GB/T
// 38540-2020 for holders of certificates and keeps the register of them.
//
//	maker := seals.New(seals.Config{Store: db.Seals(), Key: key, Certificate: own, Register: register, Now: time.Now})
//	made, err := maker.Make(ctx, seals.Spec{ID: "99000000000001", Name: "示例监狱", Kind: ses.OfficialSeal, …})
//
// Before a seal is made, the maker's own certificate and the certificates of its
// holders are checked: in force, of the right role, able to sign. A hand-written
// signature belongs to one person, every other seal to organisations. After it is
// made it is read again and its signature verified; only then it counts.
//
// A seal is bound to certificates. When one is renewed, the seal is made again
// under the same identifier: Spec.Replace.
//
// Drawing pictures is the work of sealpic. Stopping, resuming and cancelling
// seals, and filing them, are not part of this package yet.
package seals

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/hsm"
)

// A State says what a record in the register stands for.
type State string

// The states of a seal.
const (
	Recorded State = "recorded" // is being made
	Valid    State = "valid"
	Replaced State = "replaced" // made again under the same identifier
	Retired  State = "retired"  // was never given out: making it was interrupted
)

// A Record is what the register holds about one edition of a seal. Times are UTC.
type Record struct {
	ID           string // esID
	Edition      int    // from 1
	Name         string
	Kind         ses.SealKind
	Type         int    // ses.TypeUnit or ses.TypePerson
	Holder       string // of the first certificate
	HolderSerial string
	MakerSerial  string
	State        State
	Info         []byte // DER SES_SealInfo, what is signed
	DER          []byte // the seal; nil before it is made
	RecordedAt   time.Time
	MadeAt       time.Time
	ValidStart   time.Time
	ValidEnd     time.Time
	Note         string
}

// Errors that a [Store] returns.
var (
	ErrNotFound = errors.New("seals: no such seal")
	ErrExists   = errors.New("seals: there is a valid seal of this identifier")
	ErrConflict = errors.New("seals: the record is in another state")
)

// A Store keeps the register. What a method has written is durable on return.
type Store interface {
	// Record records r as the next edition of r.ID and returns its number. What
	// was recorded under r.ID and not made is retired. Unless replace is set it
	// is ErrExists when a valid seal is there.
	Record(ctx context.Context, r Record, replace bool) (edition int, err error)
	// Complete makes a recorded edition valid, and the one that was valid before
	// replaced.
	Complete(ctx context.Context, id string, edition int, der []byte, at time.Time) error
	// Current returns the valid edition of a seal or ErrNotFound.
	Current(ctx context.Context, id string) (Record, error)
	// List returns the records whose identifier, name or holder contains text,
	// newest first.
	List(ctx context.Context, text string) ([]Record, error)
	// RetireRecorded retires everything that is recorded and not made.
	RetireRecorded(ctx context.Context) ([]Record, error)
}

// A Register says whether a certificate was issued and is in force; [ca.Register]
// is one.
type Register interface {
	Check(ctx context.Context, c *cert.Certificate, at time.Time) error
}

// Config says what a [Maker] works with. Every field is needed.
type Config struct {
	Store       Store
	Key         hsm.Key           // of the maker
	Certificate *cert.Certificate // of the maker
	Register    Register          // of certificates
	Now         func() time.Time

	step func(string) error // called between every two steps, so that tests can stop there
}

// A Maker makes seals. Its methods may be called at once.
type Maker struct{ cfg Config }

// New returns the seal maker of cfg.
func New(cfg Config) *Maker {
	if cfg.step == nil {
		cfg.step = func(string) error { return nil }
	}
	return &Maker{cfg}
}

// A Spec says what seal is to be made.
type Spec struct {
	ID      string // esID: letters, digits and hyphens; government seals have 14 digits
	Name    string // of the seal
	Kind    ses.SealKind
	Holders []*cert.Certificate // signing certificates that may use it
	Picture ses.Picture

	// ValidFrom and ValidUntil are the seal's own validity. Zero: from now, until
	// the first of the holders' certificates ends.
	ValidFrom, ValidUntil time.Time

	Replace bool // make the seal again that is valid under this identifier
}

// Make makes a seal and records it. It returns [fault.SealMakerUnfit] and
// [fault.SealHolderUnfit] with the reason, [fault.SealSpecWrong] and
// [fault.SealPictureWrong] for what cannot become a seal, and [fault.SealExists].
func (m *Maker) Make(ctx context.Context, spec Spec) (*ses.Seal, error) {
	now := m.cfg.Now().UTC().Truncate(time.Second)
	if err := m.checkMaker(ctx, now); err != nil {
		return nil, err
	}
	if err := m.checkSpec(ctx, &spec, now); err != nil {
		return nil, err
	}
	info, err := spec.info(now)
	if err != nil {
		return nil, err
	}
	rec := spec.record(info, m.cfg.Certificate, now)
	if err := m.cfg.step("record"); err != nil {
		return nil, err
	}
	edition, err := m.cfg.Store.Record(ctx, rec, spec.Replace)
	if errors.Is(err, ErrExists) {
		return nil, fault.Wrap(fault.SealExists, err, "id", spec.ID)
	}
	if err != nil {
		return nil, fmt.Errorf("record seal %s: %w", spec.ID, err)
	}
	seal, err := m.sign(ctx, info)
	if err != nil {
		return nil, fmt.Errorf("make seal %s: %w", spec.ID, err)
	}
	if err := m.cfg.step("store"); err != nil {
		return nil, err
	}
	if err := m.cfg.Store.Complete(ctx, spec.ID, edition, seal.Raw, now); err != nil {
		return nil, fmt.Errorf("store seal %s: %w", spec.ID, err)
	}
	return seal, nil
}

// sign signs info as the maker, reads the seal again and verifies it.
func (m *Maker) sign(ctx context.Context, info []byte) (*ses.Seal, error) {
	own := m.cfg.Certificate
	tbs, err := ses.TBSSeal(info, own.Raw)
	if err != nil {
		return nil, err
	}
	if err := m.cfg.step("sign"); err != nil {
		return nil, err
	}
	sig, err := m.cfg.Key.SignDigest(ctx, sm2enc.Digest(own.PublicKey, tbs))
	if err != nil {
		return nil, err
	}
	der, err := ses.AssembleSeal(info, own.Raw, sig)
	if err != nil {
		return nil, err
	}
	seal, err := ses.ParseSeal(der)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(seal.RawInfo, info) || !sm2enc.Verify(own.PublicKey, seal.SignedBytes(), seal.Value) {
		return nil, fault.Wrap(fault.SealMakerUnfit, errors.New("what was signed does not verify"), "why", fault.CertSignature)
	}
	return seal, nil
}

// Recover retires what was being made when the program stopped. Each finding
// explains one. Nothing of it was ever given out.
func (m *Maker) Recover(ctx context.Context) (findings []*fault.Error, err error) {
	retired, err := m.cfg.Store.RetireRecorded(ctx)
	for _, r := range retired {
		findings = append(findings, fault.New(fault.SealLeft, "id", r.ID, "name", r.Name))
	}
	return findings, err
}

// Current returns the valid edition of a seal; [fault.SealNotFound].
func (m *Maker) Current(ctx context.Context, id string) (Record, error) {
	r, err := m.cfg.Store.Current(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return r, fault.Wrap(fault.SealNotFound, err, "id", id)
	}
	return r, err
}

// List returns the records whose identifier, name or holder contains text,
// newest first.
func (m *Maker) List(ctx context.Context, text string) ([]Record, error) {
	return m.cfg.Store.List(ctx, text)
}
