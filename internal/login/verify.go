package login

import (
	"crypto/subtle"
	"slices"
	"strings"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/trust"
)

// A Verifier judges login tokens for one site.
type Verifier struct {
	Origins []string // of the site, as browsers write them
	Trust   func() (*trust.Set, error)
	Nonces  *Nonces // nil: the caller makes its own and lets each through once
	Now     func() time.Time

	// AcceptUnknownStatus lets persons in about whose certificate no current
	// revocation list is at hand, although it announces one.
	AcceptUnknownStatus bool
}

// A Person is who logged in.
type Person struct {
	Holder      string `json:"holder"`
	Unit        string `json:"unit,omitempty"`
	Department  string `json:"department,omitempty"`
	Serial      string `json:"serial" doc:"of the certificate, hex"`
	IDMasked    string `json:"id_number_masked"`
	Certificate []byte `json:"certificate" doc:"DER"`

	idNumber string
}

// SameIDNumber compares with the number on record, in constant time.
func (p *Person) SameIDNumber(record string) bool {
	return subtle.ConstantTimeCompare([]byte(strings.ToUpper(strings.TrimSpace(record))), []byte(p.idNumber)) == 1
}

// Verify judges a token for origin and nonce at this moment. The nonce is used
// up by the first call that names it, whatever comes of it: two answers to one
// question are one too many.
func (v *Verifier) Verify(t Token, origin, nonce string) (*Person, error) {
	if !slices.Contains(v.Origins, origin) {
		return nil, fault.New(fault.LoginOrigin, "origin", origin)
	}
	if len(nonce) < minNonce || v.Nonces != nil && !v.Nonces.use(nonce) {
		return nil, fault.New(fault.LoginNonce)
	}
	if t.Format != Format || t.Algorithm != Algorithm {
		return nil, fault.New(fault.LoginFormat)
	}
	c, err := cert.Parse(t.Certificate)
	if err != nil {
		return nil, err
	}
	if err := proves(t, c, origin, nonce); err != nil {
		return nil, err
	}
	if err := c.CheckLogIn(); err != nil {
		return nil, err
	}
	if err := v.good(c); err != nil {
		return nil, err
	}
	return person(c), nil
}

// proves checks the signature.
func proves(t Token, c *cert.Certificate, origin, nonce string) error {
	if c.PublicKey == nil {
		return fault.New(fault.CertAlgorithm, "algorithm", c.KeyAlgorithm)
	}
	sig, form, err := sm2enc.ParseSignature(t.Signature)
	if err != nil || form != sm2enc.Raw || !sm2enc.VerifyDigest(c.PublicKey, Digest(c.PublicKey, origin, nonce), sig) {
		return fault.Wrap(fault.LoginSignature, err)
	}
	return nil
}

// good asks for dates, path and status.
func (v *Verifier) good(c *cert.Certificate) error {
	now := v.Now()
	switch {
	case now.Before(c.NotBefore):
		return fault.New(fault.CertNotYetValid)
	case now.After(c.NotAfter):
		return fault.New(fault.CertExpired)
	}
	set, err := v.Trust()
	if err != nil {
		return err
	}
	path := set.PathAt(c, nil, now)
	if !path.Anchored() || len(path.Flaws(now)) > 0 {
		return fault.New(fault.LoginNotTrusted, "issuer", c.Issuer().String())
	}
	if len(path.Certs) < 2 {
		return nil // the certificate itself is the anchor
	}
	for i := range path.Anchor { // a revoked authority vouches for nobody
		if err := v.status(set, path.Certs[i], path.Certs[i+1], now); err != nil {
			return err
		}
	}
	return nil
}

func (v *Verifier) status(set *trust.Set, c, issuer *cert.Certificate, now time.Time) error {
	st := set.Status(c, issuer, now)
	if state := set.Status(c, issuer, st.Ahead).State; !st.Ahead.IsZero() && (state == trust.Revoked || state == trust.OnHold) {
		st.State = state // the clock here is slow; whom the newest list names it names now
	}
	switch st.State {
	case trust.Revoked:
		return fault.New(fault.CertRevoked)
	case trust.OnHold:
		return fault.New(fault.CertHeld)
	case trust.Good:
		return nil
	}
	if (c.AnnouncesStatus() || !st.Ahead.IsZero()) && !v.AcceptUnknownStatus {
		return fault.New(fault.LoginStatusUnknown, "issuer", c.Issuer().String())
	}
	return nil
}

func person(c *cert.Certificate) *Person {
	number, _ := c.IDNumber()
	unit, department := c.Subject().Units()
	return &Person{
		Holder: c.Holder(), Unit: unit, Department: department, Serial: c.SerialHex(),
		IDMasked: cert.MaskIDNumber(number), Certificate: c.Raw, idNumber: number,
	}
}
