//go:build linux

package virtualcard_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"xinzhang/internal/format/skf"
	"xinzhang/internal/token"
	"xinzhang/internal/token/card"
	"xinzhang/internal/token/skf/skftest"
	"xinzhang/internal/token/soft"
	"xinzhang/internal/token/soft/softtest"
	"xinzhang/test/virtualcard"
)

const (
	firstPIN  = "Xk7-3058"
	userPIN   = "Qx7-3058-b"
	adminPIN  = "Admin+60918273"
	deviceKey = "16 octets of key"
)

// need skips without a tool or a file; where everything must run it fails.
func need(t *testing.T) {
	t.Helper()
	missing := virtualcard.Missing()
	if _, err := exec.LookPath("gcc"); err != nil {
		missing = "gcc"
	}
	for _, header := range []string{"/usr/include/PCSC/winscard.h", "/usr/include/openssl/evp.h"} {
		if _, err := os.Stat(header); err != nil {
			missing = header
		}
	}
	if missing == "" {
		return
	}
	if os.Getenv("XINZHANG_CI") == "1" {
		t.Fatalf("%s is absent", missing)
	}
	t.Skipf("%s is absent", missing)
}

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "vcard") // t.TempDir is too long for a socket
	if err != nil {
		panic(err)
	}
	scratch = dir
	code := m.Run()
	skftest.Clean()
	os.RemoveAll(dir)
	os.Exit(code)
}

// scratch is a folder of short name for all tests of a run.
var scratch string

// library and program are compiled once for all tests.
func library() string { return filepath.Join(scratch, "libskf_vcard.so") }
func program() string { return filepath.Join(scratch, "client") }

var compiled = sync.OnceValue(func() error {
	for _, pattern := range []string{"driver/*", "testdata/*"} { // so that go test knows when a result is stale
		files, err := filepath.Glob(pattern)
		if err != nil {
			return err
		}
		for _, file := range files {
			if _, err := os.ReadFile(file); err != nil {
				return err
			}
		}
	}
	sources, err := filepath.Glob("driver/*.c")
	if err != nil {
		return err
	}
	library := slices.Concat([]string{"-fPIC", "-fvisibility=hidden", "-shared", "-I/usr/include/PCSC", "-o", library()}, sources, []string{"-lpcsclite", "-lcrypto", "-lpthread"})
	return errors.Join(gcc(library...), gcc("-o", program(), "testdata/client.c", "-ldl", "-lpthread"))
})

func gcc(args ...string) error {
	out, err := exec.Command("gcc", append([]string{"-std=gnu11", "-O1", "-g", "-Wall", "-Wextra", "-Werror"}, args...)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("gcc: %w\n%s", err, out)
	}
	return nil
}

// world is a reader, an empty slot, and a card with a token that has no
// application.
type world struct {
	*testing.T
	reader *virtualcard.Reader
	slot   *virtualcard.Slot
	card   *card.Card
	tokens *soft.Driver
	serial string

	tokenDir string
	env      []string // of programs that shall find the reader
}

func newWorld(t *testing.T) *world {
	t.Helper()
	need(t)
	dir := t.TempDir()
	if err := compiled(); err != nil {
		t.Fatal(err)
	}
	w := &world{T: t}
	w.tokenDir = filepath.Join(dir, "tokens")
	w.tokens = softtest.Driver(t, w.tokenDir)
	device, err := w.tokens.Create(t.Context(), soft.Spec{Name: "key-1", Label: "测试卡", AuthKey: token.NewAuthKey([16]byte([]byte(deviceKey)))})
	if err != nil {
		t.Fatal(err)
	}
	info, err := device.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w.serial = info.Serial
	if err := device.Close(); err != nil {
		t.Fatal(err)
	}

	short, err := os.MkdirTemp(scratch, "")
	if err != nil {
		t.Fatal(err)
	}
	w.reader, err = virtualcard.Start(short)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.reader.Close()
		if t.Failed() {
			t.Logf("pcscd said:\n%s", w.reader.Log())
		}
	})
	w.env = w.reader.Env()
	w.slot, w.card = w.reader.Slot(0), card.New(w.tokens, "key-1")
	t.Cleanup(w.slot.Unplug)
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// app opens the application on the token itself, past the card.
func (w *world) app() token.Application {
	w.Helper()
	device, err := w.tokens.Connect(context.Background(), "key-1")
	w.must(err)
	w.Cleanup(func() { device.Close() })
	app, err := device.OpenApplication(context.Background(), "APP")
	w.must(err)
	return app
}

