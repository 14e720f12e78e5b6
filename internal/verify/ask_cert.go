package verify

import (
	"slices"
	"time"

	"xinzhang/internal/beijing"
	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/trust"
)

// certCodes are the findings about one certificate: the signer's and the seal
// maker's are asked the same questions and answered with different words.
type certCodes struct {
	checkPath, checkTime, checkStatus, checkUsage string

	broken, deviation, noAnchor, otherAnchor, pathOK                          fault.Code
	issuerNotCA, issuerNotValid, pathTooLong, constrained, critical           fault.Code
	revokedBefore, onHold, revokedAfter, statusUnknown, unannounced, statusOK fault.Code
	usage, usageOK                                                            fault.Code
}

var signerCodes = certCodes{
	askPath, askSignerTime, askStatus, askUsage,
	fault.SignerCertBroken, fault.SignerCertDeviation, fault.SignerNoAnchor, fault.SignerOtherAnchor, fault.SignerPathOK,
	fault.SignerIssuerNotCA, fault.SignerIssuerNotValid, fault.SignerPathTooLong, fault.SignerConstrained, fault.SignerCritical,
	fault.SignerRevokedBefore, fault.SignerOnHold, fault.SignerRevokedAfter,
	fault.SignerStatusUnknown, fault.SignerStatusUnannounced, fault.SignerStatusOK,
	fault.SignerKeyUsage, fault.SignerKeyUsageOK,
}

var makerCodes = certCodes{
	askMaker, askMaker, askMaker, askMaker,
	fault.MakerCertBroken, fault.MakerCertDeviation, fault.MakerNoAnchor, fault.MakerOtherAnchor, fault.MakerPathOK,
	fault.MakerIssuerNotCA, fault.MakerIssuerNotValid, fault.MakerPathTooLong, fault.MakerConstrained, fault.MakerCritical,
	fault.MakerRevokedBefore, fault.MakerOnHold, fault.MakerRevokedAfter,
	fault.MakerStatusUnknown, fault.MakerStatusUnannounced, fault.MakerStatusOK,
	fault.MakerKeyUsage, fault.MakerKeyUsageOK,
}

// askSignerCert asks path, time, status and usage of the signer's certificate.
func askSignerCert(s *signatureFacts, doc *documentFacts) []finding {
	if s.file == nil || s.valueErr != nil {
		return nil
	}
	if s.signer == nil {
		return one(askPath, fault.SignerAbsent)
	}
	at := s.time
	if at.IsZero() { // said by time
		at = doc.at
	}
	out := askChain(s.signer, signerCodes, at)
	if s.signer.cert == nil {
		return out
	}
	c := s.signer.cert
	stamped := s.stamped()
	switch {
	case s.time.IsZero():
	case s.time.Before(c.NotBefore) || s.time.After(c.NotAfter):
		out = append(out, found(askSignerTime, fault.SignerNotValidThen, "time", beijing.Day(s.time), "start", beijing.Day(c.NotBefore), "end", beijing.Day(c.NotAfter)))
	case doc.at.After(c.NotAfter) && !stamped:
		out = append(out, found(askSignerTime, fault.SignerExpiredSince, "end", beijing.Day(c.NotAfter)))
	default:
		out = append(out, found(askSignerTime, fault.SignerTimeOK, "start", beijing.Day(c.NotBefore), "end", beijing.Day(c.NotAfter)))
	}
	out = append(out, askStatusOf(s.signer, signerCodes, s.time, stamped)...)
	out = append(out, askUsageOf(c, signerCodes)...)
	if s.seal != nil && !roleFits(c, s.seal.Seal.Info) {
		out = append(out, found(askUsage, fault.SignerRole, "role", c.Role()))
	}
	return out
}

// askMakerCert asks the same of the seal maker's certificate, as of the day the
// seal was made.
func askMakerCert(s *signatureFacts, doc *documentFacts) []finding {
	if s.seal == nil {
		return nil
	}
	made := s.seal.Seal.Info.CreateDate
	out := askChain(s.maker, makerCodes, made)
	if s.maker.cert == nil {
		return out
	}
	c := s.maker.cert
	switch {
	case made.Before(c.NotBefore) || made.After(c.NotAfter):
		code := fault.MakerNotValidAtCreation
		if s.seal.Seal.Version == 5 {
			code = fault.MakerNotValidAtV5
		}
		out = append(out, found(askMaker, code, "made", beijing.Day(made), "start", beijing.Day(c.NotBefore), "end", beijing.Day(c.NotAfter)))
	case doc.at.After(c.NotAfter):
		out = append(out, found(askMaker, fault.MakerExpiredSince, "end", beijing.Day(c.NotAfter)))
	}
	out = append(out, askStatusOf(s.maker, makerCodes, made, false)...)
	out = append(out, askUsageOf(c, makerCodes)...)
	// Certificates that say they are a person's or an organisation's own make no
	// seals. Foreign ones do not say, or say it of the body that makes seals.
	if role := c.RoleEvidence().Policy; role == cert.RolePerson || role == cert.RoleOrganisation {
		out = append(out, found(askMaker, fault.MakerRole, "role", role))
	}
	return out
}

