// Package browser opens business pages in real browsers, Debian's Chromium and
// Chromium 109 (the last one for Windows 7), and has them ask an agent for
// signatures: reach.test.mjs for the kinds of pages and the ways round what a
// browser forbids, szca.test.mjs for pages written for the SZCA control, real.test.mjs and
// windows.test.mjs with the real agent and its real windows, batch.test.mjs with a UKey that is slow, manager.test.mjs for
// every state of the agent's pages, story.test.mjs for the story of the demo. What
// pages get is judged by openssl and BouncyCastle.
//
// The tests are programs of Node.js, driven by playwright-core; `make test`
// installs it and builds the SDK.
package browser

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"xinzhang/test/interop"
)

func TestMain(m *testing.M) {
	status := m.Run()
	interop.End()
	os.Exit(status)
}

func TestPagesInBrowsers(t *testing.T) {
	need(t)
	judged := filepath.Join(t.TempDir(), "judged.jsonl")
	t.Setenv("XINZHANG_JUDGED", judged)
	real := realAgent(t)
	files, err := filepath.Glob("*.test.mjs")
	if err != nil || len(files) == 0 {
		t.Fatalf("no browser tests found: %v", err)
	}
	for _, file := range files {
		t.Run(file, func(t *testing.T) {
			env := real
			if file == "batch.test.mjs" {
				env = slowAgent(t)
			}
			out, err := runFile(t, file, env)
			if err != nil {
				// A browser on a busy machine may miss a moment once; what fails twice is wrong.
				t.Logf("failed at first, and is run again: %v\n%s", err, out)
				out, err = runFile(t, file, env)
			}
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			t.Logf("%s", out)
		})
	}
	t.Run("BouncyCastle", func(t *testing.T) { bouncyCastleAgrees(t, judged) })
}

// bouncyCastleAgrees puts the messages that pages got, and openssl accepted, to
// BouncyCastle: each as it is, and with one bit of its value or content flipped.
func bouncyCastleAgrees(t *testing.T, judged string) {
	t.Helper()
	lines, err := os.ReadFile(judged)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range bytes.Lines(lines) {
		var m struct {
			Message, Content []byte
			Attached         bool
		}
		if err := json.Unmarshal(line, &m); err != nil {
			t.Fatal(err)
		}
		files := [][]byte{m.Message}
		if !m.Attached {
			files = append(files, m.Content)
		}
		if ok, said := interop.AskBouncyCastle(t, "signed", files...); !ok {
			t.Errorf("message %d over %q: BouncyCastle refuses it: %s", n, m.Content, said)
		}
		m.Message[len(m.Message)-1] ^= 1 // the last octet is of the signature value
		if ok, _ := interop.AskBouncyCastle(t, "signed", files...); ok {
			t.Errorf("message %d over %q: BouncyCastle accepts it with a flipped bit", n, m.Content)
		}
		n++
	}
	if n == 0 {
		t.Error("no message was judged")
	}
	t.Logf("BouncyCastle agrees about %d messages", n)
}

// runFile runs one file of tests and returns what it printed.
func runFile(t *testing.T, file string, env []string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", "--test", "--test-reporter=spec", file)
	cmd.Env = append(os.Environ(), env...)
	return cmd.CombinedOutput()
}

// realAgent builds the agent and makes the UKeys of the demo; it returns what
// tells the tests where they are.
func realAgent(t testing.TB) []string {
	t.Helper()
	dir := t.TempDir()
	run := func(name string, args ...string) {
		t.Helper()
		if out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
	}
	run("go", "build", "-o", dir, "xinzhang/cmd/xinzhang", "xinzhang/cmd/xinzhang-agent")
	demo := filepath.Join(dir, "demo")
	run(filepath.Join(dir, "xinzhang"), "demo", "--once", "--dir", demo)
	return []string{"XINZHANG_PROGRAM=" + filepath.Join(dir, "xinzhang"), "XINZHANG_AGENT=" + filepath.Join(dir, "xinzhang-agent"), "XINZHANG_DEMO=" + demo}
}

// need skips, or in CI fails, when a program or a package is absent.
func need(t testing.TB) {
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

func lacking(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("XINZHANG_CI") == "1" {
		t.Fatal(why)
	}
	t.Skip(why)
}
