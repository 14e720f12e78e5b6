//go:build linux

package speed

import (
	"io"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"

	"xinzhang/internal/token/skf"
	"xinzhang/internal/token/skf/skftest"
)

// One call of a vendor's library in its host, against the same number of octets
// sent to another process and back by a bare pipe. Here time on the clock counts:
// what is measured is waiting for another process. All run on one processor: left
// to itself, the system puts the other process on a second one, and what counts
// then is how fast that one wakes from its sleep, which is another figure each run.
func BenchmarkSKFHost(b *testing.B) {
	skftest.Host(b)
	onOneProcessor(b)
	b.Cleanup(skftest.Clean)
	driver, err := skf.Open(skftest.Compile(b, "nothing.so", []string{"testdata/nothing.c"}))
	must(b, err)
	b.Cleanup(func() { _ = driver.Close() })
	device, err := driver.Connect(b.Context(), "A")
	must(b, err)

	echo := exec.Command("cat")
	in, err := echo.StdinPipe()
	must(b, err)
	out, err := echo.StdoutPipe()
	must(b, err)
	must(b, echo.Start())
	b.Cleanup(func() { _, _ = in.Close(), echo.Wait() })
	frame := make([]byte, 4+1+8+4+294) // the answer with its DEVINFO; the question is shorter

	floor := func() {
		for range batch {
			_, err := in.Write(frame)
			must(b, err)
			_, err = io.ReadFull(out, frame)
			must(b, err)
		}
	}
	ours := func() {
		for range batch {
			_, err := device.Info(b.Context())
			must(b, err)
		}
	}
	floor()
	ours()
	var ratios, times []float64
	for range max(b.N, 5) {
		_, f := took(floor)
		_, o := took(ours)
		ratios = append(ratios, o.Seconds()/f.Seconds())
		times = append(times, o.Seconds()*1e6/batch)
	}
	b.ReportMetric(median(ratios), "×floor")
	b.ReportMetric(median(times), "µs/call")
	b.ReportMetric(0, "ns/op") // a round is floor and ours together
}

// onOneProcessor keeps this program, and what it starts from now on, on one processor until
// the benchmark ends.
func onOneProcessor(b *testing.B) {
	var all, one unix.CPUSet
	must(b, unix.SchedGetaffinity(0, &all))
	for cpu := 0; one.Count() == 0; cpu++ {
		if all.IsSet(cpu) {
			one.Set(cpu)
		}
	}
	keep(b, &one)
	b.Cleanup(func() { keep(b, &all) })
}

func keep(b *testing.B, set *unix.CPUSet) {
	threads, err := os.ReadDir("/proc/self/task")
	must(b, err)
	for _, t := range threads {
		id, err := strconv.Atoi(t.Name())
		must(b, err)
		if err := unix.SchedSetaffinity(id, set); err != unix.ESRCH { // it may have ended
			must(b, err)
		}
	}
}
