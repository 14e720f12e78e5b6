package main

import (
	"bytes"
	"crypto/rand"
	"debug/pe"
	"encoding/binary"
	"encoding/pem"
	"errors"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"testing"

	"github.com/emmansun/gmsm/sm2"
	"github.com/rogpeppe/go-internal/testscript"

	"xinzhang/internal/durable"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/token/skf/skftest"
	"xinzhang/test/corpus"
)

func TestMain(m *testing.M) {
	testscript.Main(tidied{m}, map[string]func(){"xinzhang": main})
}

// tidied runs the tests and removes what they shared: it holds secrets, if only
// made-up ones.
type tidied struct{ m *testing.M }

func (t tidied) Run() int {
	code := t.m.Run()
	for _, dir := range []string{oneAuthority.dir, oneDemo.dir} {
		if dir != "" {
			_ = os.RemoveAll(dir)
		}
	}
	skftest.Clean()
	return code
}

// TestScripts runs the program as typed. Scripts know commands of ours:
//
//	exits N CMD…      runs a command, which must end with exit status N
//	demo              puts what `xinzhang demo` leaves into the folder demo
//	picture FILE      writes a small PNG
//	founded           puts an authority into $XINZHANG_HOME, and its passphrase
//	                  into $XINZHANG_PASSPHRASE
//	csr FILE          writes a certificate request for a new key
//	skflibrary NAME   builds our SKF library and the host, and sets $NAME to its path
//	nolibrary FILE    builds a library without SKF functions
//	foreign FILE      writes the head of a library for 32-bit Windows
//	let NAME REGEXP   sets $NAME to the first group of REGEXP in the last output
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("XINZHANG_HOME", filepath.Join(env.WorkDir, "home"))
			folder, err := filepath.Abs(corpus.Folder())
			env.Setenv("CORPUS", folder)
			return err
		},
		Condition: func(cond string) (bool, error) {
			_, err := os.Stat(corpus.Folder())
			return cond == "corpus" && (err == nil || os.Getenv("XINZHANG_CI") == "1"), nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"demo": func(ts *testscript.TestScript, _ bool, _ []string) {
				ts.Check(os.CopyFS(ts.MkAbs("demo"), os.DirFS(runDemo(t))))
			},
			"exits": scriptExits, "picture": scriptPicture, "founded": scriptFounded, "csr": scriptCSR, "let": scriptLet,
			"skflibrary": func(ts *testscript.TestScript, _ bool, args []string) {
				ts.Setenv("XINZHANG_SKF_HOST", skftest.Host(t))
				ts.Setenv(args[0], skftest.Library(t, ""))
			},
			"nolibrary": func(ts *testscript.TestScript, _ bool, args []string) {
				source := ts.MkAbs("nothing.c")
				ts.Check(os.WriteFile(source, []byte("int nothing;\n"), 0o644))
				b, err := os.ReadFile(skftest.Compile(t, args[0], []string{source}))
				ts.Check(err)
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), b, 0o755))
			},
			"foreign": scriptForeign,
		},
	})
}

// scriptForeign writes as much of a 32-bit Windows library as tells what it is.
func scriptForeign(ts *testscript.TestScript, _ bool, args []string) {
	b := make([]byte, 0x40, 0x400)
	copy(b, "MZ")
	b[0x3c] = 0x40
	b = append(b, "PE\x00\x00"...)
	b = binary.LittleEndian.AppendUint16(b, pe.IMAGE_FILE_MACHINE_I386)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b[:cap(b)], 0o644))
}

func scriptExits(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: exits N CMD ARGS…")
	}
	got := 0
	var ended *exec.ExitError
	switch err := ts.Exec(args[1], args[2:]...); {
	case errors.As(err, &ended):
		got = ended.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(got) != args[0] {
		ts.Fatalf("exit status %d, want %s", got, args[0])
	}
}

// oneAuthority is founded once for all scripts.
var oneAuthority struct {
	sync.Once
	dir string
}

const scriptPassphrase = "示例口令 passphrase"

func scriptFounded(ts *testscript.TestScript, _ bool, _ []string) {
	oneAuthority.Do(func() {
		dir, err := os.MkdirTemp("", "xinzhang-authority-")
		ts.Check(err)
		file := ts.MkAbs("founding.passphrase")
		ts.Check(os.WriteFile(file, []byte(scriptPassphrase), 0o600))
		if exit := run([]string{"--home", dir, "ca", "init", "--name", "示例电子认证中心", "--passphrase-file", file},
			nil, os.Stderr, os.Stderr); exit != 0 {
			ts.Fatalf("ca init: exit status %d", exit)
		}
		oneAuthority.dir = dir
		cheapenKeys(ts, filepath.Join(oneAuthority.dir, "keys"))
	})
	if oneAuthority.dir == "" {
		ts.Fatalf("no authority could be founded")
	}
	ts.Check(os.CopyFS(ts.Getenv("XINZHANG_HOME"), os.DirFS(oneAuthority.dir)))
	ts.Setenv("XINZHANG_PASSPHRASE", scriptPassphrase)
}

// cheapenKeys encrypts the key files anew with so few rounds that scripts need
// not wait for them.
func cheapenKeys(ts *testscript.TestScript, dir string) {
	files, err := filepath.Glob(filepath.Join(dir, "*.key"))
	ts.Check(err)
	for _, file := range files {
		b, err := os.ReadFile(file)
		ts.Check(err)
		key, err := sm2enc.ParseEncryptedKey(b, []byte(scriptPassphrase))
		ts.Check(err)
		b, err = sm2enc.MarshalEncryptedKey(rand.Reader, key, []byte(scriptPassphrase), 100)
		ts.Check(err)
		ts.Check(os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: b}), 0o600))
	}
}

func scriptCSR(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: csr FILE")
	}
	key, err := sm2.GenerateKey(rand.Reader)
	ts.Check(err)
	info, err := cert.CSRInfo(cert.Subject{Country: "CN", CommonName: "示例"}, &key.PublicKey)
	ts.Check(err)
	sig, err := sm2enc.SignDigest(rand.Reader, key, sm2enc.Digest(&key.PublicKey, info))
	ts.Check(err)
	csr, err := cert.AssembleCSR(info, sig.Marshal())
	ts.Check(err)
	ts.Check(durable.WriteFile(ts.MkAbs(args[0]), csr, 0o644))
}

func scriptPicture(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: picture FILE")
	}
	img := image.NewNRGBA(image.Rect(0, 0, 42, 42))
	img.Set(21, 21, color.NRGBA{R: 215, G: 26, B: 27, A: 255})
	var b bytes.Buffer
	ts.Check(png.Encode(&b, img))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o644))
}

func scriptLet(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: let NAME REGEXP")
	}
	found := regexp.MustCompile(args[1]).FindStringSubmatch(ts.ReadFile("stdout"))
	if len(found) != 2 {
		ts.Fatalf("%s: the output holds no %q", args[0], args[1])
	}
	ts.Setenv(args[0], found[1])
}
