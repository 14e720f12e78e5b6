package render

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// parsePath reads AbbreviatedData (GB/T 33190-2016 9.1): S and M start a contour,
// L draws a line, Q and B Bézier curves of two and three points, A an elliptic
// arc, C closes. It ends before what cannot be read and returns what came before
// it with the error. at most most steps are read.
func parsePath(data string, most int) (path, error) {
	f := pathFields{s: data}
	var p path
	op := ""
	for {
		token, ok := f.next()
		if !ok {
			return p, nil
		}
		if isNumber(token) {
			f.back(token) // an operator may be left out when it repeats
		} else {
			op = token
		}
		s, err := readStep(op, &f)
		if err != nil {
			return p, err
		}
		if len(p) >= most {
			return p, errPathLong
		}
		if len(p) == 0 && s.op != 'M' { // a path that begins in the middle begins at 0 0
			p = append(p, segment{op: 'M'})
		}
		p = append(p, s)
		if op == "S" || op == "M" {
			op = "L"
		} else if op == "C" {
			op = ""
		}
	}
}

var errPathLong = fmt.Errorf("longer than the limit")

var steps = map[string]segment{
	"S": {op: 'M'}, "M": {op: 'M'}, "L": {op: 'L'}, "Q": {op: 'Q'}, "B": {op: 'C'}, "A": {op: 'A'}, "C": {op: 'Z'},
}

func readStep(op string, f *pathFields) (segment, error) {
	s, ok := steps[op]
	if !ok {
		return s, fmt.Errorf("operator %q", op)
	}
	for i := range s.numbers() {
		token, _ := f.next()
		v, err := strconv.ParseFloat(token, 64)
		if err != nil || math.IsNaN(v) || math.Abs(v) > 1e7 {
			return s, fmt.Errorf("number %q of %s", token, op)
		}
		s.n[i] = v
	}
	return s, nil
}

func isNumber(token string) bool {
	c := token[0]
	return c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.'
}

// pathFields parts operators and numbers at white space and commas, and where a
// letter touches a number.
type pathFields struct {
	s      string
	undone string
}

func (f *pathFields) back(token string) { f.undone = token }

func (f *pathFields) next() (string, bool) {
	if f.undone != "" {
		t := f.undone
		f.undone = ""
		return t, true
	}
	f.s = strings.TrimLeft(f.s, " \t\r\n,")
	if f.s == "" {
		return "", false
	}
	end := 1
	if isNumber(f.s) {
		for end < len(f.s) && strings.IndexByte("0123456789.eE+-", f.s[end]) >= 0 {
			if c := f.s[end]; (c == '-' || c == '+') && f.s[end-1] != 'e' && f.s[end-1] != 'E' {
				break
			}
			end++
		}
	}
	token := f.s[:end]
	f.s = f.s[end:]
	return token, true
}

// colourValue reads one channel.
func colourValue(field string, hex bool) (float64, bool) {
	if hex {
		v, err := strconv.ParseUint(strings.TrimPrefix(field, "#"), 16, 16)
		return float64(v), err == nil
	}
	v, err := strconv.ParseFloat(field, 64)
	return v, err == nil && !math.IsNaN(v) && math.Abs(v) < 1e6
}
