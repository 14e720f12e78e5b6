package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"xinzhang/internal/format/certfile"
)

// typed runs the program as typed and returns what it said.
func typed(t *testing.T, args ...string) (exit int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	exit = run(args, strings.NewReader(""), &out, &errs)
	return exit, out.String(), errs.String()
}

// newDemo runs the demo in a folder of the test's own.
func newDemo(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "demo")
	if exit, _, said := typed(t, "demo", "--once", "--dir", dir, "--lang", "en"); exit != 0 {
		t.Fatalf("demo: exit %d\n%s", exit, said)
	}
	return dir
}

var oneDemo struct {
	sync.Once
	dir string
}

// runDemo returns a copy of one demo that all tests share: a run takes seconds,
// because PINs and passphrases cost what they cost in life.
func runDemo(t *testing.T) string {
	t.Helper()
	oneDemo.Do(func() {
		dir := newDemo(t)
		kept, err := os.MkdirTemp("", "xinzhang-demo-")
		if err == nil {
			oneDemo.dir = kept
			err = os.CopyFS(kept, os.DirFS(dir))
		}
		if err != nil {
			t.Fatal(err)
		}
	})
	if oneDemo.dir == "" {
		t.Fatal("the demo did not run")
	}
	dir := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(dir, os.DirFS(oneDemo.dir)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// secrets reads the file that the demo leaves for its reader.
func secrets(t *testing.T, dir string) map[string]string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "home", "secrets.txt"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for line := range strings.Lines(string(b)) {
		i := strings.LastIndex(line, " ")
		all[line[:i]] = strings.TrimSpace(line[i:])
	}
	return all
}

// The main job, as a newcomer runs it and as a reader then judges it.
func TestDemo(t *testing.T) {
	dir := runDemo(t)
	t.Setenv("XINZHANG_HOME", filepath.Join(t.TempDir(), "nothing"))
	for _, name := range []string{"sealed.ofd", "tampered.ofd", "document.ofd", "report.html", "trust/root.pem",
		"certs/person-sign.pem", "certs/person-enc.pem", "certs/organisation-sign.pem"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	in := func(name string) string { return filepath.Join(dir, name) }
	other := newDemo(t) // an authority of the same name with other keys

	for _, tt := range []struct {
		what string
		args []string
		exit int
		says string
	}{
		{"with trust", []string{"--trust", in("trust"), in("sealed.ofd")}, 0, "passed"},
		{"without trust", []string{in("sealed.ofd")}, 2, "signer.no_anchor"},
		{"with a foreign root of the same name", []string{"--trust", filepath.Join(other, "trust"), in("sealed.ofd")}, 2, "signer.other_anchor"},
		{"changed", []string{"--trust", in("trust"), in("tampered.ofd")}, 1, "page 4"},
		{"unsigned", []string{in("document.ofd")}, 3, "unsigned"},
		{"absent", []string{in("absent.ofd")}, 4, ""},
		{"no document", []string{in("report.html")}, 4, ""},
		{"the worst of several", []string{"--trust", in("trust"), in("sealed.ofd"), in("tampered.ofd"), in("document.ofd")}, 1, "page 4"},
		{"before it was signed", []string{"--trust", in("trust"), "--at", "2020-01-01", in("sealed.ofd")}, 1, "time.future"},
	} {
		exit, out, said := typed(t, append([]string{"verify", "--lang", "en"}, tt.args...)...)
		if exit != tt.exit || !strings.Contains(out, tt.says) {
			t.Errorf("%s: exit %d, want %d and %q\n%s%s", tt.what, exit, tt.exit, tt.says, out, said)
		}
	}
}

// The page for technicians tells what was compared with what; the printable
// report leads to it.
func TestVerifyWritesDiagnosticData(t *testing.T) {
	dir := runDemo(t)
	out := t.TempDir()
	signer, err := certfile.Certificates([]byte(content(t, filepath.Join(dir, "certs", "person-sign.pem"))))
	if err != nil {
		t.Fatal(err)
	}
	number, ok := signer[0].IDNumber()
	if !ok {
		t.Fatal("the signer has no identity number to hide")
	}
	for lang, want := range map[string][]string{
		"zh": {"诊断数据", "doc.digest", "实际 ", "信任的证书", "签名值的 ASN.1 结构", "SEQUENCE", "/Doc_0/Pages/Page_3/Content.xml", "github.com/emmansun/gmsm"},
		"en": {"Diagnostic data", "doc.digest", "found ", "Trusted certificate", "ASN.1 structure of the signature value"},
	} {
		page, printed := filepath.Join(out, lang+".html"), filepath.Join(out, "print-"+lang+".html")
		if exit, _, said := typed(t, "verify", "--lang", lang, "--trust", filepath.Join(dir, "trust"), "--html", printed, "--diagnostics", page, filepath.Join(dir, "tampered.ofd")); exit != 1 {
			t.Fatalf("exit %d: %s", exit, said)
		}
		got := content(t, page)
		for _, s := range want {
			if !strings.Contains(got, s) {
				t.Errorf("%s: the page lacks %q", lang, s)
			}
		}
		if strings.Contains(got, number) || strings.Contains(got, hex.EncodeToString([]byte(number))) {
			t.Errorf("%s: the signer's identity number shows", lang)
		}
		if link := `href="` + lang + `.html"`; !strings.Contains(content(t, printed), link) {
			t.Errorf("%s: the printable report has no %s", lang, link)
		}
	}
}

func content(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestVerifyJSONHasTheDocumentedShape(t *testing.T) {
	dir := runDemo(t)
	exit, out, _ := typed(t, "verify", "--json", "--trust", filepath.Join(dir, "trust"), filepath.Join(dir, "tampered.ofd"))
	var r struct {
		Verdict    string
		Signatures []struct {
			Verdict string
			Checks  []struct{ Code, Verdict, Message string }
		}
	}
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	if exit != 1 || r.Verdict != "failed" || len(r.Signatures) != 2 || r.Signatures[0].Verdict != "failed" {
		t.Errorf("exit %d, %+v", exit, r)
	}
	for _, c := range r.Signatures[0].Checks {
		if c.Code == "" || c.Message == "" || (c.Verdict != "passed" && c.Verdict != "failed" && c.Verdict != "indeterminate") {
			t.Errorf("check %+v", c)
		}
	}
	for name, secret := range secrets(t, dir) {
		if strings.Contains(out, secret) {
			t.Errorf("the report holds %s", name)
		}
	}
}

func TestDemoWritesOnlyIntoItsOwnFolder(t *testing.T) {
	dir := t.TempDir()
	mine := filepath.Join(dir, "mine.txt")
	if err := os.WriteFile(mine, []byte("keep me"), 0o600); err != nil {
		t.Fatal(err)
	}
	if exit, _, said := typed(t, "demo", "--dir", dir, "--lang", "en"); exit != 4 || !strings.Contains(said, "demo.folder_in_use") {
		t.Errorf("exit %d\n%s", exit, said)
	}
	if b, err := os.ReadFile(mine); err != nil || string(b) != "keep me" {
		t.Errorf("%q, %v", b, err)
	}
}
