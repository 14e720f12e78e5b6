package verify

import (
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/trust"
)

// certCodes are the findings about one certificate: the signer's and the seal
// maker's are asked the same questions and answered with different words.
type certCodes struct {
	checkPath, checkTime, checkStatus, checkUsage string

	broken, deviation, noAnchor, otherAnchor, issuerNotCA, issuerNotValid, pathOK fault.Code
	revokedBefore, onHold, revokedAfter, statusUnknown, unannounced, statusOK     fault.Code
	usage, usageOK                                                                fault.Code
}

var signerCodes = certCodes{
	askPath, askSignerTime, askStatus, askUsage,
	fault.SignerCertBroken, fault.SignerCertDeviation, fault.SignerNoAnchor, fault.SignerOtherAnchor,
	fault.SignerIssuerNotCA, fault.SignerIssuerNotValid, fault.SignerPathOK,
	fault.SignerRevokedBefore, fault.SignerOnHold, fault.SignerRevokedAfter,
	fault.SignerStatusUnknown, fault.SignerStatusUnannounced, fault.SignerStatusOK,
	fault.SignerKeyUsage, fault.SignerKeyUsageOK,
}

var makerCodes = certCodes{
	askMaker, askMaker, askMaker, askMaker,
	fault.MakerCertBroken, fault.MakerCertDeviation, fault.MakerNoAnchor, fault.MakerOtherAnchor,
	fault.MakerIssuerNotCA, fault.MakerIssuerNotValid, fault.MakerPathOK,
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
	out := askChain(s.signer, signerCodes, s.time)
	if s.signer.cert == nil {
		return out
	}
	c := s.signer.cert
	stamped := s.stamped()
	switch {
	case s.time.Before(c.NotBefore) || s.time.After(c.NotAfter):
		out = append(out, found(askSignerTime, fault.SignerNotValidThen, "time", day(s.time), "start", day(c.NotBefore), "end", day(c.NotAfter)))
	case doc.at.After(c.NotAfter) && !stamped:
		out = append(out, found(askSignerTime, fault.SignerExpiredSince, "end", day(c.NotAfter)))
	default:
		out = append(out, found(askSignerTime, fault.SignerTimeOK, "start", day(c.NotBefore), "end", day(c.NotAfter)))
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
		out = append(out, found(askMaker, code, "made", day(made), "start", day(c.NotBefore), "end", day(c.NotAfter)))
	case doc.at.After(c.NotAfter):
		out = append(out, found(askMaker, fault.MakerExpiredSince, "end", day(c.NotAfter)))
	}
	out = append(out, askStatusOf(s.maker, makerCodes, made, false)...)
	return append(out, askUsageOf(c, makerCodes)...)
}

func askChain(f *certFacts, codes certCodes, at time.Time) []finding {
	if f.parseErr != nil {
		return one(codes.checkPath, codes.broken, "place", describe(f.parseErr))
	}
	var out []finding
	for _, d := range f.cert.Deviations {
		out = append(out, found(codes.checkPath, codes.deviation, "what", d))
	}
	top := f.path.Certs[len(f.path.Certs)-1]
	switch {
	case f.path.Anchored():
	case f.path.NameOnly:
		return append(out, found(codes.checkPath, codes.otherAnchor, "issuer", top.Issuer().Get(oid.CommonName)))
	default:
		return append(out, found(codes.checkPath, codes.noAnchor, "issuer", top.Issuer().Get(oid.CommonName)))
	}
	sound := true
	for i, issuer := range f.path.Certs[1 : f.path.Anchor+1] {
		// The reader chose the anchor; what stands below must be an authority by
		// its own words.
		if i+1 < f.path.Anchor && !isAuthority(issuer) {
			out, sound = append(out, found(codes.checkPath, codes.issuerNotCA, "issuer", issuer.Holder())), false
		}
		if at.Before(issuer.NotBefore) || at.After(issuer.NotAfter) {
			out, sound = append(out, found(codes.checkPath, codes.issuerNotValid, "issuer", issuer.Holder(), "time", day(at))), false
		}
	}
	if sound {
		out = append(out, found(codes.checkPath, codes.pathOK, "anchor", f.path.Certs[f.path.Anchor].Holder()))
	}
	return out
}

func isAuthority(c *cert.Certificate) bool {
	ca, _, present := c.BasicConstraints()
	usage, limited := c.KeyUsage()
	return present && ca && (!limited || usage&cert.KeyCertSign != 0)
}

// askStatusOf asks whether any certificate of the path below the anchor was
// revoked or on hold at the time of signing.
func askStatusOf(f *certFacts, codes certCodes, at time.Time, stamped bool) []finding {
	var out []finding
	unknown, unannounced := false, false
	for i, st := range f.status {
		c := f.path.Certs[i]
		before := !st.Since.After(at)
		switch {
		case st.State == trust.Revoked && before:
			out = append(out, found(codes.checkStatus, codes.revokedBefore, "holder", c.Holder(), "date", moment(st.Since), "reason", st.Reason))
		case st.State == trust.OnHold && before:
			out = append(out, found(codes.checkStatus, codes.onHold, "holder", c.Holder(), "date", moment(st.Since)))
		case st.State == trust.Revoked || st.State == trust.OnHold:
			code := codes.revokedAfter
			if stamped {
				code = fault.SignerRevokedAfterStamp
			}
			out = append(out, found(codes.checkStatus, code, "holder", c.Holder(), "date", moment(st.Since), "reason", st.Reason))
		case st.State == trust.Good || st.State == trust.Stale && !st.AsOf.Before(at):
			// A list dated after the signing settles it even when it is out of date.
		case f.path.Anchored() && i >= f.path.Anchor:
			// The reader trusts this one and all above it.
		case announces(c):
			unknown = true
		default:
			unannounced = true
		}
	}
	if len(f.status) == 0 { // no issuer is known, so no list can be checked
		unknown, unannounced = announces(f.cert), !announces(f.cert)
	}
	switch {
	case unknown:
		out = append(out, found(codes.checkStatus, codes.statusUnknown, "source", source(f.path.Certs)))
	case unannounced:
		out = append(out, found(codes.checkStatus, codes.unannounced))
	case len(out) == 0:
		out = append(out, found(codes.checkStatus, codes.statusOK, "asof", moment(f.status[0].AsOf)))
	}
	return out
}

func announces(c *cert.Certificate) bool { return len(c.CRLURLs())+len(c.OCSPURLs()) > 0 }

// source names the first place that would settle the status.
func source(certs []*cert.Certificate) string {
	for _, c := range certs {
		for _, url := range append(c.CRLURLs(), c.OCSPURLs()...) {
			return url
		}
	}
	return ""
}

func askUsageOf(c *cert.Certificate, codes certCodes) []finding {
	if !c.MaySign() {
		return one(codes.checkUsage, codes.usage)
	}
	return one(codes.checkUsage, codes.usageOK)
}
