package report

import (
	"encoding/base64"
	"fmt"
	"html/template"
	"strings"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/ofd"
	"xinzhang/internal/format/ofd/render"
	"xinzhang/internal/verify"
)

// A Sheet is a page of the document as the report shows it.
type Sheet struct {
	Document, Page int // from 1
	Several        bool
	Drawn          *render.Page // nil: Err says why
	Err            error
}

// Limits of the pages in a report, so that it can still be mailed and printed.
const (
	mostSheets    = 20
	mostSheetSize = 24 << 20
)

// Sheets draws the pages that carry seals, grey and struck out where r says that
// the signature did not pass. A page that cannot be drawn says why.
func Sheets(pkg *ofd.Package, r *verify.Report) []Sheet {
	docs, err := pkg.Documents()
	if err != nil {
		return nil
	}
	seals := make(map[int]render.SealState)
	for _, s := range r.Signatures {
		if s.Verdict != verify.Passed {
			seals[s.Number] = render.SealVoid
		}
	}
	var out []Sheet
	size := 0
	for _, doc := range docs {
		drawer, err := render.New(pkg, doc, render.Options{Seals: seals})
		if err != nil {
			continue // the report says already that the document cannot be read
		}
		for _, n := range drawer.SealedPages() {
			if len(out) >= mostSheets || size > mostSheetSize {
				return out
			}
			s := Sheet{Document: doc.Index, Page: n, Several: len(docs) > 1}
			if s.Drawn, s.Err = drawer.Page(n); s.Err == nil {
				size += len(s.Drawn.SVG)
			}
			out = append(out, s)
		}
	}
	return out
}

// Drawing is a sheet for an <img>, "" when it could not be drawn.
func (v *view) Drawing(s Sheet) template.URL {
	if s.Drawn == nil {
		return ""
	}
	return svgURL(s.Drawn.SVG)
}

// Shown says which page a sheet is.
func (v *view) Shown(s Sheet) string {
	if s.Several {
		return fmt.Sprintf(v.t.shown, s.Page, s.Document)
	}
	return fmt.Sprintf(v.t.page, fmt.Sprint(s.Page))
}

// Lacks says what a sheet does not show.
func (v *view) Lacks(s Sheet) []string {
	if s.Err != nil {
		e := fault.Of(s.Err)
		return []string{fmt.Sprintf(v.t.undrawn, e.Code.Text(v.t.lang, e.Args).Title)}
	}
	var what []string
	for _, n := range s.Drawn.Notes {
		if n.Hides() {
			what = append(what, n.Text(v.t.lang).Title)
		}
	}
	if len(what) == 0 {
		return nil
	}
	return []string{fmt.Sprintf(v.t.hidden, s.Drawn.Hidden(), strings.Join(what, v.t.pageSep))}
}

// Picture returns the seal's picture for an <img>, "" when it cannot be drawn.
func (v *view) Picture(s *verify.SealInfo, verdict verify.Verdict) template.URL {
	if strings.EqualFold(s.PicType, "svg") {
		// An <img> runs no script and loads nothing, whatever the picture holds.
		return svgURL(s.Picture)
	}
	page, err := render.SealPicture(s.PicType, s.Picture, float64(s.WidthMM), float64(s.HeightMM), "s", verdict != verify.Passed)
	if err != nil {
		return ""
	}
	return svgURL(page.SVG)
}

func svgURL(svg []byte) template.URL {
	return template.URL("data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString(svg)) //nolint:gosec // base64 of a fixed media type
}
