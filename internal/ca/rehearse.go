package ca

import (
	"context"

	"xinzhang/internal/format/certlint"
)

// A Rehearsal is what a request would lead to.
type Rehearsal struct {
	Record                      // with a serial number that is not kept, and no DER
	Findings []certlint.Finding // of the content; the first of severity error would refuse it
}

// Rehearse does everything that [CA.Issue] does short of recording and signing:
// it checks req, builds the certificates of both halves and lints them under the
// throw-away key. Nothing is changed. The errors are those of Issue, except that
// a broken rule is a finding.
func (c *CA) Rehearse(ctx context.Context, req Request) ([]Rehearsal, error) {
	o, err := req.order()
	if err != nil {
		return nil, err
	}
	records, err := c.rehearse(ctx, o)
	if err != nil {
		return nil, err
	}
	all := make([]Rehearsal, len(records))
	for i, rec := range records {
		findings, err := c.inspect(ctx, rec)
		if err != nil {
			return nil, err
		}
		all[i] = Rehearsal{rec, findings}
	}
	return all, nil
}
