package demosite

import (
	"context"
	"net/http"
	"strconv"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/ofd"
	"xinzhang/internal/format/ofd/render"
	"xinzhang/internal/verify"
)

// pageJSON is a page as it is read, with what the picture lacks.
type pageJSON struct {
	Number int      `json:"number"`
	Width  float64  `json:"width"` // millimetres
	Height float64  `json:"height"`
	SVG    string   `json:"svg"`
	Hidden int      `json:"hidden"` // places whose content could not be drawn
	Notes  []string `json:"notes"`
}

func (s *Site) getPage(w http.ResponseWriter, r *http.Request, _ *session) error {
	f, err := s.file(r)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(r.PathValue("page"))
	if err != nil {
		return fault.Wrap(fault.CaseBadRequest, err)
	}
	content, _ := s.newest(f)
	page, err := s.draw(r.Context(), content, n)
	if err != nil {
		return err
	}
	out := pageJSON{Number: n, Width: page.WidthMM, Height: page.HeightMM, SVG: string(page.SVG), Hidden: page.Hidden(), Notes: []string{}}
	for _, note := range page.Notes {
		out.Notes = append(out.Notes, note.Text(language(r)).Title)
	}
	return writeJSON(w, out)
}

// draw draws a page. Seals of signatures that did not pass are grey and struck out.
func (s *Site) draw(ctx context.Context, content []byte, n int) (*render.Page, error) {
	judged, err := s.judge(ctx, content)
	if err != nil {
		return nil, err
	}
	if n < 1 || n > judged.Pages {
		return nil, fault.New(fault.CaseNoPage, "page", n, "pages", judged.Pages)
	}
	seals := map[int]render.SealState{}
	for _, sig := range judged.Signatures {
		if sig.Verdict != verify.Passed {
			seals[sig.Number] = render.SealVoid
		}
	}
	pkg, doc, err := openFirst(content)
	if err != nil {
		return nil, err
	}
	r, err := render.New(pkg, doc, render.Options{Seals: seals})
	if err != nil {
		return nil, err
	}
	return r.Page(n)
}

func openFirst(content []byte) (*ofd.Package, *ofd.Document, error) {
	pkg, err := open(content)
	if err != nil {
		return nil, nil, err
	}
	docs, err := pkg.Documents()
	if err != nil {
		return nil, nil, err
	}
	return pkg, docs[0], nil
}
