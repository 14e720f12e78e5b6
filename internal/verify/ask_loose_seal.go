package verify

import (
	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
)

// askLooseSeal asks of a signature whose value is no seal signature. A seal that
// is shown beside it is a file that anybody can take from another document: that
// it is covered proves that it is there, not that its owner set it.
func askLooseSeal(s *signatureFacts, _ *documentFacts) []finding {
	switch {
	case s.file == nil || s.valueErr != nil || s.seal != nil:
		return nil
	case s.file.SealRef == "" && s.item.Type == "Seal":
		return one(askSeal, fault.SigNoSeal)
	case s.file.SealRef == "":
		return nil
	case s.sealFileErr != nil:
		return one(askSeal, fault.SealFileMissing)
	}
	out := one(askSeal, fault.SealUnvouched)
	if s.loose == nil {
		return out
	}
	// What is wrong with the seal is wrong wherever it is shown.
	maker, err := cert.Parse(s.loose.MakerCert)
	if err == nil && checkValue(maker.PublicKey, s.loose.SignedBytes(), s.loose.Value) != nil &&
		checkValue(maker.PublicKey, s.loose.AlternativeSignedBytes(), s.loose.Value) != nil {
		out = append(out, found(askSeal, fault.SealSignature))
	}
	if s.signer != nil && s.signer.cert != nil && !s.loose.Allows(s.signer.raw) {
		out = append(out, found(askBinding, fault.SealNotListed))
	}
	return out
}
