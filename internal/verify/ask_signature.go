package verify

import (
	"cmp"
	"crypto/ecdsa"
	"slices"
	"strings"
	"time"

	"xinzhang/internal/beijing"
	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/ofd"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/trust"
)

func verifySM2(pub *ecdsa.PublicKey, message, value []byte) bool {
	return sm2enc.Verify(pub, message, value)
}

// questions are asked of every signature in this order; each answers with one
// finding at least, unless it has nothing to speak of.
var questions = []func(*signatureFacts, *documentFacts) []finding{
	askFormatOf, askDigests, askAlgorithms, askSignatureValue,
	askSignerCert, askSealData, askLooseSeal, askMakerCert, askSealValidity, askSealBinding,
	askSigningTime, askPlaces,
}

func askSignature(s *signatureFacts, doc *documentFacts) []finding {
	var out []finding
	for _, ask := range questions {
		out = append(out, ask(s, doc)...)
	}
	return out
}

func one(check string, code fault.Code, kv ...any) []finding {
	return []finding{found(check, code, kv...)}
}

func askFormatOf(s *signatureFacts, _ *documentFacts) []finding {
	var out []finding
	switch {
	case s.fileErr != nil:
		e := fault.Of(s.fileErr)
		return []finding{{askFormat, e.Code, e.Args}}
	case s.file.ValueMissing:
		out = one(askFormat, fault.SigValueMissing)
	case s.valueErr != nil:
		out = one(askFormat, fault.SigValueBroken, "place", describe(s.valueErr))
	default:
		out = one(askFormat, fault.SigFormatOK, "form", formName(s))
	}
	out = append(out, coded(s.file.Deviations)...)
	for _, d := range s.deviations {
		out = append(out, found(askFormat, fault.SigDeviation, "what", d))
	}
	if oid.ID(s.file.CheckMethod) == oid.HMACSM3 { // some vendors write the keyed one
		out = append(out, found(askFormat, fault.SigDeviation, "what", "CheckMethod: "+s.file.CheckMethod+" where SM3 is meant"))
	}
	if otherMethod(s.file.Method) {
		out = append(out, found(askFormat, fault.SigDeviation, "what", "SignatureMethod: "+s.file.Method+" where SM2 is meant"))
	}
	if base := strings.TrimSpace(s.item.Relative); base != "" && !s.hasBase(base) {
		out = append(out, found(askFormat, fault.SigBaseMissing, "id", base))
	}
	if s.seal != nil && s.seal.PropertyInfo != "" && !samePath(s.seal.PropertyInfo, s.file.Path) {
		out = append(out, found(askFormat, fault.SigPropertyInfo, "path", s.seal.PropertyInfo))
	}
	return out
}

// otherMethod reports whether SignatureMethod names another algorithm than those
// on SM2, which writers name in many ways. What counts is the value.
func otherMethod(method string) bool {
	method = strings.TrimSpace(method)
	if oid.Valid(method) {
		return !strings.HasPrefix(method, "1.2.156.10197.1.")
	}
	method = strings.ToUpper(method)
	return strings.Contains(method, "RSA") || strings.Contains(method, "ECDSA")
}

// hasBase reports whether the list of s holds another signature of that ID, on
// which s says to build (GM/T 0099 Relative). It is judged as every signature is.
func (s *signatureFacts) hasBase(id string) bool {
	return slices.ContainsFunc(s.list.Items, func(it ofd.SignatureItem) bool {
		return strings.TrimSpace(it.ID) == id && it.Path != s.item.Path
	})
}

// formName says which standard a signature value follows.
func formName(s *signatureFacts) string {
	switch s.kind {
	case KindSeal:
		return map[int]string{1: "GM/T 0031-2014", 4: "GB/T 38540-2020", 5: "GM/T 0031-2025"}[s.seal.Version]
	case KindSignature:
		return "GB/T 35275-2017"
	default:
		return "GB/T 35276-2017"
	}
}

func samePath(a, b string) bool {
	return strings.EqualFold(strings.TrimPrefix(strings.ReplaceAll(a, "\\", "/"), "/"), strings.TrimPrefix(b, "/"))
}

