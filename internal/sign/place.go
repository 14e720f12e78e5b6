package sign

import (
	"context"
	"math"
	"slices"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/ofd"
)

// A Place says where a seal goes. It names one of three things:
//
//	Place{Page: 1, X: 150, Y: 200}               // a point: the middle of the seal
//	Place{Keyword: "审批人", Nth: All, DX: 25}     // a keyword in the text
//	Place{Edge: Right}                           // an edge of the pages, the seal split over them (骑缝章)
//
// Lengths are millimetres, points are counted from the page's top left corner,
// pages from 1. One signature takes as many places as it needs.
type Place struct {
	// Page and Pages are the pages meant, Page being short for one more of Pages.
	// A point needs at least one; without any, a keyword is looked for on all
	// pages and a seal is split over all of them.
	Page  int
	Pages []int

	X, Y float64 // the point

	Keyword string
	Nth     int     // which hit, from 1 in reading order; or Last, or All
	DX, DY  float64 // from the middle of the hit

	Edge  Edge
	From  *float64 // from the top or left end of the edge to the seal; nil: its middle
	Parts int      // at most so many pages share one seal; 0 is 20
}

// Values of [Place.Nth] beside the number of a hit.
const (
	Last = 0
	All  = -1
)

// A Stamp is a placed seal: a page, from 1, the box of the whole seal on it, and
// the part of the box that shows.
type Stamp struct {
	Page int
	Box  ofd.Box
	Clip *ofd.Box // in the box's own coordinates; nil: all of it
}

// Visible returns the part of the page that s covers.
func (s Stamp) Visible() ofd.Box {
	if s.Clip == nil {
		return s.Box
	}
	return ofd.Box{X: s.Box.X + s.Clip.X, Y: s.Box.Y + s.Clip.Y, W: s.Clip.W, H: s.Clip.H}
}

// mostStamps is more than any signature shows at; some programs lay out the
// pages anew for each.
const mostStamps = 5000

// A layout turns places into the stamps and the findings of a plan.
type layout struct {
	*Plan
	ctx   context.Context
	pages []ofd.Page
	w, h  int // of the seal, in millimetres
}

// locate places the seal as the request asks.
func (p *Plan) locate(ctx context.Context) error {
	pages, err := p.readPages()
	if err != nil || pages == nil {
		return err
	}
	if len(p.req.Places) == 0 {
		p.refuse(fault.SignNoPlace)
	}
	pic := p.req.Seal.Info.Picture
	l := &layout{p, ctx, pages, pic.WidthMM, pic.HeightMM}
	for _, pl := range p.req.Places {
		if err := l.place(pl); err != nil {
			return err
		}
		if len(p.Stamps) > mostStamps {
			p.Stamps = p.Stamps[:mostStamps]
			p.refuse(fault.InputTooLarge, "what", "number of places of one signature", "limit", mostStamps)
			return nil
		}
	}
	return ctx.Err()
}

func (p *Plan) readPages() ([]ofd.Page, error) {
	docs, err := p.pkg.Documents()
	if err == nil {
		err = docs[document-1].Err
	}
	if err != nil {
		return nil, p.refuseFor(err)
	}
	return docs[document-1].Pages, nil
}

func (l *layout) place(pl Place) error {
	if !finite(pl.X, pl.Y, pl.DX, pl.DY) || pl.From != nil && !finite(*pl.From) {
		l.refuse(fault.UsageWrong, "what", "a length that is no number")
		return nil
	}
	switch {
	case pl.Keyword != "" && pl.Edge != "":
		l.refuse(fault.UsageWrong, "what", "a place is a keyword or an edge, not both")
	case pl.Keyword != "":
		return l.keyword(pl)
	case pl.Edge != "":
		l.crossPage(pl)
	default:
		l.point(pl)
	}
	return nil
}

// point puts the seal at one point of one or several pages.
func (l *layout) point(pl Place) {
	if pl.Page == 0 && len(pl.Pages) == 0 {
		l.refuse(fault.SignNoPlace)
	}
	for _, page := range l.numbers(pl) {
		l.put(page, pl.X, pl.Y)
	}
}

// numbers returns the pages that pl names, once each and in order. A page that
// is not there is refused.
func (l *layout) numbers(pl Place) []int {
	all := slices.Clone(pl.Pages)
	if pl.Page != 0 {
		all = append(all, pl.Page)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	return slices.DeleteFunc(all, func(n int) bool {
		absent := n < 1 || n > len(l.pages)
		if absent {
			l.refuse(fault.SignNoSuchPage, "page", n, "pages", len(l.pages))
		}
		return absent
	})
}

// put places the whole seal with its middle at a point.
func (l *layout) put(page int, x, y float64) {
	w, h := float64(l.w), float64(l.h)
	s := Stamp{Page: page, Box: ofd.Box{X: round(x - w/2), Y: round(y - h/2), W: w, H: h}}
	l.Stamps = append(l.Stamps, s)
	if p := l.pages[page-1]; !inside(s.Box, p) {
		l.refuse(fault.SignOffPage, "page", page, "width", p.WidthMM, "height", p.HeightMM, "seal_width", l.w, "seal_height", l.h)
	}
}

// inside allows for what binary fractions leave of a sum of hundredths.
func inside(b ofd.Box, p ofd.Page) bool {
	const tiny = 1e-6
	return b.X >= -tiny && b.Y >= -tiny && b.X+b.W <= p.WidthMM+tiny && b.Y+b.H <= p.HeightMM+tiny
}

// longest is longer than any page; hundredths of it are whole numbers anywhere.
const longest = 1e6

func finite(lengths ...float64) bool {
	return !slices.ContainsFunc(lengths, func(v float64) bool { return !(math.Abs(v) < longest) })
}

// round keeps a hundredth of a millimetre, finer than any printer.
func round(mm float64) float64 { return math.Round(mm*grain) / grain }

// grain is how many units of length make a millimetre where nothing may be lost
// to rounding.
const grain = 100

// annotations writes stamps as the StampAnnots of a new signature.
func annotations(pages []ofd.Page, stamps []Stamp, ids []string) []ofd.Stamp {
	out := make([]ofd.Stamp, len(stamps))
	for i, s := range stamps {
		out[i] = ofd.Stamp{ID: ids[i], PageRef: pages[s.Page-1].ID, Boundary: s.Box, Clip: s.Clip}
	}
	return out
}
