package ca_test

import (
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"xinzhang/internal/ca"
	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/crl"
)

// issuedPair is an authority with one pair.
func issuedPair(t *testing.T) (*world, *ca.CA, *ca.Issued) {
	t.Helper()
	w := foundedWorld(t)
	c, _ := w.open(t)
	issued, err := c.Issue(t.Context(), newHolder(t).request(t, "2026-0001"))
	if err != nil {
		t.Fatal(err)
	}
	w.clock = w.clock.Add(24 * time.Hour)
	return w, c, issued
}

// listed builds a CRL, reads it from where it is published and looks both halves
// up. -1: not on the list.
func listed(t *testing.T, w *world, c *ca.CA, issued *ca.Issued) (signing, encryption crl.Reason) {
	t.Helper()
	if _, err := c.BuildCRL(t.Context(), ca.Sub); err != nil {
		t.Fatal(err)
	}
	list := publishedCRL(t, w, ca.Sub)
	if err := list.CheckSignatureFrom(issued.Chain[0]); err != nil {
		t.Error(err)
	}
	reason := func(serial *big.Int) crl.Reason {
		if e, ok := list.Lookup(serial); ok {
			return e.Reason
		}
		return -1
	}
	return reason(issued.Signing.Serial), reason(issued.Encryption.Serial)
}

