package sign_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/fixture"
	"xinzhang/internal/format/crl"
	"xinzhang/internal/format/ofd"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/sign"
	"xinzhang/internal/verify"
)

func codes(found []*fault.Error) []fault.Code {
	var out []fault.Code
	for _, e := range found {
		out = append(out, e.Code)
	}
	return out
}

// with puts files into a document.
func with(t testing.TB, doc []byte, files map[string]string) []byte {
	t.Helper()
	changed := make(map[string][]byte)
	for name, text := range files {
		changed[name] = []byte(text)
	}
	var out bytes.Buffer
	if err := ofd.Append(&out, fixture.Open(t, doc), changed); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestARehearsalNamesEveryRefusal(t *testing.T) {
	a := fixture.New(t, issued)
	person, org := a.Person(nil), a.Organisation(nil)
	seal := a.Seal(ses.OfficialSeal, func(i *ses.Info) { i.ValidEnd = issued.AddDate(0, 0, 9) }, org)
	p := rehearsed(t, paper(t, sheets(1)...), sign.Request{
		Seal: seal, Certificate: person.Cert, Time: issued.AddDate(3, 0, 0), Trust: a.Trust(),
		Places: []sign.Place{{Page: 2, X: 1, Y: 1}, {Keyword: "没有的字"}, {Edge: sign.Right}},
	})
	want := []fault.Code{
		fault.SignPersonAsOrganisation, fault.SignCertExpired, fault.SignNotInSeal, fault.SignSealExpired,
		fault.SignNoSuchPage, fault.SignKeywordAbsent, fault.SignCrossOnePage,
	}
	if got := codes(p.Refusals); !slices.Equal(got, want) {
		t.Errorf("refused for %v, want %v", got, want)
	}
	if err := p.Refusal(); !errors.Is(err, want[0]) {
		t.Errorf("first refusal %v", err)
	}
}

func TestSignatureAndSealAsOneTask(t *testing.T) {
	a := fixture.New(t, issued)
	person, org := a.Person(nil), a.Organisation(nil)
	at := issued.AddDate(0, 1, 0)
	hand := sign.Request{Seal: a.Seal(ses.Handwritten, nil, person), Certificate: person.Cert, Time: at, Trust: a.Trust(),
		Places: []sign.Place{{Keyword: "审批人", DX: 40}}}
	seal := stamp(a, org, 42, 42, sign.Place{Keyword: "日期", DX: 40}, sign.Place{Edge: sign.Right})
	doc := paper(t, sheets(4)...)

	first := rehearsed(t, doc, hand)
	second := rehearsed(t, doc, seal, first)
	if first.Refusal() != nil || second.Refusal() != nil {
		t.Fatalf("refused: %v, %v", first.Refusals, second.Refusals)
	}
	// The seal's middle is 20 mm below that of the signature.
	var overlap []string
	for _, w := range second.Warnings {
		if w.Code == fault.SignOverlap {
			overlap = append(overlap, w.Code.Text(fault.EN, w.Args).Title)
		}
	}
	if want := []string{"on page 4 the seal would lie on that of signature 1"}; !slices.Equal(overlap, want) {
		t.Errorf("overlaps: %q, want %q", overlap, want)
	}

	doc = signed(t, doc, hand, person)
	again := rehearsed(t, doc, seal)
	if shown(again.Stamps) != shown(second.Stamps) || !slices.Equal(codes(again.Warnings), codes(second.Warnings)) {
		t.Error("the seal is planned otherwise once the signature is there")
	}
	if want := []sign.Earlier{{Number: 1, ID: again.Earlier[0].ID, Stays: true}}; !slices.Equal(again.Earlier, want) {
		t.Errorf("earlier: %v", again.Earlier)
	}
	doc = signed(t, doc, seal, org)
	r := judged(t, doc, a.Trust(a.CRL(at.AddDate(0, 0, 1))), at.AddDate(0, 0, 2))
	if r.Verdict != verify.Passed || len(r.Signatures) != 2 || len(r.Signatures[1].Places) != 5 {
		t.Errorf("%s, %d signatures", r.Verdict, len(r.Signatures))
	}
}

// second puts another document into the package, whose signature protects the
// given file.
func secondDocument(t testing.TB, doc []byte, protects string) []byte {
	t.Helper()
	pkg := fixture.Open(t, doc)
	root, err := pkg.Read("/OFD.xml")
	if err != nil {
		t.Fatal(err)
	}
	body := `<ofd:DocBody><ofd:DocInfo><ofd:DocID>2</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot>` +
		`<ofd:Signatures>/Doc_1/Signs/Signatures.xml</ofd:Signatures></ofd:DocBody>`
	const ns = ` xmlns:ofd="http://www.ofdspec.org/2016"`
	return with(t, doc, map[string]string{
		"/OFD.xml":                    strings.Replace(string(root), "</ofd:OFD>", body+"</ofd:OFD>", 1),
		"/Doc_1/Document.xml":         `<ofd:Document` + ns + `><ofd:CommonData/><ofd:Pages/></ofd:Document>`,
		"/Doc_1/Signs/Signatures.xml": `<ofd:Signatures` + ns + `><ofd:MaxSignId>1</ofd:MaxSignId><ofd:Signature ID="1" BaseLoc="Sign_0/Signature.xml"/></ofd:Signatures>`,
		"/Doc_1/Signs/Sign_0/Signature.xml": `<ofd:Signature` + ns + `><ofd:SignedInfo><ofd:References CheckMethod="SM3"><ofd:Reference FileRef="` + protects +
			`"><ofd:CheckValue>AAAA</ofd:CheckValue></ofd:Reference></ofd:References></ofd:SignedInfo><ofd:SignedValue>SignedValue.dat</ofd:SignedValue></ofd:Signature>`,
		"/Doc_1/Signs/Sign_0/SignedValue.dat": "x",
	})
}

func TestASignatureOfAnotherDocumentIsNotBroken(t *testing.T) {
	a := fixture.New(t, issued)
	org := a.Organisation(nil)
	req := stamp(a, org, 42, 42, sign.Place{Page: 1, X: 100, Y: 100})
	plain := paper(t, sheets(1)...)
	for name, tt := range map[string]struct {
		doc  []byte
		want []fault.Code
	}{
		"it protects OFD.xml, which must announce the list": {secondDocument(t, plain, "/OFD.xml"), []fault.Code{fault.SignRootProtected}},
		"it protects its own list, which does not change":   {secondDocument(t, plain, "/Doc_1/Signs/Signatures.xml"), nil},
		"it protects a page":                                {secondDocument(t, plain, "/Doc_0/Pages/Page_0/Content.xml"), nil},
		"the list is announced already":                     {secondDocument(t, signed(t, plain, req, org), "/OFD.xml"), nil},
	} {
		p := rehearsed(t, tt.doc, req)
		if got := codes(p.Refusals); !slices.Equal(got, tt.want) {
			t.Errorf("%s: refused for %v, want %v", name, p.Refusals, tt.want)
		}
		last := p.Earlier[len(p.Earlier)-1]
		if last.Stays != (tt.want == nil) {
			t.Errorf("%s: %+v", name, p.Earlier)
		}
	}
}

func TestWarnings(t *testing.T) {
	a := fixture.New(t, issued)
	org := a.Organisation(nil)
	at := issued.AddDate(0, 1, 0)
	current := a.Trust(a.CRL(at.AddDate(0, 0, -1)))
	plain := paper(t, sheets(2)...)
	here := sign.Place{Page: 1, X: 100, Y: 100}
	first := stamp(a, org, 42, 42, here)
	sealed := signed(t, plain, first, org)

	for name, tt := range map[string]struct {
		doc    []byte
		change func(*sign.Request)
		want   []fault.Code
	}{
		"nothing":                     {plain, nil, nil},
		"no list at hand":             {plain, func(r *sign.Request) { r.Trust = a.Trust() }, []fault.Code{fault.SignStatusUnknown}},
		"an old list":                 {plain, func(r *sign.Request) { r.Trust = a.Trust(a.CRL(issued)) }, []fault.Code{fault.SignStatusUnknown}},
		"an unknown issuer":           {plain, func(r *sign.Request) { r.Trust = fixture.New(t, issued).Trust() }, []fault.Code{fault.SignStatusUnknown}},
		"on an earlier seal":          {sealed, nil, []fault.Code{fault.SignOverlap}},
		"beside an earlier seal":      {sealed, func(r *sign.Request) { r.Places = []sign.Place{{Page: 1, X: 142, Y: 100}} }, nil},
		"on another page":             {sealed, func(r *sign.Request) { r.Places = []sign.Place{{Page: 2, X: 100, Y: 100}} }, nil},
		"the same place twice":        {plain, func(r *sign.Request) { r.Places = append(r.Places, here) }, []fault.Code{fault.SignOverlapOwn}},
		"a strip beside a whole seal": {plain, func(r *sign.Request) { r.Places = []sign.Place{{Page: 1, X: 168, Y: 100}, {Edge: sign.Right}} }, nil},
		"content changed since":       {with(t, sealed, map[string]string{"/Doc_0/Pages/Page_1/Content.xml": "<Page/>"}), func(r *sign.Request) { r.Places = []sign.Place{{Page: 2, X: 100, Y: 100}} }, []fault.Code{fault.SignEarlierChanged}},
		"an integrity list": {with(t, plain, map[string]string{"/OFDEntries.xml": `<DocEntries><FileList/></DocEntries>`}), nil,
			[]fault.Code{fault.SignIntegrityList}},
	} {
		req := first
		req.Trust = current
		if tt.change != nil {
			tt.change(&req)
		}
		p := rehearsed(t, tt.doc, req)
		if got := codes(p.Warnings); !slices.Equal(got, tt.want) || p.Refusal() != nil {
			t.Errorf("%s: warned of %v, want %v; refused for %v", name, p.Warnings, tt.want, p.Refusals)
		}
	}
}

func TestASealOfARevokedMakerIsRefused(t *testing.T) {
	a := fixture.New(t, issued)
	org := a.Organisation(nil)
	req := stamp(a, org, 42, 42, sign.Place{Page: 1, X: 100, Y: 100})
	for when, want := range map[time.Time]error{
		issued:                     fault.SignMakerUnfit,
		issued.Add(24 * time.Hour): nil, // the seal was made before
	} {
		entry := crl.Entry{Serial: a.Maker.Cert.Serial, RevokedAt: when, Reason: crl.KeyCompromise}
		req.Trust = a.Trust(a.CRL(issued.AddDate(0, 0, 28), entry))
		if got := rehearsed(t, paper(t, sheets(1)...), req).Refusal(); !errors.Is(got, want) {
			t.Errorf("revoked on %s: %v, want %v", when.Format(time.DateOnly), got, want)
		}
	}
}

func TestADocumentThatCannotGrowIsRefused(t *testing.T) {
	a := fixture.New(t, issued)
	org := a.Organisation(nil)
	plain := paper(t, sheets(1)...)
	req := stamp(a, org, 42, 42, sign.Place{Page: 1, X: 100, Y: 100})
	sealed := signed(t, plain, req, org)
	for name, tt := range map[string]struct {
		doc  []byte
		want fault.Code
	}{
		"a list in another encoding":           {with(t, sealed, map[string]string{"/Doc_0/Signs/Signatures.xml": `<?xml version="1.0" encoding="GBK"?><Signatures/>`}), fault.DocNotExtendable},
		"a list that is no list":               {with(t, sealed, map[string]string{"/Doc_0/Signs/Signatures.xml": `<ofd:Signatures`}), fault.DocSiglistBroken},
		"a signature file that cannot be read": {with(t, sealed, map[string]string{"/Doc_0/Signs/Sign_0/Signature.xml": `<Signature/>`}), fault.DocSigfileBroken},
		"a document without its pages":         {with(t, plain, map[string]string{"/Doc_0/Document.xml": `<Page/>`}), fault.DocXMLBroken},
	} {
		p := rehearsed(t, tt.doc, req)
		if !errors.Is(p.Refusal(), tt.want) {
			t.Errorf("%s: %v, want %s", name, p.Refusals, tt.want)
		}
	}
}

func TestAnEndedContextEndsTheRehearsal(t *testing.T) {
	a := fixture.New(t, issued)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	req := stamp(a, a.Organisation(nil), 42, 42, sign.Place{Keyword: "日期"})
	if p, err := sign.Rehearse(ctx, fixture.Open(t, paper(t, sheets(1)...)), req); !errors.Is(err, context.Canceled) {
		t.Errorf("plan %v, error %v", p, err)
	}
}
