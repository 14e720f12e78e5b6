package render_test

import (
	"errors"
	"image"
	"strings"
	"testing"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/ofd/render"
)

// TestHostilePagesAreRefused: each page costs more than a limit allows, and is
// refused by it, soon.
func TestHostilePagesAreRefused(t *testing.T) {
	small := render.Limits{Items: 2000, Segments: 5000, Depth: 8, Pixels: 10_000, OutputBytes: 100_000, PartBytes: 1 << 20}
	wide := strings.Repeat(`<ofd:CompositeObject ID="4" ResourceID="50"/>`, 10)
	big := map[string]string{"Doc_0/Res/a.png": pngOf(image.NewGray(image.Rect(0, 0, 200, 200)))}
	for _, tt := range []struct {
		name string
		sketch
	}{
		{"many objects", sketch{Content: strings.Repeat(swatch(3, `Value="1 1 1"`), 2100)}},
		{"units of units", sketch{Res: `<ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID="50"><ofd:Content>` + wide + `</ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits>`, Content: wide}},
		{"a long path", sketch{Content: `<ofd:PathObject ID="3" Boundary="0 0 9 9"><ofd:AbbreviatedData>M 0 0 ` + strings.Repeat("L 1 1 ", 5100) + `</ofd:AbbreviatedData></ofd:PathObject>`}},
		{"a long text", sketch{Res: fontRes, Content: `<ofd:TextObject ID="3" Boundary="0 0 9 9" Font="10" Size="3"><ofd:TextCode X="0" Y="3" DeltaX="g 9999999 1">` + strings.Repeat("长", 6000) + `</ofd:TextCode></ofd:TextObject>`}},
		{"a large picture", sketch{Res: mediaRes, Files: big, Content: `<ofd:ImageObject ID="3" Boundary="0 0 9 9" ResourceID="20"/>`}},
		{"a large part", sketch{Content: strings.Repeat(" ", 1<<20) + `<ofd:PathObject/>`}},
		{"patterns of patterns", sketch{
			Res:     `<ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID="50"><ofd:Content>` + strings.Repeat(shaded(3, 5, `<ofd:Pattern Width="4" Height="4"><ofd:CellContent>`+wide+`</ofd:CellContent></ofd:Pattern>`), 3) + `</ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits>`,
			Content: wide}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			began := time.Now()
			_, err := tryDraw(tt.pack(t), render.Options{Limits: small})
			if !errors.Is(err, fault.InputTooLarge) {
				t.Errorf("error %v", err)
			}
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

func TestOutputIsBounded(t *testing.T) {
	s := sketch{Content: strings.Repeat(swatch(3, `Value="1 1 1"`), 1000)}
	lim := render.DefaultLimits()
	lim.OutputBytes = 20_000
	if _, err := tryDraw(s.pack(t), render.Options{Limits: lim}); !errors.Is(err, fault.InputTooLarge) {
		t.Errorf("error %v", err)
	}
}

// TestIDsOfPagesDiffer: several pages can stand inline in one HTML page.
func TestIDsOfPagesDiffer(t *testing.T) {
	s := sketch{Res: mediaRes, Files: map[string]string{"Doc_0/Res/a.png": squares()}, Content: `<ofd:ImageObject ID="3" Boundary="0 0 9 9" ResourceID="20"/>`}
	p := draw(t, s.pack(t), render.Options{IDPrefix: "doc-a_"})
	if !strings.Contains(string(p.SVG), `id="doc-a_1-1"`) {
		t.Errorf("ids do not begin with the prefix: %s", p.SVG)
	}
	if _, err := tryDraw(s.pack(t), render.Options{IDPrefix: `"><script`}); err == nil {
		t.Error("a prefix with other characters was taken")
	}
}

func TestNotesAreWordedInBothLanguages(t *testing.T) {
	p := draw(t, sketch{Content: `<ofd:VideoObject ID="3"/>`}.pack(t), render.Options{})
	if p.Hidden() != 1 || p.Notes[0].Place != "/Doc_0/Pages/P_0/Content.xml #3" {
		t.Errorf("hidden %d, notes %+v", p.Hidden(), p.Notes)
	}
	if zh, en := p.Notes[0].Text(fault.ZH).Title, p.Notes[0].Text(fault.EN).Title; zh != "有内容无法显示：对象 VideoObject" || en != "content cannot be shown: object VideoObject" {
		t.Errorf("%q, %q", zh, en)
	}
}
