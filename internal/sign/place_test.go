package sign_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/fixture"
	"xinzhang/internal/format/ofd"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/sign"
)

// paper makes a document whose pages have these sizes. Each holds the keywords
// 审批人 twice and 日期 once.
func paper(t testing.TB, sizes ...[2]float64) []byte {
	t.Helper()
	b := ofd.NewBuilder([16]byte{15: 2}, "示例案件材料", issued)
	for _, s := range sizes {
		p := b.Page(s[0], s[1])
		p.Text("宋体", 5, 30, 40, "审批人：")
		p.Text("宋体", 5, 30, 140, "审批人：")
		p.Text("宋体", 5, 30, 160, "日期：")
	}
	var out bytes.Buffer
	if err := b.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// sheets are n pages of A4.
func sheets(n int) [][2]float64 { return slices.Repeat([][2]float64{{210, 297}}, n) }

// stamp is an organisation's request with a seal of w by h millimetres.
func stamp(a *fixture.Authority, org *fixture.Holder, w, h int, places ...sign.Place) sign.Request {
	seal := a.Seal(ses.OfficialSeal, func(i *ses.Info) { i.Picture.WidthMM, i.Picture.HeightMM = w, h }, org)
	return sign.Request{Seal: seal, Certificate: org.Cert, Places: places, Time: issued.AddDate(0, 1, 0), Trust: a.Trust()}
}

func rehearsed(t testing.TB, doc []byte, req sign.Request, before ...*sign.Plan) *sign.Plan {
	t.Helper()
	p, err := sign.Rehearse(context.Background(), fixture.Open(t, doc), req, before...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// shown writes stamps as "page: box" or "page: box / clip".
func shown(stamps []sign.Stamp) string {
	var out []string
	for _, s := range stamps {
		line := fmt.Sprintf("%d: %s", s.Page, s.Box)
		if s.Clip != nil {
			line += " / " + s.Clip.String()
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

func TestPlacesLandWhereTheyAreMeant(t *testing.T) {
	a := fixture.New(t, issued)
	org := a.Organisation(nil)
	for name, tt := range map[string]struct {
		pages  [][2]float64
		w, h   int
		places []sign.Place
		want   string
	}{
		"a point is the middle of the seal": {
			sheets(1), 42, 42, []sign.Place{{Page: 1, X: 150, Y: 200}}, "1: 129 179 42 42",
		},
		"the same place on several pages, named twice": {
			sheets(4), 42, 42, []sign.Place{{Pages: []int{4, 2, 2}, X: 150, Y: 200}, {Page: 3, X: 50.005, Y: 60}},
			"2: 129 179 42 42\n4: 129 179 42 42\n3: 29.01 39 42 42",
		},
		"the first hit of a keyword, moved": { // the hit is 20 mm by 5 mm from (30, 35.75)
			sheets(2), 20, 10, []sign.Place{{Keyword: "审批人", Nth: 1, DX: 30, DY: -10}}, "1: 57.5 23.25 20 10",
		},
		"the last hit": {
			sheets(2), 20, 10, []sign.Place{{Keyword: "审批人"}}, "2: 27.5 133.25 20 10",
		},
		"all hits": {
			sheets(2), 20, 10, []sign.Place{{Keyword: "审批人", Nth: sign.All, DX: 50}},
			"1: 77.5 33.25 20 10\n1: 77.5 133.25 20 10\n2: 77.5 33.25 20 10\n2: 77.5 133.25 20 10",
		},
		"all hits on one page": {
			sheets(3), 20, 10, []sign.Place{{Keyword: "审批人", Nth: sign.All, Page: 2}}, "2: 27.5 33.25 20 10\n2: 27.5 133.25 20 10",
		},
		"several keywords": {
			sheets(2), 20, 10, []sign.Place{{Keyword: "日期", Nth: 2}, {Keyword: "审批人", Nth: 1}}, "2: 25 153.25 20 10\n1: 27.5 33.25 20 10",
		},
		"across the right edge, in its middle": {
			sheets(5), 40, 40, []sign.Place{{Edge: sign.Right}},
			"1: 202 128.5 40 40 / 0 0 8 40\n2: 194 128.5 40 40 / 8 0 8 40\n3: 186 128.5 40 40 / 16 0 8 40\n" +
				"4: 178 128.5 40 40 / 24 0 8 40\n5: 170 128.5 40 40 / 32 0 8 40",
		},
		"across the left edge, the first page on top shows the last strip": {
			sheets(2), 42, 42, []sign.Place{{Edge: sign.Left, From: new(10.0)}},
			"1: -21 10 42 42 / 21 0 21 42\n2: 0 10 42 42 / 0 0 21 42",
		},
		"across the bottom edge": {
			sheets(2), 30, 12, []sign.Place{{Edge: sign.Bottom, From: new(0.0)}},
			"1: 0 291 30 12 / 0 0 30 6\n2: 0 285 30 12 / 0 6 30 6",
		},
		"across the top edge": {
			sheets(2), 30, 12, []sign.Place{{Edge: sign.Top}},
			"1: 90 -6 30 12 / 0 6 30 6\n2: 90 0 30 12 / 0 0 30 6",
		},
		"an odd number of pages leaves no gap": {
			sheets(3), 40, 40, []sign.Place{{Edge: sign.Right, From: new(100.0)}},
			"1: 196.67 100 40 40 / 0 0 13.33 40\n2: 183.34 100 40 40 / 13.33 0 13.33 40\n3: 170 100 40 40 / 26.66 0 13.34 40",
		},
		"at most two pages a seal, of five": {
			sheets(5), 40, 40, []sign.Place{{Edge: sign.Right, From: new(100.0), Parts: 2}},
			"1: 196.67 100 40 40 / 0 0 13.33 40\n2: 183.34 100 40 40 / 13.33 0 13.33 40\n3: 170 100 40 40 / 26.66 0 13.34 40\n" +
				"4: 190 100 40 40 / 0 0 20 40\n5: 170 100 40 40 / 20 0 20 40",
		},
		"across some of the pages": {
			sheets(5), 40, 40, []sign.Place{{Edge: sign.Right, From: new(100.0), Pages: []int{2, 4}}},
			"2: 190 100 40 40 / 0 0 20 40\n4: 170 100 40 40 / 20 0 20 40",
		},
		"across pages of different sizes, in the middle of the shortest": {
			[][2]float64{{297, 210}, {210, 297}, {210.006, 297}}, 42, 42, []sign.Place{{Edge: sign.Right}},
			"1: 283 84 42 42 / 0 0 14 42\n2: 182 84 42 42 / 14 0 14 42\n3: 168 84 42 42 / 28 0 14 42",
		},
		"a keyword and an edge in one signature": {
			sheets(2), 20, 20, []sign.Place{{Keyword: "日期"}, {Edge: sign.Right, From: new(0.0)}},
			"2: 25 148.25 20 20\n1: 200 0 20 20 / 0 0 10 20\n2: 190 0 20 20 / 10 0 10 20",
		},
	} {
		p := rehearsed(t, paper(t, tt.pages...), stamp(a, org, tt.w, tt.h, tt.places...))
		if got := shown(p.Stamps); got != tt.want || p.Refusal() != nil {
			t.Errorf("%s:\n%s\nwant\n%s\nrefused: %v", name, got, tt.want, p.Refusals)
		}
	}
}

func TestPlacesThatCannotBeAreRefused(t *testing.T) {
	a := fixture.New(t, issued)
	org := a.Organisation(nil)
	doc := paper(t, sheets(3)...)
	for name, tt := range map[string]struct {
		place sign.Place
		want  fault.Code
	}{
		"a point without a page":                {sign.Place{X: 100, Y: 100}, fault.SignNoPlace},
		"one page of several is not there":      {sign.Place{Pages: []int{1, 4}, X: 100, Y: 100}, fault.SignNoSuchPage},
		"page nought":                           {sign.Place{Pages: []int{0}, X: 100, Y: 100}, fault.SignNoSuchPage},
		"a point that is no number":             {sign.Place{Page: 1, X: math.NaN(), Y: 100}, fault.UsageWrong},
		"a point at infinity":                   {sign.Place{Page: 1, X: math.Inf(1), Y: 100}, fault.UsageWrong},
		"a hair over the edge":                  {sign.Place{Page: 1, X: 189.01, Y: 100}, fault.SignOffPage},
		"an offset off the page":                {sign.Place{Keyword: "日期", DX: -100}, fault.SignOffPage},
		"a keyword on a page that is not there": {sign.Place{Keyword: "日期", Page: 9}, fault.SignNoSuchPage},
		"the second of one":                     {sign.Place{Keyword: "日期", Page: 1, Nth: 2}, fault.SignKeywordFewer},
		"the hit before the first":              {sign.Place{Keyword: "日期", Nth: -2}, fault.UsageWrong},
		"a keyword too long":                    {sign.Place{Keyword: strings.Repeat("字", 300)}, fault.UsageWrong},
		"a keyword and an edge at once":         {sign.Place{Keyword: "日期", Edge: sign.Right}, fault.UsageWrong},
		"an edge that pages have not":           {sign.Place{Edge: "front"}, fault.UsageWrong},
		"across one page":                       {sign.Place{Edge: sign.Right, Page: 2}, fault.SignCrossOnePage},
		"across pages that are not there":       {sign.Place{Edge: sign.Right, Pages: []int{3, 7}}, fault.SignCrossOnePage},
		"one page a seal":                       {sign.Place{Edge: sign.Right, Parts: 1}, fault.SignCrossParts},
		"strips under a millimetre":             {sign.Place{Edge: sign.Right, Parts: 43}, fault.SignCrossParts},
		"the strips begin above the page":       {sign.Place{Edge: sign.Right, From: new(-0.01)}, fault.SignCrossOffPage},
		"the strips end below the page":         {sign.Place{Edge: sign.Right, From: new(255.01)}, fault.SignCrossOffPage},
		"the strips end right of the page":      {sign.Place{Edge: sign.Top, From: new(168.01)}, fault.SignCrossOffPage},
	} {
		p := rehearsed(t, doc, stamp(a, org, 42, 42, tt.place))
		if !slices.ContainsFunc(p.Refusals, func(e *fault.Error) bool { return errors.Is(e, tt.want) }) {
			t.Errorf("%s: %v, want %s", name, p.Refusals, tt.want)
		}
		if _, err := sign.Prepare(context.Background(), fixture.Open(t, doc), stamp(a, org, 42, 42, tt.place)); !errors.Is(err, p.Refusals[0].Code) {
			t.Errorf("%s: prepared all the same, %v", name, err)
		}
	}
}

func TestARefusedPlaceIsShownAllTheSame(t *testing.T) {
	a := fixture.New(t, issued)
	p := rehearsed(t, paper(t, sheets(1)...), stamp(a, a.Organisation(nil), 42, 42,
		sign.Place{Page: 1, X: 5, Y: 100}, sign.Place{Page: 1, X: 100, Y: 100}))
	if got, want := shown(p.Stamps), "1: -16 79 42 42\n1: 79 79 42 42"; got != want {
		t.Errorf("shown at\n%s\nwant\n%s", got, want)
	}
	if len(p.Refusals) != 1 || !errors.Is(p.Refusals[0], fault.SignOffPage) {
		t.Errorf("refusals: %v", p.Refusals)
	}
}

func TestKeywordsAreCounted(t *testing.T) {
	a := fixture.New(t, issued)
	p := rehearsed(t, paper(t, sheets(3)...), stamp(a, a.Organisation(nil), 20, 10,
		sign.Place{Keyword: "审批人", Nth: sign.All}, sign.Place{Keyword: "日期", Nth: 2}, sign.Place{Keyword: "没有的字"},
		sign.Place{Keyword: "日期", Nth: 5}))
	want := []sign.Sighting{{"审批人", 6, 6}, {"日期", 3, 1}, {"没有的字", 0, 0}, {"日期", 3, 0}}
	if !slices.Equal(p.Keywords, want) {
		t.Errorf("keywords %v, want %v", p.Keywords, want)
	}
	if len(p.Refusals) != 2 {
		t.Errorf("refusals: %v", p.Refusals)
	}
}

func TestTooManyPlacesAreRefused(t *testing.T) {
	a := fixture.New(t, issued)
	p := rehearsed(t, paper(t, sheets(60)...), stamp(a, a.Organisation(nil), 20, 10,
		slices.Repeat([]sign.Place{{Keyword: "日期", Nth: sign.All}}, 84)...))
	if !errors.Is(p.Refusal(), fault.InputTooLarge) || len(p.Stamps) > 5000 {
		t.Errorf("%d places, refusal %v", len(p.Stamps), p.Refusal())
	}
}

func TestTheSignatureShowsWhereTheRehearsalSaid(t *testing.T) {
	a := fixture.New(t, issued)
	org := a.Organisation(nil)
	doc := paper(t, sheets(5)...)
	req := stamp(a, org, 42, 42, sign.Place{Edge: sign.Right, From: new(33.3)}, sign.Place{Keyword: "日期", DX: 40})
	plan := rehearsed(t, doc, req)
	out := signed(t, doc, req, org)
	at := req.Time.Add(time.Hour)
	r := judged(t, out, a.Trust(a.CRL(at)), at)
	var got []string
	for _, p := range r.Signatures[0].Places {
		line := fmt.Sprintf("%d: %s", p.Page, p.Box)
		if p.Clip != "" {
			line += " / " + p.Clip
		}
		got = append(got, line)
	}
	if strings.Join(got, "\n") != shown(plan.Stamps) || r.Verdict != "passed" {
		t.Errorf("%s, shown at\n%s\nrehearsed\n%s", r.Verdict, strings.Join(got, "\n"), shown(plan.Stamps))
	}
}
