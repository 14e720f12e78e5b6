package ca_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"xinzhang/internal/ca"
	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/certlint"
	"xinzhang/internal/format/crl"
	"xinzhang/internal/hsm"
)

var errStopped = errors.New("the program stopped here")

// A stopper lets a program take some steps and stops it at the next one, like a
// power cut.
type stopper struct {
	at    int // stop at this step, from 0; -1: never
	steps []string
}

func (s *stopper) step(name string) error {
	s.steps = append(s.steps, name)
	if len(s.steps)-1 == s.at {
		return fmt.Errorf("%w: before %q", errStopped, name)
	}
	return nil
}

func (s *stopper) name() string {
	if s.at < len(s.steps) {
		return s.steps[s.at]
	}
	return "the end"
}

// stopIn runs a program on w that is stopped at step number at. It reports
// whether it was.
func stopIn(t *testing.T, w *world, at int, program func(ca.Config) error) (s *stopper, stopped bool) {
	t.Helper()
	s = &stopper{at: at}
	cfg := w.config(t)
	cfg.StopAt(s.step)
	err := program(cfg)
	w.stop()
	if err != nil && !errors.Is(err, errStopped) {
		t.Fatalf("stopped before %q: %v", s.name(), err)
	}
	return s, errors.Is(err, errStopped)
}

// issuing is a program that issues one pair.
func issuing(t *testing.T, req ca.Request, issued **ca.Issued) func(ca.Config) error {
	return func(cfg ca.Config) error {
		c, _, err := ca.Open(t.Context(), cfg)
		if err != nil {
			return err
		}
		defer func() { _ = c.Close() }()
		*issued, err = c.Issue(t.Context(), req)
		return err
	}
}

// left counts what a stopped program left half done, by plain SQL.
func (w *world) left(t *testing.T) (n int) {
	t.Helper()
	db, err := sql.Open("sqlite", w.dir.Database())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, q := range []string{
		`SELECT id FROM ca_request WHERE state = 'open' OR key_duty <> ''`,
		`SELECT number FROM ca_crl WHERE state = 'recorded'`,
	} {
		n += len(rows(t, db, q))
	}
	return n
}

// signedBefore returns the signing certificate that a stopped program stored for
// a request which the next start completes.
func (w *world) signedBefore(t *testing.T) string {
	t.Helper()
	db, err := sql.Open("sqlite", w.dir.Database())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	all := rows(t, db, `SELECT hex(c.der) FROM ca_request r JOIN ca_certificate c ON c.serial = r.signing_serial
		WHERE r.id = 'x' AND c.der IS NOT NULL AND NOT EXISTS
		(SELECT 1 FROM ca_certificate e WHERE e.serial = r.encryption_serial AND e.state = 'signing')`)
	if len(all) == 0 {
		return ""
	}
	return all[0][0]
}

func TestIssuingIsStoppedBetweenEveryTwoSteps(t *testing.T) {
	base := foundedWorld(t)
	h := newHolder(t)
	req := h.request(t, "x")
	for at := 0; ; at++ {
		w := base.copied(t)
		var issued *ca.Issued
		s, stopped := stopIn(t, w, at, issuing(t, req, &issued))
		if !stopped {
			if at < 12 {
				t.Errorf("only %d steps: %v", at, s.steps)
			}
			break
		}
		t.Run(fmt.Sprintf("%02d before %s", at, s.name()), func(t *testing.T) {
			left, before := w.left(t), w.signedBefore(t)
			_, findings := w.open(t)
			if left != len(findings) {
				t.Errorf("%d things left, explained: %s", left, codes(findings))
			}
			for _, f := range findings {
				if zh, en := f.Words(fault.ZH).Title, f.Words(fault.EN).Title; zh == en || strings.Contains(zh+en, "{") {
					t.Errorf("%s is worded %q and %q", f.Code, zh, en)
				}
			}
			w.audit(t)
			w.checkRetry(t, h, req, before)
		})
	}
}

