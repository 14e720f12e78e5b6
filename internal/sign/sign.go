// Package sign puts signatures and seals into documents. It works in two calls,
// so that the key may sit in another process or on another machine:
//
//	prepared, err := sign.Prepare(ctx, pkg, request)   // checks, places, hashes
//	value, err := key.SignDigest(ctx, prepared.Digest)  // a UKey, after its PIN
//	err = prepared.Complete(out, value)                 // checks the value, writes
//
// [Prepare] refuses, with the reason, whatever could only become an invalid
// signature: a certificate that may not do this, a seal that is over, a signature
// list that an earlier signature closed. The document itself is never changed:
// Complete writes a new one in which every other entry keeps its bytes
// (GB/T 33190, GB/T 38540-2020).
package sign

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/ofd"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/trust"
)

// A Key makes SM2 signatures: a UKey, a file key and a remote agent all satisfy
// it.
type Key interface {
	// Certificate returns the signing certificate in DER, not the encryption one.
	Certificate() []byte

	// SignDigest signs e = SM3(Z_A ‖ M) and returns the DER SM2Signature of
	// GB/T 35276. It may wait for a PIN or a button; cancelling ctx ends the wait.
	SignDigest(ctx context.Context, e [32]byte) ([]byte, error)
}

// What new signatures say of the program that made them.
const (
	provider        = "xinzhang"
	providerVersion = "1"
)

// document is the DocBody that is signed: the first, as in nearly every package.
const document = 1

// A Request asks for one seal signature.
type Request struct {
	Seal        *ses.Seal         // a person's hand-written signature or an organisation's seal
	Certificate *cert.Certificate // the signer's signing certificate
	Places      []Place           // where it shows; at least one
	Time        time.Time         // of signing
	Trust       *trust.Set        // status lists at hand; may be empty
}

// A Prepared signature waits for its value.
type Prepared struct {
	Digest [32]byte // e = SM3(Z_A ‖ TBS_Sign), for the key to sign
	TBS    []byte   // TBS_Sign in DER, for a key that hashes by itself
	Stamps []Stamp  // where the signature will show

	pkg       *ofd.Package
	signer    *cert.Certificate
	files     map[string][]byte // everything new or changed but the signature value
	valuePath string
}

// A Stamp is a placed seal: a page, from 1, and its box in millimetres.
type Stamp struct {
	Page int
	Box  ofd.Box
}

// Prepare checks req against pkg and computes what the key has to sign. It
// returns sign.*, cert.* and doc.* codes; nothing is written.
func Prepare(ctx context.Context, pkg *ofd.Package, req Request) (*Prepared, error) {
	if err := permit(req); err != nil {
		return nil, err
	}
	if err := open(pkg); err != nil {
		return nil, err
	}
	pages, err := pagesOf(pkg)
	if err != nil {
		return nil, err
	}
	stamps, err := locate(pkg, pages, req)
	if err != nil {
		return nil, err
	}
	plan, err := pkg.PlanSignature(document, "Seal", len(stamps))
	if err != nil {
		return nil, err
	}
	refs, err := protect(ctx, pkg, plan, req.Seal.Raw)
	if err != nil {
		return nil, err
	}
	xml, err := ofd.BuildSignatureXML(ofd.SignatureSpec{
		ProviderName: provider, ProviderVersion: providerVersion, Company: provider,
		Method: string(oid.SM2WithSM3), CheckMethod: string(oid.SM3), Time: req.Time,
		References: refs, Stamps: annotations(pages, stamps, plan.StampIDs),
		SealPath: plan.SealPath, ValuePath: plan.ValuePath,
	})
	if err != nil {
		return nil, err
	}
	tbs, err := ses.TBSSign(req.Seal.Raw, req.Time, sm3.Sum(xml), plan.SignaturePath)
	if err != nil {
		return nil, fmt.Errorf("build TBS_Sign: %w", err)
	}
	files := maps.Clone(plan.Changed)
	files[plan.SignaturePath], files[plan.SealPath] = xml, req.Seal.Raw
	return &Prepared{
		Digest: sm2enc.Digest(req.Certificate.PublicKey, tbs), TBS: tbs, Stamps: stamps,
		pkg: pkg, signer: req.Certificate, files: files, valuePath: plan.ValuePath,
	}, nil
}