func publishedCRL(t *testing.T, w *world, issuer string) *crl.List {
	t.Helper()
	der, err := os.ReadFile(filepath.Join(w.dir.CRL(), issuer+".crl"))
	if err != nil {
		t.Fatal(err)
	}
	list, err := crl.Parse(der)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestBothHalvesOfAPairShareTheirFate(t *testing.T) {
	for name, half := range map[string]func(*ca.Issued) *cert.Certificate{
		"the signing half is named":    func(i *ca.Issued) *cert.Certificate { return i.Signing },
		"the encryption half is named": func(i *ca.Issued) *cert.Certificate { return i.Encryption },
	} {
		t.Run(name, func(t *testing.T) {
			w, c, issued := issuedPair(t)
			named := ca.Change{Serial: half(issued).SerialHex(), Note: "testing"}
			wantListed := func(what string, want crl.Reason) {
				t.Helper()
				s, e := listed(t, w, c, issued)
				if s != want || e != want {
					t.Errorf("%s: signing %v, encryption %v, want %v", what, s, e, want)
				}
			}
			wantListed("issued", -1)
			changed, err := c.Suspend(t.Context(), named)
			if err != nil || len(changed) != 2 || changed[0].State != ca.Held {
				t.Fatalf("suspend: %v, %v", changed, err)
			}
			wantListed("suspended", crl.Hold)
			_, err = c.Suspend(t.Context(), named)
			wantCode(t, err, fault.CertAlreadyHeld)

			if _, err := c.Restore(t.Context(), named); err != nil {
				t.Fatal(err)
			}
			wantListed("restored", -1)
			_, err = c.Restore(t.Context(), named)
			wantCode(t, err, fault.CertNotHeld)

			if _, err := c.Revoke(t.Context(), named, crl.KeyCompromise); err != nil {
				t.Fatal(err)
			}
			wantListed("revoked", crl.KeyCompromise)
			_, err = c.Revoke(t.Context(), named, crl.Superseded)
			wantCode(t, err, fault.CertAlreadyRevoked)
			_, err = c.Restore(t.Context(), named)
			wantCode(t, err, fault.CertAlreadyRevoked)
			w.audit(t)
		})
	}
}

func TestTheEncryptionHalfAloneCanBeRevoked(t *testing.T) {
	w, c, issued := issuedPair(t)
	only := ca.Change{Serial: issued.Signing.SerialHex(), Scope: ca.EncryptionOnly}
	changed, err := c.Revoke(t.Context(), only, crl.Superseded)
	if err != nil || len(changed) != 1 || changed[0].Half != ca.EncryptionHalf {
		t.Fatalf("revoked %v, %v", changed, err)
	}
	if s, e := listed(t, w, c, issued); s != -1 || e != crl.Superseded {
		t.Errorf("signing %v, encryption %v", s, e)
	}
	w.audit(t) // the key is historic

	rest, err := c.Revoke(t.Context(), ca.Change{Serial: issued.Encryption.SerialHex()}, crl.KeyCompromise)
	if err != nil || rest[0].Reason != int(crl.Superseded) || rest[1].Reason != int(crl.KeyCompromise) {
		t.Errorf("the rest of the pair: %v, %v", rest, err)
	}
}

func TestASuspensionCountsForGood(t *testing.T) {
	w, c, issued := issuedPair(t)
	serial := ca.Change{Serial: issued.Signing.SerialHex()}
	day := func(n int) time.Time { return w.clock.Add(time.Duration(n) * 24 * time.Hour) }
	start := w.clock
	at := func(n int) { w.clock = start.AddDate(0, 0, n) }
	at(1)
	if _, err := c.Suspend(t.Context(), serial); err != nil {
		t.Fatal(err)
	}
	at(3)
	if _, err := c.Restore(t.Context(), serial); err != nil {
		t.Fatal(err)
	}
	at(5)
	if _, err := c.Suspend(t.Context(), serial); err != nil {
		t.Fatal(err)
	}
	at(6)
	if _, err := c.Revoke(t.Context(), serial, crl.CessationOfOperation); err != nil {
		t.Fatal(err)
	}
	w.clock = start
	for n, want := range map[int]error{
		0: nil, 1: fault.CertHeld, 2: fault.CertHeld, 3: nil, 4: nil, 5: fault.CertHeld, 6: fault.CertRevoked, 300: fault.CertRevoked,
		-2: fault.CertNotYetValid, 400: fault.CertExpired,
	} {
		err := c.Check(t.Context(), issued.Signing, day(n))
		if want == nil && err != nil || want != nil && !is(err, want) {
			t.Errorf("day %d: %v, want %v", n, err, want)
		}
	}
	e, err := c.Show(t.Context(), issued.Signing.SerialHex())
	if err != nil || len(e.Holds) != 2 || e.Holds[0].EndedBy != "restored" || e.Holds[1].EndedBy != "revoked" {
		t.Errorf("holds %+v, %v", e.Holds, err)
	}
}

func is(err, want error) bool {
	code, ok := want.(fault.Code)
	return ok && fault.Of(err).Code == code
}

func TestSomeReasonsAreNotForRevoking(t *testing.T) {
	_, c, issued := issuedPair(t)
	for _, r := range []crl.Reason{crl.Hold, crl.RemoveFromCRL, crl.AACompromise, 7, 99, -1} {
		_, err := c.Revoke(t.Context(), ca.Change{Serial: issued.Signing.SerialHex()}, r)
		wantCode(t, err, fault.CertReasonUnfit)
	}
}

func TestALossReportedLateCountsFromTheLoss(t *testing.T) {
	w, c, issued := issuedPair(t)
	lost := w.clock.Add(time.Hour).Truncate(time.Second)
	w.clock = w.clock.AddDate(0, 0, 3)
	named := ca.Change{Serial: issued.Signing.SerialHex(), Since: w.clock.Add(time.Minute)}
	_, err := c.Revoke(t.Context(), named, crl.KeyCompromise)
	wantCode(t, err, fault.CertDateAhead)

	named.Since = lost
	changed, err := c.Revoke(t.Context(), named, crl.KeyCompromise)
	if err != nil || !changed[0].InvalidSince.Equal(lost) || !changed[1].InvalidSince.Equal(lost) {
		t.Fatalf("revoked %v, %v", changed, err)
	}
	wantCode(t, c.Check(t.Context(), issued.Signing, lost), fault.CertRevoked)
	if err := c.Check(t.Context(), issued.Signing, lost.Add(-time.Second)); err != nil {
		t.Errorf("before the loss: %v", err)
	}
	rec, err := c.BuildCRL(t.Context(), ca.Sub)
	if err != nil {
		t.Fatal(err)
	}
	list, err := crl.Parse(rec.DER)
	if err != nil {
		t.Fatal(err)
	}
	entry, ok := list.Lookup(issued.Signing.Serial)
	if !ok || !entry.InvalidityDate.Equal(lost) || !entry.RevokedAt.After(lost) {
		t.Errorf("the list says %+v", entry)
	}
	w.audit(t)
}

func TestASingleCertificateHasNoEncryptionHalf(t *testing.T) {
	w, c, _ := issuedPair(t)
	maker, err := c.OwnCertificate(t.Context(), ca.SealMaker)
	if err != nil {
		t.Fatal(err)
	}
	serial := maker.SerialHex()
	_, err = c.Revoke(t.Context(), ca.Change{Serial: serial, Scope: ca.EncryptionOnly}, crl.Superseded)
	wantCode(t, err, fault.CertNoEncryptionHalf)
	if _, err := c.Revoke(t.Context(), ca.Change{Serial: serial}, crl.KeyCompromise); err != nil {
		t.Error(err)
	}
	w.audit(t)
}

func TestAnIssuerThatIsRevokedIssuesNoMore(t *testing.T) {
	w, c, issued := issuedPair(t)
	if _, err := c.Revoke(t.Context(), ca.Change{Serial: issued.Chain[0].SerialHex()}, crl.CACompromise); err != nil {
		t.Fatal(err)
	}
	_, err := c.Issue(t.Context(), newHolder(t).request(t, "2026-0002"))
	wantCode(t, err, fault.CertIssuerUnfit)
	if _, err := c.Issued(t.Context(), "2026-0001"); err != nil {
		t.Errorf("what was issued before: %v", err)
	}
	if _, err := c.BuildCRL(t.Context(), ca.Root); err != nil {
		t.Fatal(err)
	}
	if _, ok := publishedCRL(t, w, ca.Root).Lookup(issued.Chain[0].Serial); !ok {
		t.Error("the sub CA is not on the root's CRL")
	}
}

func TestNumbersOfCRLsGrow(t *testing.T) {
	w, c, _ := issuedPair(t)
	for want := int64(2); want < 5; want++ { // the founding made number 1
		rec, err := c.BuildCRL(t.Context(), ca.Sub)
		if err != nil || rec.Number != want {
			t.Errorf("number %d, want %d, %v", rec.Number, want, err)
		}
		list := publishedCRL(t, w, ca.Sub)
		if list.Number.String() != strconv.FormatInt(want, 10) || !list.Current(w.clock) || list.Current(w.clock.AddDate(0, 0, 8)) {
			t.Errorf("published number %v, until %v", list.Number, list.NextUpdate)
		}
	}
}

func TestCertificatesAreFoundByNameAndSerialNumber(t *testing.T) {
	_, c, issued := issuedPair(t)
	serial := issued.Signing.SerialHex()
	for _, text := range []string{"测试用户", "示例监", serial, serial[:8], serial[:2] + ":" + serial[2:4] + ":" + serial[4:6] + ":" + serial[6:8]} {
		found, err := c.Find(t.Context(), text)
		if err != nil || len(found) == 0 {
			t.Errorf("%q: %d found, %v", text, len(found), err)
		}
	}
	for _, text := range []string{"nobody", "%", "_", `\`} {
		_, err := c.Find(t.Context(), text)
		wantCode(t, err, fault.CertNotFound)
	}
	_, err := c.Show(t.Context(), "00ff")
	wantCode(t, err, fault.CertNotFound)
}