func askDigests(s *signatureFacts, doc *documentFacts) []finding {
	if s.file == nil {
		return nil
	}
	var out []finding
	switch {
	case s.file.CheckMethod == "":
		return one(askDigest, fault.DocDigestUnnamed)
	case !s.file.UsesSM3():
		return one(askDigest, fault.DocDigestAlgorithm, "algorithm", s.file.CheckMethod)
	}
	var missing, changed []string
	for _, r := range s.refs {
		switch {
		case r.Missing:
			missing = append(missing, cmp.Or(r.Path, r.FileRef))
		case !r.matches:
			changed = append(changed, r.Path)
		}
	}
	if len(missing) > 0 {
		out = append(out, found(askDigest, fault.DocRefMissing, "parts", partNames{doc.pkg, missing}))
	}
	if len(changed) > 0 {
		out = append(out, found(askDigest, fault.DocDigest, "parts", partNames{doc.pkg, changed}))
	}
	// What a message holds inside speaks without a certificate, too.
	known := s.seal != nil || s.cms != nil && (s.cms.Content != nil || s.signer != nil && s.signer.cert != nil)
	if s.valueErr == nil && known && !s.hashHolds {
		out = append(out, found(askDigest, fault.SigDataHash))
	}
	if len(out) == 0 {
		out = one(askDigest, fault.DocDigestOK, "count", len(s.refs))
	}
	return out
}

// askAlgorithms asks what the signature and, beside it, the seal were made with.
func askAlgorithms(s *signatureFacts, _ *documentFacts) []finding {
	var signing []oid.ID
	switch {
	case s.seal != nil:
		signing = append(signing, s.seal.SignAlg)
		if s.seal.Seal.Value != nil {
			signing = append(signing, s.seal.Seal.SignAlg)
		}
	case s.cms != nil && len(s.cms.Signers) == 1:
		signing = append(signing, s.cms.Signers[0].SignatureAlg)
		if digest := s.cms.Signers[0].DigestAlg; !digest.IsSM3() {
			return one(askAlgorithm, fault.SigAlgorithm, "algorithm", digest)
		}
	default:
		return nil
	}
	for _, algorithm := range signing {
		switch algorithm {
		case oid.SM2WithSM3, oid.SM2Sign, oid.SM2:
		default:
			return one(askAlgorithm, fault.SigAlgorithm, "algorithm", algorithm)
		}
	}
	return one(askAlgorithm, fault.SigAlgorithmOK)
}

func askSignatureValue(s *signatureFacts, _ *documentFacts) []finding {
	if s.valueErr != nil || s.signer == nil || s.signer.cert == nil {
		return nil // said by format and signer_path
	}
	if s.valueHolds != nil {
		return one(askValue, fault.SigValue)
	}
	return one(askValue, fault.SigValueOK)
}

func askSealData(s *signatureFacts, _ *documentFacts) []finding {
	if s.seal == nil {
		return nil
	}
	seal := s.seal.Seal
	var out []finding
	if s.file.SealRef != "" {
		switch {
		case s.sealFileErr != nil:
			out = append(out, found(askSeal, fault.SealFileMissing))
		case string(s.sealFile) != string(seal.Raw):
			out = append(out, found(askSeal, fault.SealMismatch))
		}
	}
	for _, d := range seal.Deviations {
		out = append(out, found(askSeal, fault.SealDeviation, "what", d))
	}
	if seal.Version != s.seal.Version {
		out = append(out, found(askSeal, fault.SealVersions, "seal", seal.Version, "signature", s.seal.Version))
	}
	out = append(out, askSealStamp(s)...)
	if s.maker.cert == nil {
		return out // said by seal_maker
	}
	switch pub := s.maker.cert.PublicKey; {
	case checkValue(pub, seal.SignedBytes(), seal.Value) == nil:
		out = append(out, found(askSeal, fault.SealSignatureOK, "maker", s.maker.cert.Holder()))
	case checkValue(pub, seal.AlternativeSignedBytes(), seal.Value) == nil:
		out = append(out, found(askSeal, fault.SealScope))
	default:
		out = append(out, found(askSeal, fault.SealSignature))
	}
	return out
}

// askSealStamp asks of the time stamp that a seal of version 5 may carry
// (GM/T 0031-2025): it must hold, and a seal is not younger than its stamp.
func askSealStamp(s *signatureFacts) []finding {
	stamp := s.sealStamp
	switch {
	case stamp == nil:
		return nil
	case stamp.err != nil || s.seal.Seal.Info.CreateDate.After(stamp.genTime.Add(clockSkew)):
		return one(askSeal, fault.SealStampWrong)
	case stamp.doubt != nil:
		return one(askSeal, fault.SealStampUnknown, "authority", stamp.by(), "why", stamp.doubt.why, "next", stamp.doubt.next)
	}
	var out []finding
	for _, d := range stamp.deviations {
		out = append(out, found(askSeal, fault.SealDeviation, "what", d))
	}
	return out
}

