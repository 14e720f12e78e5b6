package cms

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"github.com/emmansun/gmsm/sm3"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/format/sm2enc"
)

// CertificateOf returns the certificate inside that signer names by issuer and
// serial number; nil when it is not there.
func (sd *SignedData) CertificateOf(signer Signer) *cert.Certificate {
	for _, c := range sd.Certificates {
		if signer.Identifies(c) {
			return c
		}
	}
	return nil
}

// Verify checks that the key of c signed, as signer i, content. Content nil
// means the content inside the message. Content given beside content inside must
// be the same, or what is inside must be its SM3, as OFD integrity files and
// some PDF signers write it.
//
// The error is nil or one of [fault.CMSContentMissing], [fault.CMSContent]
// (another content), [fault.CMSAlgorithm], [fault.CMSOtherCertificate],
// [fault.CMSSignature]. Deviations of the message and of this signer come back
// with either. Whether c may sign and was good, Verify does not ask.
func (sd *SignedData) Verify(i int, content []byte, c *cert.Certificate) (deviations []string, err error) {
	if i < 0 || i >= len(sd.Signers) {
		return sd.Deviations, fmt.Errorf("signed data: there is no signer %d", i+1)
	}
	v := &verification{signer: &sd.Signers[i], cert: c, innerType: sd.InnerType, deviations: slices.Clone(sd.Deviations)}
	err = v.run(sd, content)
	return v.deviations, err
}

// verification is the work on one signer.
type verification struct {
	signer     *Signer
	cert       *cert.Certificate
	innerType  oid.ID
	content    []byte
	deviations []string
}

func (v *verification) deviate(place, what string) {
	v.deviations = append(v.deviations, place+": "+what)
}

func (v *verification) run(sd *SignedData, content []byte) error {
	if err := v.checkAlgorithms(); err != nil {
		return err
	}
	if !v.signer.Identifies(v.cert) {
		return fault.New(fault.CMSOtherCertificate, "holder", v.cert.Holder())
	}
	if err := v.chooseContent(sd.Content, content); err != nil {
		return err
	}
	messages := [][]byte{v.content}
	if v.signer.RawAttrs != nil {
		if err := v.checkAttributes(); err != nil {
			return err
		}
		messages = attributeForms(v.signer.attrsValue)
	} else if looksLikeAttributes(v.content) {
		return fault.Wrap(fault.CMSSignature, errAttributes)
	}
	return v.checkSignature(messages)
}

func (v *verification) checkAlgorithms() error {
	switch v.signer.DigestAlg {
	case oid.SM3:
	case oid.SM3NoKey, oid.HMACSM3:
		v.deviate("signerInfo.digestAlgorithm", "is "+string(v.signer.DigestAlg)+" where SM3 is meant")
	default:
		return fault.New(fault.CMSAlgorithm, "algorithm", v.signer.DigestAlg)
	}
	switch v.signer.SignatureAlg {
	case oid.SM2Sign, oid.SM2WithSM3:
	case oid.SM2:
		v.deviate("signerInfo.digestEncryptionAlgorithm", "names the curve")
	default:
		return fault.New(fault.CMSAlgorithm, "algorithm", v.signer.SignatureAlg)
	}
	if v.signer.signatureExtra {
		v.deviate("signerInfo.digestEncryptionAlgorithm", "has parameters")
	}
	if v.cert.PublicKey == nil {
		return fault.New(fault.CMSAlgorithm, "algorithm", v.cert.KeyAlgorithm)
	}
	return nil
}

// chooseContent settles what the signature must cover.
func (v *verification) chooseContent(inside, given []byte) error {
	sum := sm3.Sum(given)
	switch {
	case inside == nil && given == nil:
		return fault.New(fault.CMSContentMissing)
	case inside == nil:
		v.content = given
		return nil
	case given == nil || bytes.Equal(inside, given):
	case bytes.Equal(inside, sum[:]):
		v.deviate("contentInfo.content", "is the digest of the content")
	default:
		return fault.New(fault.CMSContent)
	}
	v.content = inside
	return nil
}

