//go:build !unix

package ofd

import "time"

var started = time.Now()

func cpuTime() time.Duration { return time.Since(started) }
