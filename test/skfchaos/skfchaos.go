// Package skfchaos builds libskfchaos, an SKF library in C (GM/T 0016-2012) that
// is a small sound token and, by switches, every bad one that the field knows:
// it crashes, hangs, lies about lengths and tries, writes beyond buffers. What is
// to survive vendors' libraries is tested against it. README.md lists the switches.
//
// The library shares nothing with our own (cmd/skf): header, state and
// arithmetic, which is libcrypto's, are another reading of the standard.
package skfchaos

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// A Layout is a width of ULONG and a packing of structures, as macros of the
// header. The names are the folders of `make skfchaos`.
type Layout struct {
	Name   string
	Macros []string
}

// Layouts are the four that vendors' headers give. The first is the common one.
var Layouts = []Layout{
	{"u32-pack1", []string{"ULONG_BYTES=4"}},
	{"u32-natural", []string{"ULONG_BYTES=4", "NATURAL"}},
	{"u64-pack1", []string{"ULONG_BYTES=8"}},
	{"u64-natural", []string{"ULONG_BYTES=8", "NATURAL"}},
}

// Variants of the exported names: a misspelt SKF_GetContianerType, the draft of
// 2010 without SKF_ExportCertificate, and only the ten calls that a browser of
// the field uses.
const (
	Misspelt  = "MISSPELT"
	Draft2010 = "DRAFT2010"
	Minimal   = "MINIMAL"
)

const header = "/usr/include/openssl/evp.h"

// Build compiles the library into a folder of its own and returns its path. It
// skips the test where there is no C compiler or no libcrypto to compile against;
// where everything must run it fails.
func Build(t testing.TB, l Layout, variants ...string) string {
	t.Helper()
	dir := sources(t)
	out := filepath.Join(t.TempDir(), "libskfchaos.so")
	args := []string{"-fPIC", "-shared", "-fvisibility=hidden", "-I" + filepath.Join(dir, "lib")}
	for _, v := range variants {
		if v == Minimal {
			args = append(args, "-Wl,--version-script="+filepath.Join(dir, "lib", "minimal.map"))
			continue
		}
		args = append(args, "-D"+v)
	}
	compile(t, l, append(args, "-o", out), filepath.Join(dir, "lib", "*.c"))
	return out
}

// sources returns this folder.
func sources(t testing.TB) string {
	t.Helper()
	_, file, _, ok := runtime.Caller(0)
	if !ok {
		t.Fatal("the sources are not found")
	}
	return filepath.Dir(file)
}

// compile calls the C compiler. It reads what the compiler reads, so that go test
// knows when a result is stale.
func compile(t testing.TB, l Layout, args []string, pattern string) {
	t.Helper()
	absent := func(what string) {
		if os.Getenv("XINZHANG_CI") == "1" {
			t.Fatalf("%s is absent", what)
		}
		t.Skipf("%s is absent", what)
	}
	cc, err := exec.LookPath("cc")
	if err != nil {
		absent("cc")
	}
	if _, err := os.Stat(header); err != nil {
		absent("libssl-dev")
	}
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %v", pattern, err)
	}
	headers, _ := filepath.Glob(filepath.Join(filepath.Dir(pattern), "*.h"))
	for _, file := range slices.Concat(files, headers) {
		if _, err := os.ReadFile(file); err != nil {
			t.Fatal(err)
		}
	}
	flags := []string{"-std=gnu11", "-Wall", "-Wextra", "-Werror", "-O1", "-g"}
	for _, m := range l.Macros {
		flags = append(flags, "-D"+m)
	}
	all := slices.Concat(flags, args, files, []string{"-lcrypto", "-lpthread", "-ldl"})
	if out, err := exec.CommandContext(t.Context(), cc, all...).CombinedOutput(); err != nil {
		t.Fatalf("cc %s: %v\n%s", strings.Join(all, " "), err, out)
	}
}
