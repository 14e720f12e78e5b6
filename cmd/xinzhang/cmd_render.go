package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/ofd"
	"xinzhang/internal/format/ofd/render"
	"xinzhang/internal/inspect"
)

// renderCmd draws the pages of a document as SVG: one page into a file or to
// standard output, all pages into a folder. It does not verify: seals are drawn
// as the document shows them, which it says.
//
// The exit status is 0 also when notes tell of content that could not be drawn;
// --json counts it under "hidden". Without --out, --json writes the notes alone.
type renderCmd struct {
	File     string `arg:"" name:"file" help:"${h_render_file}" type:"path"`
	Page     int    `help:"${h_render_page}" placeholder:"N"`
	Document int    `help:"${h_render_document}" default:"1" placeholder:"N"`
	Out      string `short:"o" help:"${h_render_out}" type:"path" placeholder:"FILE|DIR"`
}

// renderedDocument is the result as JSON.
type renderedDocument struct {
	File     string         `json:"file"`
	Document int            `json:"document"`
	Hidden   int            `json:"hidden"` // places whose content no picture shows
	Pages    []renderedPage `json:"pages"`
}

type renderedPage struct {
	Page     int            `json:"page"`
	WidthMM  float64        `json:"width_mm"`
	HeightMM float64        `json:"height_mm"`
	File     string         `json:"file,omitempty"`
	Hidden   int            `json:"hidden"`
	Notes    []renderedNote `json:"notes"`
}

type renderedNote struct {
	render.Note
	Hides bool `json:"hides"`
	fault.Text
}

func (c *renderCmd) Run(a *app) (err error) {
	if c.Out == "" && !a.json && !isSet(c.Page) {
		return wrongUse("render_no_out")
	}
	f, err := os.Open(c.File)
	if err != nil {
		return fault.Wrap(fault.FileUnreadable, err, "file", c.File)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return fault.Wrap(fault.FileUnreadable, err, "file", c.File)
	}
	pkg, err := ofd.Open(f, info.Size(), ofd.DefaultLimits())
	if err != nil {
		return otherKind(err, c.File, inspect.KindDocument)
	}
	doc, err := pickDocument(pkg, c.Document)
	if err != nil {
		return err
	}
	return c.draw(a, pkg, doc)
}

// isSet tells a page that was asked for, if wrongly, from none.
func isSet(page int) bool { return page != 0 }

func pickDocument(pkg *ofd.Package, n int) (*ofd.Document, error) {
	docs, err := pkg.Documents()
	if err != nil {
		return nil, err
	}
	if n < 1 || n > len(docs) {
		return nil, wrongUse("u_choice", "--document", fmt.Sprintf("1-%d", len(docs)), n)
	}
	return docs[n-1], nil
}

func (c *renderCmd) draw(a *app, pkg *ofd.Package, doc *ofd.Document) error {
	r, err := render.New(pkg, doc, render.Options{})
	if err != nil {
		return err
	}
	first, last := 1, len(doc.Pages)
	if isSet(c.Page) {
		first, last = c.Page, c.Page
	} else if c.Out != "" {
		if err := makeFolder(c.Out); err != nil {
			return err
		}
	}
	result := renderedDocument{File: filepath.Base(c.File), Document: doc.Index, Pages: []renderedPage{}}
	for n := first; n <= last; n++ {
		if err := a.ctx.Err(); err != nil {
			return err
		}
		page, err := r.Page(n)
		if err != nil {
			return err
		}
		name, err := c.put(a, page, len(doc.Pages))
		if err != nil {
			return err
		}
		result.add(a, page, name)
		if last > first && !a.json {
			a.say("render_progress", n-first+1, last-first+1, name)
		}
	}
	if a.json {
		return writeJSON(a.stdout, result)
	}
	result.tell(a)
	if lists, err := pkg.SignatureLists(); err == nil && len(lists) > 0 {
		a.say("render_unverified")
	}
	return nil
}

func makeFolder(name string) error {
	if err := os.MkdirAll(name, 0o755); err != nil {
		return fault.Wrap(fault.FileUnwritable, err, "file", name)
	}
	return nil
}

// put writes a page where the flags say, and returns the file's name.
func (c *renderCmd) put(a *app, page *render.Page, pages int) (string, error) {
	switch {
	case c.Out == "" && a.json:
		return "", nil
	case c.Out == "":
		_, err := a.stdout.Write(append(page.SVG, '\n'))
		return "", err
	}
	name := c.Out
	if info, err := os.Stat(name); !isSet(c.Page) || err == nil && info.Mode()&fs.ModeDir != 0 {
		digits := len(fmt.Sprint(pages))
		name = filepath.Join(name, fmt.Sprintf("page-%0*d.svg", digits, page.Number))
	}
	return name, writeFile(name, page.SVG, 0o644)
}

func (d *renderedDocument) add(a *app, page *render.Page, file string) {
	p := renderedPage{Page: page.Number, WidthMM: page.WidthMM, HeightMM: page.HeightMM, File: file,
		Hidden: page.Hidden(), Notes: []renderedNote{}}
	for _, n := range page.Notes {
		p.Notes = append(p.Notes, renderedNote{n, n.Hides(), n.Text(a.lang)})
	}
	d.Hidden += p.Hidden
	d.Pages = append(d.Pages, p)
}

// tell says what the pictures lack, each thing once with its pages.
func (d *renderedDocument) tell(a *app) {
	pages := make(map[string][]string)
	var order []renderedNote
	for _, p := range d.Pages {
		for _, n := range p.Notes {
			if pages[n.Title] == nil {
				order = append(order, n)
			}
			pages[n.Title] = append(pages[n.Title], fmt.Sprint(p.Page))
		}
	}
	for _, n := range order {
		mark := "·"
		if n.Hides {
			mark = "!"
		}
		_, _ = fmt.Fprintf(a.stderr, "%s %s [%s] "+a.word("render_pages")+"\n", mark, n.Title, n.Code, strings.Join(pages[n.Title], ","))
	}
	if d.Hidden > 0 {
		_, _ = fmt.Fprintf(a.stderr, "! "+a.word("render_hidden")+"\n", d.Hidden)
	}
}
