// Package demosite is the back end of a small business system, 示例办案系统: it
// stands for the systems that call an electronic-certification service and uses
// nothing that such a system could not use. A person logs in with a UKey and is
// compared with the staff record at once (not at the moment of sealing), reads a
// case document page by page, signs it by hand-written signature (签字, 批准), has
// the unit's seal put on it (签章), and reads the verification report.
//
//	site, err := demosite.New(demosite.Config{Origin: "http://127.0.0.1:18200", …})
//	http.Serve(listener, site.Handler())
//
// The document never leaves the back end for signing and the key never leaves the
// UKey: [Site] prepares a seal signature, the page carries TBS_Sign to the agent and
// the signature value back, and [Site] completes it (flow 2 of ARCHITECTURE.md in two
// halves). People, units and documents are made up.
package demosite

import (
	"net/http"
	"sync"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/login"
	"xinzhang/internal/sign"
	"xinzhang/internal/trust"
)

// A Config is what a site is made of.
type Config struct {
	Origin    string                     // scheme://host:port of the pages; logins are bound to it
	Staff     func() ([]Person, error)   // who may log in, as registered now
	Seals     []*ses.Seal                // hand-written signatures and official seals on register
	Documents []Document                 // what lies on the desk at the start
	Hints     []Hint                     // PINs of the demo's UKeys, shown to who plays it
	Trust     func() (*trust.Set, error) // anchors and revocation lists, as they are now
	Pages     http.Handler               // the built pages and the SDK
	Now       func() time.Time
}

// A Person is a record of the staff register.
type Person struct {
	Name     string `json:"name"`
	Unit     string `json:"unit"`
	Post     string `json:"post"`
	IDNumber string `json:"id_number"` // never shown whole
}

// A Hint is the PIN of a UKey that was made for the demo a moment ago. A real
// business system never sees a PIN.
type Hint struct {
	Holder string `json:"holder"`
	PIN    string `json:"pin"`
}

// A Document is a case document with the places of its signatures.
type Document struct {
	ID, Title string
	OFD       []byte
	Places    map[Act]sign.Place
}

// An Act is a button of the page; its word is what the agent shows.
type Act string

// The acts: a person's hand-written signature twice over, and the unit's seal.
const (
	Sign    Act = "签字"
	Approve Act = "批准"
	Seal    Act = "签章"
)

// bySeal reports whether an organisation's certificate does it.
func (a Act) bySeal() bool { return a == Seal }

// A Site serves the pages and their back end. Its state is in memory and gone with it.
type Site struct {
	cfg    Config
	nonces *login.Nonces
	logins *login.Verifier

	mu       sync.Mutex
	sessions map[string]*session
	files    []*file
	pending  map[string]*pending
}

// New makes a site.
func New(cfg Config) *Site {
	nonces := login.NewNonces(cfg.Now)
	s := &Site{cfg: cfg, nonces: nonces, sessions: map[string]*session{}, pending: map[string]*pending{},
		logins: &login.Verifier{Origins: []string{cfg.Origin}, Trust: cfg.Trust, Nonces: nonces, Now: cfg.Now}}
	for _, d := range cfg.Documents {
		s.files = append(s.files, &file{Document: d, versions: [][]byte{d.OFD}})
	}
	return s
}

// sealFor returns the seal on register that certificate c may put for act.
func (s *Site) sealFor(act Act, c *cert.Certificate) (*ses.Seal, error) {
	for _, seal := range s.cfg.Seals {
		if (seal.Info.Kind() == ses.Handwritten) != act.bySeal() && seal.Allows(c.Raw) {
			return seal, nil
		}
	}
	return nil, fault.New(fault.CaseNoSeal, "holder", c.Holder(), "act", string(act))
}

// logIn judges a login token and finds the staff record of who logs in. The ID
// numbers are compared here: a difference shows now and not when a document is to
// be sealed (R42).
func (s *Site) logIn(token login.Token, nonce string) (Person, error) {
	who, err := s.logins.Verify(token, s.cfg.Origin, nonce)
	if err != nil {
		return Person{}, err
	}
	staff, err := s.cfg.Staff()
	if err != nil {
		return Person{}, err
	}
	for _, p := range staff {
		if p.Name != who.Holder || p.Unit != who.Unit {
			continue
		}
		if !who.SameIDNumber(p.IDNumber) {
			return Person{}, fault.New(fault.CaseIDMismatch, "holder", who.Holder, "certificate", who.IDMasked, "record", cert.MaskIDNumber(p.IDNumber))
		}
		return p, nil
	}
	return Person{}, fault.New(fault.CaseNotStaff, "holder", who.Holder)
}
