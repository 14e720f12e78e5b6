package ofd

import (
	"fmt"
	"strconv"
	"strings"
)

// repeatLastDelta chooses between two readings of a DeltaX or DeltaY that is
// shorter than the text. Real writers (and the renderers they were made for)
// mean the last value to go on; GB/T 33190-2016 11.3 does not say so. Set to
// false, the characters beyond the list are placed by their advance.
const repeatLastDelta = true

// A deltaList gives the offsets between glyphs. "g n v" means v, n times; such
// a run is kept as a run, since n may be anything in a hostile file.
type deltaList struct {
	runs  []deltaRun
	at    int // run
	spent int // of that run
}

type deltaRun struct {
	count int
	value float64
}

func parseDeltas(s string) (deltaList, error) {
	var d deltaList
	fields := strings.Fields(s)
	for i := 0; i < len(fields); i++ {
		count := 1
		if fields[i] == "g" && i+2 < len(fields) {
			n, err := strconv.ParseInt(fields[i+1], 10, 32)
			if err != nil || n < 0 {
				return d, fmt.Errorf("run length %q cannot be read", clip(fields[i+1]))
			}
			count = int(n)
			i += 2
		}
		v, err := parseNumber(fields[i])
		if err != nil {
			return d, err
		}
		if count > 0 {
			d.runs = append(d.runs, deltaRun{count, v})
		}
	}
	return d, nil
}

func (d *deltaList) empty() bool { return len(d.runs) == 0 }

// total is how many offsets the list states.
func (d *deltaList) total() int {
	n := 0
	for _, r := range d.runs {
		n += r.count
	}
	return n
}

// next returns the next offset; ok is false beyond a list that does not go on.
func (d *deltaList) next() (v float64, ok bool) {
	if d.at < len(d.runs) {
		r := d.runs[d.at]
		if d.spent++; d.spent >= r.count {
			d.at, d.spent = d.at+1, 0
		}
		return r.value, true
	}
	if !repeatLastDelta || d.empty() {
		return 0, false
	}
	return d.runs[len(d.runs)-1].value, true
}
