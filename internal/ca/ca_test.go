package ca_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"xinzhang/internal/ca"
	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/certfile"
	"xinzhang/internal/format/certlint"
	"xinzhang/internal/format/crl"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/kmc"
)

func TestAnAuthorityIsFoundedOnce(t *testing.T) {
	w := foundedWorld(t)
	_, err := ca.Init(t.Context(), w.config(t), founded)
	wantCode(t, err, fault.CAExists)
	c, findings := w.open(t)
	if len(findings) > 0 {
		t.Errorf("a fresh authority has leftovers: %s", codes(findings))
	}
	root, err := c.Certificate(t.Context(), ca.Root)
	if err != nil {
		t.Fatal(err)
	}
	if !root.SelfSigned() {
		t.Error("the root is not self-signed")
	}
	for name, parent := range map[string]string{ca.Sub: ca.Root, ca.SealMaker: ca.Sub, ca.KeyCentreKey: ca.Sub} {
		own, err := c.OwnCertificate(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		issuer, err := c.OwnCertificate(t.Context(), parent)
		if err != nil {
			t.Fatal(err)
		}
		if err := own.CheckSignatureFrom(issuer); err != nil || !own.IsIssuedBy(issuer) {
			t.Errorf("%s is not issued by %s: %v", name, parent, err)
		}
	}
	w.audit(t)
}

func TestTheTrustFolderHoldsTheRootAndTheSubCA(t *testing.T) {
	w := foundedWorld(t)
	for _, name := range []string{"root.pem", "sub.pem"} {
		text, err := os.ReadFile(filepath.Join(w.dir.Trust(), name))
		if err != nil {
			t.Fatal(err)
		}
		all, err := certfile.Certificates(text)
		if err != nil || len(all) != 1 {
			t.Fatalf("%s holds %d certificates, %v", name, len(all), err)
		}
		if got, want := all[0].SelfSigned(), name == "root.pem"; got != want {
			t.Errorf("%s is self-signed: %t", name, got)
		}
	}
}

func TestASetupThatCannotBeFoundedLeavesNothing(t *testing.T) {
	w := newWorld(t)
	bad := founded
	bad.CRLURL = "不是地址"
	_, err := ca.Init(t.Context(), w.config(t), bad)
	wantCode(t, err, fault.CertURLUnfit)
	bad = founded
	bad.CreditCode = "123"
	_, err = ca.Init(t.Context(), w.config(t), bad)
	wantCode(t, err, fault.CertCreditCodeLength)
	if names, _ := w.keys.Names(); len(names) > 0 {
		t.Errorf("keys were made: %v", names)
	}
	if _, err := ca.Init(t.Context(), w.config(t), founded); err != nil {
		t.Errorf("after a refused setup: %v", err)
	}
}

func TestKeysThatNoRecordExplainsAreNotOverwritten(t *testing.T) {
	w := newWorld(t)
	if _, err := w.keys.Create(t.Context(), ca.Root); err != nil {
		t.Fatal(err)
	}
	_, err := ca.Init(t.Context(), w.config(t), founded)
	wantCode(t, err, fault.CAKeysUnexplained)
}

func TestWithoutAnAuthorityOpenSaysSo(t *testing.T) {
	w := newWorld(t)
	_, _, err := ca.Open(t.Context(), w.config(t))
	wantCode(t, err, fault.CANotInitialised)
}

func TestOneProgramAtATimeHasTheAuthorityOpen(t *testing.T) {
	w := foundedWorld(t)
	c, _ := w.open(t)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, _, err := ca.Open(ctx, w.config(t))
	wantCode(t, err, fault.CABusy)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	w.open(t)
}

func TestAPersonGetsAPairThatWorks(t *testing.T) {
	w := foundedWorld(t)
	c, _ := w.open(t)
	h := newHolder(t)
	issued, err := c.Issue(t.Context(), h.request(t, "2026-0001"))
	if err != nil {
		t.Fatal(err)
	}
	h.checkPair(t, issued)
	if issued.Signing.Role() != cert.RolePerson || !issued.Signing.MayLogIn() {
		t.Errorf("role %s, may log in %t", issued.Signing.Role(), issued.Signing.MayLogIn())
	}
	if !issued.Encryption.EncryptionOnly() || issued.Signing.EncryptionOnly() {
		t.Error("the halves have the wrong key usage")
	}
	if len(issued.Chain) != 2 || issued.Chain[1].SelfSigned() == false {
		t.Error("the chain does not end at the root")
	}
	if got := issued.Signing.CRLURLs(); len(got) != 1 || got[0] != "http://ca.example.cn/crl/sub.crl" {
		t.Errorf("CRL at %v", got)
	}
	w.audit(t)
}

func TestAnOrganisationMaySealAndNotLogIn(t *testing.T) {
	w := foundedWorld(t)
	c, _ := w.open(t)
	h := newHolder(t)
	issued, err := c.Issue(t.Context(), ca.Request{
		ID: "o1", Kind: ca.Organisation, Subject: prison, CSR: h.csr(t, prison), Years: 3, Hardware: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	h.checkPair(t, issued)
	s := issued.Signing
	if s.Role() != cert.RoleOrganisation || s.MayLogIn() || !s.MaySign() {
		t.Errorf("role %s, may log in %t, may sign %t", s.Role(), s.MayLogIn(), s.MaySign())
	}
	if want := w.clock.AddDate(3, 0, 0).Add(-time.Second); !s.NotAfter.Equal(want) || !issued.Encryption.NotAfter.Equal(want) {
		t.Errorf("valid until %v, want %v", s.NotAfter, want)
	}
	if !s.HasPolicy(oid.PolicyHardToken) {
		t.Error("it does not say that the key lives in hardware")
	}
	w.audit(t)
}

func TestARequestThatCameToNothingMayBeCorrected(t *testing.T) {
	w := foundedWorld(t)
	cfg := w.config(t)
	cfg.LintWith(func(c, _ *cert.Certificate, _ *cert.Profile) []certlint.Finding {
		if c.Subject().Get(oid.OrgUnit) == "" {
			return []certlint.Finding{{Code: fault.LintNames, Severity: fault.Problem, Args: fault.Args{"what": "x"}}}
		}
		return nil
	})
	c, _, err := ca.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	h := newHolder(t)
	req := h.request(t, "x")
	req.Subject.Unit = ""
	_, err = c.Issue(t.Context(), req)
	wantCode(t, err, fault.CALintRefused)
	if got := fault.Describe(err, fault.EN).Title; strings.Contains(got, "{") || !strings.Contains(got, "x") {
		t.Errorf("the reason reads %q", got)
	}
	issued, err := c.Issue(t.Context(), h.request(t, "x"))
	if err != nil {
		t.Fatal(err)
	}
	h.checkPair(t, issued)
	w.audit(t)
}

func TestWhatTheHolderNeverGotIsTakenBack(t *testing.T) {
	w := foundedWorld(t)
	c, _ := w.open(t)
	first, err := c.Issue(t.Context(), newHolder(t).request(t, "x"))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := c.Withdraw(t.Context(), "x", "could not be installed"); err != nil {
			t.Fatal(err)
		}
	}
	w.audit(t)
	wantCode(t, c.Check(t.Context(), first.Signing, w.clock), fault.CertRevoked)
	_, err = c.Issued(t.Context(), "x")
	wantCode(t, err, fault.CertNotFound)
	_, err = c.Revoke(t.Context(), ca.Change{Serial: first.Encryption.SerialHex()}, crl.KeyCompromise)
	wantCode(t, err, fault.CertAlreadyRevoked)

	h := newHolder(t) // with another key, under the same number
	second, err := c.Issue(t.Context(), h.request(t, "x"))
	if err != nil {
		t.Fatal(err)
	}
	h.checkPair(t, second)
	again, err := c.Issued(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, second, again)
	w.audit(t)
	if err := c.Withdraw(t.Context(), "never was", ""); err != nil {
		t.Error(err)
	}
	wantCode(t, c.Withdraw(t.Context(), "founding/sub", ""), fault.CARequestInvalid)
}

func TestTheSameRequestGivesTheSameCertificates(t *testing.T) {
	w := foundedWorld(t)
	c, _ := w.open(t)
	h := newHolder(t)
	first, err := c.Issue(t.Context(), h.request(t, "2026-0001"))
	if err != nil {
		t.Fatal(err)
	}
	w.clock = w.clock.Add(time.Hour)
	second, err := c.Issue(t.Context(), h.request(t, "2026-0001")) // the CSR is signed anew
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, first, second)

	other := newHolder(t).request(t, "2026-0001")
	_, err = c.Issue(t.Context(), other)
	wantCode(t, err, fault.CARequestConflict)
}

func wantSame(t testing.TB, a, b *ca.Issued) {
	t.Helper()
	if !bytes.Equal(a.Signing.Raw, b.Signing.Raw) || !bytes.Equal(a.Encryption.Raw, b.Encryption.Raw) || !bytes.Equal(a.EnvelopedKey, b.EnvelopedKey) {
		t.Error("the same request gave something else")
	}
}

func TestRefusedRequestsLeaveNothing(t *testing.T) {
	w := foundedWorld(t)
	c, _ := w.open(t)
	h := newHolder(t)
	change := func(f func(*ca.Request)) ca.Request {
		r := h.request(t, "2026-0002")
		f(&r)
		return r
	}
	other := newHolder(t).csr(t, officer)
	for name, test := range map[string]struct {
		req  ca.Request
		want fault.Code
	}{
		"no proof of possession": {change(func(r *ca.Request) {
			r.CSR = bytes.Clone(r.CSR)
			r.CSR[len(r.CSR)-1] ^= 1
		}), fault.CSRSignature},
		"a request that is cut":     {change(func(r *ca.Request) { r.CSR = other[:40] }), fault.CSRBroken},
		"a wrong ID number":         {change(func(r *ca.Request) { r.Subject.IDNumber = "990000199003071230" }), fault.CertIDNumberDigit},
		"a person without number":   {change(func(r *ca.Request) { r.Subject.IDNumber = "" }), fault.CertSubjectMissing},
		"six years":                 {change(func(r *ca.Request) { r.Years = 6 }), fault.CertValidityTooLong},
		"a kind that is not known":  {change(func(r *ca.Request) { r.Kind = "king" }), fault.CARequestInvalid},
		"no identifier":             {change(func(r *ca.Request) { r.ID = "" }), fault.CARequestInvalid},
		"the identifier of our own": {change(func(r *ca.Request) { r.ID = "founding/root" }), fault.CARequestInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.Issue(t.Context(), test.req)
			wantCode(t, err, test.want)
		})
	}
	w.audit(t)
	if all, err := c.List(t.Context(), ca.Filter{Text: "测试用户甲"}); err != nil || len(all) > 0 {
		t.Errorf("%d records, %v", len(all), err)
	}
}

