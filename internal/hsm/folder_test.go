package hsm

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/sm2enc"
)

// folder opens dir at a cost that a test can pay.
func folder(dir, passphrase string) *Folder {
	f := NewFolder(dir, NewPassphrase([]byte(passphrase)))
	f.cost = 100
	return f
}

func TestAKeyIsThereAfterARestart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	made, err := folder(dir, "a good one").Create(t.Context(), "root")
	if err != nil {
		t.Fatal(err)
	}
	opened, err := folder(dir, "a good one").Open(t.Context(), "root")
	if err != nil {
		t.Fatal(err)
	}
	if !opened.Public().Equal(made.Public()) {
		t.Error("another key came back")
	}
	e := sm2enc.Digest(opened.Public(), []byte("message"))
	sig, err := opened.SignDigest(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	if !sm2enc.Verify(made.Public(), []byte("message"), sig) {
		t.Error("the signature is wrong")
	}
	c, err := sm2enc.Encrypt(rand.Reader, made.Public(), []byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	d, ok := opened.(Decrypter)
	if !ok {
		t.Fatal("the key does not decrypt")
	}
	plain, err := d.Decrypt(t.Context(), c)
	if err != nil || string(plain) != "secret" {
		t.Errorf("decrypted %q, %v", plain, err)
	}
}

func TestAFileCannotBeReadByOthersOrWithoutThePassphrase(t *testing.T) {
	dir := t.TempDir()
	if _, err := folder(dir, "a good one").Create(t.Context(), "root"); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "root.key")
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(text), "-----BEGIN ENCRYPTED PRIVATE KEY-----") {
		t.Errorf("the file begins %.40q", text)
	}
}

func TestAWrongPassphraseIsSaidAndChangesNothing(t *testing.T) {
	dir := t.TempDir()
	if _, err := folder(dir, "a good one").Create(t.Context(), "root"); err != nil {
		t.Fatal(err)
	}
	before := snapshot(t, dir)
	wrong := folder(dir, "another one")
	for name, do := range map[string]func() (Key, error){
		"open":                func() (Key, error) { return wrong.Open(t.Context(), "root") },
		"create a second key": func() (Key, error) { return wrong.Create(t.Context(), "sub") },
		"open once more":      func() (Key, error) { return wrong.Open(t.Context(), "root") },
	} {
		if _, err := do(); !is(err, fault.KeyPassphraseWrong) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if after := snapshot(t, dir); !slices.Equal(before, after) {
		t.Errorf("the folder was %v and is %v", before, after)
	}
}

func is(err error, want fault.Code) bool { return err != nil && fault.Of(err).Code == want }

// snapshot lists the files of dir with their content.
func snapshot(t *testing.T, dir string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e.Name()+"="+string(b))
	}
	return all
}

func TestAKeyIsNeverOverwritten(t *testing.T) {
	dir := t.TempDir()
	f := folder(dir, "a good one")
	if _, err := f.Create(t.Context(), "root"); err != nil {
		t.Fatal(err)
	}
	before := snapshot(t, dir)
	for _, g := range []*Folder{f, folder(dir, "a good one")} {
		if _, err := g.Create(t.Context(), "root"); !is(err, fault.KeyExists) {
			t.Errorf("create again: %v", err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "sub.key"), nil, 0o600); err != nil { // cut by something else
		t.Fatal(err)
	}
	if _, err := f.Create(t.Context(), "sub"); !is(err, fault.KeyExists) {
		t.Errorf("create over an empty file: %v", err)
	}
	if after := snapshot(t, dir); after[0] != before[0] {
		t.Error("the key has changed")
	}
}

func TestWhatIsNoKeyIsRefused(t *testing.T) {
	dir := t.TempDir()
	f := folder(dir, "a good one")
	if _, err := f.Create(t.Context(), "root"); err != nil {
		t.Fatal(err)
	}
	for file, content := range map[string]string{
		"empty.key": "", "cut.key": snapshot(t, dir)[0][9:200], "noise.key": "\x30\x82\xFF\xFF", "huge.key": strings.Repeat("x", maxFile+1),
	} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "folder.key"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]fault.Code{
		"empty": fault.KeyBroken, "cut": fault.KeyBroken, "noise": fault.KeyBroken, "huge": fault.FileUnreadable,
		"folder": fault.FileUnreadable, "absent": fault.KeyMissing, "../root": fault.KeyMissing, "": fault.KeyMissing,
	} {
		if _, err := f.Open(t.Context(), name); !is(err, want) {
			t.Errorf("open %q: %v, want %s", name, err, want)
		}
	}
	for _, name := range []string{"../evil", "", "Root", "a b", strings.Repeat("a", 64)} {
		if _, err := f.Create(t.Context(), name); err == nil {
			t.Errorf("created %q", name)
		}
	}
}

