package ofd

import (
	"errors"
	"testing"

	"xinzhang/internal/fault"
)

var oddPages = map[string]struct {
	src   string
	plain bool // settled by its ends
	want  error
}{
	"a page":                        {`<ofd:Page` + ns + `><ofd:Content/></ofd:Page>`, true, nil},
	"without a prefix":              {"<?xml version=\"1.0\"?>\r\n<!-- <!DOCTYPE x> --><Page></Page >", false, nil},
	"behind a comment":              {"<!-- <!DOCTYPE x> -->\n<Page><Content/></Page>\r\n", true, nil},
	"with a byte-order mark":        {"\uFEFF<Page></Page>", true, nil},
	"closing itself":                {"<Page/>", false, nil},
	"a comment at its end":          {"<Page></Page><!-- -->", false, nil},
	"with a template":               {`<Page><Template TemplateID="1"/></Page>`, false, nil},
	"with a DTD":                    {"<!DOCTYPE Page><Page></Page>", false, fault.DocXMLDoctype},
	"a DTD behind an instruction":   {"<?a b?><!DOCTYPE Page []><Page></Page>", false, fault.DocXMLDoctype},
	"another element":               {"<Pages></Pages>", false, fault.DocXMLBroken},
	"closed by another":             {"<a:Page></b:Page>", false, fault.DocXMLBroken},
	"no end":                        {"<Page><Content>", false, fault.DocXMLBroken},
	"only an end":                   {"</Page>", false, fault.DocXMLBroken},
	"an end inside its first tag":   {`<Page a="</Page>`, false, fault.DocXMLBroken},
	"a control character in front":  {"<Page a=\"\x01\"></Page>", false, fault.DocXMLBroken},
	"no UTF-8 in front":             {"<Page a=\"\xff\"></Page>", false, fault.DocXMLBroken},
	"nothing":                       {"", false, fault.DocXMLBroken},
	"an encoding that is not known": {`<?xml version="1.0" encoding="UTF-7"?><Page></Page>`, false, fault.DocXMLEncoding},
}

func TestPagesAreReadAtBothEnds(t *testing.T) {
	for name, tt := range oddPages {
		p := open(t, pack(t, plain(file{"Doc_0/Pages/Page_0/Content.xml", tt.src})))
		if got := p.isPlainPage("/p", []byte(tt.src)); got != tt.plain && !errors.Is(tt.want, fault.DocXMLEncoding) {
			t.Errorf("%s: settled by its ends: %v", name, got)
		}
		_, err := p.scanPage("/Doc_0/Pages/Page_0/Content.xml")
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}

// FuzzPageHead asks that a whole reading, when it succeeds, finds nothing in a
// page that was settled by its ends.
func FuzzPageHead(f *testing.F) {
	for _, page := range oddPages {
		f.Add(page.src)
	}
	f.Add(pageXML)
	p := open(f, pack(f, plain()))
	f.Fuzz(func(t *testing.T, src string) {
		if !p.isPlainPage("/p", []byte(src)) {
			return
		}
		h, err := p.parseHead("/p", []byte(src))
		if err == nil && (h.hasArea || len(h.uses)+len(h.res) > 0) {
			t.Errorf("it holds %+v", h)
		}
	})
}
