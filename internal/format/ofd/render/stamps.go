package render

import (
	"strings"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/ofd"
	"xinzhang/internal/format/ses"
)

// A stamp is a seal at its place on a page.
type stamp struct {
	signature int // number over all lists, from 1
	id        string
	path      string // Signature.xml
	box       ofd.Box
	clip      *ofd.Box
	image     sealImage
}

// A sealImage is the picture of a seal as its maker put it in.
type sealImage struct {
	typ   string
	data  []byte
	loose bool // from a file beside the signature: no signature vouches for it
}

// Bounds of the seals of one document; the verifier has the same for signatures.
const (
	mostSignatures = 300
	mostStamps     = 20_000
)

// findStamps reads the signatures of this document. What cannot be read shows
// nothing; the verification report says why, a note says that it is so.
func (r *Renderer) findStamps() {
	r.stamps = make(map[int][]stamp)
	lists, err := r.pkg.SignatureLists()
	if err != nil {
		r.miss("/OFD.xml")
		return
	}
	number, total := 0, 0
	images := make(map[string]sealImage)
	for _, list := range lists {
		for _, it := range list.Items {
			if number++; number > mostSignatures {
				r.miss(list.Path)
				return
			}
			if list.Document != r.doc.Index || r.opt.Seals[number] == SealLeft {
				continue
			}
			file, err := r.pkg.SignatureFile(it.Path)
			if err != nil {
				r.miss(it.Path)
				continue
			}
			if total += len(file.Stamps); total > mostStamps {
				r.miss(it.Path)
				return
			}
			r.addStamps(number, file, images)
		}
	}
}

func (r *Renderer) miss(place string) {
	e := fault.New(fault.RenderBroken, "what", whatSeal)
	r.missed = append(r.missed, Note{Code: e.Code, Args: e.Args, Place: place, Count: 1})
}

// addStamps adds the places of one signature. images are the pictures known so
// far, by the part they are in: signatures of hostile files may share one.
func (r *Renderer) addStamps(number int, file *ofd.SignatureFile, images map[string]sealImage) {
	if len(file.Stamps) == 0 {
		return
	}
	key := file.SignedValuePath + "\x00" + file.SealPath
	image, ok := images[key]
	if !ok {
		image = r.sealImage(file)
		images[key] = image
	}
	for _, s := range file.Stamps {
		pg := r.doc.PageByID(s.PageRef)
		if pg == nil {
			r.miss(file.Path)
			continue
		}
		r.stamps[pg.Index] = append(r.stamps[pg.Index],
			stamp{signature: number, id: s.ID, path: file.Path, box: s.Boundary, clip: s.Clip, image: image})
	}
}

// sealImage takes the picture from the signature value, which is signed; the
// loose Seal.esl counts only where the value holds no seal, and is always drawn
// as void: anybody can take it from another document.
// Without either, there is no picture.
func (r *Renderer) sealImage(file *ofd.SignatureFile) sealImage {
	if raw, err := r.pkg.Read(file.SignedValuePath); err == nil {
		if sig, err := ses.ParseSignature(raw); err == nil {
			p := sig.Seal.Info.Picture
			return sealImage{typ: p.Type, data: p.Data}
		}
	}
	if file.SealPath == "" {
		return sealImage{}
	}
	raw, err := r.pkg.Read(file.SealPath)
	if err != nil {
		return sealImage{}
	}
	seal, err := ses.ParseSeal(raw)
	if err != nil {
		return sealImage{}
	}
	return sealImage{typ: seal.Info.Picture.Type, data: seal.Info.Picture.Data, loose: true}
}

// seals draws the seals of a page, in the order of their signatures.
func (b *builder) seals(page int) []item {
	var out []item
	for _, s := range b.r.stamps[page] {
		if b.err != nil {
			return nil
		}
		if drawn := b.seal(s); drawn != nil {
			out = append(out, drawn)
		}
	}
	return out
}

// seal draws one seal. It is multiplied with the page, as ink is: an opaque
// picture of a seal must not cover what the document says.
func (b *builder) seal(s stamp) item {
	place := s.path + " #" + s.id
	if len(s.image.data) == 0 || !(s.box.W > 0 && s.box.H > 0) {
		b.notes.add(place, fault.RenderSealPicture, "type", "?")
		return nil
	}
	b.grey = s.image.loose || b.r.opt.Seals[s.signature] == SealVoid
	drawn, ok := b.sealPicture(s.path, s.image, s.box)
	void := b.grey
	b.grey = false
	if !ok {
		b.notes.add(place, fault.RenderSealPicture, "type", clipType(s.image.typ))
		return nil
	}
	shown := s.box
	if s.clip != nil {
		shown = ofd.Box{X: s.box.X + s.clip.X, Y: s.box.Y + s.clip.Y, W: s.clip.W, H: s.clip.H}
	}
	g := &group{m: ofd.Identity, alpha: 1, under: true, clip: []area{boxArea(shown)}, items: []item{drawn}}
	if void {
		g.alpha = 0.45
		return &group{m: ofd.Identity, alpha: 1, items: []item{g, strike(shown)}}
	}
	return g
}

// strike is the red line through a seal whose signature did not pass.
func strike(b ofd.Box) item {
	p := path{{op: 'M', n: [7]float64{b.X, b.Y + b.H}}, {op: 'L', n: [7]float64{b.X + b.W, b.Y}}}
	line := styleOf().line
	line.width = max(0.6, min(b.W, b.H)/30)
	return &shape{m: ofd.Identity, path: p, stroke: &paint{r: 179, g: 38, b: 30, alpha: 1}, line: line, alpha: 1}
}

// sealPicture draws a seal's picture into a box: a bitmap, or the first page of
// an OFD package.
func (b *builder) sealPicture(place string, image sealImage, box ofd.Box) (item, bool) {
	if strings.HasPrefix(string(image.data[:min(4, len(image.data))]), "PK") {
		return b.nestedSeal(place, image.data, box)
	}
	key := imageKey{name: place, grey: b.grey}
	bm, err := b.bitmap(key, func(string) ([]byte, error) { return image.data, nil })
	if err != nil {
		return nil, false
	}
	return &picture{m: ofd.Matrix{box.W, 0, 0, box.H, box.X, box.Y}, image: bm, alpha: 1}, true
}

// nestedSeal draws page 1 of a package within this page's limits. The package's
// own signatures are not drawn: nothing vouches for a seal inside a seal.
func (b *builder) nestedSeal(place string, data []byte, box ofd.Box) (item, bool) {
	if b.r.nested >= mostNested {
		b.notes.add(place, fault.RenderUnsupported, "what", whatNested)
		return nil, false
	}
	r, known := b.r.inner[place]
	if !known {
		r = b.r.openNested(data)
		b.r.inner[place] = r
	}
	if r == nil {
		return nil, false
	}
	inner := newBuilder(r)
	inner.meter, inner.notes, inner.grey = b.meter, b.notes, b.grey
	list, sheet, err := inner.page(1)
	if err != nil || !(sheet.W > 0 && sheet.H > 0) {
		return nil, false
	}
	m := ofd.Shift(box.X, box.Y).Then(ofd.Matrix{box.W / sheet.W, 0, 0, box.H / sheet.H, 0, 0}).Then(ofd.Shift(-sheet.X, -sheet.Y))
	return &group{m: m, alpha: 1, clip: []area{boxArea(sheet)}, items: list}, true
}

func clipType(s string) string {
	const longest = 12
	if r := []rune(s); len(r) > longest {
		return string(r[:longest]) + "…"
	}
	return s
}
