package verify

import (
	"strings"

	"github.com/emmansun/gmsm/sm3"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/ofd"
	"xinzhang/internal/format/ses"
)

// report fills the part of a SignatureReport that facts alone give.
func (s *signatureFacts) report(doc *documentFacts) SignatureReport {
	r := SignatureReport{Number: s.number, ID: s.item.ID, Kind: s.kind, Places: []Place{}, Protected: len(s.refs)}
	if !s.time.IsZero() {
		t := s.time.UTC()
		r.Time, r.TimeSource = &t, Clock
		if s.stamped() {
			r.TimeSource = TimeStamp
		}
	}
	if s.signer != nil && s.signer.cert != nil {
		r.Signer = certInfo(s.signer.cert)
	}
	if s.seal != nil {
		r.Seal = sealInfo(s.seal.Seal)
		if s.maker != nil && s.maker.cert != nil {
			r.Seal.Maker = certInfo(s.maker.cert)
		}
	}
	used := make(map[string]bool) // signer and seal maker often share their issuers
	for _, f := range []*certFacts{s.signer, s.maker} {
		if f == nil || f.cert == nil {
			continue
		}
		for _, c := range f.path.Certs {
			if !used[string(c.Raw)] {
				used[string(c.Raw)] = true
				r.Evidence = append(r.Evidence, certInfo(c))
			}
		}
	}
	if s.file != nil {
		for _, st := range s.file.Stamps {
			r.Places = append(r.Places, place(st, s, doc))
		}
		r.Closing = s.covers[s.list.Path]
	}
	return r
}

func place(st ofd.Stamp, s *signatureFacts, doc *documentFacts) Place {
	page, _ := doc.page(s, st.PageRef)
	p := Place{
		Page: page.Index,
		X:    st.Boundary.X, Y: st.Boundary.Y, Width: st.Boundary.W, Height: st.Boundary.H,
		Box: st.Boundary.String(),
	}
	if st.Clip != nil {
		p.Clip = st.Clip.String()
	}
	return p
}

// holder names the holder of c. Some authorities put identity numbers into names;
// a report goes to people who need not know them.
func holder(c *cert.Certificate) string { return cert.MaskIDNumbers(c.Holder()) }

func certInfo(c *cert.Certificate) *CertInfo {
	sum := sm3.Sum(c.Raw)
	unit, department := c.Subject().Units()
	info := &CertInfo{
		Subject: cert.MaskIDNumbers(c.Subject().String()), Holder: holder(c),
		Unit: cert.MaskIDNumbers(strings.TrimSpace(unit + " " + department)),
		Role: c.Role().String(), Issuer: c.Issuer().String(), Serial: c.SerialHex(),
		NotBefore: c.NotBefore, NotAfter: c.NotAfter, SM3: sum[:],
	}
	if id, ok := c.IDNumber(); ok {
		info.IDNumber = cert.MaskIDNumber(id)
	}
	return info
}

func sealInfo(s *ses.Seal) *SealInfo {
	i := s.Info
	return &SealInfo{
		ID: i.ID, Name: i.Name, Version: s.Version, Type: i.Type, Kind: string(i.Kind()),
		CreateDate: i.CreateDate, ValidStart: i.ValidStart, ValidEnd: i.ValidEnd,
		WidthMM: i.Picture.WidthMM, HeightMM: i.Picture.HeightMM,
		PicType: i.Picture.Type, Picture: i.Picture.Data,
	}
}

// describe returns what of err may be shown: the words of a coded error, or the
// parser's place.
func describe(err error) any {
	if e := fault.Of(err); e.Code != fault.InternalError {
		return wordedError{e}
	}
	return err.Error()
}

// wordedError is an error inside the words of another.
type wordedError struct{ e *fault.Error }

// Words returns the title of the error in lang.
func (w wordedError) Words(lang fault.Lang) string { return w.e.Code.Text(lang, w.e.Args).Title }
