package ofd

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// A Canvas is a page (or the template) of a [Builder] to draw on.
type Canvas struct {
	b       *Builder
	id      int
	layer   int
	w, h    float64
	objects strings.Builder

	// Colour of what is drawn next, "red green blue" from 0 to 255; "" is black.
	Colour string
}

// Text draws one line: sizeMM is the height of the em, x the left edge and y the
// baseline. Full-width characters advance by one em, ASCII by half.
func (c *Canvas) Text(font string, sizeMM, x, y float64, text string) {
	if text == "" {
		return
	}
	if !validText(text) {
		c.fail(fmt.Errorf("text %q holds characters that XML does not allow", clip(text)))
		return
	}
	width := textWidth(sizeMM, text)
	const rise = 1.0 // the baseline's place in the box, in ems
	box := Box{x, y - rise*sizeMM, width, 1.25 * sizeMM}
	fmt.Fprintf(&c.objects, `<ofd:TextObject ID="%d" Boundary="%s" Font="%d" Size="%s">`,
		c.b.nextID(), box, c.b.font(font), formatNumber(sizeMM))
	c.fillColour()
	fmt.Fprintf(&c.objects, `<ofd:TextCode X="0" Y="%s"`, formatNumber(rise*sizeMM))
	if delta := deltaX(sizeMM, text); delta != "" {
		fmt.Fprintf(&c.objects, ` DeltaX="%s"`, delta)
	}
	c.objects.WriteString(`>` + escapeXML(text) + `</ofd:TextCode></ofd:TextObject>`)
}

// Paragraph draws text in lines no wider than widthMM, the first indented by two
// ems, and returns the baseline of the line that would follow. Line breaks in
// text start a new paragraph.
func (c *Canvas) Paragraph(font string, sizeMM, x, y, widthMM, lineMM float64, text string) float64 {
	for _, para := range strings.Split(text, "\n") {
		left, room := x+2*sizeMM, widthMM-2*sizeMM
		var line []rune
		used := 0.0
		for _, r := range para {
			if adv := advance(r) * sizeMM; used+adv > room+1e-9 && len(line) > 0 && !noLineStart(r) {
				c.Text(font, sizeMM, left, y, string(line))
				y += lineMM
				left, room, used, line = x, widthMM, 0, line[:0]
			}
			line = append(line, r)
			used += advance(r) * sizeMM
		}
		c.Text(font, sizeMM, left, y, string(line))
		y += lineMM
	}
	return y
}

// noLineStart is punctuation that may stand out over the margin but not begin a
// line (避头点).
func noLineStart(r rune) bool {
	return strings.ContainsRune("，。、；：？！）》」』”’,.;:?!)", r)
}

// Line draws a straight line.
func (c *Canvas) Line(x1, y1, x2, y2, widthMM float64) {
	box := Box{min(x1, x2), min(y1, y2), max(x1, x2) - min(x1, x2), max(y1, y2) - min(y1, y2)}
	data := fmt.Sprintf("M %s %s L %s %s", formatNumber(x1-box.X), formatNumber(y1-box.Y), formatNumber(x2-box.X), formatNumber(y2-box.Y))
	c.path(box, data, widthMM)
}

// Rect draws the outline of a box.
func (c *Canvas) Rect(box Box, widthMM float64) {
	w, h := formatNumber(box.W), formatNumber(box.H)
	c.path(box, fmt.Sprintf("M 0 0 L %s 0 L %s %s L 0 %s C", w, w, h, h), widthMM)
}

func (c *Canvas) path(box Box, data string, widthMM float64) {
	// A box without extent would clip the line away.
	box.W, box.H = max(box.W, widthMM), max(box.H, widthMM)
	fmt.Fprintf(&c.objects, `<ofd:PathObject ID="%d" Boundary="%s" LineWidth="%s">`, c.b.nextID(), box, formatNumber(widthMM))
	if c.Colour != "" {
		fmt.Fprintf(&c.objects, `<ofd:StrokeColor Value="%s"/>`, escapeXML(c.Colour))
	}
	fmt.Fprintf(&c.objects, `<ofd:AbbreviatedData>%s</ofd:AbbreviatedData></ofd:PathObject>`, data)
}

// Image draws a PNG or JPEG picture into a box.
func (c *Canvas) Image(box Box, data []byte) {
	format, ext := "", ""
	switch {
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n")):
		format, ext = "PNG", "png"
	case bytes.HasPrefix(data, []byte{0xFF, 0xD8, 0xFF}):
		format, ext = "JPEG", "jpg"
	default:
		c.fail(fmt.Errorf("picture is neither PNG nor JPEG"))
		return
	}
	pic := picture{id: c.b.nextID(), file: fmt.Sprintf("image_%d.%s", len(c.b.pictures), ext), format: format, data: data}
	c.b.pictures = append(c.b.pictures, pic)
	fmt.Fprintf(&c.objects, `<ofd:ImageObject ID="%d" Boundary="%s" CTM="%s 0 0 %s 0 0" ResourceID="%d"/>`,
		c.b.nextID(), box, formatNumber(box.W), formatNumber(box.H), pic.id)
}

func (c *Canvas) fillColour() {
	if c.Colour != "" {
		fmt.Fprintf(&c.objects, `<ofd:FillColor Value="%s"/>`, escapeXML(c.Colour))
	}
}

func (c *Canvas) fail(err error) {
	if c.b.err == nil {
		c.b.err = err
	}
}

// xml writes the page's Content.xml, on the template of this id if it is not 0.
func (c *Canvas) xml(template int) []byte {
	var s strings.Builder
	s.WriteString(xmlHeader + `<ofd:Page xmlns:ofd="` + namespace + `">`)
	if template != 0 {
		fmt.Fprintf(&s, `<ofd:Template TemplateID="%d" ZOrder="Background"/>`, template)
	}
	if c.w > 0 && c.h > 0 {
		s.WriteString(`<ofd:Area>`)
		element(&s, "PhysicalBox", Box{0, 0, c.w, c.h}.String())
		s.WriteString(`</ofd:Area>`)
	}
	fmt.Fprintf(&s, `<ofd:Content><ofd:Layer ID="%d" Type="Body">%s</ofd:Layer></ofd:Content></ofd:Page>`, c.layer, c.objects.String())
	return []byte(s.String())
}

// textWidth is how wide [Canvas.Text] draws a line, in millimetres.
func textWidth(sizeMM float64, text string) float64 {
	w := 0.0
	for _, r := range text {
		w += advance(r) * sizeMM
	}
	return w
}

// deltaX writes the offsets between characters, equal ones as "g count value".
func deltaX(size float64, text string) string {
	runes := []rune(text)
	var out []string
	for i := 0; i < len(runes)-1; {
		adv := advance(runes[i])
		n := i
		for n < len(runes)-1 && advance(runes[n]) == adv {
			n++
		}
		v := formatNumber(adv * size)
		if n-i > 2 {
			out = append(out, "g", fmt.Sprint(n-i), v)
		} else {
			for range n - i {
				out = append(out, v)
			}
		}
		i = n
	}
	return strings.Join(out, " ")
}

func validText(s string) bool {
	return utf8.ValidString(s) && badByte([]byte(s)) < 0 && !strings.ContainsAny(s, "\n\r\t")
}
