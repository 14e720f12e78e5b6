package demosite

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/fixture"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/login"
	"xinzhang/internal/sign"
	"xinzhang/internal/trust"
	"xinzhang/internal/verify"
)

// otherID is a sound ID number that is not the person's.
var otherID = "99000019900101002" + string(cert.IDCheckDigit("99000019900101002"))

// A desk is a site with one browser in front of it.
type desk struct {
	t         *testing.T
	now       time.Time
	authority *fixture.Authority
	person    *fixture.Holder
	unit      *fixture.Holder
	server    *httptest.Server
	browser   *http.Client
	staff     []Person
}

func newDesk(t *testing.T, change func(*desk)) *desk {
	t.Helper()
	d := &desk{t: t, now: time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)}
	d.authority = fixture.New(t, d.now.AddDate(0, -1, 0))
	d.person, d.unit = d.authority.Person(nil), d.authority.Organisation(nil)
	d.staff = []Person{{Name: d.person.Cert.Holder(), Unit: d.unit.Cert.Holder(), IDNumber: fixture.IDNumber}}
	if change != nil {
		change(d)
	}
	list := d.authority.CRL(d.now.Add(-time.Hour))
	d.server = httptest.NewUnstartedServer(nil)
	d.server.Start()
	site := New(Config{
		Origin: d.server.URL, Staff: func() ([]Person, error) { return d.staff, nil }, Pages: http.NotFoundHandler(), Now: func() time.Time { return d.now },
		Seals: []*ses.Seal{d.authority.Seal(ses.Handwritten, nil, d.person), d.authority.Seal(ses.OfficialSeal, nil, d.unit)},
		Trust: func() (*trust.Set, error) { return d.authority.Trust(list), nil },
		Documents: []Document{{ID: "one", Title: "示例文件", OFD: fixture.Document(t, 2), Places: map[Act]sign.Place{
			Sign: {Page: 1, X: 60, Y: 60}, Seal: {Page: 2, X: 120, Y: 120},
		}}},
	})
	d.server.Config.Handler = site.Handler()
	t.Cleanup(d.server.Close)
	d.forget()
	return d
}

