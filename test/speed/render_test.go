//go:build unix

package speed

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"xinzhang/internal/fixture"
	"xinzhang/internal/format/ofd"
	"xinzhang/internal/format/ofd/render"
)

// BenchmarkRender draws 20 pages of dense text, 1,500 characters each. The floor
// reads the XML of the same pages with the standard library and keeps nothing.
func BenchmarkRender(b *testing.B) {
	const pages, lines, length = 20, 38, 40
	doc := ofd.NewBuilder([16]byte{1}, "示例案件材料", time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	line := strings.Repeat("考核期内累计获得表扬三次无扣分记录以上数字", 2)
	for range pages {
		c := doc.Page(210, 297)
		for i := range lines {
			c.Text("宋体", 3.7, 28, 30+6.5*float64(i), string([]rune(line)[:length]))
		}
	}
	var file bytes.Buffer
	must(b, doc.Write(&file))
	open := func() (*ofd.Package, *ofd.Document) {
		pkg := fixture.Open(b, file.Bytes())
		docs, err := pkg.Documents()
		must(b, err)
		return pkg, docs[0]
	}
	compare(b, pages, "pages", func() {
		pkg, d := open()
		for i := range d.Pages {
			raw, err := pkg.Read(d.Pages[i].Path)
			must(b, err)
			for x := xml.NewDecoder(bytes.NewReader(raw)); ; {
				if _, err := x.Token(); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					b.Fatal(err)
				}
			}
		}
	}, func() {
		pkg, d := open()
		r, err := render.New(pkg, d, render.Options{})
		must(b, err)
		for i := range d.Pages {
			_, err := r.Page(i + 1)
			must(b, err)
		}
	})
}
