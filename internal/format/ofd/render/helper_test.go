package render_test

import (
	"archive/zip"
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"xinzhang/internal/format/ofd"
	"xinzhang/internal/format/ofd/render"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// A sketch is a small document by its parts. Res stands in PublicRes.xml,
// Content in the layer of page 1; Files are added as they are.
type sketch struct {
	Res, Content, Page string
	Annots             string
	Files              map[string]string
}

const ns = `xmlns:ofd="http://www.ofdspec.org/2016"`

// pack builds the package: a page of 100 × 60 mm.
func (s sketch) pack(t testing.TB) []byte {
	t.Helper()
	page := s.Page
	if page == "" {
		page = `<ofd:Content><ofd:Layer ID="2">` + s.Content + `</ofd:Layer></ofd:Content>`
	}
	annots := ""
	files := map[string]string{
		"OFD.xml": `<ofd:OFD ` + ns + ` Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>0</ofd:DocID></ofd:DocInfo>` +
			`<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>`,
		"Doc_0/PublicRes.xml":         `<ofd:Res ` + ns + ` BaseLoc="Res">` + s.Res + `</ofd:Res>`,
		"Doc_0/Pages/P_0/Content.xml": `<ofd:Page ` + ns + `>` + page + `</ofd:Page>`,
	}
	if s.Annots != "" {
		annots = `<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations>`
		files["Doc_0/Annots/Annotations.xml"] = `<ofd:Annotations ` + ns + `><ofd:Page PageID="1"><ofd:FileLoc>P_0.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>`
		files["Doc_0/Annots/P_0.xml"] = `<ofd:PageAnnot ` + ns + `>` + s.Annots + `</ofd:PageAnnot>`
	}
	files["Doc_0/Document.xml"] = `<ofd:Document ` + ns + `><ofd:CommonData><ofd:MaxUnitID>99</ofd:MaxUnitID>` +
		`<ofd:PageArea><ofd:PhysicalBox>0 0 100 60</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes>` +
		`<ofd:TemplatePage ID="80" BaseLoc="Tpls/T_0.xml"/><ofd:TemplatePage ID="81" BaseLoc="Tpls/T_1.xml"/></ofd:CommonData>` +
		`<ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/P_0/Content.xml"/></ofd:Pages>` + annots + `</ofd:Document>`
	maps.Copy(files, s.Files)
	return zipped(t, files)
}

func zipped(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store}) // fuzzing would spend its time on packing
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(files[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// draw draws page 1 of a package.
func draw(t testing.TB, data []byte, opt render.Options) *render.Page {
	t.Helper()
	p, err := tryDraw(data, opt)
	if err != nil {
		t.Fatal(err)
	}
	checkSVG(t, p.SVG)
	return p
}

func tryDraw(data []byte, opt render.Options) (*render.Page, error) {
	pkg, err := ofd.Open(bytes.NewReader(data), int64(len(data)), ofd.DefaultLimits())
	if err != nil {
		return nil, err
	}
	docs, err := pkg.Documents()
	if err != nil {
		return nil, err
	}
	r, err := render.New(pkg, docs[0], opt)
	if err != nil {
		return nil, err
	}
	return r.Page(1)
}

// golden compares with testdata/name.svg; -update writes it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name+".svg")
	got = append(bytes.ReplaceAll(got, []byte("><"), []byte(">\n<")), '\n')
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs: run go test -update and look at the change.\ngot:\n%s", file, got)
	}
}

// noteList writes notes as "code what ×count".
func noteList(p *render.Page) string {
	var out []string
	for _, n := range p.Notes {
		s := string(n.Code)
		for _, k := range slices.Sorted(maps.Keys(n.Args)) {
			s += fmt.Sprintf(" %v", n.Args[k])
		}
		if n.Count > 1 {
			s += fmt.Sprintf(" ×%d", n.Count)
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

// squares is a picture of four colours, in PNG.
func squares() string {
	img := image.NewNRGBA(image.Rect(0, 0, 2, 2))
	for i, c := range []color.NRGBA{{215, 26, 27, 255}, {24, 52, 140, 255}, {10, 122, 61, 255}, {0, 0, 0, 0}} {
		img.SetNRGBA(i%2, i/2, c)
	}
	return pngOf(img)
}

func pngOf(img image.Image) string {
	var b strings.Builder
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.String()
}
