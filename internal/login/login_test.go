package login_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"xinzhang/internal/fault"
	"xinzhang/internal/fixture"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/crl"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/login"
	"xinzhang/internal/trust"
)

const origin = "https://case.example"

var at = time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)

func token(t *testing.T, h *fixture.Holder, origin, nonce string) login.Token {
	t.Helper()
	value, err := h.SignDigest(t.Context(), login.Digest(h.Cert.PublicKey, origin, nonce))
	if err != nil {
		t.Fatal(err)
	}
	tok, err := login.Assemble(h.Certificate(), value, "xinzhang/test")
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

func verifier(a *fixture.Authority, now time.Time, lists ...*crl.List) *login.Verifier {
	clock := func() time.Time { return now }
	return &login.Verifier{Origins: []string{origin}, Trust: func() (*trust.Set, error) { return a.Trust(lists...), nil }, Nonces: login.NewNonces(clock), Now: clock}
}

func TestATokenLetsItsHolderInOnce(t *testing.T) {
	a := fixture.New(t, at)
	v := verifier(a, at.Add(time.Hour), a.CRL(at))
	nonce, _ := v.Nonces.Issue()
	tok := token(t, a.Person(nil), origin, nonce)
	p, err := v.Verify(tok, origin, nonce)
	if err != nil {
		t.Fatal(err)
	}
	if p.Holder != "测试用户甲" || p.Unit != "示例监狱" || p.Department != "一监区" || !p.SameIDNumber(fixture.IDNumber) || p.SameIDNumber("990000199001010000") {
		t.Errorf("%+v", p)
	}
	if _, err := v.Verify(tok, origin, nonce); !errors.Is(err, fault.LoginNonce) {
		t.Errorf("the second time: %v", err)
	}
}

func TestWhoIsNotLetIn(t *testing.T) {
	a := fixture.New(t, at)
	person := a.Person(nil)
	other := fixture.New(t, at)
	revoked := func(reason crl.Reason) []*crl.List {
		return []*crl.List{a.CRL(at.Add(time.Minute), crl.Entry{Serial: person.Cert.Serial, RevokedAt: at, Reason: reason})}
	}
	// The clock of the verifier is at an hour: these lists are of later moments.
	ahead := func(by time.Duration, revoked time.Time) []*crl.List {
		now := at.Add(time.Hour)
		return []*crl.List{a.CRL(at), a.CRL(now.Add(by), crl.Entry{Serial: person.Cert.Serial, RevokedAt: revoked, Reason: crl.KeyCompromise})}
	}
	announcing := a.Person(func(t *cert.Template) { t.CRLURLs = []string{"http://crl.example/sub.crl"} })
	inDirectory := announcedInDirectory(t, a, person)
	for name, c := range map[string]struct {
		holder *fixture.Holder
		change func(t *login.Token, origin, nonce *string)
		lists  []*crl.List
		later  time.Duration
		want   fault.Code
	}{
		"for another site":                               {holder: person, change: func(t *login.Token, o, n *string) { *o = "https://evil.example" }, want: fault.LoginOrigin},
		"with another nonce":                             {holder: person, change: func(t *login.Token, o, n *string) { *n = strings.Repeat("A", 44) }, want: fault.LoginNonce},
		"with a short nonce":                             {holder: person, change: func(t *login.Token, o, n *string) { *n = "1" }, want: fault.LoginNonce},
		"with a changed signature":                       {holder: person, change: func(t *login.Token, o, n *string) { t.Signature[40] ^= 1 }, want: fault.LoginSignature},
		"with a short signature":                         {holder: person, change: func(t *login.Token, o, n *string) { t.Signature = t.Signature[:63] }, want: fault.LoginSignature},
		"of a later format":                              {holder: person, change: func(t *login.Token, o, n *string) { t.Format = "xinzhang:2.0" }, want: fault.LoginFormat},
		"with another's certificate":                     {holder: person, change: func(t *login.Token, o, n *string) { t.Certificate = a.Person(nil).Certificate() }, want: fault.LoginSignature},
		"without a certificate":                          {holder: person, change: func(t *login.Token, o, n *string) { t.Certificate = []byte{0x30, 0} }, want: fault.CertBroken},
		"of an organisation":                             {holder: a.Organisation(nil), want: fault.KeyPurposeLoginOrganisation},
		"of another authority":                           {holder: other.Person(nil), want: fault.LoginNotTrusted},
		"expired":                                        {holder: a.Person(func(t *cert.Template) { t.NotAfter = at.Add(time.Minute) }), later: time.Hour, want: fault.CertExpired},
		"revoked":                                        {holder: person, lists: revoked(crl.KeyCompromise), want: fault.CertRevoked},
		"on hold":                                        {holder: person, lists: revoked(crl.Hold), want: fault.CertHeld},
		"revoked, by a clock a minute slow":              {holder: person, lists: ahead(time.Minute, at), want: fault.CertRevoked},
		"revoked, by a clock a day slow":                 {holder: person, lists: ahead(24*time.Hour, at), want: fault.CertRevoked},
		"revoked a moment ago, by a clock a day slow":    {holder: person, lists: ahead(24*time.Hour, at.Add(24*time.Hour)), want: fault.CertRevoked},
		"by a clock slower than the only list":           {holder: person, lists: ahead(24*time.Hour, at)[1:], want: fault.CertRevoked},
		"with a list of tomorrow only":                   {holder: person, lists: []*crl.List{a.CRL(at.Add(24 * time.Hour))}, want: fault.LoginStatusUnknown},
		"without the list announced":                     {holder: announcing, want: fault.LoginStatusUnknown},
		"without the list announced by a directory name": {holder: inDirectory, want: fault.LoginStatusUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			v := verifier(a, at.Add(time.Hour+c.later), c.lists...)
			nonce, _ := v.Nonces.Issue()
			tok, o, n := token(t, c.holder, origin, nonce), origin, nonce
			if c.change != nil {
				c.change(&tok, &o, &n)
			}
			if _, err := v.Verify(tok, o, n); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestANonceGrowsOld(t *testing.T) {
	now := at
	n := login.NewNonces(func() time.Time { return now })
	a := fixture.New(t, at)
	v := &login.Verifier{Origins: []string{origin}, Trust: func() (*trust.Set, error) { return a.Trust(), nil }, Nonces: n, Now: func() time.Time { return now }}
	nonce, _ := n.Issue()
	tok := token(t, a.Person(nil), origin, nonce)
	now = now.Add(6 * time.Minute)
	if _, err := v.Verify(tok, origin, nonce); !errors.Is(err, fault.LoginNonce) {
		t.Error(err)
	}
}

func TestOtherLanguagesAskOverHTTP(t *testing.T) {
	a := fixture.New(t, at)
	server := httptest.NewServer(verifier(a, at.Add(time.Hour), a.CRL(at)).Handler())
	defer server.Close()
	post := func(path string, in, out any) int {
		t.Helper()
		body, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.Post(server.URL+path, "application/json", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if err := json.NewDecoder(res.Body).Decode(out); err != nil {
			t.Fatal(err)
		}
		return res.StatusCode
	}
	var nonce login.Nonce
	if status := post("/v1/login/nonce", map[string]any{}, &nonce); status != 200 {
		t.Fatal(status)
	}
	tok := token(t, a.Person(nil), origin, nonce.Nonce)
	request := login.VerifyRequest{Token: tok, Origin: origin, Nonce: nonce.Nonce, IDNumber: fixture.IDNumber}
	var got login.VerifyResult
	if status := post("/v1/login/verify", request, &got); status != 200 || got.Holder != "测试用户甲" || got.Equal == nil || !*got.Equal {
		t.Errorf("%d %+v", status, got)
	}
	var problem struct{ Code, Title string }
	if status := post("/v1/login/verify", request, &problem); status != 403 || problem.Code != "login.nonce" || problem.Title == "" {
		t.Errorf("again: %d %+v", status, problem)
	}
	// An ID number that does not fit the interface is not repeated.
	res, err := http.Post(server.URL+"/v1/login/verify", "application/json", strings.NewReader(`{"id_number":990000199001010017}`))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var b bytes.Buffer
	_, _ = b.ReadFrom(res.Body)
	if res.StatusCode != 422 || strings.Contains(b.String(), "19900101") || !strings.Contains(b.String(), "body.id_number") {
		t.Errorf("%d %s", res.StatusCode, b.String())
	}
}

// announcedInDirectory is h certified again with a CRL distribution point that
// is a directory name.
func announcedInDirectory(t *testing.T, a *fixture.Authority, h *fixture.Holder) *fixture.Holder {
	t.Helper()
	point := []byte("\x30\x1D\x06\x03\x55\x1D\x1F\x04\x16\x30\x14\x30\x12\xA0\x10\xA0\x0E\xA4\x0C\x30\x0A\x31\x08\x30\x06\x06\x01\x00\x0C\x01\x31")
	tbs := h.Cert.RawTBS
	v, err := der.ParseOnly(tbs)
	if err != nil {
		t.Fatal(err)
	}
	kids, err := v.Children()
	if err != nil {
		t.Fatal(err)
	}
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		for _, k := range kids[:len(kids)-1] {
			b.AddBytes(k.Raw)
		}
		list, err := der.ParseOnly(kids[len(kids)-1].Content)
		if err != nil {
			t.Fatal(err)
		}
		b.AddASN1(asn1.Tag(3).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddBytes(list.Content)
				b.AddBytes(point)
			})
		})
	})
	tbs = b.BytesOrPanic()
	sig, err := a.Sub.SignDigest(t.Context(), sm2enc.Digest(&a.Sub.Key.PublicKey, tbs))
	if err != nil {
		t.Fatal(err)
	}
	out, err := cert.Assemble(tbs, sig)
	if err != nil {
		t.Fatal(err)
	}
	c, err := cert.Parse(out)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.CRLURLs()) > 0 || len(c.CRLPoints()) != 1 {
		t.Fatalf("points %v", c.CRLPoints())
	}
	return &fixture.Holder{Cert: c, Key: h.Key}
}
