//go:build unix

// Command gauge runs another program and says what that cost: gauge REPORT
// PROGRAM [ARGUMENT…] writes processor time, peak memory and exit status to the
// file REPORT as JSON. It stands between a test and the program because Linux
// counts the peak of whoever started a process as the process's own, and this
// one is small.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// patience ends a program that does not end by itself.
const patience = time.Minute

func main() {
	if err := run(os.Args[1], os.Args[2], os.Args[3:]...); err != nil {
		fmt.Fprintln(os.Stderr, "gauge:", err)
		os.Exit(1)
	}
}

func run(report, program string, args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	begin := time.Now()
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		return err
	}
	wall := time.Since(begin)
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return errors.New("this system does not say what a process used")
	}
	peak := usage.Maxrss
	if runtime.GOOS != "darwin" { // there bytes, elsewhere KiB
		peak <<= 10
	}
	out, err := json.Marshal(map[string]any{
		"exit": cmd.ProcessState.ExitCode(), "peak": peak, "wall": wall,
		"cpu": time.Duration(usage.Utime.Nano() + usage.Stime.Nano()),
	})
	if err != nil {
		return err
	}
	return os.WriteFile(report, out, 0o600)
}