// checkRetry submits a request again, twice, to new programs.
func (w *world) checkRetry(t *testing.T, h holder, req ca.Request, before string) {
	t.Helper()
	var first, second *ca.Issued
	for _, issued := range []**ca.Issued{&first, &second} {
		w = w.copied(t)
		if _, stopped := stopIn(t, w, -1, issuing(t, req, issued)); stopped {
			t.Fatal("stopped")
		}
		h.checkPair(t, *issued)
	}
	wantSame(t, first, second)
	if before != "" && fmt.Sprintf("%X", first.Signing.Raw) != before {
		t.Error("a certificate was stored before the stop, and the retry gave another")
	}
	w.audit(t)
}

func TestRecoveryIsItselfStoppedBetweenEveryTwoSteps(t *testing.T) {
	base := foundedWorld(t)
	h := newHolder(t)
	req := h.request(t, "x")
	opening := func(cfg ca.Config) error {
		c, _, err := ca.Open(t.Context(), cfg)
		if err == nil {
			err = c.Close()
		}
		return err
	}
	for at := 0; ; at++ {
		broken := base.copied(t)
		var issued *ca.Issued
		s, stopped := stopIn(t, broken, at, issuing(t, req, &issued))
		if !stopped {
			break
		}
		for again := 0; ; again++ {
			w := broken.copied(t)
			r, stopped := stopIn(t, w, again, opening)
			if !stopped {
				break
			}
			w.open(t)
			w.audit(t)
			w.checkRetry(t, h, req, "")
			if t.Failed() {
				t.Fatalf("stopped before %q, and recovery before %q", s.name(), r.name())
			}
		}
	}
}