// checkAttributes checks the signed attributes against content and certificate
// (RFC 5652, 5.4 and 11; RFC 5035).
func (v *verification) checkAttributes() error {
	digests, err := v.single(oid.MessageDigest)
	if err != nil {
		return err
	}
	sum := sm3.Sum(v.content)
	if digest, err := digests.Octets(); err != nil || !bytes.Equal(digest, sum[:]) {
		return fault.Wrap(fault.CMSContent, err)
	}
	if inner, err := v.single(oid.ContentType); err != nil {
		v.deviate("contentType", "attribute is missing or stands there more than once")
	} else if id, err := inner.ObjectIdentifier(); err != nil || id != v.innerType {
		v.deviate("contentType", fmt.Sprintf("attribute says %s, the content is %s", id, v.innerType))
	}
	if !slices.IsSortedFunc(rawAttributes(v.signer.attrsValue), bytes.Compare) {
		v.deviate("authenticatedAttributes", "are not in DER order")
	}
	return v.checkSigningCertificate()
}

// single returns the one value of the one signed attribute id. Two of them would
// let a signature mean two things, so they are refused.
func (v *verification) single(id oid.ID) (der.Value, error) {
	var found []Attribute
	for _, a := range v.signer.Attrs {
		if a.ID == id {
			found = append(found, a)
		}
	}
	if len(found) != 1 || len(found[0].Values) != 1 {
		return der.Value{}, fault.New(fault.CMSBroken, "place", "authenticatedAttributes "+string(id))
	}
	return der.ParseOnly(found[0].Values[0])
}

// checkSigningCertificate compares signingCertificateV2, when it is there, with
// the certificate: it keeps another certificate for the same key, with other
// rights, from being put in its place.
func (v *verification) checkSigningCertificate() error {
	if _, ok := v.signer.Attribute(oid.SigningCertificateV2); !ok {
		return nil
	}
	value, err := v.single(oid.SigningCertificateV2)
	if err != nil {
		return err
	}
	r := der.Open(value, der.Sequence, "signingCertificateV2").Open("certs", der.Sequence).Open("certID", der.Sequence)
	algorithm := oid.SHA256 // the default of RFC 5035
	if r.Peek() == der.Sequence {
		algorithm, _ = readAlgorithm(r, "hashAlgorithm")
	}
	want := r.Octets("certHash")
	if err := r.Err(); err != nil {
		return broken(err)
	}
	var got []byte
	switch algorithm {
	case oid.SM3:
		sum := sm3.Sum(v.cert.Raw)
		got = sum[:]
	case oid.SHA256:
		sum := sha256.Sum256(v.cert.Raw)
		got = sum[:]
	default:
		v.deviate("signingCertificateV2", "is hashed with "+string(algorithm)+" and was not checked")
		return nil
	}
	if !bytes.Equal(got, want) {
		return fault.New(fault.CMSOtherCertificate, "holder", v.cert.Holder())
	}
	return nil
}

var errSignature = errors.New("signature value is not that of the key over the message")

// checkSignature tries the forms of the message in order.
func (v *verification) checkSignature(messages [][]byte) error {
	sig, form, err := sm2enc.ParseSignature(v.signer.Signature)
	if err != nil {
		return fault.Wrap(fault.CMSSignature, err)
	}
	if form != sm2enc.DER {
		v.deviate("signerInfo.encryptedDigest", "is written as "+form.String())
	}
	for i, m := range messages {
		if !sm2enc.VerifyDigest(v.cert.PublicKey, sm2enc.Digest(v.cert.PublicKey, m), sig) {
			continue
		}
		if i > 0 {
			v.deviate("authenticatedAttributes", "were signed in another form than they are stored in")
		}
		return nil
	}
	return fault.Wrap(fault.CMSSignature, errSignature)
}
