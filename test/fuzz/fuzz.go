package main

import (
	"os/exec"
	"regexp"
	"strconv"
	"time"
)

// What the go command says while it fuzzes, the last of which counts.
var progress = regexp.MustCompile(`elapsed: [^,]+, execs: (\d+) \(\d+/sec\), new interesting: (\d+) \(total: (\d+)\)`)

// What it says before: how much of the corpus it has run. A large corpus may fill a
// short time by itself.
var baseline = regexp.MustCompile(`gathering baseline coverage: (\d+)/(\d+) completed`)

// The go command of 1.26 sometimes calls the end of the time a failure: its
// coordinator asks the context of the workers, which is not ended yet
// (go.dev/issue/75804, mended in Go 1.27). Nothing was found then; a finding says
// where its input was written.
var (
	timeEnded = regexp.MustCompile(`(?m)^--- FAIL: \w+ \([0-9.]+s\)\n    context deadline exceeded\nFAIL$`)
	foundSome = regexp.MustCompile(`Failing input written to |panic: |fatal error: `)
)

// onlyTimeEnded reports whether a run that failed says nothing but that its time ended.
func onlyTimeEnded(out string) bool {
	return timeEnded.MatchString(out) && !foundSome.MatchString(out)
}

// fuzz runs one target and returns its record and what was printed.
func fuzz(t target, length time.Duration, lanes int) (record, string) {
	args := []string{"test", "-run", "^$", "-fuzz", "^" + t.name + "$", "-fuzzminimizetime", "10x", "-fuzztime", length.String()}
	if lanes > 1 {
		args = append(args, "-parallel", "1")
	}
	began := time.Now()
	c := exec.Command("go", append(args, t.pkg)...)
	out, err := c.CombinedOutput()

	r := record{Package: t.pkg, Target: t.name, Property: t.property, Began: began.UTC().Truncate(time.Second)}
	r.Seconds = length.Seconds()
	if p := c.ProcessState; p != nil { // with the children it waited for: the build, the workers
		r.ProcessorSeconds = round((p.UserTime() + p.SystemTime()).Seconds())
	}
	if all := progress.FindAllStringSubmatch(string(out), -1); len(all) > 0 {
		last := all[len(all)-1]
		r.Executions, r.NewInputs, r.Corpus = number(last[1]), number(last[2]), number(last[3])
		r.PerSecond = round(float64(r.Executions) / length.Seconds())
	}
	if all := baseline.FindAllStringSubmatch(string(out), -1); len(all) > 0 && r.Executions == 0 {
		last := all[len(all)-1]
		r.Executions, r.Corpus = number(last[1]), number(last[2])
	}
	switch {
	case err != nil && !onlyTimeEnded(string(out)):
		r.Failure = tail(string(out), 2000)
	case r.Executions == 0:
		r.Failure = "the target was never executed"
	}
	return r, string(out)
}

func number(s string) int {
	n, _ := strconv.Atoi(s) // digits, by the expression
	return n
}

func round(f float64) float64 { return float64(int(f*10+0.5)) / 10 }

func tail(s string, n int) string { return s[max(0, len(s)-n):] }
