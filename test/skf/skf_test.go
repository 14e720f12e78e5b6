// Package skf_test drives libxinzhang_skf from C, as the programs do for which it
// is made: the programs of testdata are compiled with gcc against cmd/skf/skf.h
// and load the library by name. OpenSSL judges what they sign.
//
// The library is the shipped one, with the shipped cost of a PIN.
//
// XINZHANG_ASAN=1 builds both with AddressSanitizer, which finds what is written
// beyond a buffer of the program. (valgrind cannot follow the stacks of Go.)
package skf_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emmansun/gmsm/ecdh"
	"github.com/emmansun/gmsm/sm2"

	"xinzhang/internal/fixture"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/skf"
	"xinzhang/internal/format/sm2enc"
	_ "xinzhang/internal/skfabi" // part of the library: when it changes, the result of these tests is stale
	"xinzhang/internal/token"
	"xinzhang/internal/token/soft"
)

// need skips without a tool; where everything must run it fails.
func need(t *testing.T, tools ...string) {
	t.Helper()
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("XINZHANG_CI") == "1" {
				t.Fatalf("%s is absent", tool)
			}
			t.Skipf("%s is absent", tool)
		}
	}
	if runtime.GOOS == "windows" {
		t.Skip("the programs of testdata use dlopen")
	}
}