func TestAServiceGetsOneCertificate(t *testing.T) {
	w := foundedWorld(t)
	c, _ := w.open(t)
	h := newHolder(t)
	s := cert.Subject{Country: "CN", Organisation: "示例监狱", CommonName: "办案系统"}
	issued, err := c.Issue(t.Context(), ca.Request{ID: "s1", Kind: ca.Service, Subject: s, CSR: h.csr(t, s)})
	if err != nil {
		t.Fatal(err)
	}
	if issued.Encryption != nil || issued.EnvelopedKey != nil || issued.Signing.Role() != cert.RoleSystem {
		t.Errorf("got %+v", issued)
	}
	w.audit(t)
}

// repeating gives the same octets again and again, 32 of them.
type repeating struct{ n int }

func (r *repeating) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(r.n / 16 % 2)
		r.n++
	}
	return len(p), nil
}

func TestASerialNumberThatIsTakenIsNotUsedAgain(t *testing.T) {
	w := foundedWorld(t)
	cfg := w.config(t)
	cfg.DrawFrom(&repeating{})
	c, _, err := ca.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if _, err := c.Issue(t.Context(), newHolder(t).request(t, "first")); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Issue(t.Context(), newHolder(t).request(t, "second")); err == nil {
		t.Fatal("issued with a serial number that is taken")
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	w.open(t)
	w.audit(t)
}

// A lazyCentre is a key centre whose answers fail.
type lazyCentre struct{ ca.KeyCentre }

func (lazyCentre) Apply(context.Context, string) (*ecdsa.PublicKey, error) {
	return nil, errors.New("no answer")
}

func TestWithoutTheKeyCentreNothingIsSigned(t *testing.T) {
	w := foundedWorld(t)
	cfg := w.config(t)
	cfg.KMC = lazyCentre{cfg.KMC}
	c, _, err := ca.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	before, _ := w.keys.signed()
	if _, err := c.Issue(t.Context(), newHolder(t).request(t, "x")); err == nil {
		t.Fatal("issued without an encryption key")
	}
	if after, _ := w.keys.signed(); len(after) != len(before) {
		t.Error("something was signed")
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if _, findings := w.open(t); codes(findings) != "ca.left_requestmap[request:x]" {
		t.Errorf("found %s", codes(findings))
	}
	w.audit(t)
}

func TestTheEscrowKeyHasOneName(t *testing.T) {
	if ca.EscrowName != kmc.EscrowKey {
		t.Errorf("the founding makes %q, the key centre opens %q", ca.EscrowName, kmc.EscrowKey)
	}
}

func TestALostKeyIsRecoveredForANewSigningKey(t *testing.T) {
	w := foundedWorld(t)
	c, _ := w.open(t)
	issued, err := c.Issue(t.Context(), newHolder(t).request(t, "2026-0001"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Revoke(t.Context(), ca.Change{Serial: issued.Signing.SerialHex()}, crl.KeyCompromise); err != nil {
		t.Fatal(err)
	}
	replacement := newHolder(t)
	centre := kmc.New(kmc.Config{Store: w.db.KMC(), Keys: w.keys, Now: func() time.Time { return w.clock }})
	b, err := centre.Deliver(t.Context(), "2026-0001/1", &replacement.private.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	envelope, err := sm2enc.ParseEnvelopedKey(b)
	if err != nil {
		t.Fatal(err)
	}
	key, err := envelope.Open(func(c sm2enc.Cipher) ([]byte, error) { return sm2enc.Decrypt(replacement.private, c) })
	if err != nil || !key.PublicKey.Equal(issued.Encryption.PublicKey) {
		t.Errorf("recovered another key, %v", err)
	}
	w.audit(t)
}

func TestManyIssueAtOnce(t *testing.T) {
	w := foundedWorld(t)
	c, _ := w.open(t)
	h := newHolder(t)
	var mu sync.Mutex
	serials := map[string]string{}
	var wg sync.WaitGroup
	for i := range 24 {
		req := h.request(t, strconv.Itoa(i/2)) // two submit the same
		wg.Go(func() {
			issued, err := c.Issue(t.Context(), req)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			serial := issued.Signing.SerialHex()
			if before, ok := serials[req.ID]; ok && before != serial {
				t.Errorf("request %s has %s and %s", req.ID, before, serial)
			}
			serials[req.ID] = serial
			if _, err := c.BuildCRL(t.Context(), ca.Sub); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if len(serials) != 12 {
		t.Errorf("%d requests of 12", len(serials))
	}
	w.audit(t)
}
