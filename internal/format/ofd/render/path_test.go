package render

import (
	"math"
	"testing"
)

func TestParsePath(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"all operators", "S 1 2 L 3 4 Q 1 2 3 4 B 1 2 3 4 5 6 A 5 5 30 1 0 7 8 C", "M1 2L3 4Q1 2 3 4C1 2 3 4 5 6A5 5 30 1 0 7 8Z"},
		{"commas and touching signs", "M1,2L3-4 5-6", "M1 2L3 -4 5 -6"},
		{"numbers after M are lines", "M 0 0 1 1 2 2", "M0 0L1 1 2 2"},
		{"exponents", "M 1e1 2E-1", "M10 0.2"},
		{"a path that begins in the middle", "L 3 4", "M0 0L3 4"},
		{"nothing", "  ", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := parsePath(tt.in, 100)
			if err != nil || data(p) != tt.want {
				t.Errorf("%q, %v; want %q", data(p), err, tt.want)
			}
		})
	}
	for _, in := range []string{"M 0", "X 1 2", "M 0 0 L NaN 1", "M 0 0 L 1e99 1", "C 1 2", "M 0 0 L 1 1 <script>"} {
		if _, err := parsePath(in, 100); err == nil {
			t.Errorf("%q was read", in)
		}
	}
}

// FuzzPath: what is read is finite, within the limit, and writes to a path that
// reads as the same steps.
func FuzzPath(f *testing.F) {
	for _, s := range []string{"S 1 2 L 3 4 Q 1 2 3 4 B 1 2 3 4 5 6 A 5 5 30 1 0 7 8 C", "M1,2L3-4", "M 0 0 1 1", "L.5.5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		const most = 50
		p, _ := parsePath(in, most)
		if len(p) > most+1 {
			t.Fatalf("%d steps", len(p))
		}
		for _, s := range p {
			for _, v := range s.n {
				if math.IsNaN(v) || math.Abs(v) > 1e7 {
					t.Fatalf("number %v", v)
				}
			}
		}
		out := data(p)
		for _, c := range out {
			if (c < '0' || c > '9') && c != ' ' && c != '-' && c != '.' && c != 'M' && c != 'L' && c != 'Q' && c != 'C' && c != 'A' && c != 'Z' {
				t.Fatalf("%q holds %q", out, c)
			}
		}
	})
}