// protect lists every file of the document to be with its SM3: all but the
// signature lists, which later signatures extend, and this signature's own
// Signature.xml and value.
func protect(ctx context.Context, pkg *ofd.Package, plan *ofd.Plan, seal []byte) ([]ofd.Reference, error) {
	open := map[string]bool{plan.ListPath: true}
	lists, err := pkg.SignatureLists()
	if err != nil {
		return nil, err
	}
	for _, l := range lists {
		open[l.Path] = true
	}
	var refs []ofd.Reference
	for _, e := range pkg.Entries() {
		if open[e.Name] {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		digest := sm3.Sum(plan.Changed[e.Name])
		if _, changed := plan.Changed[e.Name]; !changed {
			if digest, err = pkg.Digest(e.Name); err != nil {
				return nil, err
			}
		}
		refs = append(refs, ofd.Reference{Path: e.Name, CheckValue: bytes.Clone(digest[:])})
	}
	digest := sm3.Sum(seal)
	return append(refs, ofd.Reference{Path: plan.SealPath, CheckValue: digest[:]}), nil
}

// Complete writes the signed document to w. value is the DER SM2Signature over
// [Prepared.Digest]; one that the certificate's key did not make is refused with
// fault.SignValueWrong before anything is written.
func (p *Prepared) Complete(w io.Writer, value []byte) error {
	sig, _, err := sm2enc.ParseSignature(value)
	if err != nil || !sm2enc.VerifyDigest(p.signer.PublicKey, p.Digest, sig) {
		return fault.Wrap(fault.SignValueWrong, err)
	}
	signature, err := ses.AssembleSignature(p.TBS, p.signer.Raw, sig.Marshal())
	if err != nil {
		return fmt.Errorf("assemble seal signature: %w", err)
	}
	files := maps.Clone(p.files)
	files[p.valuePath] = signature
	return ofd.Append(w, p.pkg, files)
}

// open refuses a document whose signature list may not grow.
func open(pkg *ofd.Package) error {
	lists, err := pkg.SignatureLists()
	if err != nil {
		return err
	}
	for _, list := range lists {
		for i, item := range list.Items {
			file, err := pkg.SignatureFile(item.Path)
			if err != nil {
				return err
			}
			for _, ref := range file.References {
				if ref.Path == list.Path {
					return fault.New(fault.SignListProtected, "number", i+1)
				}
			}
		}
	}
	return nil
}

// permit refuses a certificate or seal that could only make an invalid signature.
func permit(req Request) error {
	c, seal, now := req.Certificate, req.Seal, req.Time
	if c.PublicKey == nil {
		return fault.New(fault.SignNotSM2)
	}
	if c.EncryptionOnly() {
		return fault.New(fault.SignEncryptionCert, "holder", c.Holder())
	}
	if !c.MaySign() {
		return fault.New(fault.SignKeyUsage, "holder", c.Holder())
	}
	if err := roleFits(c, seal.Info); err != nil {
		return err
	}
	if now.Before(c.NotBefore) {
		return fault.New(fault.SignCertNotYet, "holder", c.Holder(), "start", c.NotBefore.Format(time.DateOnly))
	}
	if now.After(c.NotAfter) {
		return fault.New(fault.SignCertExpired, "holder", c.Holder(), "end", c.NotAfter.Format(time.DateOnly))
	}
	if err := notRevoked(req); err != nil {
		return err
	}
	return usable(seal, c, now)
}

// roleFits keeps organisations from signing as persons and the other way round.
// Seals and certificates of other makers are not judged by what they do not say.
func roleFits(c *cert.Certificate, i ses.Info) error {
	kind, role := i.Kind(), c.Role()
	switch {
	case kind == "" || role == cert.RoleUnknown:
		return nil
	case kind == ses.Handwritten && role != cert.RolePerson:
		return fault.New(fault.SignOrganisationAsPerson, "holder", c.Holder())
	case kind != ses.Handwritten && role != cert.RoleOrganisation:
		return fault.New(fault.SignPersonAsOrganisation, "holder", c.Holder())
	}
	return nil
}

func notRevoked(req Request) error {
	path := req.Trust.Path(req.Certificate, nil)
	for i := 0; i+1 < len(path.Certs); i++ {
		c := path.Certs[i]
		switch st := req.Trust.Status(c, path.Certs[i+1], req.Time); st.State {
		case trust.Revoked:
			return fault.New(fault.SignCertRevoked, "holder", c.Holder(), "date", st.Since.Format(time.DateOnly), "reason", st.Reason)
		case trust.OnHold:
			return fault.New(fault.SignCertOnHold, "holder", c.Holder(), "date", st.Since.Format(time.DateOnly))
		}
	}
	return nil
}

// usable asks of the seal what a verifier will ask.
func usable(seal *ses.Seal, c *cert.Certificate, now time.Time) error {
	if !seal.Allows(c.Raw) {
		return fault.New(fault.SignNotInSeal, "holder", c.Holder(), "seal", seal.Info.Name)
	}
	if now.Before(seal.Info.ValidStart) {
		return fault.New(fault.SignSealNotYet, "seal", seal.Info.Name, "start", seal.Info.ValidStart.Format(time.DateOnly))
	}
	if now.After(seal.Info.ValidEnd) {
		return fault.New(fault.SignSealExpired, "seal", seal.Info.Name, "end", seal.Info.ValidEnd.Format(time.DateOnly))
	}
	maker, err := cert.Parse(seal.MakerCert)
	if err != nil {
		return fault.Wrap(fault.SignSealBroken, err, "seal", seal.Info.Name)
	}
	if maker.PublicKey == nil || !sm2enc.Verify(maker.PublicKey, seal.SignedBytes(), seal.Value) {
		return fault.Wrap(fault.SignSealBroken, errors.New("the maker's signature does not hold"), "seal", seal.Info.Name)
	}
	return nil
}
