package sign_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/fixture"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/crl"
	"xinzhang/internal/format/ofd"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/sign"
	"xinzhang/internal/trust"
	"xinzhang/internal/verify"
)

var issued = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func signed(t *testing.T, doc []byte, req sign.Request, key sign.Key) []byte {
	t.Helper()
	ctx := context.Background()
	p, err := sign.Prepare(ctx, fixture.Open(t, doc), req)
	if err != nil {
		t.Fatal(err)
	}
	value, err := key.SignDigest(ctx, p.Digest)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := p.Complete(&out, value); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func judged(t *testing.T, doc []byte, set *trust.Set, at time.Time) *verify.Report {
	t.Helper()
	policy, err := verify.LookupPolicy(verify.GBT38540)
	if err != nil {
		t.Fatal(err)
	}
	r, err := verify.OFD(context.Background(), fixture.Open(t, doc), verify.Options{Policy: policy, Trust: set, At: at})
	if err != nil {
		t.Fatal(err)
	}
	return r.Word(fault.EN)
}

func TestSignatureAndSealOnOneDocument(t *testing.T) {
	a := fixture.New(t, issued)
	person, org := a.Person(nil), a.Organisation(nil)
	at := issued.AddDate(0, 1, 0)
	doc := fixture.Document(t, 3)
	doc = signed(t, doc, sign.Request{
		Seal: a.Seal(ses.Handwritten, nil, person), Certificate: person.Cert, Time: at, Trust: a.Trust(),
		Places: []sign.Place{{Keyword: "审批人", Nth: 0, DX: 25}},
	}, person)
	doc = signed(t, doc, sign.Request{
		Seal: a.Seal(ses.OfficialSeal, nil, org), Certificate: org.Cert, Time: at.Add(time.Hour), Trust: a.Trust(),
		Places: []sign.Place{{Page: 1, X: 150, Y: 200}, {Page: 3, X: 150, Y: 200}},
	}, org)

	r := judged(t, doc, a.Trust(a.CRL(at.AddDate(0, 0, 1))), at.AddDate(0, 0, 2))
	if r.Verdict != verify.Passed || r.Warnings() != 0 || len(r.Signatures) != 2 {
		t.Errorf("verdict %s with %d warnings and %d signatures", r.Verdict, r.Warnings(), len(r.Signatures))
		for _, s := range r.Signatures {
			for _, c := range s.Checks {
				t.Logf("%d %s %s %s", s.Number, c.Level, c.Code, c.Message)
			}
		}
	}
	if got := r.Signatures[0].Places; len(got) != 1 || got[0].Page != 3 {
		t.Errorf("the signature stands at %+v, want page 3", got)
	}
	if got := r.Signatures[1].Places; len(got) != 2 || got[0].Page != 1 || got[1].Page != 3 || got[0].Box != "129 179 42 42" {
		t.Errorf("the seal stands at %+v", got)
	}
	if got := r.Signatures[0].Signer; got.Role != "person" || got.IDNumber != "9900**********0017" {
		t.Errorf("signer = %+v", got)
	}
}

func TestEarlierEntriesKeepTheirCompressedBytes(t *testing.T) {
	a := fixture.New(t, issued)
	person := a.Person(nil)
	before := fixture.Document(t, 2)
	after := signed(t, before, sign.Request{Seal: a.Seal(ses.Handwritten, nil, person), Certificate: person.Cert,
		Time: issued, Trust: a.Trust(), Places: []sign.Place{{Page: 1, X: 100, Y: 100}}}, person)
	old, now := fixture.Open(t, before), fixture.Open(t, after)
	for _, e := range old.Entries() {
		if e.Name == "/OFD.xml" {
			continue
		}
		want, err := old.Digest(e.Name)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := now.Digest(e.Name); err != nil || got != want {
			t.Errorf("%s changed: %v", e.Name, err)
		}
	}
}

func TestRefusals(t *testing.T) {
	a := fixture.New(t, issued)
	person, org := a.Person(nil), a.Organisation(nil)
	other := a.Person(nil)
	encryption := a.Person(func(tm *cert.Template) {
		p, err := cert.LookupProfile("person-enc")
		if err != nil {
			t.Fatal(err)
		}
		tm.Profile = p
	})
	at := issued.AddDate(0, 1, 0)
	entry := func(h *fixture.Holder, reason crl.Reason) crl.Entry {
		return crl.Entry{Serial: h.Cert.Serial, RevokedAt: issued.AddDate(0, 0, 3), Reason: reason}
	}
	here := []sign.Place{{Page: 1, X: 100, Y: 100}}
	hand := func(h ...*fixture.Holder) *ses.Seal { return a.Seal(ses.Handwritten, nil, h...) }
	broken := *hand(person)
	broken.Value = bytes.Clone(broken.Value)
	broken.Value[len(broken.Value)-1] ^= 1

	for name, tt := range map[string]struct {
		req  sign.Request
		want fault.Code
	}{
		"an organisation signs by hand":     {sign.Request{Seal: hand(org), Certificate: org.Cert, Places: here}, fault.SignOrganisationAsPerson},
		"a person puts the official seal":   {sign.Request{Seal: a.Seal(ses.OfficialSeal, nil, person), Certificate: person.Cert, Places: here}, fault.SignPersonAsOrganisation},
		"an encryption certificate":         {sign.Request{Seal: hand(encryption), Certificate: encryption.Cert, Places: here}, fault.SignEncryptionCert},
		"another person's certificate":      {sign.Request{Seal: hand(other), Certificate: person.Cert, Places: here}, fault.SignNotInSeal},
		"a seal that was changed":           {sign.Request{Seal: &broken, Certificate: person.Cert, Places: here}, fault.SignSealBroken},
		"an expired certificate":            {sign.Request{Seal: hand(person), Certificate: person.Cert, Places: here, Time: issued.AddDate(2, 0, 0)}, fault.SignCertExpired},
		"a certificate of the future":       {sign.Request{Seal: hand(person), Certificate: person.Cert, Places: here, Time: issued.AddDate(-1, 0, 0)}, fault.SignCertNotYet},
		"a revoked certificate":             {sign.Request{Seal: hand(person), Certificate: person.Cert, Places: here, Trust: a.Trust(a.CRL(issued.AddDate(0, 0, 20), entry(person, crl.KeyCompromise)))}, fault.SignCertRevoked},
		"a suspended certificate":           {sign.Request{Seal: hand(person), Certificate: person.Cert, Places: here, Trust: a.Trust(a.CRL(issued.AddDate(0, 0, 20), entry(person, crl.Hold)))}, fault.SignCertOnHold},
		"no place":                          {sign.Request{Seal: hand(person), Certificate: person.Cert}, fault.SignNoPlace},
		"a page that is not there":          {sign.Request{Seal: hand(person), Certificate: person.Cert, Places: []sign.Place{{Page: 9, X: 100, Y: 100}}}, fault.SignNoSuchPage},
		"a seal over the edge":              {sign.Request{Seal: hand(person), Certificate: person.Cert, Places: []sign.Place{{Page: 1, X: 5, Y: 100}}}, fault.SignOffPage},
		"a keyword that is not there":       {sign.Request{Seal: hand(person), Certificate: person.Cert, Places: []sign.Place{{Keyword: "没有的字", Nth: 1}}}, fault.SignKeywordAbsent},
		"a keyword that is not there often": {sign.Request{Seal: hand(person), Certificate: person.Cert, Places: []sign.Place{{Keyword: "审批人", Nth: 5}}}, fault.SignKeywordFewer},
		"a seal that is over": {sign.Request{Seal: a.Seal(ses.Handwritten, func(i *ses.Info) {
			i.ValidEnd = issued.AddDate(0, 0, 9)
		}, person), Certificate: person.Cert, Places: here}, fault.SignSealExpired},
		"a seal of the future": {sign.Request{Seal: a.Seal(ses.Handwritten, func(i *ses.Info) {
			i.ValidStart = issued.AddDate(0, 6, 0)
		}, person), Certificate: person.Cert, Places: here}, fault.SignSealNotYet},
	} {
		if tt.req.Time.IsZero() {
			tt.req.Time = at
		}
		if tt.req.Trust == nil {
			tt.req.Trust = a.Trust()
		}
		_, err := sign.Prepare(context.Background(), fixture.Open(t, fixture.Document(t, 2)), tt.req)
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
}

func TestClosedSignatureListIsRefused(t *testing.T) {
	a := fixture.New(t, issued)
	person := a.Person(nil)
	req := sign.Request{Seal: a.Seal(ses.Handwritten, nil, person), Certificate: person.Cert, Time: issued, Trust: a.Trust(),
		Places: []sign.Place{{Page: 1, X: 100, Y: 100}}}
	doc := signed(t, fixture.Document(t, 1), req, person)
	pkg := fixture.Open(t, doc)
	list, err := pkg.SignatureList()
	if err != nil {
		t.Fatal(err)
	}
	// A signature that lists Signatures.xml closes the list, right or wrong.
	file, err := pkg.SignatureFile(list.Items[0].Path)
	if err != nil {
		t.Fatal(err)
	}
	closing := bytes.Replace(file.Raw, []byte("</ofd:References>"),
		[]byte(`<ofd:Reference FileRef="`+list.Path+`"><ofd:CheckValue>AAAA</ofd:CheckValue></ofd:Reference></ofd:References>`), 1)
	var out bytes.Buffer
	if err := ofd.Append(&out, pkg, map[string][]byte{file.Path: closing}); err != nil {
		t.Fatal(err)
	}
	if _, err := sign.Prepare(context.Background(), fixture.Open(t, out.Bytes()), req); !errors.Is(err, fault.SignListProtected) {
		t.Errorf("error = %v", err)
	}
}

func TestAValueOfAnotherKeyWritesNothing(t *testing.T) {
	a := fixture.New(t, issued)
	person, other := a.Person(nil), a.Person(nil)
	p, err := sign.Prepare(context.Background(), fixture.Open(t, fixture.Document(t, 1)), sign.Request{
		Seal: a.Seal(ses.Handwritten, nil, person), Certificate: person.Cert, Time: issued, Trust: a.Trust(),
		Places: []sign.Place{{Page: 1, X: 100, Y: 100}}})
	if err != nil {
		t.Fatal(err)
	}
	value, err := other.SignDigest(context.Background(), p.Digest)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := p.Complete(&out, value); !errors.Is(err, fault.SignValueWrong) || out.Len() != 0 {
		t.Errorf("error = %v, %d bytes written", err, out.Len())
	}
}