// client is a running client.c.
type client struct {
	*world
	in    io.WriteCloser
	lines chan string
	event chan string
}

func (w *world) client() *client {
	w.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	command := exec.CommandContext(ctx, program(), library())
	command.Env = append(os.Environ(), w.env...)
	var complaints bytes.Buffer
	command.Stderr = &complaints
	in, err := command.StdinPipe()
	w.must(err)
	out, err := command.StdoutPipe()
	w.must(err)
	w.must(command.Start())
	c := &client{w, in, make(chan string, 16), make(chan string, 16)}
	read := make(chan struct{})
	go func() {
		defer close(read)
		defer close(c.lines)
		for s := bufio.NewScanner(bufio.NewReaderSize(out, 1<<20)); s.Scan(); {
			if event, ok := strings.CutPrefix(s.Text(), "event "); ok {
				c.event <- strings.TrimSpace(event)
			} else {
				c.lines <- s.Text()
			}
		}
	}()
	w.Cleanup(func() {
		in.Close()
		<-read
		if err := command.Wait(); err != nil {
			w.Errorf("client: %v\n%s", err, &complaints)
		}
		cancel()
	})
	return c
}

// answer sends a line and gives the answer's SAR and the rest of its line.
func (c *client) answer(format string, args ...any) (skf.Code, string) {
	c.Helper()
	fmt.Fprintf(c.in, format+"\n", args...)
	return c.hear()
}

func (c *client) hear() (skf.Code, string) {
	c.Helper()
	select {
	case line, ok := <-c.lines:
		if !ok {
			c.Fatal("the client ended")
		}
		var (
			verb string
			code uint32
		)
		if _, err := fmt.Sscanf(line, "%s %X", &verb, &code); err != nil {
			c.Fatalf("%q: %v", line, err)
		}
		return skf.Code(code), strings.TrimSpace(line[len(verb)+1+8:])
	case <-time.After(30 * time.Second):
		c.Fatal("the client is silent")
	}
	return 0, ""
}

// ok demands SAR_OK and gives what follows it.
func (c *client) ok(format string, args ...any) string {
	c.Helper()
	code, rest := c.answer(format, args...)
	if code != skf.OK {
		c.Fatalf("%s: %v", strings.Fields(format)[0], code)
	}
	return rest
}

// octets is ok for an answer in hexadecimal.
func (c *client) octets(format string, args ...any) []byte {
	c.Helper()
	b, err := hex.DecodeString(c.ok(format, args...))
	c.must(err)
	return b
}

func (c *client) refused(want skf.Code, format string, args ...any) string {
	c.Helper()
	got, rest := c.answer(format, args...)
	if got != want {
		c.Fatalf("%s: got %v, want %v", strings.Fields(format)[0], got, want)
	}
	return rest
}

// awaits waits for an event.
func (c *client) awaits(want string) {
	c.Helper()
	select {
	case got := <-c.event:
		if got != want {
			c.Fatalf("event %q, want %q", got, want)
		}
	case <-time.After(10 * time.Second):
		c.Fatalf("no event %q", want)
	}
}

// present waits until the card is listed.
func (c *client) present() {
	c.Helper()
	for range 100 {
		if names := skf.ParseNames(c.octets("enum")); len(names) == 1 && names[0] == c.serial {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	c.Fatal("the card is not listed after five seconds")
}
