//go:build unix

package speed

import (
	"slices"
	"syscall"
	"testing"
	"time"
)

// cpu is the processor time that this process has used.
func cpu() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// took returns the processor and wall time of work.
func took(work func()) (used, wall time.Duration) {
	begin, before := time.Now(), cpu()
	work()
	return cpu() - before, time.Since(begin)
}

// compare does floor and ours in turn for b.N rounds, five at least, and reports
// the median of their ratio as "×floor", with the megabytes or operations that
// ours does in a second of processor time.
func compare(b *testing.B, amount float64, unit string, floor, ours func()) {
	b.Helper()
	floor() // first touches are nobody's cost
	ours()
	var ratios, rates []float64
	for range max(b.N, 5) {
		f, _ := took(floor)
		o, _ := took(ours)
		ratios = append(ratios, o.Seconds()/f.Seconds())
		rates = append(rates, amount/o.Seconds())
	}
	b.ReportMetric(median(ratios), "×floor")
	b.ReportMetric(median(rates), unit+"/CPU-s")
	b.ReportMetric(0, "ns/op") // a round is floor and ours together
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
