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
	narrow       string // family for ASCII, "" when it is family
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
		f.name, f.noted = "?", true
		f.setFamily("")
		return f
	}
	f.name = clipName(res.Attr("FontName"))
	if f.name == "" {
		f.name = clipName(res.Attr("FamilyName"))
	}
	f.setFamily(res.Attr("FontName") + " " + res.Attr("FamilyName"))
	f.bold, f.italic = res.Flag("Bold", false), res.Flag("Italic", false)
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
//
// ASCII is half as wide as a character in the Chinese fonts (宋体, 仿宋, …) and
// proportional in the free ones that stand in: text laid out for the one would
// run into itself in the other. narrow ends in free fonts that keep the width.
var families = []struct{ keys, wide, narrow string }{
	{"小标宋 xiaobiaosong xbs", "FZXiaoBiaoSong-B05S,'方正小标宋简体'", "SimSun,NSimSun"},
	{"仿宋 fangsong simfang", "FangSong,FangSong_GB2312,STFangsong,'方正仿宋_GBK'", "FangSong,FangSong_GB2312"},
	{"楷 kaiti simkai kai_gb", "KaiTi,KaiTi_GB2312,STKaiti,'方正楷体_GBK'", "KaiTi,KaiTi_GB2312"},
	{"雅黑 yahei 思源黑 sourcehansans", "'Microsoft YaHei','Source Han Sans SC'", proportional},
	{"黑 simhei heiti", "SimHei,'方正黑体_GBK',STHeiti", "SimHei"},
	{"courier mono consola", "'Courier New',Consolas", proportional},
	{"arial helvetica sans verdana tahoma calibri", "Arial,Helvetica", proportional},
	{"times roman serif georgia", "'Times New Roman',Times", proportional},
	{"", "SimSun,NSimSun,STSong,'方正书宋_GBK'", "SimSun,NSimSun"},
}

// proportional marks fonts whose ASCII needs no font of its own.
const proportional = "-"

const (
	freeSerif = ",'Noto Serif CJK SC','Source Han Serif SC',serif"
	freeSans  = ",'Noto Sans CJK SC','Source Han Sans SC',sans-serif"
	freeMono  = ",'Noto Sans Mono CJK SC',monospace"
)

// setFamily chooses families of this package's own: nothing of the font's name
// goes into the SVG.
func (f *textFont) setFamily(name string) {
	name = strings.ToLower(name)
	for _, fam := range families {
		if !containsAny(name, fam.keys) {
			continue
		}
		switch sans := containsAny(fam.keys, "黑 sans"); {
		case strings.Contains(fam.keys, "mono"):
			f.family = fam.wide + freeMono
		case sans:
			f.family = fam.wide + freeSans
		default:
			f.family = fam.wide + freeSerif
		}
		if fam.narrow != proportional {
			f.narrow = fam.narrow + freeMono
		}
		return
	}
}

// containsAny reports whether one of the keys, parted by spaces, is in name; no
// keys are in every name.
func containsAny(name, keys string) bool {
	for _, key := range strings.Fields(keys) {
		if strings.Contains(name, key) {
			return true
		}
	}
	return keys == ""
}

func clipName(s string) string {
	const longest = 60
	if r := []rune(s); len(r) > longest {
		return string(r[:longest]) + "…"
	}
	return s
}
