package render

import "xinzhang/internal/fault"

// A what names a construct in both languages, as an argument of a note.
type what struct{ zh, en string }

// Words returns the construct's name in lang.
func (w what) Words(lang fault.Lang) string {
	if lang == fault.EN {
		return w.en
	}
	return w.zh
}

// String is for logs and comparisons.
func (w what) String() string { return w.en }

// MarshalText lets a note be written as JSON.
func (w what) MarshalText() ([]byte, error) { return []byte(w.en), nil }

// Constructs that notes name.
var (
	whatPath       = what{"路径数据", "path data"}
	whatPicture    = what{"图片", "picture"}
	whatMask       = what{"图片蒙版", "mask of a picture"}
	whatFont       = what{"字体资源", "font resource"}
	whatComposite  = what{"复合对象", "composite object"}
	whatTemplate   = what{"模板页", "template page"}
	whatAnnotation = what{"注释", "annotation"}
	whatPart       = what{"页面的一部分", "part of the page"}
	whatDrawParam  = what{"绘制参数", "drawing parameters"}
	whatColour     = what{"颜色", "colour"}
	whatMesh       = what{"网格渐变", "mesh shading"}
	whatPattern    = what{"底纹", "pattern"}
	whatClipText   = what{"用文字裁剪", "clipping by text"}
	whatDepth      = what{"嵌套过深的对象", "objects nested too deep"}
	whatBorder     = what{"图片边框", "border of a picture"}
	whatFade       = what{"图片淡出", "fading of a picture"}
	whatSeal       = what{"印章", "seal"}
	whatNested     = what{"嵌套的 OFD", "nested OFD"}
)

// whatObject names an element that this package does not know.
func whatObject(name string) what {
	const longest = 40
	if r := []rune(name); len(r) > longest {
		name = string(r[:longest]) + "…"
	}
	return what{"对象 " + name, "object " + name}
}

// whatImage names a type of picture.
func whatImage(kind string) what { return what{kind + " 图片", kind + " picture"} }
