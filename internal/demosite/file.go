package demosite

import (
	"bytes"
	"context"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/ofd"
	"xinzhang/internal/sign"
	"xinzhang/internal/verify"
)

// A file is a document on the desk. Each signature makes a new version; none is
// ever overwritten. Site.mu guards it.
type file struct {
	Document
	versions [][]byte
	done     []Done
}

// Done is an act that was carried out.
type Done struct {
	Act    Act       `json:"act"`
	Holder string    `json:"holder"`
	At     time.Time `json:"at"`
}

// newest returns the newest version, and its number from 1.
func (f *file) newest() ([]byte, int) { return f.versions[len(f.versions)-1], len(f.versions) }

// did reports whether act was carried out.
func (f *file) did(act Act) bool {
	for _, d := range f.done {
		if d.Act == act {
			return true
		}
	}
	return false
}

func open(b []byte) (*ofd.Package, error) {
	return ofd.Open(bytes.NewReader(b), int64(len(b)), ofd.DefaultLimits())
}

// A pending signature waits for its value. It belongs to one session, holds for
// pendingFor and is good once.
type pending struct {
	prepared *sign.Prepared
	file     *file
	version  int
	done     Done
	session  *session
	until    time.Time
}

const (
	pendingFor = 10 * time.Minute
	maxPending = 100 // of all sessions; more is somebody's mistake or attack
)

// prepare makes a seal signature ready for the key of certificate c.
func (s *Site) prepare(ctx context.Context, who *session, f *file, act Act, c *cert.Certificate) (*pending, error) {
	place, ok := f.Places[act]
	if !ok {
		return nil, fault.New(fault.CaseActUnknown, "act", string(act))
	}
	if err := s.mayAct(who, act, c); err != nil {
		return nil, err
	}
	seal, err := s.sealFor(act, c)
	if err != nil {
		return nil, err
	}
	set, err := s.cfg.Trust()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	content, version := f.newest()
	again := f.did(act)
	s.mu.Unlock()
	if again {
		return nil, fault.New(fault.CaseActDone, "act", string(act))
	}
	pkg, err := open(content)
	if err != nil {
		return nil, err
	}
	now := s.cfg.Now()
	prepared, err := sign.Prepare(ctx, pkg, sign.Request{Seal: seal, Certificate: c, Places: []sign.Place{place}, Time: now, Trust: set})
	if err != nil {
		return nil, err
	}
	return &pending{
		prepared: prepared, file: f, version: version, session: who, until: now.Add(pendingFor),
		done: Done{Act: act, Holder: c.Holder(), At: now},
	}, nil
}

// mayAct refuses what could only be a mistake: a signature by somebody else's
// UKey. The identity was compared at login; here the certificate must be that
// person's, or the unit's.
func (s *Site) mayAct(who *session, act Act, c *cert.Certificate) error {
	if act.bySeal() {
		if c.Role() != cert.RoleOrganisation || c.Holder() != who.person.Unit {
			return fault.New(fault.CaseOtherUnit, "holder", c.Holder(), "unit", who.person.Unit)
		}
		return nil
	}
	if id, ok := c.IDNumber(); !ok || id != who.person.IDNumber {
		return fault.New(fault.CaseOtherPerson, "holder", c.Holder(), "person", who.person.Name)
	}
	return nil
}

// complete puts the value into the document. A document that somebody else signed
// meanwhile is [fault.CaseChanged]: nothing is lost, the act is to be repeated.
func (s *Site) complete(p *pending, value []byte) error {
	var out bytes.Buffer
	if err := p.prepared.Complete(&out, value); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, version := p.file.newest(); version != p.version {
		return fault.New(fault.CaseChanged, "document", p.file.Title)
	}
	p.file.versions = append(p.file.versions, out.Bytes())
	p.file.done = append(p.file.done, p.done)
	return nil
}

// judge verifies a version of a document, by the site's own trust.
func (s *Site) judge(ctx context.Context, content []byte) (*verify.Report, error) {
	set, err := s.cfg.Trust()
	if err != nil {
		return nil, err
	}
	policy, err := verify.LookupPolicy(verify.GBT38540)
	if err != nil {
		return nil, err
	}
	pkg, err := open(content)
	if err != nil {
		return nil, err
	}
	return verify.OFD(ctx, pkg, verify.Options{Policy: policy, Trust: set, At: s.cfg.Now()})
}
