package sign

import (
	"errors"
	"time"

	"xinzhang/internal/beijing"
	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/trust"
)

// permit refuses a certificate or seal that could only make an invalid
// signature: it asks of them what a verifier will ask.
func (p *Plan) permit() {
	c, seal, now := p.req.Certificate, p.req.Seal, p.req.Time
	p.askUsage(c)
	p.askRole(c, seal.Info)
	if now.Before(c.NotBefore) {
		p.refuse(fault.SignCertNotYet, "holder", c.Holder(), "start", beijing.Day(c.NotBefore))
	}
	if now.After(c.NotAfter) {
		p.refuse(fault.SignCertExpired, "holder", c.Holder(), "end", beijing.Day(c.NotAfter))
	}
	p.askStatus(c, now)
	if !seal.Allows(c.Raw) {
		p.refuse(fault.SignNotInSeal, "holder", c.Holder(), "seal", seal.Info.Name)
	}
	if now.Before(seal.Info.ValidStart) {
		p.refuse(fault.SignSealNotYet, "seal", seal.Info.Name, "start", beijing.Day(seal.Info.ValidStart))
	}
	if now.After(seal.Info.ValidEnd) {
		p.refuse(fault.SignSealExpired, "seal", seal.Info.Name, "end", beijing.Day(seal.Info.ValidEnd))
	}
	p.askMaker(seal)
}

func (p *Plan) askUsage(c *cert.Certificate) {
	switch {
	case c.PublicKey == nil:
		p.refuse(fault.SignNotSM2)
	case c.EncryptionOnly():
		p.refuse(fault.SignEncryptionCert, "holder", c.Holder())
	case !c.MaySign():
		p.refuse(fault.SignKeyUsage, "holder", c.Holder())
	}
}

// askRole keeps organisations from signing as persons and the other way round.
// Seals and certificates of other makers are not judged by what they do not say.
func (p *Plan) askRole(c *cert.Certificate, i ses.Info) {
	kind, role := i.Kind(), c.Role()
	switch {
	case kind == "" || role == cert.RoleUnknown:
	case kind == ses.Handwritten && role != cert.RolePerson:
		p.refuse(fault.SignOrganisationAsPerson, "holder", c.Holder())
	case kind != ses.Handwritten && role != cert.RoleOrganisation:
		p.refuse(fault.SignPersonAsOrganisation, "holder", c.Holder())
	}
}

// askStatus looks the certificate and its issuers up in the lists at hand. None,
// or an old one, is a warning: signing must work without a network.
func (p *Plan) askStatus(c *cert.Certificate, now time.Time) {
	path := p.req.Trust.Path(c, nil)
	known := len(path.Certs) > 1
	for i := 0; i+1 < len(path.Certs); i++ {
		c := path.Certs[i]
		switch st := p.req.Trust.Status(c, path.Certs[i+1], now); st.State {
		case trust.Revoked:
			p.refuse(fault.SignCertRevoked, "holder", c.Holder(), "date", beijing.Day(st.Since), "reason", st.Reason)
		case trust.OnHold:
			p.refuse(fault.SignCertOnHold, "holder", c.Holder(), "date", beijing.Day(st.Since))
		case trust.Good:
		default: // what is trusted by itself need not be on a list
			known = known && path.Anchored() && i >= path.Anchor
		}
	}
	if !known {
		p.warn(fault.SignStatusUnknown, "holder", c.Holder())
	}
}

// askMaker asks whether the seal is its maker's work, and whether the maker could
// make seals when it was made.
func (p *Plan) askMaker(seal *ses.Seal) {
	maker, err := cert.Parse(seal.MakerCert)
	if err == nil && (maker.PublicKey == nil || !sm2enc.Verify(maker.PublicKey, seal.SignedBytes(), seal.Value)) {
		err = errors.New("the maker's signature does not hold")
	}
	if err != nil {
		_ = p.refuseFor(fault.Wrap(fault.SignSealBroken, err, "seal", seal.Info.Name))
		return
	}
	fit := maker.MaySign()
	path := p.req.Trust.Path(maker, nil)
	for i := 0; i+1 < len(path.Certs); i++ {
		st := p.req.Trust.Status(path.Certs[i], path.Certs[i+1], p.req.Time)
		_, _, unfit := st.Unfit(seal.Info.CreateDate)
		fit = fit && !unfit
	}
	if !fit {
		p.refuse(fault.SignMakerUnfit, "seal", seal.Info.Name, "maker", maker.Holder())
	}
}
