//go:build unix

package ofd

import (
	"syscall"
	"time"
)

// cpuTime is what this process has used; other work on the machine does not
// count, as it would on the clock.
func cpuTime() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