func TestAShortPassphraseIsRefusedWhereAKeyIsMade(t *testing.T) {
	dir := t.TempDir()
	if _, err := folder(dir, "1234567").Create(t.Context(), "root"); !is(err, fault.KeyPassphraseShort) {
		t.Errorf("got %v", err)
	}
	if left := snapshot(t, dir); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}

func TestNamesAreThoseOfKeyFiles(t *testing.T) {
	dir := t.TempDir()
	f := folder(dir, "a good one")
	if names, err := folder(filepath.Join(dir, "absent"), "").Names(); err != nil || len(names) > 0 {
		t.Errorf("an absent folder holds %v, %v", names, err)
	}
	for _, name := range []string{"sub", "root"} {
		if _, err := f.Create(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	for _, other := range []string{".root.key.123.tmp", "README", "Big.key"} {
		if err := os.WriteFile(filepath.Join(dir, other), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	names, err := f.Names()
	if err != nil || !slices.Equal(names, []string{"root", "sub"}) {
		t.Errorf("names %v, %v", names, err)
	}
}

func TestNothingPrintsASecret(t *testing.T) {
	f := folder(t.TempDir(), "correct horse")
	k, err := f.Create(t.Context(), "root")
	if err != nil {
		t.Fatal(err)
	}
	own, ok := k.(fileKey)
	if !ok {
		t.Fatalf("a key of type %T", k)
	}
	private := own.reveal()
	secrets := []string{"correct horse", fmt.Sprint([]byte("correct horse")), fmt.Sprintf("%x", "correct horse"), private.D.String(), fmt.Sprintf("%x", private.D)}
	f2 := &struct {
		pass Passphrase
		open map[string]Key
	}{f.pass, f.open}
	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, nil))
	text := slog.New(slog.NewTextHandler(&out, nil))
	for _, v := range []any{f.pass, k, &f.pass, f, *f2, struct{ k Key }{k}, &struct{ k *fileKey }{&own}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x", "%q"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		log.Info("x", "v", v)
		text.Info("x", "v", v)
		b, _ := json.Marshal(v)
		out.Write(b)
	}
	for _, s := range secrets {
		if strings.Contains(out.String(), s) {
			t.Errorf("%q stands in %s", s, out.String())
		}
	}
	f.pass.Clear()
	if !bytes.Equal(f.pass.octets(), make([]byte, len("correct horse"))) {
		t.Error("the passphrase is not cleared")
	}
}

func TestACancelledContextStopsTheKey(t *testing.T) {
	k, err := folder(t.TempDir(), "a good one").Create(t.Context(), "root")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := k.SignDigest(ctx, [32]byte{}); err == nil {
		t.Error("signed after the end")
	}
}

func ExampleFolder() {
	dir, err := os.MkdirTemp("", "keys")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	ctx := context.Background()

	keys := NewFolder(dir, NewPassphrase([]byte("read from a prompt")))
	if _, err := keys.Create(ctx, "seal-maker"); err != nil {
		panic(err)
	}
	_, err = NewFolder(dir, NewPassphrase([]byte("mistyped"))).Open(ctx, "seal-maker")
	fmt.Println(fault.Describe(err, fault.EN).Title)
	// Output: the passphrase of the private key file is wrong
}
