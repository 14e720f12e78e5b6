package seals_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"image"
	"image/png"
	"math/big"
	"path/filepath"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/hsm"
	"xinzhang/internal/seals"
	"xinzhang/internal/store"
)

// register says of each certificate what the test says.
type register map[string]error

func (r register) Check(_ context.Context, c *cert.Certificate, _ time.Time) error {
	return r[c.SerialHex()]
}

// A workshop is a seal maker with certificates for everybody, signed by nobody in
// particular: whether they are real is the register's word.
type workshop struct {
	cfg      seals.Config
	maker    *seals.Maker
	register register

	organisation, organisationEncryption, person, system *cert.Certificate
}

var now = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

func newWorkshop(t *testing.T) *workshop {
	t.Helper()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "ca.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	keys := hsm.NewFolder(t.TempDir(), hsm.NewPassphrase([]byte("a good one")))
	key, err := keys.Create(t.Context(), "seal-maker")
	if err != nil {
		t.Fatal(err)
	}
	w := &workshop{register: register{}}
	org := cert.Subject{Country: "CN", Organisation: "示例监狱", CommonName: "示例监狱"}
	org.CreditCode = "11990000000000000" + string(cert.CreditCheckDigit("11990000000000000"))
	officer := cert.Subject{Country: "CN", Organisation: "示例监狱", CommonName: "测试用户甲"}
	officer.IDNumber = "99000019900307123" + string(cert.IDCheckDigit("99000019900307123"))
	w.organisation = certificate(t, "org-sign", org, nil)
	w.organisationEncryption = certificate(t, "org-enc", org, nil)
	w.person = certificate(t, "person-sign", officer, nil)
	w.system = certificate(t, "seal-maker", cert.Subject{Country: "CN", CommonName: "示例制章系统"}, key)
	w.cfg = seals.Config{
		Store: db.Seals(), Key: key, Certificate: w.system, Register: w.register, Now: func() time.Time { return now },
	}
	w.maker = seals.New(w.cfg)
	return w
}

// certificate makes a certificate of a profile under a CA that lives no longer.
func certificate(t *testing.T, profile string, s cert.Subject, key hsm.Key) *cert.Certificate {
	t.Helper()
	root := signed(t, cert.Template{Subject: cert.Subject{CommonName: "根"}}, "root", nil)
	return signed(t, cert.Template{Subject: s, Issuer: root}, profile, key)
}

