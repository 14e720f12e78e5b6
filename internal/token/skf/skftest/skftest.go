// Package skftest builds, for tests, what token/skf drives: the host, and our own
// SKF library in each of its layouts. They are built once in a process and left to
// the caches of the compilers.
package skftest

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// Layouts are the build tags of our library, by a name for tests.
var Layouts = map[string]string{
	"narrow packed": "", "narrow natural": "skf_natural", "wide packed": "skf_wide", "wide natural": "skf_wide,skf_natural",
}

var (
	mu    sync.Mutex
	built = map[string]string{}
	dir   string
)

// Need skips without a tool; where everything must run it fails.
func Need(tb testing.TB, tools ...string) {
	tb.Helper()
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err == nil {
			continue
		}
		if os.Getenv("XINZHANG_CI") == "1" {
			tb.Fatalf("%s is absent", tool)
		}
		tb.Skipf("%s is absent", tool)
	}
	if runtime.GOOS == "windows" {
		tb.Skip("what is built here is for systems with dlopen")
	}
}

// Root is the folder of the module.
func Root(tb testing.TB) string {
	tb.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		tb.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// once builds a file under a key; build gets its path.
func once(tb testing.TB, key, file string, build func(path string)) string {
	tb.Helper()
	mu.Lock()
	defer mu.Unlock()
	if path, ok := built[key]; ok {
		return path
	}
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "xinzhang-skftest-"); err != nil {
			tb.Fatal(err)
		}
	}
	path := filepath.Join(dir, strings.Map(safe, key), file)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		tb.Fatal(err)
	}
	build(path)
	built[key] = path
	return path
}

func safe(r rune) rune {
	if strings.ContainsRune(" ,/", r) {
		return '-'
	}
	return r
}

// Clean removes what was built: call it in TestMain.
func Clean() {
	mu.Lock()
	defer mu.Unlock()
	if dir != "" {
		_ = os.RemoveAll(dir)
	}
	dir, built = "", map[string]string{}
}

func run(tb testing.TB, env []string, name string, args ...string) {
	tb.Helper()
	c := exec.Command(name, args...)
	c.Env = append(os.Environ(), env...)
	if out, err := c.CombinedOutput(); err != nil {
		tb.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

// read reads what compilers read, so that go test knows when a result is stale.
func read(tb testing.TB, pattern string) []string {
	tb.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		tb.Fatalf("%s: %v", pattern, err)
	}
	for _, file := range files {
		if _, err := os.ReadFile(file); err != nil {
			tb.Fatal(err)
		}
	}
	return files
}

// Host builds xinzhang-skf-host and lets XINZHANG_SKF_HOST name it.
func Host(tb testing.TB) string {
	tb.Helper()
	Need(tb, "gcc")
	source := filepath.Join(Root(tb), "cmd", "xinzhang-skf-host")
	read(tb, filepath.Join(source, "*"))
	path := once(tb, "host", "xinzhang-skf-host", func(path string) {
		args := []string{"-std=gnu11", "-Wall", "-Wextra", "-Werror", "-O2", "-g", "-o", path}
		for _, file := range []string{"host.c", "call.c", "system_posix.c"} {
			args = append(args, filepath.Join(source, file))
		}
		run(tb, nil, "gcc", append(args, "-ldl", "-lpthread")...)
	})
	if t, ok := tb.(interface{ Setenv(string, string) }); ok && os.Getenv("XINZHANG_SKF_HOST") != path {
		t.Setenv("XINZHANG_SKF_HOST", path)
	}
	return path
}

// Library builds libxinzhang_skf with build tags: one of Layouts. Guessing a PIN
// costs next to nothing in it: one line of the shipped source is overlaid.
func Library(tb testing.TB, tags string) string {
	tb.Helper()
	Need(tb, "gcc")
	root := Root(tb)
	read(tb, filepath.Join(root, "cmd", "skf", "*"))
	return once(tb, "library "+tags, "libxinzhang_skf.so", func(path string) {
		run(tb, []string{"CGO_ENABLED=1"}, "go", "build", "-overlay", cheap(tb, root, filepath.Dir(path)), "-buildmode=c-shared", "-tags", tags, "-o", path, "xinzhang/cmd/skf")
	})
}

// cheap writes an overlay for go build in which a guess is cheap.
func cheap(tb testing.TB, root, dir string) string {
	tb.Helper()
	const shipped, cheap = "Cost{Passes: 3, KiB: 64 << 10, Lanes: 4}", "Cost{Passes: 1, KiB: 8, Lanes: 1}"
	source := filepath.Join(root, "internal", "token", "soft", "internal", "cost", "cost.go")
	b, err := os.ReadFile(source)
	if err != nil || !strings.Contains(string(b), shipped) {
		tb.Fatalf("%s does not hold %s: %v", source, shipped, err)
	}
	replaced, overlay := filepath.Join(dir, "cost.go"), filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(replaced, []byte(strings.Replace(string(b), shipped, cheap, 1)), 0o644); err != nil {
		tb.Fatal(err)
	}
	list, err := json.Marshal(map[string]map[string]string{"Replace": {source: replaced}})
	if err == nil {
		err = os.WriteFile(overlay, list, 0o644)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return overlay
}

// Compile builds a library from C sources, with flags of its own.
func Compile(tb testing.TB, name string, sources []string, flags ...string) string {
	tb.Helper()
	Need(tb, "gcc")
	for _, file := range sources {
		read(tb, file)
	}
	return once(tb, "compiled "+name+" "+strings.Join(flags, " "), name, func(path string) {
		args := append([]string{"-std=gnu11", "-shared", "-fPIC", "-O1", "-g", "-o", path}, sources...)
		run(tb, nil, "gcc", append(append(args, flags...), "-ldl", "-lpthread")...)
	})
}
