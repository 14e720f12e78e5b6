package render

import (
	"strings"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/font"
	"xinzhang/internal/format/ofd"
)

// A textFont is the font of a text: the embedded file when it can be read, and
// always a family that stands in for it.
type textFont struct {
	name         string
	family       string
	bold, italic bool
	file         *font.Font
	cache        map[int]font.Outline
	noted        bool // a note says already that the file cannot be read
}

// A fontFile is an embedded font, read once.
type fontFile struct {
	font  *font.Font // nil: cannot be read
	cache map[int]font.Outline
}

// font finds the font that a text names.
func (b *builder) font(o ofd.Element) *textFont {
	f := &textFont{}
	res, ok := b.res.find("Font", o.Attr("Font"))
	if !ok {
		b.missing(o, whatFont)
		f.name, f.family, f.noted = "?", familyOf("", ofd.Element{}), true
		return f
	}
	f.name = clipName(res.Attr("FontName"))
	if f.name == "" {
		f.name = clipName(res.Attr("FamilyName"))
	}
	f.family = familyOf(res.Attr("FontName")+" "+res.Attr("FamilyName"), res.Element)
	f.bold, f.italic = res.Attr("Bold") == "true", res.Attr("Italic") == "true"
	ref := res.Kid("FontFile").Text()
	if ref == "" {
		return f
	}
	file := b.r.fontFile(res, ref)
	switch {
	case file == nil:
		b.missing(o, whatFont)
		f.noted = true
	case file.font == nil:
		b.notes.add(b.place(o), fault.RenderFontBroken, "font", f.name)
		f.noted = true
	default:
		f.file, f.cache = file.font, file.cache
	}
	return f
}

// fontFile reads an embedded font once; nil when the package does not hold it.
func (r *Renderer) fontFile(res resource, ref string) *fontFile {
	name, ok := r.pkg.ResourceFile(res.part, res.root, ref)
	if !ok {
		return nil
	}
	if known, ok := r.fonts[name]; ok {
		return known
	}
	file := &fontFile{cache: make(map[int]font.Outline)}
	if raw, err := r.pkg.Read(name); err == nil {
		file.font, _ = font.Parse(raw)
	}
	r.fonts[name] = file
	return file
}

// outline gives a glyph's outline.
func (f *textFont) outline(glyph int) (font.Outline, bool) {
	if o, ok := f.cache[glyph]; ok {
		return o, true
	}
	o, ok := f.file.Outline(glyph)
	const mostKept = 20_000
	if ok && len(f.cache) < mostKept {
		f.cache[glyph] = o
	}
	return o, ok
}

// families are the fonts that stand in for those of Chinese official documents:
// what Windows has, then Kylin and UOS, then the free ones. The first whose key
// is in the font's name counts.
var families = []struct{ keys, list string }{
	{"小标宋 xiaobiaosong xbs", "'FZXiaoBiaoSong-B05S','方正小标宋简体','Source Han Serif SC','Noto Serif CJK SC',SimSun,serif"},
	{"仿宋 fangsong simfang", "FangSong,FangSong_GB2312,STFangsong,'方正仿宋_GBK','Noto Serif CJK SC','Source Han Serif SC',SimSun,serif"},
	{"楷 kaiti simkai kai_gb", "KaiTi,KaiTi_GB2312,STKaiti,'方正楷体_GBK','Noto Serif CJK SC','Source Han Serif SC',SimSun,serif"},
	{"黑 simhei heiti yahei hei", "SimHei,'Microsoft YaHei','方正黑体_GBK','Noto Sans CJK SC','Source Han Sans SC',sans-serif"},
	{"courier mono consola", "'Courier New',Consolas,'Noto Sans Mono CJK SC',monospace"},
	{"arial helvetica sans verdana tahoma calibri", "Arial,Helvetica,'Noto Sans CJK SC','Source Han Sans SC',SimHei,sans-serif"},
	{"times roman serif georgia", "'Times New Roman',Times,'Noto Serif CJK SC','Source Han Serif SC',SimSun,serif"},
}

const songFamily = "SimSun,NSimSun,STSong,'方正书宋_GBK','Noto Serif CJK SC','Source Han Serif SC',serif"

// familyOf names families of this package's own choice: nothing of the font's
// name goes into the SVG.
func familyOf(name string, font ofd.Element) string {
	name = strings.ToLower(name)
	for _, f := range families {
		for _, key := range strings.Fields(f.keys) {
			if strings.Contains(name, key) {
				return f.list
			}
		}
	}
	if font.Attr("FixedWidth") == "true" {
		return families[4].list
	}
	return songFamily
}

func clipName(s string) string {
	const longest = 60
	if r := []rune(s); len(r) > longest {
		return string(r[:longest]) + "…"
	}
	return s
}
