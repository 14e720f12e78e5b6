// Package program builds the real xinzhang for a test and runs it in a process
// of its own, telling what each run cost:
//
//	p := program.Build(t)
//	r := p.Run(t, "verify", "x.ofd")
//	t.Log(r.Exit, r.CPU, r.Peak)
//
// Processor time is user and system time together: other work on the machine
// does not count in it. A test whose system has no such figures is skipped with
// the reason; when XINZHANG_CI is 1 it fails.
package program

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// A Program is a built xinzhang with a data directory of its own.
type Program struct {
	Home string

	path, gauge string
}

// A Run is what one run of the program said and cost.
type Run struct {
	Exit int           `json:"exit"` // -1 when it had to be stopped after a minute
	CPU  time.Duration `json:"cpu"`  // user and system
	Wall time.Duration `json:"wall"`
	Peak int64         `json:"peak"` // bytes of resident memory at the highest point

	Stdout, Stderr string `json:"-"`
}

// Build builds the program into a folder that lasts as long as the test tb.
func Build(tb testing.TB) *Program {
	tb.Helper()
	if runtime.GOOS == "windows" || runtime.GOOS == "plan9" {
		skip(tb, runtime.GOOS+" does not say what a process used")
	}
	dir := tb.TempDir()
	cmd := exec.Command("go", "build", "-o", dir+string(filepath.Separator), "xinzhang/cmd/xinzhang", "xinzhang/test/program/gauge")
	if out, err := cmd.CombinedOutput(); err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			skip(tb, "no go command to build the program with")
		}
		tb.Fatalf("build: %v\n%s", err, out)
	}
	return &Program{Home: filepath.Join(dir, "home"), path: filepath.Join(dir, "xinzhang"), gauge: filepath.Join(dir, "gauge")}
}

func skip(tb testing.TB, why string) {
	tb.Helper()
	if os.Getenv("XINZHANG_CI") == "1" {
		tb.Fatal(why)
	}
	tb.Skip(why)
}

// Run runs the program with args, in English, and waits for its end.
func (p *Program) Run(tb testing.TB, args ...string) Run {
	tb.Helper()
	report := filepath.Join(tb.TempDir(), "gauge.json")
	cmd := exec.Command(p.gauge, append([]string{report, p.path, "--lang=en", "--home=" + p.Home}, args...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		tb.Fatalf("gauge %s: %v\n%s", strings.Join(args, " "), err, stderr.Bytes())
	}
	raw, err := os.ReadFile(report)
	if err != nil {
		tb.Fatal(err)
	}
	r := Run{Stdout: stdout.String(), Stderr: stderr.String()}
	if err := json.Unmarshal(raw, &r); err != nil {
		tb.Fatal(err)
	}
	return r
}