func signed(t *testing.T, tmpl cert.Template, profile string, key hsm.Key) *cert.Certificate {
	t.Helper()
	private, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl.PublicKey = &private.PublicKey
	if key != nil {
		tmpl.PublicKey = key.Public()
	}
	if tmpl.Profile, err = cert.LookupProfile(profile); err != nil {
		t.Fatal(err)
	}
	serial := make([]byte, 15)
	_, _ = rand.Read(serial)
	tmpl.Serial = new(big.Int).SetBytes(append([]byte{1}, serial...))
	tmpl.NotBefore = now.Add(-time.Hour)
	tmpl.NotAfter = tmpl.Profile.NotAfter(tmpl.NotBefore)
	tbs, err := tmpl.TBS()
	if err != nil {
		t.Fatal(err)
	}
	sig, err := sm2enc.SignDigest(rand.Reader, private, sm2enc.Digest(&private.PublicKey, tbs))
	if err != nil {
		t.Fatal(err)
	}
	der, err := cert.Assemble(tbs, sig.Marshal())
	if err != nil {
		t.Fatal(err)
	}
	c, err := cert.Parse(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func picture(t *testing.T) ses.Picture {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewNRGBA(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	return ses.Picture{Type: "png", Data: b.Bytes(), WidthMM: 42, HeightMM: 42}
}

func (w *workshop) official(t *testing.T) seals.Spec {
	return seals.Spec{
		ID: "99000000000001", Name: "示例监狱", Kind: ses.OfficialSeal,
		Holders: []*cert.Certificate{w.organisation}, Picture: picture(t),
	}
}

func (w *workshop) handwritten(t *testing.T) seals.Spec {
	s := seals.Spec{
		ID: "99000000000002", Name: "测试用户甲", Kind: ses.Handwritten,
		Holders: []*cert.Certificate{w.person}, Picture: picture(t),
	}
	s.Picture.WidthMM, s.Picture.HeightMM = 30, 15
	return s
}

func wantCode(t *testing.T, err error, want fault.Code) {
	t.Helper()
	if err == nil || fault.Of(err).Code != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

func TestASealIsBoundToItsHolder(t *testing.T) {
	w := newWorkshop(t)
	for name, spec := range map[string]seals.Spec{"official": w.official(t), "hand-written": w.handwritten(t)} {
		t.Run(name, func(t *testing.T) {
			made, err := w.maker.Make(t.Context(), spec)
			if err != nil {
				t.Fatal(err)
			}
			seal, err := ses.ParseSeal(made.Raw)
			if err != nil || len(seal.Deviations) > 0 {
				t.Fatalf("%v, deviations %v", err, seal.Deviations)
			}
			if !seal.Allows(spec.Holders[0].Raw) || seal.Allows(w.system.Raw) {
				t.Error("the list is wrong")
			}
			if !sm2enc.Verify(w.system.PublicKey, seal.SignedBytes(), seal.Value) || !bytes.Equal(seal.MakerCert, w.system.Raw) {
				t.Error("the maker's signature is wrong")
			}
			i := seal.Info
			if i.Kind() != spec.Kind || i.ID != spec.ID || i.Vid != "xinzhang" || !i.ValidEnd.Equal(spec.Holders[0].NotAfter) || !i.CreateDate.Equal(now) {
				t.Errorf("info %+v", i)
			}
			wantType := map[ses.SealKind]int{ses.OfficialSeal: 1, ses.Handwritten: 2}[spec.Kind]
			if i.Type != wantType {
				t.Errorf("type %d, want %d", i.Type, wantType)
			}
			current, err := w.maker.Current(t.Context(), spec.ID)
			if err != nil || !bytes.Equal(current.DER, made.Raw) || current.Edition != 1 {
				t.Errorf("the register holds edition %d, %v", current.Edition, err)
			}
		})
	}
	if all, err := w.maker.List(t.Context(), "监狱"); err != nil || len(all) != 1 {
		t.Errorf("%d found, %v", len(all), err)
	}
	_, err := w.maker.Current(t.Context(), "nothing")
	wantCode(t, err, fault.SealNotFound)
}

func TestWhatCannotBecomeASealIsRefused(t *testing.T) {
	w := newWorkshop(t)
	change := func(s seals.Spec, f func(*seals.Spec)) seals.Spec {
		f(&s)
		return s
	}
	official, hand := w.official(t), w.handwritten(t)
	for name, test := range map[string]struct {
		spec seals.Spec
		want fault.Code
	}{
		"an official seal for a person":         {change(official, func(s *seals.Spec) { s.Holders = hand.Holders }), fault.SealHolderUnfit},
		"a hand-written signature for a unit":   {change(hand, func(s *seals.Spec) { s.Holders = official.Holders }), fault.SealHolderUnfit},
		"a seal for an encryption certificate":  {change(official, func(s *seals.Spec) { s.Holders = []*cert.Certificate{w.organisationEncryption} }), fault.SealHolderUnfit},
		"a second holder who is a person":       {change(official, func(s *seals.Spec) { s.Holders = append(s.Holders[:1:1], w.person) }), fault.SealHolderUnfit},
		"a hand-written signature of two":       {change(hand, func(s *seals.Spec) { s.Holders = append(s.Holders[:1:1], w.person) }), fault.SealSpecWrong},
		"nobody's seal":                         {change(official, func(s *seals.Spec) { s.Holders = nil }), fault.SealSpecWrong},
		"no identifier":                         {change(official, func(s *seals.Spec) { s.ID = "" }), fault.SealSpecWrong},
		"an identifier that is a path":          {change(official, func(s *seals.Spec) { s.ID = "../a" }), fault.SealSpecWrong},
		"no name":                               {change(official, func(s *seals.Spec) { s.Name = " " }), fault.SealSpecWrong},
		"a kind that is not known":              {change(official, func(s *seals.Spec) { s.Kind = "玉玺" }), fault.SealSpecWrong},
		"a validity that ends before it begins": {change(official, func(s *seals.Spec) { s.ValidUntil = now.Add(-time.Hour) }), fault.SealSpecWrong},
		"a picture that is no PNG":              {change(official, func(s *seals.Spec) { s.Picture.Data = []byte("GIF89a") }), fault.SealPictureWrong},
		"a PNG that is called GIF":              {change(official, func(s *seals.Spec) { s.Picture.Type = "gif" }), fault.SealPictureWrong},
		"a picture of a type that is not known": {change(official, func(s *seals.Spec) { s.Picture.Type = "exe" }), fault.SealPictureWrong},
		"a picture of one metre":                {change(official, func(s *seals.Spec) { s.Picture.WidthMM = 1000 }), fault.SealPictureWrong},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.maker.Make(t.Context(), test.spec)
			wantCode(t, err, test.want)
		})
	}
	if all, err := w.maker.List(t.Context(), ""); err != nil || len(all) > 0 {
		t.Errorf("%d records, %v", len(all), err)
	}
}

func TestCertificatesMustBeInForce(t *testing.T) {
	for _, state := range []fault.Code{fault.CertRevoked, fault.CertHeld, fault.CertExpired, fault.CertNotYetValid, fault.CertNotFound} {
		w := newWorkshop(t)
		w.register[w.organisation.SerialHex()] = fault.New(state)
		_, err := w.maker.Make(t.Context(), w.official(t))
		wantCode(t, err, fault.SealHolderUnfit)
		if got := fault.Describe(err, fault.EN).Title; got == fault.SealHolderUnfit.Text(fault.EN, nil).Title {
			t.Errorf("no reason in %q", got)
		}
		w.register[w.system.SerialHex()] = fault.New(state)
		_, err = w.maker.Make(t.Context(), w.handwritten(t))
		wantCode(t, err, fault.SealMakerUnfit)
	}
}

func TestTheMakerMustBeAMaker(t *testing.T) {
	w := newWorkshop(t)
	for name, change := range map[string]func(*seals.Config){
		"the certificate of another key": func(c *seals.Config) {
			c.Certificate = certificate(t, "seal-maker", cert.Subject{Country: "CN", CommonName: "示例制章系统"}, nil)
		},
		"a person's certificate": func(c *seals.Config) {
			officer := cert.Subject{Country: "CN", CommonName: "测试用户甲"}
			officer.IDNumber = "99000019900307123" + string(cert.IDCheckDigit("99000019900307123"))
			c.Certificate = certificate(t, "person-sign", officer, c.Key)
		},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := w.cfg
			change(&cfg)
			_, err := seals.New(cfg).Make(t.Context(), w.official(t))
			wantCode(t, err, fault.SealMakerUnfit)
		})
	}
}

