package sign

import (
	"math"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/ofd"
)

// A Place says where the middle of the seal goes: on a page at a point, or on a
// keyword. Exactly one of Page and Keyword is set.
type Place struct {
	Page int     // from 1
	X, Y float64 // millimetres from the page's top left corner

	Keyword  string
	Nth      int     // which hit of the keyword, from 1 in reading order; 0 is the last
	DX, DY   float64 // millimetres from the middle of the hit
	OnlyPage int     // search this page alone; 0 is all
}

// locate turns the places of req into boxes of the seal's size.
func locate(pkg *ofd.Package, pages []ofd.Page, req Request) ([]Stamp, error) {
	if len(req.Places) == 0 {
		return nil, fault.New(fault.SignNoPlace)
	}
	w, h := float64(req.Seal.Info.Picture.WidthMM), float64(req.Seal.Info.Picture.HeightMM)
	stamps := make([]Stamp, 0, len(req.Places))
	for _, pl := range req.Places {
		page, x, y := pl.Page, pl.X, pl.Y
		if pl.Keyword != "" {
			var err error
			if page, x, y, err = find(pkg, pl); err != nil {
				return nil, err
			}
		}
		if page < 1 || page > len(pages) {
			return nil, fault.New(fault.SignNoSuchPage, "page", page, "pages", len(pages))
		}
		box := ofd.Box{X: round(x - w/2), Y: round(y - h/2), W: w, H: h}
		if p := pages[page-1]; box.X < 0 || box.Y < 0 || box.X+w > p.WidthMM || box.Y+h > p.HeightMM {
			return nil, fault.New(fault.SignOffPage, "page", page, "width", p.WidthMM, "height", p.HeightMM, "seal_width", w, "seal_height", h)
		}
		stamps = append(stamps, Stamp{page, box})
	}
	return stamps, nil
}

// find returns the point that a keyword place means.
func find(pkg *ofd.Package, pl Place) (page int, x, y float64, err error) {
	opt := ofd.SearchOptions{Document: document}
	if pl.OnlyPage > 0 {
		opt.Pages = []int{pl.OnlyPage}
	}
	hits, err := pkg.Search(pl.Keyword, opt)
	if err != nil {
		return 0, 0, 0, err
	}
	nth := pl.Nth
	if nth == 0 {
		nth = len(hits)
	}
	if len(hits) == 0 {
		return 0, 0, 0, fault.New(fault.SignKeywordAbsent, "keyword", pl.Keyword)
	}
	if nth > len(hits) {
		return 0, 0, 0, fault.New(fault.SignKeywordFewer, "keyword", pl.Keyword, "found", len(hits), "wanted", nth)
	}
	hit := hits[nth-1]
	return hit.Page, hit.Box.X + hit.Box.W/2 + pl.DX, hit.Box.Y + hit.Box.H/2 + pl.DY, nil
}

// round keeps a hundredth of a millimetre, finer than any printer.
func round(mm float64) float64 { return math.Round(mm*100) / 100 }

// annotations writes stamps as the StampAnnots of a new signature.
func annotations(pages []ofd.Page, stamps []Stamp, ids []string) []ofd.Stamp {
	out := make([]ofd.Stamp, len(stamps))
	for i, s := range stamps {
		out[i] = ofd.Stamp{ID: ids[i], PageRef: pages[s.Page-1].ID, Boundary: s.Box}
	}
	return out
}

func pagesOf(pkg *ofd.Package) ([]ofd.Page, error) {
	docs, err := pkg.Documents()
	if err != nil {
		return nil, err
	}
	return docs[document-1].Pages, docs[document-1].Err
}