func askSealValidity(s *signatureFacts, _ *documentFacts) []finding {
	if s.seal == nil {
		return nil
	}
	i := s.seal.Seal.Info
	var out []finding
	if i.CreateDate.After(s.time.Add(zoneOffset + clockSkew)) { // some write local time wearing a Z
		out = append(out, found(askValidity, fault.SealMadeLater, "made", beijing.Day(i.CreateDate), "time", beijing.Day(s.time)))
	}
	switch {
	case s.time.Before(i.ValidStart):
		return append(out, found(askValidity, fault.SealNotYetValid, "start", beijing.Day(i.ValidStart), "time", beijing.Day(s.time)))
	case s.time.After(i.ValidEnd):
		return append(out, found(askValidity, fault.SealExpired, "end", beijing.Day(i.ValidEnd), "time", beijing.Day(s.time)))
	}
	return append(out, found(askValidity, fault.SealValidityOK, "start", beijing.Day(i.ValidStart), "end", beijing.Day(i.ValidEnd)))
}

func askSealBinding(s *signatureFacts, _ *documentFacts) []finding {
	if s.seal == nil {
		return nil
	}
	if !s.seal.Seal.Allows(s.seal.SignerCert) {
		return one(askBinding, fault.SealNotListed)
	}
	return one(askBinding, fault.SealBindingOK)
}

const (
	// clockSkew is how far two clocks may disagree unremarked.
	clockSkew = trust.ClockSkew

	// zoneOffset is what local time in China is ahead of UTC.
	zoneOffset = 8 * time.Hour
)

func askSigningTime(s *signatureFacts, doc *documentFacts) []finding {
	if s.file == nil || s.valueErr != nil {
		return nil
	}
	var out []finding
	switch {
	case s.stamp != nil && s.stamp.err != nil:
		out = append(out, found(askTime, fault.TimeStampWrong))
	case s.stamp != nil && s.stamp.doubt != nil:
		out = append(out, found(askTime, fault.TimeStampUnknown, "authority", s.stamp.by(), "why", s.stamp.doubt.why, "next", s.stamp.doubt.next))
	case s.stamp != nil:
		out = append(out, found(askTime, fault.TimeStampOK, "authority", s.stamp.authority, "time", beijing.Moment(s.time)))
	case !s.time.IsZero():
		out = append(out, found(askTime, fault.TimeClockOnly, "time", beijing.Moment(s.time)))
	case s.signer != nil:
		out = append(out, found(askTime, fault.TimeUnknown))
	}
	if s.stamp != nil {
		for _, d := range s.stamp.deviations {
			out = append(out, found(askTime, fault.SigDeviation, "what", d))
		}
	}
	if s.stamped() && s.time.Sub(s.seal.Time).Abs() > clockSkew {
		out = append(out, found(askTime, fault.TimeStampLate, "stamp", beijing.Moment(s.time), "time", beijing.Moment(s.seal.Time)))
	}
	if s.stamp == nil && s.seal != nil && s.seal.TimeToken != nil {
		out = append(out, found(askTime, fault.TimeTokenUnmatched))
	}
	if s.time.After(doc.at.Add(clockSkew)) {
		out = append(out, found(askTime, fault.TimeFuture, "time", beijing.Moment(s.time)))
	}
	// SignatureDateTime is often local time wearing a Z: whole hours of the
	// Chinese zone are not a disagreement.
	if t := fileTime(s.file.DateTime); s.seal != nil && !t.IsZero() {
		d := t.Sub(s.seal.Time).Abs()
		if d > clockSkew && (d-zoneOffset).Abs() > clockSkew {
			out = append(out, found(askTime, fault.TimeDisagrees, "file", s.file.DateTime, "time", beijing.Moment(s.seal.Time)))
		}
	}
	return out
}

func askPlaces(s *signatureFacts, doc *documentFacts) []finding {
	if s.file == nil || len(s.file.Stamps) == 0 {
		return nil
	}
	var out []finding
	var shown []string
	for _, st := range s.file.Stamps {
		page, ok := doc.page(s, st.PageRef)
		if !ok {
			if strings.TrimSpace(st.PageRef) == "" {
				out = append(out, found(askPlace, fault.SealPlaceUnnamed))
			} else {
				out = append(out, found(askPlace, fault.SealPlaceWrong, "page", st.PageRef))
			}
			continue
		}
		b := st.Boundary
		if b.X+b.W < 0 || b.Y+b.H < 0 || b.X > page.WidthMM || b.Y > page.HeightMM {
			out = append(out, found(askPlace, fault.SealPlaceOutside, "page", page.Index))
		}
		shown = append(shown, page.Path)
	}
	if len(out) == 0 {
		out = one(askPlace, fault.SealPlaceOK, "pages", partNames{doc.pkg, shown})
	}
	return out
}

// roleFits reports whether a certificate's role fits what its seal is: the
// hand-written signature is a person's, every other seal of ours an
// organisation's. Foreign seals number their types as they like and are not
// judged.
func roleFits(c *cert.Certificate, i ses.Info) bool {
	if c.Role() == cert.RoleUnknown || i.Kind() == "" {
		return true
	}
	return (i.Kind() == ses.Handwritten) == (c.Role() == cert.RolePerson)
}
