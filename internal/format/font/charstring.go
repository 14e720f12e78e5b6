package font

// A machine runs Type 2 charstrings (Adobe Technical Note #5177). Hints are
// counted, since their number says how long a mask is, and not used.
type machine struct {
	pen           *pen
	global, local index
	stack         []float64
	hints         int
	widthRead     bool
	steps         int
	done          bool
}

const (
	maxStack   = 513 // of CFF2; Type 2 says 48, some writers go beyond
	maxSteps   = 200_000
	maxCallsIn = 12
)

// run executes code and reports whether it could be read.
func (m *machine) run(code []byte, depth int) bool {
	r := reader{d: code}
	for r.at < len(code) && !m.done {
		if m.steps++; m.steps > maxSteps || m.pen.full {
			return false
		}
		b := r.u8()
		if b >= 32 || b == 28 {
			if len(m.stack) >= maxStack {
				return false
			}
			m.stack = append(m.stack, r.charNumber(b))
			continue
		}
		if b == 12 {
			b = 0x0C00 | r.u8()
		}
		if !m.operator(b, &r, depth) {
			return false
		}
	}
	return !r.short
}

func (r *reader) charNumber(b int) float64 {
	switch {
	case b == 28:
		return float64(int16(r.u16()))
	case b <= 246:
		return float64(b - 139)
	case b <= 250:
		return float64((b-247)*256 + r.u8() + 108)
	case b <= 254:
		return float64(-(b-251)*256 - r.u8() - 108)
	}
	return float64(int32(uint32(r.u16())<<16|uint32(r.u16()))) / 65536
}

// takeWidth drops the glyph's width, which stands before the operands of the
// first operator that clears the stack.
func (m *machine) takeWidth(operands int, even bool) {
	if m.widthRead {
		return
	}
	m.widthRead = true
	if n := len(m.stack); n > 0 && (even && n%2 == 1 || !even && n > operands) {
		m.stack = m.stack[1:]
	}
}

func (m *machine) operator(op int, r *reader, depth int) bool {
	clears := true
	switch op {
	case 1, 3, 18, 23: // hstem, vstem, hstemhm, vstemhm
		m.takeWidth(0, true)
		m.hints += len(m.stack) / 2
	case 19, 20: // hintmask, cntrmask
		m.takeWidth(0, true)
		m.hints += len(m.stack) / 2
		r.skip((m.hints + 7) / 8)
	case 21: // rmoveto
		m.takeWidth(2, false)
		m.move(m.arg(0), m.arg(1))
	case 22: // hmoveto
		m.takeWidth(1, false)
		m.move(m.arg(0), 0)
	case 4: // vmoveto
		m.takeWidth(1, false)
		m.move(0, m.arg(0))
	case 10, 29: // callsubr, callgsubr
		clears = false
		if !m.call(op == 29, depth) {
			return false
		}
	case 11: // return
		r.at = len(r.d)
		clears = false
	case 14: // endchar
		m.takeWidth(0, false)
		m.pen.close()
		m.done = true
	default:
		if !m.draw(op) {
			return false
		}
	}
	if clears {
		m.stack = m.stack[:0]
	}
	return true
}

// arg is operand i, 0 where it is missing.
func (m *machine) arg(i int) float64 {
	if i < len(m.stack) {
		return m.stack[i]
	}
	return 0
}

func (m *machine) call(global bool, depth int) bool {
	list := m.local
	if global {
		list = m.global
	}
	n := len(m.stack)
	if n == 0 || depth >= maxCallsIn {
		return false
	}
	bias := 32768
	if list.count() < 1240 {
		bias = 107
	} else if list.count() < 33900 {
		bias = 1131
	}
	code, ok := list.at(int(m.stack[n-1]) + bias)
	m.stack = m.stack[:n-1]
	return ok && m.run(code, depth+1)
}

func (m *machine) move(dx, dy float64) { m.pen.move(m.pen.x+dx, m.pen.y+dy) }

