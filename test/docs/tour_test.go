package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

var tour = regexp.MustCompile("(?s)<!-- tour -->\n```sh\n(.*?)```")

// The commands of the README are typed as a reader would copy them: in a folder
// with bin/xinzhang and what `make demo` leaves.
func TestTheToursOfTheREADMEsRun(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no POSIX shell: ", err)
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "bin", "xinzhang")
	run := func(t *testing.T, dir, name string, args ...string) {
		t.Helper()
		cmd := exec.Command(name, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "XINZHANG_HOME=")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
	}
	build := exec.Command("go", "build", "-o", program, "xinzhang/cmd/xinzhang")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	run(t, dir, program, "demo", "--once", "--dir", "build/demo")

	for page, text := range pages(t) {
		m := tour.FindStringSubmatch(text)
		if m == nil {
			if page == "README.md" || page == "README.zh-CN.md" {
				t.Errorf("%s has no tour", page)
			}
			continue
		}
		t.Run(page, func(t *testing.T) {
			if err := os.RemoveAll(filepath.Join(dir, "build", "tour")); err != nil {
				t.Fatal(err)
			}
			run(t, dir, sh, "-eu", "-c", m[1])
			for _, name := range []string{"sealed.ofd", "report.html"} {
				if _, err := os.Stat(filepath.Join(dir, "build", "tour", name)); err != nil {
					t.Error(err)
				}
			}
		})
	}
}