func TestARetryInTheSameProgramGoesOnWhereItStopped(t *testing.T) {
	base := foundedWorld(t)
	h := newHolder(t)
	req := h.request(t, "x")
	for at := 0; ; at++ {
		w := base.copied(t)
		s := &stopper{at: at}
		cfg := w.config(t)
		cfg.StopAt(s.step)
		c, _, err := ca.Open(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Issue(t.Context(), req)
		if err == nil {
			break
		}
		issued, err := c.Issue(t.Context(), req)
		if err != nil {
			t.Fatalf("retry after a stop before %q: %v", s.name(), err)
		}
		h.checkPair(t, issued)
		_ = c.Close()
		w.stop()
		w.audit(t)
		if t.Failed() {
			t.Fatalf("stopped before %q", s.name())
		}
	}
}

func TestFoundingIsStoppedBetweenEveryTwoSteps(t *testing.T) {
	founding := func(cfg ca.Config) error {
		_, err := ca.Init(t.Context(), cfg, founded)
		return err
	}
	for at := 0; ; at++ {
		broken := newWorld(t)
		s, stopped := stopIn(t, broken, at, founding)
		if !stopped {
			if at < 30 {
				t.Errorf("only %d steps: %v", at, s.steps)
			}
			return
		}
		other := founded
		other.Name = "另一个名称"
		t.Run(fmt.Sprintf("%02d before %s, then the same again", at, s.name()), func(t *testing.T) {
			w := broken.copied(t)
			if _, err := ca.Init(t.Context(), w.config(t), founded); err != nil {
				t.Fatal(err)
			}
			w.checkFounded(t, nil)
		})
		t.Run(fmt.Sprintf("%02d before %s, then another authority", at, s.name()), func(t *testing.T) {
			w := broken.copied(t)
			names, _ := w.keys.Names()
			_, err := ca.Init(t.Context(), w.config(t), other)
			switch {
			case len(names) > 0:
				wantCode(t, err, fault.CAInitUnfinished)
			case err != nil: // recorded, and nothing made
				t.Error(err)
			}
		})
		t.Run(fmt.Sprintf("%02d before %s, then a start", at, s.name()), func(t *testing.T) {
			w := broken.copied(t)
			c, findings, err := ca.Open(t.Context(), w.config(t))
			if errors.Is(err, fault.CANotInitialised) {
				if names, _ := w.keys.Names(); len(names) > 0 {
					t.Errorf("keys %v are there, and it is not founded", names)
				}
				if _, err := ca.Init(t.Context(), w.config(t), other); err != nil { // cleared away: anything goes
					t.Error(err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(findings, func(f ca.Finding) bool { return f.Code == fault.CALeftInit }) {
				t.Errorf("not explained: %s", codes(findings))
			}
			w.checkFounded(t, c)
		})
	}
}

// checkFounded makes sure that an authority works.
func (w *world) checkFounded(t *testing.T, c *ca.CA) {
	t.Helper()
	if c != nil {
		_ = c.Close()
	}
	w.stop()
	w.audit(t)
	c, findings := w.open(t)
	if len(findings) > 0 {
		t.Errorf("still left: %s", codes(findings))
	}
	h := newHolder(t)
	issued, err := c.Issue(t.Context(), h.request(t, "x"))
	if err != nil {
		t.Fatal(err)
	}
	h.checkPair(t, issued)
	for _, issuer := range []string{ca.Root, ca.Sub} {
		publishedCRL(t, w, issuer)
	}
}

func TestRevokingAndListingIsStoppedBetweenEveryTwoSteps(t *testing.T) {
	base := foundedWorld(t)
	var issued *ca.Issued
	if _, stopped := stopIn(t, base, -1, issuing(t, newHolder(t).request(t, "x"), &issued)); stopped {
		t.Fatal("stopped")
	}
	change := ca.Change{Serial: issued.Encryption.SerialHex()}
	revoking := func(cfg ca.Config) error {
		c, _, err := ca.Open(t.Context(), cfg)
		if err != nil {
			return err
		}
		defer func() { _ = c.Close() }()
		if _, err := c.Revoke(t.Context(), change, crl.KeyCompromise); err != nil && !errors.Is(err, fault.CertAlreadyRevoked) {
			return err
		}
		_, err = c.BuildCRL(t.Context(), ca.Sub)
		return err
	}
	for at := 0; ; at++ {
		w := base.copied(t)
		s, stopped := stopIn(t, w, at, revoking)
		if !stopped {
			return
		}
		t.Run(fmt.Sprintf("%02d before %s", at, s.name()), func(t *testing.T) {
			left := w.left(t)
			c, findings := w.open(t)
			if len(findings) < left {
				t.Errorf("%d things left, explained: %s", left, codes(findings))
			}
			w.audit(t)
			_ = c.Close()
			if _, stopped := stopIn(t, w, -1, revoking); stopped {
				t.Fatal("stopped")
			}
			list := publishedCRL(t, w, ca.Sub)
			if _, ok := list.Lookup(issued.Signing.Serial); !ok {
				t.Error("the pair is not on the CRL")
			}
			w.audit(t)
		})
	}
}

func TestAStoppedRequestThatIsOldIsNotCompleted(t *testing.T) {
	w := foundedWorld(t)
	h := newHolder(t)
	req := h.request(t, "x")
	var issued *ca.Issued
	for at := 0; ; at++ { // stop when one half is signed
		w = w.copied(t)
		if s, _ := stopIn(t, w, at, issuing(t, req, &issued)); s.name() == "start signing encryption" {
			break
		}
		w.clock = w.clock.Add(25 * time.Hour)
		if c, findings := w.open(t); c.Close() != nil || len(findings) > 1 {
			t.Errorf("step %d: %s", at, codes(findings))
		}
	}
	w.clock = w.clock.Add(25 * time.Hour)
	c, findings := w.open(t)
	if len(findings) != 1 || findings[0].Code != fault.CALeftStale {
		t.Errorf("found %s", codes(findings))
	}
	w.audit(t)
	issued, err := c.Issue(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	h.checkPair(t, issued)
	if !issued.Signing.NotBefore.Equal(w.clock) {
		t.Errorf("valid from %v", issued.Signing.NotBefore)
	}
	w.audit(t)
}

func TestWhatLintRefusesIsNeverSigned(t *testing.T) {
	w := foundedWorld(t)
	refusing := true
	cfg := w.config(t)
	cfg.LintWith(func(c, issuer *cert.Certificate, p *cert.Profile) []certlint.Finding {
		if refusing && p.Name == "person-enc" {
			return []certlint.Finding{{Code: fault.LintKeyUsage, Severity: fault.Problem, Args: fault.Args{"what": "x"}}}
		}
		return certlint.Lint(c, issuer, p)
	})
	c, _, err := ca.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	before, _ := w.keys.signed()
	h := newHolder(t)
	for range 2 {
		_, err = c.Issue(t.Context(), h.request(t, "x"))
		wantCode(t, err, fault.CALintRefused)
	}
	if after, _ := w.keys.signed(); len(after) != len(before) {
		t.Error("something was signed")
	}
	w.audit(t)
	refusing = false
	issued, err := c.Issue(t.Context(), h.request(t, "x"))
	if err != nil {
		t.Fatal(err)
	}
	h.checkPair(t, issued)
	w.audit(t)
}

// swapped are keys of which one signs with another's private key, like a module
// with a mistake in its table.
type swapped struct{ plainKeys }

func (k swapped) Open(ctx context.Context, name string) (hsm.Key, error) {
	right, err := k.plainKeys.Open(ctx, name)
	if err != nil || name != ca.Sub {
		return right, err
	}
	wrong, err := k.plainKeys.Open(ctx, ca.Root)
	return wrongKey{right, wrong}, err
}

type wrongKey struct {
	hsm.Key
	signer hsm.Key
}

func (k wrongKey) SignDigest(ctx context.Context, e [32]byte) ([]byte, error) {
	return k.signer.SignDigest(ctx, e)
}

func TestASignatureThatIsNotTheIssuersIsFoundOut(t *testing.T) {
	w := foundedWorld(t)
	cfg := w.config(t)
	cfg.Keys = swapped{w.keys}
	c, _, err := ca.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Issue(t.Context(), newHolder(t).request(t, "x"))
	wantCode(t, err, fault.CASignatureMismatch)
	_ = c.Close()
	_, findings := w.open(t)
	if len(findings) != 1 || findings[0].Code != fault.CALeftSigning {
		t.Errorf("found %s", codes(findings))
	}
	w.audit(t)
}

func TestHalfWrittenAndMissingFilesAreRepaired(t *testing.T) {
	w := foundedWorld(t)
	temporary := filepath.Join(w.dir.Keys(), ".sub.key.123.tmp")
	for file, content := range map[string]string{
		temporary:                                   "half",
		filepath.Join(w.dir.Trust(), "root.pem"):    "changed",
		filepath.Join(w.dir.Trust(), "visitor.pem"): "not ours",
	} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(filepath.Join(w.dir.CRL(), "sub.crl")); err != nil {
		t.Fatal(err)
	}
	c, findings := w.open(t)
	var got []fault.Code
	for _, f := range findings {
		got = append(got, f.Code)
	}
	if want := []fault.Code{fault.CALeftFile, fault.CALeftUnpublished, fault.CALeftUnpublished}; !slices.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
	if _, err := os.Stat(temporary); err == nil {
		t.Error("the temporary file is still there")
	}
	if text, _ := os.ReadFile(filepath.Join(w.dir.Trust(), "visitor.pem")); string(text) != "not ours" {
		t.Error("somebody else's file was touched")
	}
	publishedCRL(t, w, ca.Sub)
	_ = c.Close()
	if c, findings := w.open(t); c.Close() != nil || len(findings) > 0 {
		t.Errorf("still left: %s", codes(findings))
	}
}
