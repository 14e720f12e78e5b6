//go:build unix

package hostile

import (
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm3"
)

// What a hostile file may cost on the machine that the goal was set for, and how
// long that machine needs for the [yardstick].
const (
	goal      = 2 * time.Second
	yard      = 220 * time.Millisecond
	yardBytes = 64 << 20
)

// mostCPU is the goal on this machine: as much longer as the yardstick takes here,
// with a fifth for what other work on it costs. A faster machine gets the goal itself.
func mostCPU(tb testing.TB) time.Duration {
	took := yardstick(tb)
	limit := max(goal, time.Duration(1.2*float64(goal)*took.Seconds()/yard.Seconds()))
	tb.Logf("yardstick %.2f s of processor time, %.2f s where the goal of %v was set: at most %.2f s here",
		took.Seconds(), yard.Seconds(), goal, limit.Seconds())
	return limit
}

// yardstick is the processor time of inflating and hashing, which is what hostile
// files are made to have done: 64 MiB, half of it text and half noise.
func yardstick(tb testing.TB) time.Duration {
	var packed bytes.Buffer
	z, err := flate.NewWriter(&packed, flate.DefaultCompression)
	noise := rand.NewChaCha8([32]byte{1})
	rng := rand.New(noise)
	piece := make([]byte, 128<<10)
	for written := 0; err == nil && written < yardBytes; written += 2 * len(piece) {
		text := piece[:0]
		for len(text) < cap(piece)-64 {
			text = fmt.Appendf(text, `<ofd:TextCode X="%d" Y="%d">%08b</ofd:TextCode>`, rng.IntN(200), rng.IntN(300), rng.IntN(256))
		}
		_, err = z.Write(text)
		if _, _ = noise.Read(piece); err == nil {
			_, err = z.Write(piece)
		}
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		tb.Fatal(err)
	}
	before := cpu(tb)
	if _, err := io.Copy(sm3.New(), flate.NewReader(&packed)); err != nil {
		tb.Fatal(err)
	}
	return cpu(tb) - before
}

// cpu is the processor time that this process has used.
func cpu(tb testing.TB) time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
