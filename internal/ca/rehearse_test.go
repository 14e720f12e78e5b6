package ca_test

import (
	"testing"

	"xinzhang/internal/ca"
	"xinzhang/internal/fault"
	"xinzhang/internal/format/certlint"
)

func TestARehearsalChangesNothing(t *testing.T) {
	w := foundedWorld(t)
	c, _ := w.open(t)
	before, err := c.Tally(t.Context())
	if err != nil || before[ca.Valid] != 4 {
		t.Fatalf("%v certificates, %v", before, err)
	}
	h := newHolder(t)
	req := h.request(t, "2026-0001")
	all, err := c.Rehearse(t.Context(), req)
	if err != nil || len(all) != 2 || all[0].Half != ca.SigningHalf || all[1].Half != ca.EncryptionHalf {
		t.Fatalf("got %v, %v", all, err)
	}
	for _, r := range all {
		if bad, refuses := certlint.Refuses(r.Findings); refuses || r.DER != nil || r.Holder != req.Subject.CommonName {
			t.Errorf("%s: %v, %+v", r.Half, bad, r.Record)
		}
	}
	if after, err := c.Tally(t.Context()); err != nil || len(after) != 1 || after[ca.Valid] != 4 {
		t.Errorf("%v certificates afterwards, %v", after, err)
	}
	_, err = c.Issued(t.Context(), "2026-0001")
	wantCode(t, err, fault.CertNotFound)

	req.CSR = nil // the key is yet to be made
	if all, err := c.Rehearse(t.Context(), req); err != nil || len(all) != 2 {
		t.Errorf("without a request: %v, %v", all, err)
	}
	req.Subject.IDNumber = "990000199001010018"
	_, err = c.Rehearse(t.Context(), req)
	wantCode(t, err, fault.CertIDNumberDigit)
	w.audit(t)
}
