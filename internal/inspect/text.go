package inspect

import (
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/text/width"

	"xinzhang/internal/beijing"
	"xinzhang/internal/fault"
	"xinzhang/internal/format/oid"
)

// Text writes r for a terminal in lang: each item under a line that says what it
// is, then what it holds, then the findings with their next step.
func Text(w io.Writer, r *Report, lang fault.Lang) error {
	p := &printer{lang: lang}
	for i, item := range r.Items {
		if i > 0 {
			p.b.WriteByte('\n')
		}
		p.item(r, item)
	}
	p.b.WriteByte('\n')
	p.row("文件", "file", p.pick(fmt.Sprintf("%s，%d 字节", r.Encoding, r.Size), fmt.Sprintf("%s, %d bytes", r.Encoding, r.Size)))
	p.row("SM3 杂凑", "SM3", fmt.Sprintf("%x", []byte(r.SM3)))
	_, err := io.WriteString(w, p.b.String())
	return err
}

// A printer writes rows of label and value; both languages stand side by side
// where a row is written.
type printer struct {
	b      strings.Builder
	lang   fault.Lang
	indent int
}

// pick chooses the text of the printer's language.
func (p *printer) pick(zh, en string) string {
	if p.lang == fault.EN {
		return en
	}
	return zh
}

// labelWidth is the column in which values begin, counted in narrow characters.
const labelWidth = 20

// row writes a label and its value; an empty value writes nothing.
func (p *printer) row(zh, en, value string) {
	if value == "" {
		return
	}
	label := p.pick(zh, en)
	pad := max(1, labelWidth-Width(label))
	fmt.Fprintf(&p.b, "%s%s%s%s\n", strings.Repeat("  ", p.indent+1), label, strings.Repeat(" ", pad), printable(value))
}

// list writes one row for each value under one label.
func (p *printer) list(zh, en string, values []string) {
	for i, v := range values {
		if i > 0 {
			zh, en = "", ""
		}
		p.row(zh, en, v)
	}
}

// under writes what do writes one step further in.
func (p *printer) under(do func()) {
	p.indent++
	do()
	p.indent--
}

// title writes the line that says what an item is.
func (p *printer) title(zh, en string) {
	fmt.Fprintf(&p.b, "%s%s\n", strings.Repeat("  ", p.indent), printable(p.pick(zh, en)))
}

var marks = map[fault.Severity]string{fault.OK: "✓", fault.Note: "·", fault.Warning: "!", fault.Problem: "✗"}

func (p *printer) findings(all []Finding) {
	for _, f := range all {
		t := f.Code.Text(p.lang, f.Args)
		fmt.Fprintf(&p.b, "  %s %s  [%s]\n", marks[f.Level], printable(t.Title), f.Code)
		if f.Level == fault.OK || f.Level == fault.Note {
			continue
		}
		if t.Cause != "" {
			fmt.Fprintf(&p.b, "      %s%s\n", p.pick("原因：", "cause: "), printable(t.Cause))
		}
		if t.Next != "" {
			fmt.Fprintf(&p.b, "      %s%s\n", p.pick("处理：", "next: "), printable(t.Next))
		}
	}
}

func (p *printer) deviations(all []string) {
	p.list("不规范之处", "departs from rules", all)
}

func (p *printer) check(c Check, by string) string {
	switch c {
	case Right:
		if by == "" {
			return p.pick("正确", "right")
		}
		return p.pick("正确（"+by+"）", "right ("+by+")")
	case Wrong:
		if by == "" {
			return p.pick("不正确", "WRONG")
		}
		return p.pick("不正确（"+by+"）", "WRONG ("+by+")")
	}
	return p.pick("没有检查（签名者的公钥不在这个文件里）", "not checked (the signer's key is not in this file)")
}

func (p *printer) period(s Period) string {
	switch s {
	case InForce:
		return p.pick("有效", "in force")
	case NotYet:
		return p.pick("尚未生效", "not yet in force")
	}
	return p.pick("已过期", "over")
}

// id names an object identifier for people, with the dotted form behind it.
func (p *printer) id(id oid.ID) string {
	l, ok := id.Label()
	if !ok || id == "" {
		return string(id)
	}
	return p.pick(l.ZH, l.EN) + p.pick("（", " (") + string(id) + p.pick("）", ")")
}

func (p *printer) ids(all []oid.ID) []string {
	var words []string
	for _, id := range all {
		words = append(words, p.id(id))
	}
	return words
}

func (p *printer) join(words []string) string { return strings.Join(words, p.pick("、", ", ")) }

func (p *printer) yes(b bool) string {
	if b {
		return p.pick("是", "yes")
	}
	return p.pick("否", "no")
}

func moment(t time.Time) string { return beijing.Moment(t).String() }

// printable keeps text from a file from driving the terminal: control characters
// and marks that reverse text are shown as what they are.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < 0x20, r >= 0x7F && r < 0xA0, r >= 0x200B && r <= 0x200F, r >= 0x2028 && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0xFEFF:
			return '�'
		}
		return r
	}, s)
}

// Width is how many columns of a terminal s takes: Chinese characters take two.
func Width(s string) int {
	n := 0
	for _, r := range s {
		n++
		if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
			n++
		}
	}
	return n
}
