package sign

import (
	"context"
	"fmt"
	"maps"

	"github.com/emmansun/gmsm/sm3"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/ofd"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/format/sm2enc"
)

// A Plan is a signature that is thought through and not made: where each seal
// lands, what becomes of the signatures that are there, and everything that
// stands against it.
type Plan struct {
	Stamps   []Stamp    // in the order of the places, also those that are refused
	Keywords []Sighting // one for each place that names a keyword
	Earlier  []Earlier

	// Refusals each forbid the signature: sign.*, doc.* and usage.* codes.
	Refusals []*fault.Error

	// Warnings are what the signer should know beforehand.
	Warnings []*fault.Error

	pkg   *ofd.Package
	req   Request
	files *ofd.Plan // names, ids and changed files; nil when they cannot be made
	later bool      // it comes after others that are not on the document yet
}

// Rehearse plans the signature of req on pkg without making it. The plan names
// every refusal, not only the first. before are the plans of signatures on the
// same document that are to be made first: a person's signature and an
// organisation's seal are rehearsed as one task.
//
// The error is non-nil only when ctx ended or the package failed in an unknown
// way.
func Rehearse(ctx context.Context, pkg *ofd.Package, req Request, before ...*Plan) (*Plan, error) {
	p := &Plan{pkg: pkg, req: req, later: len(before) > 0}
	p.permit()
	if err := p.locate(ctx); err != nil {
		return nil, err
	}
	for _, step := range []func() error{
		p.reserve, func() error { return p.earlier(ctx) }, p.integrity,
		func() error { return p.overlaps(before) },
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return p, ctx.Err()
}

// Refusal returns the first refusal, or nil when nothing forbids the signature.
func (p *Plan) Refusal() error {
	if len(p.Refusals) > 0 {
		return p.Refusals[0]
	}
	return nil
}

func (p *Plan) refuse(code fault.Code, kv ...any) { _ = p.refuseFor(fault.New(code, kv...)) }

func (p *Plan) warn(code fault.Code, kv ...any) {
	p.Warnings = append(p.Warnings, fault.New(code, kv...))
}

// refuseFor takes an error with a code as a refusal; others are returned. What was
// said is not said again.
func (p *Plan) refuseFor(err error) error {
	e := fault.Of(err)
	if e.Code == fault.InternalError {
		return err
	}
	for _, r := range p.Refusals {
		if r.Error() == e.Error() {
			return nil
		}
	}
	p.Refusals = append(p.Refusals, e)
	return nil
}

// reserve finds names and ids for the files to come, and what changes for them. A
// plan that comes after others changes nothing that they do not.
func (p *Plan) reserve() error {
	if p.later {
		return nil
	}
	var err error
	if p.files, err = p.pkg.PlanSignature(document, "Seal", len(p.Stamps)); err != nil {
		p.files = nil
		return p.refuseFor(err)
	}
	return nil
}

// changes reports whether an existing file of the package would change.
func (p *Plan) changes(name string) bool {
	if p.files == nil {
		return false
	}
	_, changed := p.files.Changed[name]
	return changed
}

// prepare computes what the key has to sign for a plan that nothing forbids.
func (p *Plan) prepare(ctx context.Context) (*Prepared, error) {
	req, files := p.req, p.files
	refs, err := protect(ctx, p.pkg, files, req.Seal.Raw)
	if err != nil {
		return nil, err
	}
	pages, err := p.readPages()
	if err != nil {
		return nil, err
	}
	xml, err := ofd.BuildSignatureXML(ofd.SignatureSpec{
		ProviderName: provider, ProviderVersion: providerVersion, Company: provider,
		Method: string(oid.SM2WithSM3), CheckMethod: string(oid.SM3), Time: req.Time,
		References: refs, Stamps: annotations(pages, p.Stamps, files.StampIDs),
		SealPath: files.SealPath, ValuePath: files.ValuePath,
	})
	if err != nil {
		return nil, err
	}
	tbs, err := ses.TBSSign(req.Seal.Raw, req.Time, sm3.Sum(xml), files.SignaturePath)
	if err != nil {
		return nil, fmt.Errorf("build TBS_Sign: %w", err)
	}
	added := maps.Clone(files.Changed)
	added[files.SignaturePath], added[files.SealPath] = xml, req.Seal.Raw
	return &Prepared{
		Digest: sm2enc.Digest(req.Certificate.PublicKey, tbs), TBS: tbs, Stamps: p.Stamps,
		pkg: p.pkg, signer: req.Certificate, files: added, valuePath: files.ValuePath,
	}, nil
}
