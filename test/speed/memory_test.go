//go:build unix

package speed

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"xinzhang/test/program"
)

// TestMemoryDoesNotGrowWithTheDocument runs the real program on files on a disk.
// XINZHANG_LARGE=500 tells the figures of a document of so many megabytes, too;
// the names and digests of its thousands of files take some room.
func TestMemoryDoesNotGrowWithTheDocument(t *testing.T) {
	if testing.Short() {
		t.Skip("writes and seals 100 MB")
	}
	p := program.Build(t)
	dir := t.TempDir()
	if r := p.Run(t, "demo", "--once", "--dir="+filepath.Join(dir, "demo")); r.Exit != 0 {
		t.Fatalf("demo: %s", r.Stderr)
	}
	p.Home = filepath.Join(dir, "demo", "home")
	pin := organisationPIN(t, filepath.Join(p.Home, "secrets.txt"))
	sizes := []int{1, 100}
	if more, err := strconv.Atoi(os.Getenv("XINZHANG_LARGE")); err == nil {
		sizes = append(sizes, more)
	}
	least := map[string]int64{}
	for _, megabytes := range sizes {
		in, out := filepath.Join(dir, "in.ofd"), filepath.Join(dir, "out.ofd")
		writeDocument(t, in, megabytes)
		for _, args := range [][]string{
			{"sign", "--token=organisation", "--seal=99000000000001", "--page=1", "--at=100,100", "--pin-file=" + pin, "--out=" + out, "--force", in},
			{"verify", out},
		} {
			r := p.Run(t, args...)
			if r.Exit != 0 {
				t.Fatalf("%s: exit %d\n%s", args[0], r.Exit, r.Stderr+r.Stdout)
			}
			what := fmt.Sprintf("%-6s %3d MB: peak %5.1f MiB, %5.2f s CPU, %5.2f s", args[0], megabytes, float64(r.Peak)/(1<<20), r.CPU.Seconds(), r.Wall.Seconds())
			if least[args[0]] == 0 {
				least[args[0]] = r.Peak
			}
			growth := float64(r.Peak) / float64(least[args[0]])
			t.Logf("%s, %.2f × that of 1 MB", what, growth)
			if growth > 1.3 && megabytes <= 100 {
				t.Errorf("%s needs %.2f times the memory for %d MB", args[0], growth, megabytes)
			}
		}
	}
}

// organisationPIN puts the PIN of the demo's organisation into a file.
func organisationPIN(t *testing.T, secrets string) string {
	t.Helper()
	raw, err := os.ReadFile(secrets)
	must(t, err)
	for line := range strings.Lines(string(raw)) {
		if pin, ok := strings.CutPrefix(line, "pin organisation "); ok {
			file := filepath.Join(t.TempDir(), "pin")
			must(t, os.WriteFile(file, []byte(pin), 0o600))
			return file
		}
	}
	t.Fatal("the demo tells no PIN")
	return ""
}
