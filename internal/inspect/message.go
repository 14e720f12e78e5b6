package inspect

import (
	"time"

	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/cms"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
)

// maxListed bounds lists of signers, recipients and the like.
const maxListed = 100

// A SignedData explains a signed message of GB/T 35275 or PKCS #7.
type SignedData struct {
	Type         oid.ID   `json:"type"`
	ContentType  oid.ID   `json:"content_type"`
	Detached     bool     `json:"detached"` // the content lies elsewhere
	Octets       int      `json:"octets"`   // of the content inside
	Signers      []Signer `json:"signers"`
	Certificates []Brief  `json:"certificates"`
	CRLs         int      `json:"crls"`
	Deviations   []string `json:"deviations,omitempty"`
}

// A Signer explains one signature of a message.
type Signer struct {
	Reference
	Certificate        *Brief     `json:"certificate,omitempty"` // when it lies inside
	DigestAlgorithm    oid.ID     `json:"digest_algorithm"`
	SignatureAlgorithm oid.ID     `json:"signature_algorithm"`
	SigningTime        *time.Time `json:"signing_time,omitempty"` // by the signer's own clock
	Signature          Check      `json:"signature"`
}

// A Reference names a certificate that a message is from or for.
type Reference struct {
	Issuer string `json:"issuer,omitempty"`
	Serial string `json:"serial,omitempty"`
	KeyID  Hex    `json:"key_id,omitempty"` // in place of both
}

func referenceOf(ref cms.Reference) Reference {
	out := Reference{KeyID: ref.SubjectKeyID}
	if n, err := cert.ParseName(ref.RawIssuer); err == nil && ref.RawIssuer != nil {
		out.Issuer = nameOf(n)
	}
	if ref.Serial != nil {
		out.Serial = (&cert.Certificate{Serial: ref.Serial}).SerialHex()
	}
	return out
}

func (in inspector) signedData(b []byte) (Item, error) {
	sd, err := cms.Parse(b)
	if err != nil {
		return Item{}, err
	}
	out := &SignedData{
		Type: sd.ContentType, ContentType: sd.InnerType, Detached: sd.Content == nil, Octets: len(sd.Content),
		Signers: []Signer{}, Certificates: []Brief{}, CRLs: len(sd.CRLs), Deviations: sd.Deviations,
	}
	for _, raw := range sd.RawCertificates[:min(len(sd.RawCertificates), maxListed)] {
		brief, _ := in.briefOf(raw)
		out.Certificates = append(out.Certificates, brief)
	}
	for i := range sd.Signers[:min(len(sd.Signers), maxListed)] {
		out.Signers = append(out.Signers, in.signer(sd, i))
	}
	return Item{SignedData: out}, nil
}

func (in inspector) signer(sd *cms.SignedData, i int) Signer {
	s := sd.Signers[i]
	out := Signer{
		Reference: referenceOf(s.Reference), DigestAlgorithm: s.DigestAlg, SignatureAlgorithm: s.SignatureAlg, Signature: Unchecked,
	}
	if t, ok := s.SigningTime(); ok {
		out.SigningTime = &t
	}
	c := sd.CertificateOf(s)
	if c == nil {
		return out
	}
	brief := in.brief(c)
	out.Certificate = &brief
	if sd.Content != nil {
		_, err := sd.Verify(i, nil, c)
		out.Signature = check(err == nil)
	}
	return out
}

// An EnvelopedData explains an encrypted message.
type EnvelopedData struct {
	Type        oid.ID      `json:"type"`
	ContentType oid.ID      `json:"content_type"`
	Cipher      oid.ID      `json:"cipher"`
	Octets      int         `json:"octets"` // encrypted
	Recipients  []Reference `json:"recipients"`
	Deviations  []string    `json:"deviations,omitempty"`
}

func (in inspector) envelopedData(b []byte) (Item, error) {
	e, err := cms.ParseEnveloped(b)
	if err != nil {
		return Item{}, err
	}
	out := &EnvelopedData{
		Type: e.ContentType, ContentType: e.InnerType, Cipher: e.Algorithm, Octets: len(e.Encrypted),
		Recipients: []Reference{}, Deviations: e.Deviations,
	}
	for _, r := range e.Recipients[:min(len(e.Recipients), maxListed)] {
		out.Recipients = append(out.Recipients, referenceOf(r.Reference))
	}
	return Item{EnvelopedData: out}, nil
}

// otherMessage names a ContentInfo that is neither signed nor enveloped data.
func (in inspector) otherMessage(b []byte) (Item, error) {
	v, _, err := der.Parse(b)
	if err != nil {
		return Item{}, errUnknown()
	}
	r := der.Open(v, der.Sequence, "contentInfo")
	id := r.OID("contentType")
	if r.Err() != nil {
		return Item{}, errUnknown()
	}
	return Item{EnvelopedData: &EnvelopedData{Type: id, Recipients: []Reference{}}}, nil
}