// forget takes another browser.
func (d *desk) forget() {
	jar, err := cookiejar.New(nil)
	d.must(err)
	d.browser = &http.Client{Jar: jar}
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// call asks the back end and returns the code of its refusal, "" for none.
func (d *desk) call(method, path string, in, out any) fault.Code {
	d.t.Helper()
	body, err := json.Marshal(in)
	d.must(err)
	r, err := http.NewRequestWithContext(context.Background(), method, d.server.URL+path, bytes.NewReader(body))
	d.must(err)
	r.Header.Set("Origin", d.server.URL)
	answer, err := d.browser.Do(r)
	d.must(err)
	defer func() { _ = answer.Body.Close() }()
	raw, err := io.ReadAll(answer.Body)
	d.must(err)
	if answer.StatusCode != http.StatusOK {
		var p struct{ Code fault.Code }
		d.must(json.Unmarshal(raw, &p))
		return p.Code
	}
	if text, ok := out.(*string); ok {
		*text = string(raw)
	} else if out != nil {
		d.must(json.Unmarshal(raw, out))
	}
	return ""
}

// token is what the agent would make for origin and nonce.
func (d *desk) token(h *fixture.Holder, origin, nonce string) login.Token {
	d.t.Helper()
	value, err := h.SignDigest(context.Background(), login.Digest(h.Cert.PublicKey, origin, nonce))
	d.must(err)
	token, err := login.Assemble(h.Cert.Raw, value, "test")
	d.must(err)
	return token
}

func (d *desk) login(h *fixture.Holder, origin string) fault.Code {
	d.t.Helper()
	var n struct{ Nonce string }
	d.call("POST", "/api/login/nonce", nil, &n)
	return d.call("POST", "/api/login", map[string]any{"nonce": n.Nonce, "token": d.token(h, origin, n.Nonce)}, nil)
}

// act carries act out with the key of h, between the two halves doing between.
func (d *desk) act(act Act, h *fixture.Holder, between func()) fault.Code {
	d.t.Helper()
	var p preparedJSON
	if code := d.call("POST", "/api/documents/one/prepare", map[string]any{"act": act, "certificate": h.Cert.Raw}, &p); code != "" {
		return code
	}
	if between != nil {
		between()
	}
	return d.call("POST", "/api/documents/one/complete", map[string]any{"pending": p.Pending, "value": d.value(h, p.ToSign)}, nil)
}

func (d *desk) value(h *fixture.Holder, tbs []byte) []byte {
	d.t.Helper()
	value, err := h.SignDigest(context.Background(), sm2enc.Digest(h.Cert.PublicKey, tbs))
	d.must(err)
	return value
}

func (d *desk) document() (doc documentJSON) {
	d.t.Helper()
	if code := d.call("GET", "/api/documents/one", nil, &doc); code != "" {
		d.t.Fatal(code)
	}
	return doc
}

func TestAPersonSignsAndTheUnitSeals(t *testing.T) {
	d := newDesk(t, nil)
	if code := d.login(d.person, d.server.URL); code != "" {
		t.Fatal(code)
	}
	if got := d.document().Verdict; got != verify.Unsigned {
		t.Fatalf("at first: %s", got)
	}
	for _, step := range []struct {
		act Act
		by  *fixture.Holder
	}{{Sign, d.person}, {Seal, d.unit}} {
		if code := d.act(step.act, step.by, nil); code != "" {
			t.Fatalf("%s: %s", step.act, code)
		}
		if code := d.act(step.act, step.by, nil); code != fault.CaseActDone {
			t.Errorf("%s twice: %q", step.act, code)
		}
	}
	doc := d.document()
	if doc.Verdict != verify.Passed || len(doc.Signatures) != 2 || doc.Version != 3 {
		t.Fatalf("in the end: %+v", doc)
	}
	var page pageJSON
	if code := d.call("GET", "/api/documents/one/pages/2", nil, &page); code != "" || !strings.Contains(page.SVG, "data:image/png") {
		t.Errorf("the seal is not on page 2: %q", code)
	}
	var report string
	if code := d.call("GET", "/api/documents/one/report", nil, &report); code != "" || !strings.Contains(report, d.unit.Cert.Holder()) {
		t.Errorf("report: %q", code)
	}
	if strings.Contains(report, fixture.IDNumber) {
		t.Error("the report shows a whole ID number")
	}
}

func TestLoginsThatMustFail(t *testing.T) {
	d := newDesk(t, func(d *desk) { d.staff[0].IDNumber = otherID })
	if code := d.login(d.person, d.server.URL); code != fault.CaseIDMismatch {
		t.Errorf("another ID number on record: %q", code)
	}
	d = newDesk(t, func(d *desk) { d.staff[0].Name = "测试用户乙" })
	if code := d.login(d.person, d.server.URL); code != fault.CaseNotStaff {
		t.Errorf("nobody of that name: %q", code)
	}
	d = newDesk(t, nil)
	if code := d.login(d.unit, d.server.URL); code != fault.KeyPurposeLoginOrganisation {
		t.Errorf("an organisation: %q", code)
	}
	if code := d.login(d.person, "http://evil.example"); code == "" {
		t.Error("a token made for another site let somebody in")
	}
	if code := d.call("GET", "/api/documents", nil, nil); code != fault.CaseNotLoggedIn {
		t.Errorf("nobody is logged in: %q", code)
	}
}

func TestSignaturesThatMustFail(t *testing.T) {
	d := newDesk(t, nil)
	if code := d.login(d.person, d.server.URL); code != "" {
		t.Fatal(code)
	}
	stranger := d.authority.Person(func(c *cert.Template) { c.Subject.IDNumber = otherID })
	for name, c := range map[string]struct {
		act     Act
		by      *fixture.Holder
		between func()
		want    fault.Code
	}{
		"somebody else signs":     {Sign, stranger, nil, fault.CaseOtherPerson},
		"a person seals":          {Seal, d.person, nil, fault.CaseOtherUnit},
		"the unit signs":          {Sign, d.unit, nil, fault.CaseOtherPerson},
		"no such step":            {Approve, d.person, nil, fault.CaseActUnknown},
		"too late":                {Sign, d.person, func() { d.now = d.now.Add(pendingFor + time.Second) }, fault.CasePendingGone},
		"somebody else was first": {Sign, d.person, func() { d.act(Seal, d.unit, nil) }, fault.CaseChanged},
	} {
		d.call("POST", "/api/restart", nil, nil)
		if code := d.act(c.act, c.by, c.between); code != c.want {
			t.Errorf("%s: %q, want %q", name, code, c.want)
		}
	}
}

func TestAPageOfAnotherSiteChangesNothing(t *testing.T) {
	d := newDesk(t, nil)
	r, err := http.NewRequestWithContext(context.Background(), "POST", d.server.URL+"/api/login/nonce", nil)
	d.must(err)
	r.Header.Set("Origin", "http://evil.example")
	answer, err := d.browser.Do(r)
	d.must(err)
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusForbidden {
		t.Errorf("status %d", answer.StatusCode)
	}
}
