// Package sign puts signatures and seals into documents. It works in two calls,
// so that the key may sit in another process or on another machine:
//
//	prepared, err := sign.Prepare(ctx, pkg, request)   // checks, places, hashes
//	value, err := key.SignDigest(ctx, prepared.Digest)  // a UKey, after its PIN
//	err = prepared.Complete(out, value)                 // checks the value, writes
//
// [Prepare] refuses, with the reason, whatever could only become an invalid
// signature: a certificate that may not do this, a seal that is over, a signature
// list that an earlier signature closed. [Rehearse] makes the same plan, names
// every refusal and shows where the seals would land. The document itself is never changed: Complete writes a new one in which
// every other entry keeps its bytes (GB/T 33190, GB/T 38540-2020).
//
// Where a seal goes is said by a [Place]: a point, a keyword, or an edge across
// which it is split over the pages (骑缝章).
package sign

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/ofd"
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

// Prepare checks req against pkg and computes what the key has to sign. It
// returns sign.*, doc.* and usage.* codes, the first of the refusals that
// [Rehearse] would list; nothing is written.
func Prepare(ctx context.Context, pkg *ofd.Package, req Request) (*Prepared, error) {
	p, err := Rehearse(ctx, pkg, req)
	if err != nil {
		return nil, err
	}
	if err := p.Refusal(); err != nil {
		return nil, err
	}
	return p.prepare(ctx)
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
	var names []string
	for _, e := range pkg.Entries() {
		if !open[e.Name] && plan.Changed[e.Name] == nil {
			names = append(names, e.Name)
		}
	}
	if err := pkg.DigestAll(ctx, names); err != nil {
		return nil, err
	}
	var refs []ofd.Reference
	for _, e := range pkg.Entries() {
		if open[e.Name] {
			continue
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