func TestASealIsMadeAgainUnderItsIdentifier(t *testing.T) {
	w := newWorkshop(t)
	spec := w.official(t)
	first, err := w.maker.Make(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.maker.Make(t.Context(), spec)
	wantCode(t, err, fault.SealExists)

	spec.Replace, spec.Name = true, "示例监狱（新）"
	second, err := w.maker.Make(t.Context(), spec)
	if err != nil || bytes.Equal(first.Raw, second.Raw) {
		t.Fatalf("made again: %v", err)
	}
	all, err := w.maker.List(t.Context(), spec.ID)
	if err != nil || len(all) != 2 || all[0].State != seals.Valid || all[0].Edition != 2 || all[1].State != seals.Replaced {
		t.Errorf("the register holds %+v, %v", all, err)
	}
}

var errStopped = errors.New("the program stopped here")

func TestMakingIsStoppedBetweenEveryTwoSteps(t *testing.T) {
	for at := range 4 {
		w := newWorkshop(t)
		old, err := w.maker.Make(t.Context(), w.official(t)) // the edition that must stay valid
		if err != nil {
			t.Fatal(err)
		}
		spec := w.official(t)
		spec.Replace = true
		cfg, n := w.cfg, 0
		cfg.StopAt(func(string) error {
			if n++; n-1 == at {
				return errStopped
			}
			return nil
		})
		_, err = seals.New(cfg).Make(t.Context(), spec)
		if at == 3 && err == nil {
			return // there are three steps
		}
		if !errors.Is(err, errStopped) {
			t.Fatal(err)
		}
		findings, err := w.maker.Recover(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if at > 0 && (len(findings) != 1 || findings[0].Code != fault.SealLeft) {
			t.Errorf("stop %d: found %v", at, findings)
		}
		current, err := w.maker.Current(t.Context(), spec.ID)
		if err != nil || !bytes.Equal(current.DER, old.Raw) {
			t.Errorf("stop %d: the old edition is gone, %v", at, err)
		}
		if _, err := w.maker.Make(t.Context(), spec); err != nil {
			t.Errorf("stop %d: made again: %v", at, err)
		}
	}
	t.Error("more steps than three")
}

// A key that signs something else, like a module with a mistake.
type wrongKey struct{ hsm.Key }

func (k wrongKey) SignDigest(ctx context.Context, e [32]byte) ([]byte, error) {
	e[0] ^= 1
	return k.Key.SignDigest(ctx, e)
}

func TestASealThatDoesNotVerifyIsNotGivenOut(t *testing.T) {
	w := newWorkshop(t)
	cfg := w.cfg
	cfg.Key = wrongKey{cfg.Key}
	made, err := seals.New(cfg).Make(t.Context(), w.official(t))
	wantCode(t, err, fault.SealMakerUnfit)
	if made != nil {
		t.Error("it was given out")
	}
	_, err = w.maker.Current(t.Context(), "99000000000001")
	wantCode(t, err, fault.SealNotFound)
}
