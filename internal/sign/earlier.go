package sign

import (
	"cmp"
	"context"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/ofd"
)

// An Earlier is a signature that the document carries already.
type Earlier struct {
	Number int // from 1, over all lists of the package
	ID     string
	Stays  bool // what it protects is not changed by the plan
}

// earlier asks of every signature of the document whether it survives the new
// one. It must not protect a file that has to change: Signatures.xml, or OFD.xml
// when the document's first signature is announced there, which a signature of
// another document of the package may protect.
func (p *Plan) earlier(ctx context.Context) error {
	lists, err := p.pkg.SignatureLists()
	if err != nil {
		return p.refuseFor(err)
	}
	isList := make(map[string]bool, len(lists))
	for _, list := range lists {
		isList[list.Path] = true
	}
	for _, list := range lists {
		for _, item := range list.Items {
			e := Earlier{Number: len(p.Earlier) + 1, ID: item.ID}
			file, err := p.pkg.SignatureFile(item.Path)
			if err != nil {
				if err := p.refuseFor(err); err != nil {
					return err
				}
			} else {
				e.Stays = p.spares(e.Number, file, isList)
				if err := p.unchanged(ctx, e.Number, file); err != nil {
					return err
				}
			}
			p.Earlier = append(p.Earlier, e)
		}
	}
	return nil
}

// spares reports whether the plan changes nothing that a signature protects.
func (p *Plan) spares(number int, file *ofd.SignatureFile, isList map[string]bool) bool {
	stays := true
	for _, ref := range file.References {
		if !p.changes(ref.Path) {
			continue
		}
		stays = false
		if isList[ref.Path] {
			p.refuse(fault.SignListProtected, "number", number)
		} else {
			p.refuse(fault.SignRootProtected, "number", number)
		}
	}
	return stays
}

// unchanged warns of a document that was changed after an earlier signature: the
// new one would cover the changed content and lend it its name. Of a plan that
// comes after others the first has told it.
func (p *Plan) unchanged(ctx context.Context, number int, file *ofd.SignatureFile) error {
	if p.later || !file.UsesSM3() {
		return nil
	}
	var names, changed []string
	for _, ref := range file.References {
		names = append(names, ref.Path)
	}
	if err := p.pkg.DigestAll(ctx, names); err != nil {
		return err
	}
	for _, ref := range file.References {
		if d, err := p.pkg.Digest(ref.Path); ref.Missing || err != nil || string(d[:]) != string(ref.CheckValue) {
			changed = append(changed, cmp.Or(ref.Path, ref.FileRef))
		}
	}
	if len(changed) > 0 {
		p.warn(fault.SignEarlierChanged, "number", number, "part", p.pkg.PartName(changed[0]), "count", len(changed))
	}
	return nil
}

// integrity warns of a list of all files of the package (GM/T 0099-2020): it
// cannot name the signature's own files.
func (p *Plan) integrity() error {
	list, err := p.pkg.IntegrityList()
	if err != nil {
		return p.refuseFor(err)
	}
	if list != nil {
		p.warn(fault.SignIntegrityList)
	}
	return nil
}

// overlaps warns of seals that would lie on others: the document's, those that
// are planned before, or the plan's own.
func (p *Plan) overlaps(before []*Plan) error {
	shown, err := p.shown()
	if err != nil {
		return err
	}
	for i, b := range before {
		for _, s := range b.Stamps {
			shown[s.Page] = append(shown[s.Page], mark{len(p.Earlier) + 1 + i, s.Visible()})
		}
	}
	told := make(map[[2]int]bool)
	for _, s := range p.Stamps {
		for _, other := range shown[s.Page] {
			key := [2]int{s.Page, other.number}
			if !told[key] && overlap(s.Visible(), other.box) {
				told[key] = true
				if other.number == 0 {
					p.warn(fault.SignOverlapOwn, "page", s.Page)
				} else {
					p.warn(fault.SignOverlap, "page", s.Page, "number", other.number)
				}
			}
		}
		shown[s.Page] = append(shown[s.Page], mark{0, s.Visible()})
	}
	return nil
}

// shown gathers the seals that the document shows already, by page.
func (p *Plan) shown() (map[int][]mark, error) {
	shown := make(map[int][]mark)
	docs, err := p.pkg.Documents()
	if err != nil {
		return shown, p.refuseFor(err)
	}
	lists, err := p.pkg.SignatureLists()
	if err != nil {
		return shown, nil // said by earlier
	}
	number := 0
	for _, list := range lists {
		for _, item := range list.Items {
			number++
			file, err := p.pkg.SignatureFile(item.Path)
			if err != nil || list.Document != document {
				continue
			}
			for _, s := range file.Stamps {
				if page := docs[document-1].PageByID(s.PageRef); page != nil {
					visible := Stamp{Box: s.Boundary, Clip: s.Clip}.Visible()
					shown[page.Index] = append(shown[page.Index], mark{number, visible})
				}
			}
		}
	}
	return shown, nil
}

// A mark is a seal on a page: of a signature by its number, or of the plan
// itself (0).
type mark struct {
	number int
	box    ofd.Box
}

// overlap reports whether two boxes share more than a line.
func overlap(a, b ofd.Box) bool {
	const line = 0.1
	return min(a.X+a.W, b.X+b.W)-max(a.X, b.X) > line && min(a.Y+a.H, b.Y+b.H)-max(a.Y, b.Y) > line
}
