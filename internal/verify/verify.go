// Package verify judges the signatures of a document and reports everything it
// finds. A bad signature is a finding in the report, never an error.
//
//	pkg, err := ofd.Open(file, size, ofd.DefaultLimits())
//	report, err := verify.OFD(ctx, pkg, verify.Options{Policy: policy, Trust: set, At: time.Now()})
//	report.Word(fault.ZH)
//
// The work goes in one direction: gather facts (reading, hashing and parsing
// happen here and nowhere else), ask every question of every signature (pure
// functions of the facts, so that one report tells all that is wrong), take the
// answers by a policy (a table). Verdicts: passed, failed, indeterminate where
// evidence is missing; a document without signatures is unsigned.
//
// What is judged: GB/T 38540-2020 (v4), GM/T 0031-2014 (v1) and GM/T 0031-2025
// (v5) seal signatures and GB/T 35275 digital signatures in OFD documents,
// and what of the document they cover: content that is shown but that no valid
// signature protects fails, however right the signatures themselves are.
package verify

import (
	"context"
	"fmt"
	"slices"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/ofd"
	"xinzhang/internal/trust"
)

// Options are what a judgement depends on beside the document.
type Options struct {
	Policy Policy
	Trust  *trust.Set
	At     time.Time // the moment of judgement

	// Diagnose fills [SignatureReport.Diagnosis], for a technician.
	Diagnose bool

	// Progress is called, when set, before each part of the work with the
	// number of parts done and in all.
	Progress func(done, total int)
}

// OFD judges every signature of pkg.
//
// The error is non-nil only when nothing could be judged: ctx ended or the
// package cannot be read as a document (codes doc.*).
func OFD(ctx context.Context, pkg *ofd.Package, opt Options) (*Report, error) {
	report := &Report{
		Policy: opt.Policy.Name, At: opt.At.UTC(), Verdict: Unsigned,
		Signatures: []SignatureReport{}, Document: []Check{},
	}
	if opt.Diagnose {
		report.Known = knowledge(opt.Trust)
	}
	doc, err := gatherDocument(ctx, pkg, opt)
	if err != nil {
		return nil, err
	}
	report.Pages = doc.pageCount()
	documentChecks, documentVerdict := opt.Policy.judge(askDocument(doc))
	report.Document = append(report.Document, documentChecks...)
	if doc.listErr != nil {
		report.Verdict = Failed
		return report, nil
	}
	if len(doc.signatures) == 0 {
		return report, nil
	}

	// First every question but coverage, which depends on which signatures hold.
	judged := make([][]finding, len(doc.signatures))
	for i, s := range doc.signatures {
		judged[i] = askSignature(s, doc)
		_, s.verdict = opt.Policy.judge(judged[i])
	}
	doc.weigh()
	report.Verdict = documentVerdict
	for i, s := range doc.signatures {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		checks, verdict := opt.Policy.judge(append(judged[i], coverage(s, doc)...))
		sr := s.report(doc)
		sr.Checks, sr.Verdict = checks, verdict
		if opt.Diagnose {
			sr.Diagnosis = s.diagnose(doc)
		}
		report.Signatures = append(report.Signatures, sr)
		report.Verdict = worse(report.Verdict, verdict)
	}
	return report, nil
}

// ambiguous are the refusals of [ofd.Open] that are made on purpose or by damage
// but never by a careless writer: two readers of such a package may see two
// different documents.
var ambiguous = []fault.Code{fault.DocDuplicateEntry, fault.DocPathEscape, fault.DocZIPConflict}

// Refused reports a package that [ofd.Open] refused with err as failed when its
// structure is such that nobody could rely on it; otherwise ok is false and the
// file could not be read at all.
func Refused(err error, opt Options) (r *Report, ok bool) {
	e := fault.Of(err)
	if !slices.Contains(ambiguous, e.Code) {
		return nil, false
	}
	r = &Report{Policy: opt.Policy.Name, At: opt.At.UTC(), Signatures: []SignatureReport{}}
	r.Document, r.Verdict = opt.Policy.judge([]finding{{askFormat, e.Code, e.Args}})
	return r, true
}

// partNames words a list of entries of the package by what a reader knows them
// as: "第 2 页" rather than a path.
type partNames struct {
	pkg   *ofd.Package
	paths []string
}

// shown bounds how many names a message lists.
const shown = 8

// Words lists the names in lang.
func (p partNames) Words(lang fault.Lang) string {
	out, sep := "", "、"
	if lang == fault.EN {
		sep = ", "
	}
	for i, path := range p.paths {
		if i == shown {
			if lang == fault.EN {
				return out + fmt.Sprintf(" and %d more", len(p.paths)-shown)
			}
			return out + fmt.Sprintf("等共 %d 处", len(p.paths))
		}
		if i > 0 {
			out += sep
		}
		out += p.pkg.PartName(path).Words(lang)
	}
	return out
}
