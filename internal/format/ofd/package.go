package ofd

import (
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"xinzhang/internal/fault"
)

// A Package is an open OFD document. Its methods may be called at once from
// several goroutines as long as the reader it was opened on allows that.
type Package struct {
	arc    *archive
	lim    Limits
	byName map[string]*member
	byFold map[string]string // lower-case name → name; "" where two differ only by case

	inflated atomic.Int64 // bytes inflated so far, each entry counted once
	ceiling  int64

	mu       sync.Mutex
	digests  map[string][32]byte
	docs     []*Document // nil until Documents has read them
	parts    []Part      // nil until Parts has found them
	names    map[string]PartName
	heads    map[string]pageScan
	sigfiles map[string]sigfile
}

// An Entry is one file of the package, folders left out.
type Entry struct {
	Name string // "/Doc_0/Document.xml"
	Size int64  // uncompressed
}

// Open reads the package's directory and checks it against the entries. r must
// stay readable while the Package is used; size is its length in bytes.
//
// It returns fault.DocNotOFD for something else than an OFD package, and
// fault.DocBroken, DocDuplicateEntry, DocPathEscape, DocZIPConflict,
// DocZIPUnsupported or InputTooLarge for a package that cannot be trusted to
// show every reader the same content.
func Open(r io.ReaderAt, size int64, lim Limits) (*Package, error) {
	arc, err := openArchive(r, size, lim)
	if err != nil {
		return nil, err
	}
	p := &Package{
		arc:      arc,
		lim:      lim,
		byName:   make(map[string]*member, len(arc.members)),
		byFold:   make(map[string]string, len(arc.members)),
		digests:  make(map[string][32]byte),
		heads:    make(map[string]pageScan),
		sigfiles: make(map[string]sigfile),
	}
	p.ceiling = lim.TotalBase
	if lim.TotalFactor > 0 && size < (1<<62-lim.TotalBase)/lim.TotalFactor {
		p.ceiling += lim.TotalFactor * size
	}
	for _, m := range arc.members {
		if !m.usualName() {
			shown := m.stored
			if !utf8.ValidString(shown) {
				shown = m.name
			}
			arc.deviate(fault.DocNameStyle, "name", clip(shown))
		}
		if m.folder {
			continue
		}
		if _, ok := p.byName[m.name]; ok {
			return nil, fault.New(fault.DocDuplicateEntry, "name", m.name)
		}
		p.byName[m.name] = m
		fold := strings.ToLower(m.name)
		if _, ok := p.byFold[fold]; ok {
			p.byFold[fold] = ""
		} else {
			p.byFold[fold] = m.name
		}
	}
	if _, _, ok := p.Resolve("/", rootName); !ok {
		return nil, fault.New(fault.DocNotOFD)
	}
	return p, nil
}

const rootName = "/OFD.xml"

// root is the name under which OFD.xml stands, in whatever letter case.
func (p *Package) root() string {
	name, _, _ := p.Resolve("/", rootName)
	return name
}

// Entries lists the files in the order of the zip's directory.
func (p *Package) Entries() []Entry {
	out := make([]Entry, 0, len(p.byName))
	for _, m := range p.arc.members {
		if !m.folder {
			out = append(out, Entry{Name: m.name, Size: m.size})
		}
	}
	return out
}

// Has reports whether the package holds a file of exactly this name.
func (p *Package) Has(name string) bool { return p.byName[name] != nil }

// Size is the uncompressed size of a file as announced, 0 for one that is absent.
func (p *Package) Size(name string) int64 {
	if m := p.byName[name]; m != nil {
		return m.size
	}
	return 0
}

// Deviations are what Open tolerated in the zip: notes and warnings with their
// code, fit to be shown as findings. At most a hundred are kept.
func (p *Package) Deviations() []*fault.Error { return p.arc.deviations }
