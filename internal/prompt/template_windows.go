package prompt

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
)

// A template is a DLGTEMPLATEEX: a dialog as octets, measured in dialog units, of
// which a line of text has eight and a letter about four.
type template struct {
	b     []byte
	items uint16
}

// Styles (winuser.h).
const (
	wsVisible   = 0x10000000
	wsChild     = 0x40000000
	wsPopup     = 0x80000000
	wsCaption   = 0x00C00000
	wsSysMenu   = 0x00080000
	wsTabStop   = 0x00010000
	wsGroup     = 0x00020000
	wsVScroll   = 0x00200000
	wsBorder    = 0x00800000
	wsExTopmost = 0x00000008
	dsSetFont   = 0x0040
	dsModal     = 0x0080
	dsFront     = 0x0200 // DS_SETFOREGROUND
	dsCenter    = 0x0800
	esMultiline = 0x0004
	esPassword  = 0x0020
	esReadOnly  = 0x0800
	bsDefault   = 0x0001
	bsCheck     = 0x0003
	bsRadio     = 0x0009
)

// Classes of what stands on a dialog.
const (
	classButton = 0x80
	classEdit   = 0x81
)

const (
	dialogWidth = 330
	margin      = 10
	lineHeight  = 8
	fieldHeight = 13
	mostLines   = 26 // more are scrolled
	itemsAt     = 16 // where the number of items stands
	heightAt    = 24
)

// template lays the dialog out, top to bottom.
func (d *dialog) template() []byte {
	t := &template{}
	t.number32(1 | 0xFFFF<<16) // version and signature
	t.number32(0)              // help
	t.number32(wsExTopmost)
	t.number32(wsPopup | wsCaption | wsSysMenu | dsSetFont | dsModal | dsFront | dsCenter)
	t.number16(0, 0, 0, dialogWidth, 0) // items and height: at the end
	t.number16(0, 0)                    // no menu, the usual class
	t.text(d.title)
	t.number16(9, 400, 1<<8) // size, weight, any character set
	t.text("Microsoft YaHei UI")

	const width = dialogWidth - 2*margin
	y := uint16(margin)
	lines := wrapped(d.text, width)
	style := uint32(esMultiline | esReadOnly)
	if lines > mostLines {
		lines, style = mostLines, style|wsVScroll|wsTabStop
	}
	height := uint16(lines*lineHeight + 2)
	t.item(idText, classEdit, style, margin, y, width, height, crlf(d.text))
	y += height + 6
	for i, choice := range d.choices {
		style := uint32(bsRadio)
		if i == 0 {
			style |= wsGroup | wsTabStop
		}
		t.item(uint32(idChoice+i), classButton, style, margin, y, width, lineHeight+4, strings.ReplaceAll(choice, "&", "&&"))
		y += lineHeight + 6
	}
	if d.pin {
		t.item(idPIN, classEdit, esPassword|wsTabStop|wsBorder|wsGroup, margin, y, width, fieldHeight, "")
		y += fieldHeight + 8
	}
	if d.check != "" {
		t.item(idCheck, classButton, bsCheck|wsTabStop|wsGroup, margin, y, width, lineHeight+4, d.check)
		y += lineHeight + 10
	}
	t.item(idYes, classButton, bsDefault|wsTabStop|wsGroup, dialogWidth-margin-2*64-6, y, 64, 15, d.yes)
	t.item(idNo, classButton, wsTabStop, dialogWidth-margin-64, y, 64, 15, d.no)
	binary.LittleEndian.PutUint16(t.b[itemsAt:], t.items)
	binary.LittleEndian.PutUint16(t.b[heightAt:], y+15+margin)
	return t.b
}

func (t *template) item(id, class, style uint32, x, y, width, height uint16, text string) {
	for len(t.b)%4 != 0 {
		t.b = append(t.b, 0)
	}
	t.number32(0) // help
	t.number32(0) // more styles
	t.number32(wsChild | wsVisible | style)
	t.number16(x, y, width, height)
	t.number32(id)
	t.number16(0xFFFF, uint16(class))
	t.text(text)
	t.number16(0) // nothing more
	t.items++
}

func (t *template) number16(values ...uint16) {
	for _, v := range values {
		t.b = binary.LittleEndian.AppendUint16(t.b, v)
	}
}

func (t *template) number32(v uint32) { t.b = binary.LittleEndian.AppendUint32(t.b, v) }

func (t *template) text(s string) {
	t.number16(utf16.Encode([]rune(strings.ReplaceAll(s, "\x00", "")))...)
	t.number16(0)
}

// wrapped is how many lines text takes when it is so wide.
func wrapped(text string, width int) int {
	lines := 0
	for line := range strings.SplitSeq(text, "\n") {
		units := 0
		for _, r := range line {
			if r < 0x2E80 {
				units += 5
			} else {
				units += 9
			}
		}
		lines += 1 + units/width
	}
	return lines
}
