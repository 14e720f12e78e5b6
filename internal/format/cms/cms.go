// Package cms reads and writes signed and enveloped messages of GB/T 35275-2017
// (GM/T 0010): PKCS #7 with SM2, SM3 and SM4.
//
// Reading takes what is in the field: both families of identifiers, signatures
// in DER or as bare r ‖ s, four names of the algorithm, attributes that are not
// in order, BER lengths. What departs from the standard without harm is listed
// as deviations; the bytes that were signed are taken as they stand.
//
//	sd, err := cms.Parse(b)
//	deviations, err := sd.Verify(0, content, signerCert)
//
// Writing is one form, strict DER, in two steps, so that the key may sit in a
// UKey or an HSM:
//
//	t := cms.Template{Content: content, Signer: signerCert, SigningTime: at}
//	m, err := t.Message()       // SM2 signs e = SM3(Z_A ‖ m)
//	b, err := t.Assemble(sig)
//
// [Envelop] and [ParseEnveloped] do the same for EnvelopedData. The package does
// not judge certificates: whose they are, and whether they were good, is the
// verifier's work.
package cms

import (
	"fmt"
	"strings"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
)

// Limits on hostile input; a real message holds one signer and a few
// certificates.
const (
	maxCertificates = 32
	maxSigners      = 64
	maxAttributes   = 64
)

// SignedData is a signed message as it was found. Its slices point into the
// input of [Parse].
type SignedData struct {
	Raw         []byte // the whole ContentInfo
	ContentType oid.ID // of Raw: [oid.SignedData] or [oid.PKCS7SignedData]
	InnerType   oid.ID // of the content: mostly [oid.Data]
	Content     []byte // nil when the content lies elsewhere (detached)

	RawCertificates [][]byte            // every certificate inside, as stored
	Certificates    []*cert.Certificate // those of them that could be read
	CRLs            [][]byte
	Signers         []Signer

	Deviations []string // "place: what", where the message departs from the standard
}

// Parse reads a SignedData in its ContentInfo. A message that cannot be
// understood is [fault.CMSBroken].
func Parse(b []byte) (*SignedData, error) {
	sd := &SignedData{}
	body, err := sd.open(b)
	if err == nil {
		err = sd.read(body)
	}
	if err != nil {
		return nil, broken(err)
	}
	return sd, nil
}

// broken wraps a reader's error, whose text begins with the place.
func broken(err error) error {
	where, _, _ := strings.Cut(err.Error(), ": ")
	return fault.Wrap(fault.CMSBroken, err, "place", where)
}

func (sd *SignedData) deviate(place, format string, args ...any) {
	sd.Deviations = append(sd.Deviations, place+": "+fmt.Sprintf(format, args...))
}

// open reads the ContentInfo around a SignedData.
func (sd *SignedData) open(b []byte) (*der.Reader, error) {
	raw, id, body, trailer, err := openContentInfo(b, "signedData")
	if err != nil {
		return nil, err
	}
	if id != oid.SignedData && id != oid.PKCS7SignedData {
		return nil, fmt.Errorf("contentInfo.contentType: %s is no signed data", id)
	}
	sd.Raw, sd.ContentType, sd.Deviations = raw, id, trailer
	return body, nil
}

// openContentInfo opens the SEQUENCE inside a ContentInfo. What follows it is a
// deviation, trailer: writers that reserve room leave zero octets, editors end a line.
func openContentInfo(b []byte, name string) (raw []byte, id oid.ID, body *der.Reader, trailer []string, err error) {
	v, rest, err := der.Parse(b)
	if err != nil {
		return nil, "", nil, nil, fmt.Errorf("contentInfo: %w", err)
	}
	if len(rest) > 0 {
		trailer = []string{fmt.Sprintf("contentInfo: %d octets follow its end", len(rest))}
	}
	r := der.Open(v, der.Sequence, "contentInfo")
	id = r.OID("contentType")
	explicit := r.Open("content", der.ContextConstructed(0))
	body = explicit.Open(name, der.Sequence)
	r.Fail("content", explicit.End())
	return v.Raw, id, body, trailer, r.End()
}

func (sd *SignedData) read(r *der.Reader) error {
	version := r.Int("version")
	r.Value("digestAlgorithms", der.Set) // each signer names its own again
	info := r.Open("contentInfo", der.Sequence)
	sd.InnerType = info.OID("contentType")
	if v, ok := info.Optional("content", der.ContextConstructed(0)); ok {
		sd.Content = sd.readContent(v, info)
	}
	r.Fail("contentInfo", info.End())
	if v, ok := r.Optional("certificates", der.ContextConstructed(0)); ok {
		r.Fail("certificates", sd.readCertificates(v))
	}
	if v, ok := r.Optional("crls", der.ContextConstructed(1)); ok {
		lists, err := v.Children()
		r.Fail("crls", err)
		for _, l := range lists {
			sd.CRLs = append(sd.CRLs, l.Raw)
		}
	}
	signers := r.Open("signerInfos", der.Set)
	for signers.More() && len(sd.Signers) < maxSigners {
		s, err := readSigner(signers.Open("signerInfo", der.Sequence))
		signers.Fail("signerInfo", err)
		sd.Signers = append(sd.Signers, s)
	}
	r.Fail("signerInfos", signers.End())
	if err := r.End(); err != nil {
		return err
	}
	sd.checkFamily(version)
	return nil
}

// readContent reads [0] EXPLICIT OCTET STRING. PKCS #7 allows any value there;
// its content octets are then what is signed (RFC 2315, 9.3).
func (sd *SignedData) readContent(v der.Value, info *der.Reader) []byte {
	r := der.Open(v, v.Tag, "content")
	inner := r.Value("content")
	info.Fail("content", r.End())
	if octets, err := inner.Octets(); err == nil {
		return nonNil(octets)
	}
	if info.Err() == nil {
		sd.deviate("contentInfo.content", "is no OCTET STRING")
	}
	return nonNil(inner.Content)
}

// nonNil keeps empty content apart from no content.
func nonNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

func (sd *SignedData) readCertificates(v der.Value) error {
	all, err := v.Children()
	if err != nil {
		return err
	}
	if len(all) > maxCertificates {
		return fmt.Errorf("more than %d", maxCertificates)
	}
	for i, one := range all {
		sd.RawCertificates = append(sd.RawCertificates, one.Raw)
		c, err := cert.Parse(one.Raw)
		if err != nil {
			sd.deviate("certificates", "certificate %d cannot be read", i+1)
			continue
		}
		sd.Certificates = append(sd.Certificates, c)
	}
	return nil
}

// checkFamily records identifiers of PKCS #7 and of GB/T 35275 side by side, and
// versions other than GB/T 35275 has. CMS (RFC 5652) has version 3 when the
// content is no plain data.
func (sd *SignedData) checkFamily(version int) {
	switch {
	case sd.ContentType == oid.SignedData && sd.InnerType == oid.PKCS7Data,
		sd.ContentType == oid.PKCS7SignedData && sd.InnerType == oid.Data:
		sd.deviate("contentInfo.contentType", "identifiers of PKCS #7 and of GB/T 35275 are mixed")
	}
	if version != 1 && (sd.ContentType == oid.SignedData || version != 3) {
		sd.deviate("signedData.version", "is %d", version)
	}
	if len(sd.Signers) == 0 {
		sd.deviate("signerInfos", "nobody signed")
	}
}
