package render

import (
	"strings"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/ofd"
)

// image draws an ImageObject (GB/T 33190-2016 10): the picture fills the unit
// square, which the CTM brings to its size. Without a CTM it fills the boundary.
func (b *builder) image(o ofd.Element) item {
	if o.Kid("Border").Exists() {
		b.unsupported(o, whatBorder)
	}
	bm := b.media(o)
	if bm == nil {
		return nil
	}
	p := &picture{m: o.Matrix(), image: bm, alpha: alphaOf(o)}
	if box, ok := o.Box("Boundary"); ok && len(o.Numbers("CTM")) != 6 {
		p.m = p.m.Then(ofd.Matrix{box.W, 0, 0, box.H, 0, 0})
	}
	if b.inside(o, &shape{m: p.m, path: rectangle(ofd.Box{W: 1, H: 1})}) {
		return p
	}
	return b.bounded(o, p)
}

// media decodes the MultiMedia resource that an object names, with the mask that
// another one is.
func (b *builder) media(o ofd.Element) *bitmap {
	key := imageKey{grey: b.grey, pkg: b.r.pkg}
	var ok bool
	if key.name, ok = b.mediaFile(o, o.Attr("ResourceID")); !ok {
		return nil
	}
	if mask := o.Attr("ImageMask"); mask != "" {
		if key.mask, ok = b.mediaFile(o, mask); !ok {
			return nil
		}
	}
	bm, err := b.bitmap(key, func(name string) ([]byte, error) { return b.r.pkg.Read(name) })
	if err != nil && b.err == nil {
		kind := strings.ToUpper(extension(key.name))
		if err == errImageKind { //nolint:errorlint // a mark of this package, never wrapped
			b.unsupported(o, whatImage(kind))
		} else {
			b.broken(o, whatImage(kind))
		}
	}
	return bm
}

func (b *builder) mediaFile(o ofd.Element, id string) (string, bool) {
	res, ok := b.res.find("MultiMedia", id)
	if ok {
		name, held := b.r.pkg.ResourceFile(res.part, res.root, res.Kid("MediaFile").Text())
		if held {
			return name, true
		}
	}
	b.notes.add(b.place(o), fault.RenderMissing, "what", whatPicture)
	return "", false
}

func extension(name string) string {
	at := strings.LastIndexByte(name, '.')
	if at < 0 || len(name)-at > 6 {
		return "?"
	}
	return name[at+1:]
}
