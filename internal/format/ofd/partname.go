package ofd

import (
	"fmt"
	"path"
	"strings"

	"xinzhang/internal/fault"
)

// A PartName names a part to people: "第 2 页" instead of a path. It words itself
// by language and so can be an argument of a [fault.Error].
type PartName struct {
	Kind     Kind // "" for a file that nothing refers to
	Path     string
	Document int // 0 when the package holds one document
	Pages    []int
}

// PartName finds the words for a path. A path that is no part of the document
// is named as a file.
func (p *Package) PartName(name string) PartName {
	p.mu.Lock()
	names := p.names
	p.mu.Unlock()
	if names == nil {
		names = p.partNames()
		p.mu.Lock()
		p.names = names
		p.mu.Unlock()
	}
	if n, ok := names[name]; ok {
		return n
	}
	return PartName{Path: name}
}

func (p *Package) partNames() map[string]PartName {
	names := make(map[string]PartName)
	parts, err := p.Parts()
	if err != nil {
		return names
	}
	docs, _ := p.Documents()
	for _, part := range parts {
		n := PartName{Kind: part.Kind, Path: part.Path, Pages: part.Pages}
		if len(docs) > 1 {
			n.Document = part.Document
		}
		names[part.Path] = n
	}
	return names
}

var kindWords = map[Kind][2]string{ // Chinese, English
	KindRoot:          {"文档入口", "document entry"},
	KindDocument:      {"文档结构", "document structure"},
	KindPage:          {"页面", "page"},
	KindTemplate:      {"页面模板", "page template"},
	KindResource:      {"资源表", "resource list"},
	KindFont:          {"字体", "font"},
	KindImage:         {"图片", "picture"},
	KindMedia:         {"音视频", "sound or film"},
	KindColourProfile: {"颜色配置", "colour profile"},
	KindAnnotIndex:    {"注释目录", "annotation index"},
	KindAnnotation:    {"注释", "annotations"},
	KindAttachIndex:   {"附件目录", "attachment index"},
	KindAttachment:    {"附件", "attachment"},
	KindCustomTag:     {"自定义标引", "custom tags"},
	KindExtension:     {"扩展信息", "extension data"},
	KindVersion:       {"历史版本", "older version"},
	KindEncryption:    {"加密信息", "encryption list"},
	KindSignatureList: {"签名列表", "signature list"},
	KindSignature:     {"签名文件", "signature file"},
	KindSignedValue:   {"签名值", "signature value"},
	KindSeal:          {"印章文件", "seal file"},
	KindIntegrity:     {"完整性清单", "integrity list"},
}

// Words names the kind in lang, without saying which one it is.
func (k Kind) Words(lang fault.Lang) string {
	words, known := kindWords[k]
	switch {
	case !known:
		return string(k)
	case lang == fault.EN:
		return words[1]
	}
	return words[0]
}

// Words names the part in lang.
func (n PartName) Words(lang fault.Lang) string {
	at := 0
	if lang == fault.EN {
		at = 1
	}
	doc := ""
	if n.Document > 0 {
		doc = [2]string{fmt.Sprintf("第 %d 个文档的", n.Document), fmt.Sprintf(" of document %d", n.Document)}[at]
	}
	join := func(s string) string {
		if at == 0 {
			return doc + s
		}
		return s + doc
	}
	pages := pageWords(n.Pages)
	words, known := kindWords[n.Kind]
	switch {
	case !known:
		return [2]string{"文件 ", "file "}[at] + n.Path
	case n.Kind == KindPage && pages != "":
		return join([2]string{"第 " + pages + " 页", pageWord(pages) + pages}[at])
	case n.named():
		return join(words[at] + [2]string{"（" + n.base() + pageNote(pages, at) + "）", " (" + n.base() + pageNote(pages, at) + ")"}[at])
	case pages != "":
		return join([2]string{"第 " + pages + " 页的" + words[0], words[1] + " of " + pageWord(pages) + pages}[at])
	}
	return join(words[at])
}

// named tells kinds of which a document holds many, told apart by file name.
func (n PartName) named() bool {
	switch n.Kind {
	case KindRoot, KindAnnotIndex, KindAttachIndex, KindSignatureList, KindIntegrity, KindEncryption, KindAnnotation, KindPage:
		return false
	}
	return true
}

// base is the file's name; files that bear the same name everywhere are told by
// their folder.
func (n PartName) base() string {
	base := path.Base(n.Path)
	switch n.Kind {
	case KindSignature, KindSignedValue, KindSeal:
		return path.Base(path.Dir(n.Path))
	case KindTemplate:
		if strings.EqualFold(base, "Content.xml") {
			return path.Base(path.Dir(n.Path))
		}
	}
	return base
}

func pageNote(pages string, at int) string {
	if pages == "" {
		return ""
	}
	return [2]string{"，第 " + pages + " 页", ", " + pageWord(pages) + pages}[at]
}

func pageWord(pages string) string {
	if strings.ContainsAny(pages, ",-") {
		return "pages "
	}
	return "page "
}

// pageWords joins page numbers, runs written with a dash: "1, 3-5".
func pageWords(pages []int) string {
	var out []string
	for i := 0; i < len(pages); {
		j := i
		for j+1 < len(pages) && pages[j+1] == pages[j]+1 {
			j++
		}
		if j > i {
			out = append(out, fmt.Sprintf("%d-%d", pages[i], pages[j]))
		} else {
			out = append(out, fmt.Sprint(pages[i]))
		}
		i = j + 1
	}
	return strings.Join(out, ", ")
}
