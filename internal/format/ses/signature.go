package ses

import (
	"fmt"
	"time"

	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
)

// A Signature is a seal signature (SES_Signature): a seal, put on a document by
// a signer. Its byte slices point into what was parsed.
type Signature struct {
	Raw       []byte // the signature as stored, without bytes that follow it
	Version   int    // V1, V4 or V5
	RawToSign []byte // toSign (TBS_Sign) as stored: what the signer signed
	Seal      *Seal  // the seal inside toSign, with deviations of its own

	// Time is the signer's own time, or that of the token when timeInfo holds
	// one. It proves nothing unless a token is checked.
	Time      time.Time
	TimeText  string // timeInfo as written, "" when it holds a token
	TimeToken []byte // DER time-stamp token found in timeInfo; nil as a rule

	DataHash     []byte // digest of what was sealed: 32 octets, of Signature.xml in an OFD
	PropertyInfo string // what was sealed: the path of Signature.xml in an OFD
	Ext          []Ext  // nil: absent

	SignerCert []byte // DER certificate of the signer
	SignAlg    oid.ID
	Value      []byte // signature of the signer, as a rule a DER SM2Signature
	TimeStamp  []byte // DER time-stamp token over Value; nil: none

	Deviations []string // from the standard, each with its place; the seal has its own
}

// ParseSignature reads a seal signature of any generation. Bytes behind it are
// noted. The error has no code of its own but begins with the place: the
// verifier words it as one of its findings.
func ParseSignature(b []byte) (*Signature, error) {
	p := new(parser)
	v := p.outer(b, "signature")
	s := &Signature{Raw: v.Raw}
	r := p.open(v, "signature")
	toSign := p.value(r, "toSign", der.Sequence)
	s.RawToSign = toSign.Raw
	s.Version = V1
	if members(v, 3) > 2 {
		s.Version = V4
	}
	p.toSign(s, toSign)
	if s.Version != V1 {
		s.SignerCert = p.octets(r, "cert")
		s.SignAlg = p.oid(r, "signatureAlgID")
	}
	s.Value = p.bits(r, "signature")
	if s.Version != V1 && r.More() {
		s.TimeStamp = p.timeStamp(r)
	}
	p.end(r)
	if p.err != nil {
		return nil, fmt.Errorf("ses: %w", p.err)
	}
	s.Deviations = p.deviations
	return s, nil
}

// ParseTBS reads a TBS_Sign that nobody has signed yet, to show a person what it
// says. What belongs to a signature is empty in the result. Errors are as from
// [ParseSignature]; bytes behind it are an error: they would be signed unseen.
func ParseTBS(b []byte) (*Signature, error) {
	v, err := der.ParseOnly(b)
	if err != nil {
		return nil, fmt.Errorf("ses: toSign: %w", err)
	}
	p := new(parser)
	s := &Signature{Raw: v.Raw, RawToSign: v.Raw, Version: V4}
	if members(v, 7) > 6 { // certificate and algorithm stand inside
		s.Version = V1
	}
	p.toSign(s, v)
	if p.err != nil {
		return nil, fmt.Errorf("ses: %w", p.err)
	}
	s.Deviations = p.deviations
	return s, nil
}

// SignedBytes returns what the signer signs: toSign as stored.
func (s *Signature) SignedBytes() []byte { return s.RawToSign }

func (p *parser) toSign(s *Signature, v der.Value) {
	if p.err != nil {
		return
	}
	r := der.Open(v, der.Sequence, "toSign")
	version := p.integer(r, "version")
	s.Seal = p.embeddedSeal(p.value(r, "eseal", der.Sequence))
	if p.err != nil {
		return
	}
	p.agree(s, version)
	p.timeInfo(r, s)
	s.DataHash = p.bits(r, "dataHash")
	if len(s.DataHash) != 32 {
		p.note(r.Place("dataHash"), "%d octets in place of 32", len(s.DataHash))
	}
	s.PropertyInfo = p.text(r, "propertyInfo", der.IA5String)
	if s.Version == V1 {
		s.SignerCert = p.octets(r, "cert")
		s.SignAlg = p.oid(r, "signatureAlgorithm")
	} else if r.More() {
		ext := p.value(r, "extDatas", extTag, der.Sequence)
		s.Ext = p.extDatas(ext, extTag, r.Place("extDatas"))
	}
	p.end(r)
}

func (p *parser) embeddedSeal(v der.Value) *Seal {
	own := &parser{err: p.err}
	s := own.seal(v, "toSign.eseal", "toSign.eseal.")
	p.fail(own.err)
	return s
}

// agree settles the version of s, which so far says by the number of members
// whether it is 1 or later, and notes where seal or toSign say something else.
func (p *parser) agree(s *Signature, version int) {
	if s.Version != V1 && (s.Seal.Version == V5 || version == V5) {
		s.Version = V5
	}
	if s.Seal.Version != s.Version {
		p.note("toSign.eseal", "seal of version %d in a signature of version %d", s.Seal.Version, s.Version)
	}
	if version != s.Version && (s.Version != V1 || version != 11) {
		p.note("toSign.version", "%d in a signature of version %d", version, s.Version)
	}
}
