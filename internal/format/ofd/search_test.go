package ofd

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"xinzhang/internal/fault"
)

// run is a TextObject of size 4 whose first character stands at x, y.
func run(x, y float64, text string, attrs ...string) string {
	return fmt.Sprintf(`<ofd:TextObject Boundary="%g %g 100 10" Size="4" %s><ofd:TextCode X="0" Y="0">%s</ofd:TextCode></ofd:TextObject>`, x, y, strings.Join(attrs, " "), text)
}

func TestSearch(t *testing.T) {
	tests := []struct {
		name, page, keyword string
		want                string // x of each hit
	}{
		{"in one run", run(10, 20, "法定代表人签名"), "签名", "30"},
		{"split over two runs", run(10, 20, "法定代表人签") + run(34, 20, "名：张某"), "签名", "30"},
		{"split over three runs", run(10, 20, "签") + run(14, 20, "名") + run(18, 20, "处"), "签名处", "10"},
		{"split, drawn in another order", run(14, 20, "名处") + run(10, 20, "签"), "签名处", "10"},
		{"split, with another word drawn between", run(10, 20, "签") + run(100, 90, "日期") + run(14, 20, "名"), "签名", "10"},
		{"spread by blanks", run(10, 20, "签 名"), "签名", "10"},
		{"spread by position", run(10, 20, "签") + run(17, 20, "名"), "签名", "10"},
		{"too far apart", run(10, 20, "签") + run(18.5, 20, "名"), "签名", ""},
		{"on two lines", run(10, 20, "签") + run(14, 26, "名"), "签名", ""},
		{"a baseline that is slightly off", run(10, 20, "签") + run(14, 21, "名"), "签名", "10"},
		{"a larger letter beside", run(10, 20, "签") + run(14, 20, "名", `CTM="1.5 0 0 1.5 0 0"`), "签名", "10"},
		{"full-width keyword", run(10, 20, "OFD文档"), "ＯＦＤ", "10"},
		{"full-width page", run(10, 20, "（ＡＢ）"), "(AB)", "10"},
		{"letter case counts", run(10, 20, "ofd"), "OFD", ""},
		{"composed keyword, decomposed page", run(10, 20, "Cafe&#x301;"), "Café", "10"},
		{"decomposed keyword, composed page", run(10, 20, "Café"), "Cafe\u0301", "10"},
		{"a letter without its mark", run(10, 20, "Cafe&#x301;"), "Cafe", ""},
		{"a letter without its mark, composed", run(10, 20, "Café"), "Cafe", ""},
		{"a compatibility ideograph", run(10, 20, "\uF9D1"), "六", "10"},
		{"private-use characters", run(10, 20, "\uE001\uE002"), "\uE001", ""},
		{"downwards", run(10, 20, "签名处", `ReadDirection="90"`), "签名处", "10"},
		{"downwards in columns", run(10, 20, "签") + run(10, 24, "名"), "签名", ""},
		{"slanted", run(50, 50, "仅供测试", `CTM="0.7071 -0.7071 0.7071 0.7071 0 0"`), "仅供测试", "47.596"},
		{"upside down", run(50, 50, "签名", `CTM="-1 0 0 -1 0 0"`), "签名", "42"},
		{"drawn twice for bold", run(10, 20, "签名") + run(10.1, 20, "签名"), "签名", "10"},
		{"drawn twice character by character", run(10, 20, "签") + run(10.1, 20, "签") + run(14, 20, "名") + run(14.1, 20, "名"), "签名", "10.1"},
		{"hits do not overlap", run(10, 20, "哈哈哈哈哈"), "哈哈", "10 18"},
		{"in reading order, whatever the drawing order", run(10, 90, "签名") + run(60, 20.5, "签名") + run(10, 20, "签名"), "签名", "10 60 10"},
		{"one character", run(10, 20, "甲乙甲"), "甲", "10 18"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			hits, err := textPage(t, tt.page).Search(tt.keyword, SearchOptions{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for i, h := range hits {
				got = append(got, formatNumber(h.Box.X))
				if h.N != i+1 || h.Page != 1 || h.Document != 1 {
					t.Errorf("hit %+v", h)
				}
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("got %v, want %s", hits, tt.want)
			}
		})
	}
}

func TestSearchGivesTheBoxAroundTheWord(t *testing.T) {
	hits, err := textPage(t, run(10, 20, "甲乙")+run(18, 20.4, "丙")).Search("乙丙", SearchOptions{})
	if err != nil || len(hits) != 1 || hits[0].Box.String() != "14 16.6 8 4.4" {
		t.Errorf("got %+v, %v", hits, err)
	}
}

func TestSearchRefusesWrongUse(t *testing.T) {
	p := open(t, demo(t))
	for _, k := range []string{"", "  ", "　", strings.Repeat("长", 257)} {
		if _, err := p.Search(k, SearchOptions{}); !errors.Is(err, fault.UsageWrong) {
			t.Errorf("%q: %v", k, err)
		}
	}
	if _, err := p.Search("词", SearchOptions{Document: 2}); !errors.Is(err, fault.UsageWrong) {
		t.Errorf("second document: %v", err)
	}
	if _, err := p.Search("词", SearchOptions{Pages: []int{4}}); !errors.Is(err, fault.DocPageAbsent) {
		t.Errorf("fourth page: %v", err)
	}
}

func TestSearchTellsOfPagesItCannotRead(t *testing.T) {
	p := open(t, pack(t, plain(file{"Doc_0/Pages/Page_0/Content.xml", "<Page><Content></Page>"})))
	if _, err := p.Search("词", SearchOptions{}); !errors.Is(err, fault.DocXMLBroken) {
		t.Errorf("got %v", err)
	}
}
