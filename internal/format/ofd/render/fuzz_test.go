package render_test

import (
	"testing"

	"golang.org/x/image/font/gofont/goregular"

	"xinzhang/internal/format/ofd/render"
)

// tight keeps a fuzzed page quick.
var tight = render.Limits{Items: 3000, Segments: 30_000, Depth: 12, Pixels: 100_000, OutputBytes: 1 << 20, PartBytes: 1 << 20}

// FuzzPage puts bytes into a page's layer and into its resources. Whatever they
// are, drawing ends; what is drawn is well-formed, holds nothing but the elements
// and values of the list, and is no larger than its limit.
func FuzzPage(f *testing.F) {
	for _, c := range constructs {
		if c.Content != "" {
			f.Add(c.Res, c.Content)
		}
	}
	files := map[string]string{"Doc_0/Res/go.ttf": string(goregular.TTF), "Doc_0/Res/a.png": squares()}
	f.Fuzz(func(t *testing.T, res, content string) {
		p, err := tryDraw(sketch{Res: res, Content: content, Files: files}.pack(t), render.Options{Limits: tight})
		if err != nil {
			return
		}
		checkSVG(t, p.SVG)
		if len(p.SVG) > 2*tight.OutputBytes {
			t.Fatalf("%d bytes", len(p.SVG))
		}
	})
}

// FuzzSealPicture draws bytes as a seal's picture.
func FuzzSealPicture(f *testing.F) {
	f.Add([]byte(squares()))
	f.Add(nestedSeal(f, ring).Data)
	f.Add(sealed(f, nestedSeal(f, ring), wholeStamp))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, void := range []bool{false, true} {
			p, err := render.SealPicture("ofd", data, 40, 30, "s", void)
			if err != nil {
				continue
			}
			checkSVG(t, p.SVG)
			if p.WidthMM != 40 || p.HeightMM != 30 {
				t.Fatalf("%v × %v mm", p.WidthMM, p.HeightMM)
			}
		}
	})
}