func run(t *testing.T, env []string, name string, args ...string) {
	t.Helper()
	c := exec.Command(name, args...)
	c.Env = append(os.Environ(), env...)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

// A machine is where library and program run.
type machine struct {
	arch, compiler string
	under          []string // what starts a program for it here
}

var (
	native = machine{arch: runtime.GOARCH, compiler: "gcc"}
	arm64  = machine{"arm64", "aarch64-linux-gnu-gcc", []string{"qemu-aarch64", "-L", "/usr/aarch64-linux-gnu"}}
)

// read reads what compilers read, so that go test knows when a result is stale.
func read(t *testing.T, patterns ...string) {
	t.Helper()
	for _, pattern := range patterns {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, file := range files {
			if _, err := os.ReadFile(file); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// build makes the library, with build tags, and a program, with macros of skf.h,
// which are named alike. It returns the command that runs it.
func (m machine) build(t *testing.T, libraryTags []string, source string, macros []string) []string {
	t.Helper()
	read(t, "../../cmd/skf/*", "testdata/*")
	dir := t.TempDir()
	library, program := filepath.Join(dir, "libxinzhang_skf.so"), filepath.Join(dir, "program")
	var sanitiser, checks []string
	if os.Getenv("XINZHANG_ASAN") == "1" && len(m.under) == 0 {
		sanitiser, checks = []string{"-asan"}, []string{"-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"}
	}
	run(t, []string{"CGO_ENABLED=1", "GOARCH=" + m.arch, "CC=" + m.compiler}, "go", slices.Concat([]string{"build"}, sanitiser, []string{"-buildmode=c-shared", "-tags", strings.Join(libraryTags, ","), "-o", library, "xinzhang/cmd/skf"})...)
	flags := append(checks, "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-g", "-I../../cmd/skf", "-o", program, filepath.Join("testdata", source))
	for _, m := range macros {
		flags = append(flags, "-D"+m)
	}
	run(t, nil, m.compiler, append(flags, "-ldl", "-lpthread")...)
	return slices.Concat(m.under, []string{program, library})
}

// newHome makes a data directory with the software UKey "key-1".
func newHome(t *testing.T) string {
	t.Helper()
	home := t.TempDir()
	plug(t, home, "key-1")
	return home
}

func plug(t *testing.T, home, name string) {
	t.Helper()
	key := token.NewAuthKey([16]byte([]byte("16 octets of key")))
	dev, err := soft.New(filepath.Join(home, "tokens")).Create(context.Background(), soft.Spec{Name: name, AuthKey: key})
	if err != nil {
		t.Fatal(err)
	}
	_ = dev.Close()
}

func unplug(t *testing.T, home, name string) {
	t.Helper()
	for _, suffix := range []string{".ukey", ".ukey.copy"} {
		if err := os.Remove(filepath.Join(home, "tokens", name+suffix)); err != nil {
			t.Fatal(err)
		}
	}
}

// client is a running program of testdata.
type client struct {
	*testing.T
	in    io.WriteCloser
	lines *bufio.Scanner
	wait  func() error
}

func start(t *testing.T, home string, command []string) *client {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	c := exec.CommandContext(ctx, command[0], command[1:]...)
	c.Env = append(os.Environ(), "XINZHANG_HOME="+home)
	var complaints bytes.Buffer
	c.Stderr = &complaints
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return &client{t, in, bufio.NewScanner(out), func() error {
		err := c.Wait()
		if complaints.Len() > 0 {
			err = errors.Join(err, errors.New(complaints.String()))
		}
		return err
	}}
}

// hear reads a line that begins with word.
func (c *client) hear(word string) []byte {
	c.Helper()
	if !c.lines.Scan() {
		c.Fatalf("no %q: %v", word, c.wait())
	}
	text, found := strings.CutPrefix(c.lines.Text(), word+" ")
	b, err := hex.DecodeString(text)
	if !found || err != nil {
		c.Fatalf("got %q, want %q", c.lines.Text(), word)
	}
	return b
}

func (c *client) say(b []byte) { fmt.Fprintf(c.in, "%x\n", b) }

func (c *client) must(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

// The life of a key, by a program whose header agrees with the library: the
// usual layout, and the one of programs that cannot be changed.
func TestLifeOfAKeyInC(t *testing.T) {
	for _, tt := range []struct {
		name   string
		on     machine
		tags   []string
		layout skf.Layout
	}{
		{"ULONG of 32 bits, packed", native, nil, skf.Layout{}},
		{"ULONG of 64 bits, not packed", native, []string{"skf_wide", "skf_natural"}, skf.Layout{Wide: true, Natural: true}},
		{"ULONG of 32 bits, packed, arm64", arm64, nil, skf.Layout{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			need(t, slices.Concat(tt.on.under[:min(1, len(tt.on.under))], []string{tt.on.compiler, "openssl"})...)
			command := tt.on.build(t, tt.tags, "life.c", tt.tags)
			home := newHome(t)
			began := time.Now()
			c := start(t, home, command)
			live(c, home, tt.layout)
			c.must(c.wait())
			t.Logf("the program ran for %v", time.Since(began).Round(time.Millisecond))
		})
	}
}

// live is the authority, the correspondent and the hand at the socket.
func live(c *client, home string, l skf.Layout) {
	c.Helper()
	pub, err := skf.ParsePublicKey(c.hear("public"), l)
	c.must(err)
	info, err := cert.CSRInfo(cert.Subject{Country: "CN", Organisation: "示例监狱", CommonName: "测试用户甲"}, pub)
	c.must(err)
	c.say(info)
	sig, err := skf.ParseSignature(c.hear("request"))
	c.must(err)
	csr, err := cert.AssembleCSR(info, sig.Marshal())
	c.must(err)
	parsed, err := cert.ParseCSR(csr)
	c.must(err)
	c.must(parsed.CheckSignature())
	c.openssl(csr, "req", "-verify", "-noout", "-inform", "DER", "-vfyopt", "distid:"+sm2enc.DefaultID)

	authority := fixture.New(c, time.Now())
	c.say(authority.Person(func(t *cert.Template) { t.PublicKey = pub }).Cert.Raw)
	encryption, err := sm2.GenerateKey(rand.Reader)
	c.must(err)
	sealed, err := sm2enc.SealKey(rand.Reader, pub, encryption)
	c.must(err)
	envelope, err := skf.MarshalEnvelope(sealed, l)
	c.must(err)
	c.say(envelope)
	c.say(authority.Person(func(t *cert.Template) {
		t.PublicKey = &encryption.PublicKey
		t.Profile, err = cert.LookupProfile("person-enc")
		c.must(err)
	}).Cert.Raw)

	sig, err = skf.ParseSignature(c.hear("signed"))
	c.must(err)
	dir := c.TempDir()
	c.must(os.WriteFile(filepath.Join(dir, "key"), sm2enc.MarshalSPKI(pub), 0o600))
	c.must(os.WriteFile(filepath.Join(dir, "signature"), sig.Marshal(), 0o600))
	c.openssl([]byte("a document"), "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", filepath.Join(dir, "key"), "-rawin", "-digest", "sm3",
		"-pkeyopt", "distid:"+sm2enc.DefaultID, "-sigfile", filepath.Join(dir, "signature"))

	const message = "somebody else wrote this to the holder"
	secret := []byte("a session key 16")
	wrapped, err := sm2enc.Encrypt(rand.Reader, &encryption.PublicKey, secret)
	c.must(err)
	c.say(skf.MarshalCipher(wrapped, l))
	c.say(c.openssl([]byte(message), "enc", "-sm4-cbc", "-K", hex.EncodeToString(secret), "-iv", hex.EncodeToString([]byte("sixteen octets.."))))
	for range 2 { // at once and in parts
		if got := c.hear("plain"); string(got) != message {
			c.Fatalf("got %q", got)
		}
	}
	c.hear(agreement())
	c.hear("plug")
	plug(c.T, home, "key-2")
	c.hear("unplug")
	unplug(c.T, home, "key-2")
	c.hear("cancelled")
	c.hear("end")
	unplug(c.T, home, "key-1")
	c.say(nil)
}

// agreement is what the program says of key exchange: whether a container of
// token/soft takes part in it.
func agreement() string {
	type agreer interface {
		Agree(ctx context.Context, ephemeral *ecdh.PrivateKey, peer, peerEphemeral *ecdh.PublicKey) (*ecdh.PublicKey, error)
	}
	if _, able := any((*soft.Container)(nil)).(agreer); able {
		return "agreement"
	}
	return "no agreement"
}

// openssl runs a command on input that must succeed, and gives its output.
func (c *client) openssl(input []byte, args ...string) []byte {
	c.Helper()
	command := exec.Command("openssl", args...)
	if args[0] == "pkeyutl" { // which reads a file only
		path := filepath.Join(c.TempDir(), "message")
		c.must(os.WriteFile(path, input, 0o600))
		command.Args = append(command.Args, "-in", path)
	}
	command.Stdin = bytes.NewReader(input)
	var complaints bytes.Buffer
	command.Stderr = &complaints
	out, err := command.Output()
	if err != nil {
		c.Fatalf("openssl %s: %v\n%s%s", strings.Join(args, " "), err, out, &complaints)
	}
	return out
}

// A program whose header differs from the library's.
func TestProgramOfAnotherLayoutIsRefusedAndNotHarmed(t *testing.T) {
	need(t, "gcc")
	c := start(t, newHome(t), native.build(t, nil, "stranger.c", []string{"skf_wide", "skf_natural"}))
	key, err := sm2.GenerateKey(rand.Reader)
	c.must(err)
	c.say(skf.MarshalPublicKey(&key.PublicKey, skf.Layout{Wide: true, Natural: true}))
	c.must(c.wait())
}
