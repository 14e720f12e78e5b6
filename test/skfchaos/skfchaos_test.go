package skfchaos

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience is longer than any call takes on a busy computer.
const patience = time.Minute

// program compiles the self-test for a layout.
func program(t *testing.T, l Layout, flags ...string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "selftest")
	compile(t, l, append(flags, "-o", out), filepath.Join(sources(t), "selftest", "*.c"))
	return out
}

// run runs the self-test on the tokens of dir; ctx ends what hangs.
func run(ctx context.Context, dir, switches, program string, args ...string) (string, error) {
	c := exec.CommandContext(ctx, program, args...)
	c.Env = append(os.Environ(), "SKFCHAOS_DIR="+dir, "SKFCHAOS="+switches)
	c.WaitDelay = 100 * time.Millisecond // a child that lingers holds the pipes
	var complaints bytes.Buffer
	c.Stderr = &complaints
	out, err := c.Output()
	if err != nil {
		err = fmt.Errorf("%w\n%s", err, &complaints)
	}
	return string(out), err
}

// The life of a key on each layout, with what libcrypto says of it; and once more
// under the sanitizers, who see what is written beyond a buffer.
func TestLifeOfAKey(t *testing.T) {
	sizes := map[string]string{"u32-pack1": "294", "u32-natural": "296", "u64-pack1": "326", "u64-natural": "328"}
	for _, l := range Layouts {
		for name, variants := range map[string][]string{"": nil, " sanitized": {"fsanitize"}} {
			t.Run(l.Name+name, func(t *testing.T) {
				t.Parallel()
				library, p := builtFor(t, l, len(variants) > 0)
				ctx, cancel := context.WithTimeout(t.Context(), patience)
				defer cancel()
				out, err := run(ctx, t.TempDir(), "", p, library, "life")
				if err != nil || out != "DEVINFO "+sizes[l.Name]+"\nend\n" {
					t.Fatalf("says %q, %v", out, err)
				}
			})
		}
	}
}

// builtFor compiles library and program, both with or without the sanitizers.
func builtFor(t *testing.T, l Layout, sanitized bool) (library, client string) {
	t.Helper()
	if !sanitized {
		return Build(t, l), program(t, l)
	}
	const checks = "-fsanitize=address,undefined"
	library = filepath.Join(t.TempDir(), "libskfchaos.so")
	compile(t, l, []string{checks, "-fPIC", "-shared", "-fvisibility=hidden", "-o", library}, filepath.Join(sources(t), "lib", "*.c"))
	return library, program(t, l, checks)
}

// Four programs guess at once and get ten tries between them.
func TestProgramsShareTheTries(t *testing.T) {
	library, p := builtFor(t, Layouts[0], false)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	dir := t.TempDir()
	if _, err := run(ctx, dir, "", p, library, "life"); err != nil {
		t.Fatal(err)
	}
	var (
		mu    sync.Mutex
		heard []string
		group sync.WaitGroup
	)
	for range 4 {
		group.Go(func() {
			out, err := run(ctx, dir, "", p, library, "guess", "4")
			mu.Lock()
			defer mu.Unlock()
			heard = append(heard, strings.Fields(strings.ReplaceAll(strings.TrimSuffix(out, "end\n"), " ", "/"))...)
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	slices.Sort(heard)
	var want []string
	for left := 1; left <= 9; left++ {
		want = append(want, fmt.Sprintf("0A000024/%d", left))
	}
	for range 7 {
		want = append(want, "0A000025/0")
	}
	if !slices.Equal(heard, want) {
		t.Errorf("heard %q, want %q", heard, want)
	}
}

// A try is spent though the program dies before it hears; and a death while the
// token is stored leaves one that works.
func TestStateOutlivesACrash(t *testing.T) {
	library, p := builtFor(t, Layouts[0], false)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	dir := t.TempDir()
	if _, err := run(ctx, dir, "", p, library, "life"); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ switches, left string }{
		{"crash-late@SKF_VerifyPIN#1", "8"}, // one spent and not heard, then one heard
		{"crash-save@SKF_VerifyPIN#1", "7"}, // the renaming did not happen
		{"crash@SKF_VerifyPIN#1", "6"},      // nothing had happened
	} {
		if out, err := run(ctx, dir, tt.switches, p, library, "guess", "1"); err == nil {
			t.Fatalf("%s: lived: %q", tt.switches, out)
		}
		out, err := run(ctx, dir, tt.switches, p, library, "guess", "1")
		if want := "0A000024 " + tt.left + "\nend\n"; err != nil || out != want {
			t.Errorf("%s: then heard %q, %v, want %q", tt.switches, out, err, want)
		}
	}
}
