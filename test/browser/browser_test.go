// Package browser opens business pages in real browsers, Debian's Chromium and
// Chromium 109 (the last one for Windows 7), and has them ask an agent for
// signatures: reach.test.mjs for the kinds of pages and the ways round what a
// browser forbids, szca.test.mjs for pages written for the SZCA control. What
// they get is judged by openssl.
//
// The tests are programs of Node.js, driven by playwright-core; `make test`
// installs it and builds the SDK.
package browser

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

func TestPagesInBrowsers(t *testing.T) {
	need(t)
	files, err := filepath.Glob("*.test.mjs")
	if err != nil || len(files) == 0 {
		t.Fatalf("no browser tests found: %v", err)
	}
	for _, file := range files {
		t.Run(file, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
			defer cancel()
			out, err := exec.CommandContext(ctx, "node", "--test", "--test-reporter=spec", file).CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			t.Logf("%s", out)
		})
	}
}

// need skips, or in CI fails, when a program or a package is absent.
func need(t *testing.T) {
	t.Helper()
	for _, program := range []string{"node", "openssl", "chromium"} {
		if _, err := exec.LookPath(program); err != nil {
			lacking(t, program+" is not installed")
		}
	}
	for _, path := range []string{"node_modules/playwright-core", "node_modules/@sparticuz/chromium/bin/chromium.br", "../../web/sdk/dist/xinzhang.js"} {
		if _, err := os.Stat(path); err != nil {
			lacking(t, path+" is absent: run `make sdk browser`")
		}
	}
}

func lacking(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("XINZHANG_CI") == "1" {
		t.Fatal(why)
	}
	t.Skip(why)
}
