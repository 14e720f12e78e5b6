package ses

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
)

// TBSSeal returns what the seal maker signs, in the generation that info (of
// [Info.Marshal]) is written in: info itself, and in version 1 the certificate
// of the maker and the algorithm, SM2 with SM3, behind it.
func TBSSeal(info, makerCert []byte) ([]byte, error) {
	version, err := infoVersion(info)
	if err != nil || version != V1 {
		return info, err
	}
	return sequenceOf(info, octetString(makerCert), oid.SM2WithSM3.Marshal()), nil
}

// AssembleSeal joins info (of [Info.Marshal]), the DER certificate of the seal
// maker and the maker's DER SM2Signature over [TBSSeal] to a seal of the
// generation that info is written in.
func AssembleSeal(info, makerCert, sig []byte) ([]byte, error) {
	version, err := infoVersion(info)
	if err != nil {
		return nil, err
	}
	if err := checkParts(makerCert, sig); err != nil {
		return nil, err
	}
	cert, alg, value := octetString(makerCert), oid.SM2WithSM3.Marshal(), bitString(sig)
	if version == V1 {
		return sequenceOf(info, sequenceOf(cert, alg, value)), nil
	}
	return sequenceOf(info, cert, alg, value), nil
}

// infoVersion tells the generation that info is written in.
func infoVersion(info []byte) (int, error) {
	p := new(parser)
	v := p.outer(info, "sealInfo")
	if p.err == nil && len(v.Raw) != len(info) {
		p.failAt("sealInfo", der.ErrTrailer)
	}
	i, shape := p.info(v, "sealInfo")
	if p.err != nil {
		return 0, coded(fault.SealBroken, p.err)
	}
	if shape == V4 && i.HeaderVersion == V5 {
		return V5, nil
	}
	return shape, nil
}

// checkParts refuses parts that were mixed up: a certificate and a signature are
// both SEQUENCEs, of different shapes.
func checkParts(cert, sig []byte) error {
	if v, err := der.ParseOnly(cert); err != nil || v.Tag != der.Sequence || first(v).Tag != der.Sequence {
		return errors.New("ses: cert: not a DER certificate")
	}
	if _, err := der.ParseOnly(sig); err != nil || Detect(sig) != KindBareSM2 {
		return errors.New("ses: signature: not a DER SM2Signature")
	}
	return nil
}

// TBSSign writes TBS_Sign in DER, what the signer signs: the seal as stored, the
// time of signing (whole seconds), the SM3 digest of what is sealed (in an OFD:
// of Signature.xml) and its name (in an OFD: the absolute path of Signature.xml,
// ASCII). The generation is that of the seal, 4 or 5; see [TBSSignV1] for 1.
func TBSSign(seal []byte, at time.Time, dataHash [32]byte, propertyInfo string) ([]byte, error) {
	s, err := sealToSign(seal, at, propertyInfo)
	if err != nil {
		return nil, err
	}
	if s.Version == V1 {
		return nil, errors.New("ses: toSign.eseal: version 1, where the signer's certificate is signed too")
	}
	return sequenceOf(integer(s.Version), s.Raw, generalizedTime(at), bitString(dataHash[:]),
		text(der.IA5String, propertyInfo)), nil
}

// TBSSignV1 is [TBSSign] for a seal of version 1, where the certificate of the
// signer and the algorithm, SM2 with SM3, are signed too.
func TBSSignV1(seal []byte, at time.Time, dataHash [32]byte, propertyInfo string, signerCert []byte) ([]byte, error) {
	s, err := sealToSign(seal, at, propertyInfo)
	if err != nil {
		return nil, err
	}
	if s.Version != V1 {
		return nil, fmt.Errorf("ses: toSign.eseal: version %d in place of 1", s.Version)
	}
	return sequenceOf(integer(V1), s.Raw, bitString([]byte(at.UTC().Format(writtenLayout))),
		bitString(dataHash[:]), text(der.IA5String, propertyInfo),
		octetString(signerCert), oid.SM2WithSM3.Marshal()), nil
}

func sealToSign(seal []byte, at time.Time, propertyInfo string) (*Seal, error) {
	s, err := ParseSeal(seal)
	switch {
	case err != nil:
		return nil, err
	case !plausible(at):
		return nil, fmt.Errorf("ses: toSign.timeInfo: year %d cannot be written", at.UTC().Year())
	case propertyInfo == "" || !fits(propertyInfo, der.IA5String):
		return nil, fmt.Errorf("ses: toSign.propertyInfo: %q is empty or not ASCII", propertyInfo)
	}
	return s, nil
}

// AssembleSignature joins tbs (of [TBSSign] or [TBSSignV1]), the DER certificate
// of the signer and the signer's DER SM2Signature over tbs to a seal signature.
// A tbs of version 1 must hold the same certificate.
func AssembleSignature(tbs, signerCert, sig []byte) ([]byte, error) {
	if err := checkParts(signerCert, sig); err != nil {
		return nil, err
	}
	out := sequenceOf(tbs, octetString(signerCert), oid.SM2WithSM3.Marshal(), bitString(sig))
	if v, err := der.ParseOnly(tbs); err == nil && members(v, 7) == 7 {
		out = sequenceOf(tbs, bitString(sig)) // version 1: certificate and algorithm stand in tbs
	}
	s, err := ParseSignature(out)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(s.SignerCert, signerCert) {
		return nil, errors.New("ses: toSign.cert: another certificate than the signer's")
	}
	return out, nil
}

// StampSeal puts a DER time-stamp token over the maker's signature value into a
// seal of version 5 that has none.
func StampSeal(seal, token []byte) ([]byte, error) {
	s, err := ParseSeal(seal)
	if err != nil {
		return nil, err
	}
	if s.Version != V5 || s.TimeStamp != nil {
		return nil, fmt.Errorf("ses: seal of version %d has no free slot for a time stamp", s.Version)
	}
	return stamped(s.Raw, token)
}

// StampSignature puts a DER time-stamp token over the signer's signature value
// into a signature of version 4 or 5 that has none.
func StampSignature(signature, token []byte) ([]byte, error) {
	s, err := ParseSignature(signature)
	if err != nil {
		return nil, err
	}
	if s.Version == V1 || s.TimeStamp != nil {
		return nil, fmt.Errorf("ses: signature of version %d has no free slot for a time stamp", s.Version)
	}
	return stamped(s.Raw, token)
}

// stamped appends [0] EXPLICIT BIT STRING with token to the members of raw.
func stamped(raw, token []byte) ([]byte, error) {
	if v, err := der.ParseOnly(token); err != nil || v.Tag != der.Sequence {
		return nil, errors.New("ses: timeStamp: not a DER token")
	}
	v, err := der.ParseOnly(raw)
	if err != nil {
		return nil, fmt.Errorf("ses: %w", err)
	}
	return sequenceOf(v.Content, tlv(extTag, bitString(token))), nil
}
