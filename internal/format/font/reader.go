package font

// A reader takes big-endian numbers; short is set once when they end too soon,
// and zeros follow.
type reader struct {
	d     []byte
	at    int
	short bool
}

func (r *reader) u8() int {
	if r.at+1 > len(r.d) {
		r.short = true
		return 0
	}
	r.at++
	return int(r.d[r.at-1])
}

func (r *reader) u16() int { return r.u8()<<8 | r.u8() }

func (r *reader) f2dot14() float64 { return float64(int16(r.u16())) / (1 << 14) }

func (r *reader) skip(n int) {
	if r.at += n; r.at > len(r.d) {
		r.at, r.short = len(r.d), true
	}
}

// delta reads a coordinate's difference: a byte with its sign in the flag, the
// same as before, or a word.
func (r *reader) delta(short, same bool) int {
	switch {
	case short && same:
		return r.u8()
	case short:
		return -r.u8()
	case same:
		return 0
	}
	return int(int16(r.u16()))
}
