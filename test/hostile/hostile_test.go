//go:build unix

package hostile

import (
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/test/program"
)

const mostPeak = 200 << 20

// A hostile file and what is said of it. A code that is "" is not asked for: the
// verb may find nothing wrong, and must only end in time.
type hostile struct {
	name    string
	data    func() []byte
	verify  fault.Code
	inspect fault.Code
	args    []string // of verify
}

// group is a part of the list, made in a world of its own.
type group struct {
	name string
	list func(w *world) []hostile
}

func TestHostileFilesAreRefusedInTimeAndMemory(t *testing.T) {
	p := program.Build(t)
	most := mostCPU(t)
	w := newWorld(t)
	anchor := filepath.Join(t.TempDir(), "anchor.cer")
	w.write(anchor, w.Root.Cert.Raw)
	for _, g := range []group{
		{"package", packages}, {"XML", xmlParts}, {"document", documents},
		{"signatures", signatures}, {"value", values}, {"picture", pictures}, {"file", files},
	} {
		t.Run(g.name, func(t *testing.T) {
			w.TB = t
			for _, h := range g.list(w) {
				t.Run(h.name, func(t *testing.T) {
					file := filepath.Join(t.TempDir(), "hostile")
					w.TB = t
					t.Logf("%d bytes", w.make(file, h))
					debug.FreeOSMemory() // the machine is to be the program's
					judge(t, p, most, h.verify, append([]string{"verify", "--trust=" + anchor, "--html=" + file + ".html"}, append(h.args, file)...)...)
					judge(t, p, most, h.inspect, "inspect", file)
				})
			}
		})
	}
}

// make writes the file of h and returns its size; nothing of it stays in memory.
func (w *world) make(file string, h hostile) int {
	data := h.data()
	w.write(file, data)
	return len(data)
}

// judge runs the program and asks for its end in time, in memory, and with the
// code.
func judge(t *testing.T, p *program.Program, mostCPU time.Duration, want fault.Code, args ...string) {
	t.Helper()
	r := p.Run(t, append([]string{"--json"}, args...)...)
	t.Logf("%-7s exit %d  %5.2f s CPU  %4d MiB  %s", args[0], r.Exit, r.CPU.Seconds(), r.Peak>>20, firstCode(r))
	if r.Exit < 0 || r.Exit > 4 || strings.Contains(r.Stderr, "panic:") || strings.Contains(r.Stderr, "goroutine ") {
		t.Errorf("%s: exit status %d\n%.2000s", args[0], r.Exit, r.Stderr)
	}
	if r.CPU > mostCPU {
		t.Errorf("%s: %.2f s of processor time, at most %v", args[0], r.CPU.Seconds(), mostCPU)
	}
	if r.Peak > mostPeak {
		t.Errorf("%s: %d MiB, at most %d", args[0], r.Peak>>20, mostPeak>>20)
	}
	if want != "" && !says(r, want) {
		t.Errorf("%s: %s is not said\n%.2000s\n%.2000s", args[0], want, r.Stderr, r.Stdout)
	}
	if r.Exit == 4 && !strings.Contains(r.Stderr, `"code": "`) {
		t.Errorf("%s: refused without a code: %.500s", args[0], r.Stderr)
	}
}

func says(r program.Run, code fault.Code) bool {
	return strings.Contains(r.Stderr+r.Stdout, `"`+string(code)+`"`)
}

func firstCode(r program.Run) string {
	_, after, _ := strings.Cut(r.Stderr, `"code": "`)
	code, _, _ := strings.Cut(after, `"`)
	return code
}

func (w *world) write(name string, data []byte) {
	w.Helper()
	if err := os.WriteFile(name, data, 0o600); err != nil {
		w.Fatal(err)
	}
}