func (m *machine) line(dx, dy float64) { m.pen.line(m.pen.x+dx, m.pen.y+dy) }

// curve draws by the differences from point to point.
func (m *machine) curve(ax, ay, bx, by, cx, cy float64) {
	x1, y1 := m.pen.x+ax, m.pen.y+ay
	x2, y2 := x1+bx, y1+by
	m.pen.cube(x1, y1, x2, y2, x2+cx, y2+cy)
}

// draw runs the operators that draw lines and curves.
func (m *machine) draw(op int) bool {
	s := m.stack
	switch op {
	case 5: // rlineto
		m.lines(s)
	case 6, 7: // hlineto, vlineto
		horizontal := op == 6
		for _, v := range s {
			if horizontal {
				m.line(v, 0)
			} else {
				m.line(0, v)
			}
			horizontal = !horizontal
		}
	case 8: // rrcurveto
		m.curves(s)
	case 24: // rcurveline
		if n := len(s) - 2; n >= 0 {
			m.curves(s[:n])
			m.line(s[n], s[n+1])
		}
	case 25: // rlinecurve
		if n := len(s) - 6; n >= 0 {
			m.lines(s[:n])
			m.curves(s[n:])
		}
	case 26: // vvcurveto
		dx := 0.0
		if len(s)%4 == 1 {
			dx, s = s[0], s[1:]
		}
		for ; len(s) >= 4; s = s[4:] {
			m.curve(dx, s[0], s[1], s[2], 0, s[3])
			dx = 0
		}
	case 27: // hhcurveto
		dy := 0.0
		if len(s)%4 == 1 {
			dy, s = s[0], s[1:]
		}
		for ; len(s) >= 4; s = s[4:] {
			m.curve(s[0], dy, s[1], s[2], s[3], 0)
			dy = 0
		}
	case 30, 31: // vhcurveto, hvcurveto
		m.alternating(s, op == 31)
	default:
		return m.flex(op)
	}
	return true
}

func (m *machine) lines(s []float64) {
	for ; len(s) >= 2; s = s[2:] {
		m.line(s[0], s[1])
	}
}

func (m *machine) curves(s []float64) {
	for ; len(s) >= 6; s = s[6:] {
		m.curve(s[0], s[1], s[2], s[3], s[4], s[5])
	}
}

// alternating draws curves that start and end along an axis, by turns.
func (m *machine) alternating(s []float64, horizontal bool) {
	for ; len(s) >= 4; s = s[4:] {
		last := 0.0
		if len(s) == 5 {
			last = s[4]
		}
		if horizontal {
			m.curve(s[0], 0, s[1], s[2], last, s[3])
		} else {
			m.curve(0, s[0], s[1], s[2], s[3], last)
		}
		horizontal = !horizontal
	}
}

// flex runs the two curves of a flex, which are drawn as curves. Arithmetic
// operators, which no maker of fonts writes today, make the glyph unreadable.
func (m *machine) flex(op int) bool {
	s := m.stack
	switch {
	case op == 0x0C23 && len(s) >= 12: // flex
		m.curves(s[:12])
	case op == 0x0C22 && len(s) >= 7: // hflex
		m.curve(s[0], 0, s[1], s[2], s[3], 0)
		m.curve(s[4], 0, s[5], -s[2], s[6], 0)
	case op == 0x0C24 && len(s) >= 9: // hflex1
		m.curve(s[0], s[1], s[2], s[3], s[4], 0)
		m.curve(s[5], 0, s[6], s[7], s[8], -(s[1] + s[3] + s[7]))
	case op == 0x0C25 && len(s) >= 11: // flex1
		dx, dy := s[0]+s[2]+s[4]+s[6]+s[8], s[1]+s[3]+s[5]+s[7]+s[9]
		m.curves(s[:6])
		if dx*dx > dy*dy {
			m.curve(s[6], s[7], s[8], s[9], s[10], -dy)
		} else {
			m.curve(s[6], s[7], s[8], s[9], -dx, s[10])
		}
	default:
		return false
	}
	return true
}