func askChain(f *certFacts, codes certCodes, at time.Time) []finding {
	if f.parseErr != nil {
		return one(codes.checkPath, codes.broken, "place", describe(f.parseErr))
	}
	var out []finding
	for _, d := range f.cert.Deviations {
		out = append(out, found(codes.checkPath, codes.deviation, "what", d))
	}
	for i, c := range f.path.Certs[1:] {
		if below := f.path.Certs[i]; !below.IsIssuedBy(c) {
			out = append(out, found(codes.checkPath, codes.deviation, "what",
				holder(below)+": authorityKeyIdentifier is not that of "+holder(c)+", whose key signed it"))
		}
	}
	out = append(out, askCritical(f.path, codes)...)
	top := f.path.Certs[len(f.path.Certs)-1]
	switch {
	case f.path.Anchored():
	case f.path.NameOnly:
		return append(out, found(codes.checkPath, codes.otherAnchor, "issuer", top.Issuer().Get(oid.CommonName)))
	default:
		return append(out, found(codes.checkPath, codes.noAnchor, "issuer", top.Issuer().Get(oid.CommonName)))
	}
	flaws := f.path.Flaws(at)
	for _, flaw := range flaws {
		switch name := holder(flaw.Issuer); flaw.Kind {
		case trust.NotValidThen:
			out = append(out, found(codes.checkPath, codes.issuerNotValid, "issuer", name, "time", beijing.Day(at)))
		case trust.TooLong:
			out = append(out, found(codes.checkPath, codes.pathTooLong, "issuer", name))
		case trust.Constrained:
			for _, id := range flaw.Issuer.Constraints() {
				out = append(out, found(codes.checkPath, codes.constrained, "issuer", name, "what", limit(id)))
			}
		default:
			out = append(out, found(codes.checkPath, codes.issuerNotCA, "issuer", name))
		}
	}
	if len(flaws) == 0 {
		out = append(out, found(codes.checkPath, codes.pathOK, "anchor", holder(f.path.Certs[f.path.Anchor])))
	}
	return out
}

// askCritical names critical extensions whose meaning is unknown, up to the
// anchor. Constraints of issuers are flaws of the path.
func askCritical(path trust.Path, codes certCodes) []finding {
	var out []finding
	certs := path.Certs
	if path.Anchored() {
		certs = certs[:path.Anchor+1]
	}
	for i, c := range certs {
		for _, id := range c.UnknownCritical() {
			if i > 0 && path.Anchored() && slices.Contains(c.Constraints(), id) {
				continue
			}
			out = append(out, found(codes.checkPath, codes.critical, "holder", holder(c), "oid", id))
		}
	}
	return out
}

// askStatusOf asks whether any certificate of the path below the anchor was
// revoked or on hold at the time of signing.
func askStatusOf(f *certFacts, codes certCodes, at time.Time, stamped bool) []finding {
	var out []finding
	var unknown []words
	unannounced := false
	for i, st := range f.status {
		c := f.path.Certs[i]
		state, since, unfit := st.Unfit(at)
		switch {
		case unfit && state == trust.Revoked:
			out = append(out, found(codes.checkStatus, codes.revokedBefore, "holder", holder(c), "date", beijing.Moment(since), "reason", st.Reason))
		case unfit:
			out = append(out, found(codes.checkStatus, codes.onHold, "holder", holder(c), "date", beijing.Moment(since)))
		case st.State == trust.Revoked || st.State == trust.OnHold:
			code := codes.revokedAfter
			if stamped {
				code = fault.SignerRevokedAfterStamp
			}
			out = append(out, found(codes.checkStatus, code, "holder", holder(c), "date", beijing.Moment(st.Since), "reason", st.Reason))
		case settled(st, at):
		case f.path.Anchored() && i >= f.path.Anchor:
			// The reader trusts this one and all above it.
		case published(c, st):
			unknown = append(unknown, whyUnknown(c, st))
		default:
			unannounced = true
		}
	}
	if len(f.status) == 0 { // no issuer is known, so no list can be checked
		if unannounced = !f.cert.AnnouncesStatus(); !unannounced {
			unknown = append(unknown, source(f.cert))
		}
	}
	switch {
	case len(unknown) > 0:
		out = append(out, found(codes.checkStatus, codes.statusUnknown, "why", unknown[0]))
	case unannounced:
		out = append(out, found(codes.checkStatus, codes.unannounced))
	case len(out) == 0:
		out = append(out, found(codes.checkStatus, codes.statusOK, "asof", beijing.Moment(f.status[0].AsOf)))
	}
	return out
}

func askUsageOf(c *cert.Certificate, codes certCodes) []finding {
	if !c.MaySign() {
		return one(codes.checkUsage, codes.usage)
	}
	return one(codes.checkUsage, codes.usageOK)
}
