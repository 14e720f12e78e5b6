package render_test

import (
	"bytes"
	"fmt"
	"testing"

	"xinzhang/internal/format/ofd"
	"xinzhang/internal/format/ofd/render"
	"xinzhang/test/corpus"
)

// TestCorpus draws every page of the documents of others, and knows what each
// lacks: the number of pages, of pages with seals, and the notes of each page.
func TestCorpus(t *testing.T) {
	song := func(n int) string {
		if n == 1 {
			return "render.font_substituted 宋体"
		}
		return fmt.Sprintf("render.font_substituted 宋体 ×%d", n)
	}
	for _, tt := range []struct {
		file  string
		seals int
		notes []string
	}{
		{"helloworld.ofd", 0, []string{song(1)}},
		{"multiKeywordInTextCode.ofd", 0, []string{song(1)}},
		{"AddWatermarkAnnot.ofd", 0, []string{song(26), song(27), song(25), song(28), song(27), song(22)}},
		{"hello-integrity.ofd", 0, []string{song(34), song(17)}},
		{"VPage7.ofd", 0, []string{"", "", "", "", ""}},
		{"V4RideRight.ofd", 5, []string{"", "", "", "", ""}},
		{"DigitalSign.ofd", 0, []string{song(1)}},
		{"SESV4SignDoc.ofd", 1, []string{song(1)}},
		{"allprotected.ofd", 1, []string{song(1)}},
	} {
		t.Run(tt.file, func(t *testing.T) {
			data := corpus.File(t, tt.file)
			pkg, err := ofd.Open(bytes.NewReader(data), int64(len(data)), ofd.DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			docs, err := pkg.Documents()
			if err != nil {
				t.Fatal(err)
			}
			r, err := render.New(pkg, docs[0], render.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got := len(r.SealedPages()); got != tt.seals {
				t.Errorf("%d pages with seals, want %d", got, tt.seals)
			}
			if len(docs[0].Pages) != len(tt.notes) {
				t.Fatalf("%d pages, want %d", len(docs[0].Pages), len(tt.notes))
			}
			for i, want := range tt.notes {
				p, err := r.Page(i + 1)
				if err != nil {
					t.Fatal(err)
				}
				checkSVG(t, p.SVG)
				if got := noteList(p); got != want {
					t.Errorf("page %d: notes %q, want %q", i+1, got, want)
				}
			}
		})
	}
}
