package sign

import (
	"xinzhang/internal/fault"
	"xinzhang/internal/format/ofd"
)

// A Sighting says how often a keyword was found.
type Sighting struct {
	Keyword string
	Found   int // on the pages that were searched
	Used    int // places where the seal goes
}

// keyword puts the seal on one hit of a keyword, or on all.
func (l *layout) keyword(pl Place) error {
	if pl.Nth < All {
		l.refuse(fault.UsageWrong, "what", "the number of a keyword's hit counts from 1")
		return nil
	}
	opt := ofd.SearchOptions{Document: document, Pages: l.numbers(pl)}
	if (pl.Page != 0 || len(pl.Pages) > 0) && len(opt.Pages) == 0 {
		return nil // no page is left to search
	}
	hits, err := l.pkg.Search(pl.Keyword, opt)
	if err != nil {
		return l.refuseFor(err)
	}
	chosen := hits
	switch {
	case len(hits) == 0:
		l.refuse(fault.SignKeywordAbsent, "keyword", pl.Keyword)
	case pl.Nth == Last:
		chosen = hits[len(hits)-1:]
	case pl.Nth > len(hits):
		chosen = nil
		l.refuse(fault.SignKeywordFewer, "keyword", pl.Keyword, "found", len(hits), "wanted", pl.Nth)
	case pl.Nth > 0:
		chosen = hits[pl.Nth-1 : pl.Nth]
	}
	l.Keywords = append(l.Keywords, Sighting{pl.Keyword, len(hits), len(chosen)})
	for _, hit := range chosen[:min(len(chosen), mostStamps+1)] {
		l.put(hit.Page, hit.Box.X+hit.Box.W/2+pl.DX, hit.Box.Y+hit.Box.H/2+pl.DY)
	}
	return nil
}
