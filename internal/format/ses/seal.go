package ses

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/emmansun/gmsm/sm3"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
)

// A Seal is an electronic seal (SESeal). Its byte slices point into what was
// parsed.
type Seal struct {
	Raw     []byte // the seal as stored, without bytes that follow it
	Version int    // V1, V4 or V5
	RawInfo []byte // eSealInfo as stored
	Info    Info

	// What the seal maker added. In a seal of version 1 whose signInfo cannot
	// be read, MakerCert and Value are nil: nobody vouches for it.
	MakerCert []byte // DER certificate of the seal maker
	SignAlg   oid.ID
	Value     []byte // signature of the seal maker, as a rule a DER SM2Signature
	TimeStamp []byte // version 5: DER time-stamp token over Value; nil: none

	Deviations []string // from the standard, each with its place

	rawCert, rawAlg []byte // the members that version 1 signs too
}

// ParseSeal reads a seal of any generation. Bytes behind the seal are noted. The
// error is [fault.SealBroken] with the place.
func ParseSeal(b []byte) (*Seal, error) {
	p := new(parser)
	v := p.outer(b, "seal")
	s := p.seal(v, "seal", "")
	if p.err != nil {
		return nil, coded(fault.SealBroken, p.err)
	}
	return s, nil
}

// coded gives err, "place: what", its code and the name of this package.
func coded(code fault.Code, err error) error {
	place, _, _ := strings.Cut(err.Error(), ": ")
	return fault.Wrap(code, fmt.Errorf("ses: %w", err), "place", place)
}

// outer takes the one value off b that is the whole input.
func (p *parser) outer(b []byte, place string) der.Value {
	if len(b) > maxInput {
		p.failAt(place, fmt.Errorf("larger than %d octets", maxInput))
		return der.Value{}
	}
	v, rest, err := der.Parse(b)
	p.failAt(place, err)
	if len(rest) > 0 {
		p.note(place, "%d bytes follow its end", len(rest))
	}
	return v
}

// seal reads v. within is the place of the seal in the input with a dot behind
// it, "" for a seal that stands alone.
func (p *parser) seal(v der.Value, place, within string) *Seal {
	if p.err != nil {
		return nil
	}
	s := &Seal{Raw: v.Raw}
	r := p.open(v, place)
	info := p.value(r, "sealInfo", der.Sequence)
	if p.err != nil {
		return nil
	}
	s.RawInfo = info.Raw
	var shape int
	s.Info, shape = p.info(info, within+"sealInfo")
	if s.Version = V1; members(v, 3) > 2 {
		p.makerPart(s, r)
	} else {
		p.signInfo(s, p.value(r, "signInfo"), within+"signInfo")
		p.end(r)
	}
	p.generation(s, shape, within)
	s.Deviations = p.deviations
	return s
}

// generation notes where the seal disagrees with its own generation.
func (p *parser) generation(s *Seal, shape int, within string) {
	h, want := s.Info.HeaderVersion, s.Version
	if h != want && (want != V1 || h != 11) {
		p.note(within+"sealInfo.header.version", "%d in a seal of version %d", h, want)
	}
	if (shape == V1) != (want == V1) {
		p.note(within+"sealInfo.property", "written as in version %d", shape)
	}
}

// makerPart reads what follows eSealInfo in versions 4 and 5.
func (p *parser) makerPart(s *Seal, r *der.Reader) {
	s.MakerCert, s.rawCert = p.octetsRaw(r, "cert")
	s.SignAlg, s.rawAlg = p.oidRaw(r, "signAlgID")
	s.Value = p.bits(r, "signedValue")
	s.Version = V4
	if s.Info.HeaderVersion == V5 {
		s.Version = V5
	}
	if r.More() {
		s.Version = V5
		s.TimeStamp = p.timeStamp(r)
	}
	p.end(r)
}

// signInfo reads SES_SignInfo of version 1. Some writers wrap it in a BIT STRING,
// some write what nobody can read: then the seal is unsigned, not unreadable.
func (p *parser) signInfo(s *Seal, v der.Value, place string) {
	if p.err != nil {
		return
	}
	own := new(parser)
	if v.Tag == der.BitString || v.Tag == der.OctetString {
		own.note(place, "wrapped in a string with tag %#02x", v.Tag)
		b, err := stringOctets(v)
		own.failAt(place, err)
		inner, err := der.ParseOnly(b)
		own.failAt(place, err)
		v = inner
	}
	r := own.open(v, place)
	cert, rawCert := own.octetsRaw(r, "cert")
	alg, rawAlg := own.oidRaw(r, "signatureAlgorithm")
	value := own.bits(r, "signData")
	own.end(r)
	if own.err != nil {
		p.note(place, "cannot be read, the seal counts as unsigned: %v", own.err)
		return
	}
	s.MakerCert, s.rawCert, s.SignAlg, s.rawAlg, s.Value = cert, rawCert, alg, rawAlg, value
	p.deviations = append(p.deviations, own.deviations...)
}

// timeStamp reads [0] EXPLICIT BIT STRING and the other ways to put a token there.
func (p *parser) timeStamp(r *der.Reader) []byte {
	place := r.Place("timeStamp")
	v := p.value(r, "timeStamp", extTag, der.Context(0), der.BitString, der.OctetString)
	if p.err != nil {
		return nil
	}
	switch v.Tag {
	case der.Context(0):
		p.note(place, "tagged [0] IMPLICIT")
		v.Tag = der.BitString
	case extTag:
		inner, err := der.ParseOnly(v.Content)
		p.failAt(place, err)
		p.length(inner, place)
		if v = inner; v.Tag == der.Sequence {
			p.note(place, "token without a BIT STRING around it")
			return v.Raw
		}
		if v.Tag != der.BitString {
			p.note(place, "tag %#02x in place of a BIT STRING", v.Tag)
		}
	default:
		p.note(place, "tag %#02x in place of [0]", v.Tag)
	}
	b, err := stringOctets(v)
	p.failAt(place, err)
	if len(b) == 0 {
		p.note(place, "empty")
	}
	return b
}

// SignedBytes returns what the seal maker signs: eSealInfo in versions 4 and 5,
// SEQUENCE{sealInfo, cert, signatureAlgorithm} in version 1. It is nil for a seal
// that counts as unsigned.
func (s *Seal) SignedBytes() []byte { return s.signed(s.Version == V1) }

// AlternativeSignedBytes returns what the other generations sign. A maker
// signature that holds over these bytes only was made by a mistaken program: a
// verifier may take it and must say so.
func (s *Seal) AlternativeSignedBytes() []byte { return s.signed(s.Version != V1) }

func (s *Seal) signed(whole bool) []byte {
	switch {
	case s.Value == nil:
		return nil
	case !whole:
		return s.RawInfo
	}
	return sequenceOf(s.RawInfo, s.rawCert, s.rawAlg)
}

// Allows reports whether the list of the seal holds signerCert, a DER
// certificate: as itself, or by its SM3 digest.
func (s *Seal) Allows(signerCert []byte) bool {
	for _, c := range s.Info.Certs {
		if bytes.Equal(c, signerCert) {
			return true
		}
	}
	digest := sm3.Sum(signerCert)
	for _, d := range s.Info.Digests {
		if bytes.Equal(d.Value, digest[:]) {
			return true
		}
	}
	return false
}
