package interop

import (
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"xinzhang/internal/format/cert"
)

// Everything that the shipped program itself writes in its demo, from the
// certificates to the sealed document, and not only what the formats can write.
func TestBouncyCastleAcceptsWhatTheDemoMakes(t *testing.T) {
	t.Parallel()
	d := newDemo(t)
	root, sub := d.file("certs/root.pem"), d.file("certs/sub.pem")
	lists := [][]byte{d.file("crl/root.crl"), d.file("crl/sub.crl")}
	inTime := "path " + time.Now().UTC().Format(time.RFC3339)
	for _, name := range []string{"seal-maker", "person-sign", "person-enc", "organisation-sign", "organisation-enc"} {
		leaf := d.file("certs/" + name + ".pem")
		asked(t, name, true, inTime, append([][]byte{root, sub, leaf}, lists...)...)
		asked(t, name+" with one bit flipped", false, inTime, append([][]byte{root, sub, flip(t, leaf, leaf[len(leaf)-8:])}, lists...)...)
	}
	asked(t, "root", true, "certificate", root, root)

	key := "key-file " + d.passphrase()
	asked(t, "key of the issuing CA", true, key, d.file("home/keys/sub.key"), spkiOf(t, sub))

	for said, name := range map[string]string{"version 4 示例监狱": "99000000000001", "version 4 测试用户甲": "99000000000002"} {
		if got := asked(t, name, true, "seal", d.file("home/seals/"+name+".esl")); got != said {
			t.Errorf("BouncyCastle reads %q, want %q", got, said)
		}
	}

	sealed := d.file("sealed.ofd")
	asked(t, "the sealed document", true, "ofd-in-time", sealed)
	refusesEveryFlippedEntry(t, sealed, judgedByBouncyCastle)
	said := asked(t, "the document with another word", false, "ofd", d.file("tampered.ofd"))
	if said != "refused: /Doc_0/Pages/Page_3/Content.xml was changed" {
		t.Errorf("refused for another reason: %s", said)
	}
}

// A demo is the folder that `xinzhang demo` wrote.
type demo struct {
	t   *testing.T
	dir string
}

func newDemo(t *testing.T) demo {
	t.Helper()
	program := filepath.Join(t.TempDir(), "xinzhang")
	build := exec.Command("go", "build", "-o", program, "./cmd/xinzhang")
	build.Dir = filepath.Join("..", "..")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, said)
	}
	d := demo{t, filepath.Join(t.TempDir(), "demo")}
	if said, err := exec.Command(program, "demo", "--once", "--dir", d.dir, "--lang", "en").CombinedOutput(); err != nil {
		t.Fatalf("xinzhang demo: %v\n%s", err, said)
	}
	return d
}

// file reads a file of the demo, PEM as the DER inside.
func (d demo) file(name string) []byte {
	d.t.Helper()
	b, err := os.ReadFile(filepath.Join(d.dir, filepath.FromSlash(name)))
	if err != nil {
		d.t.Fatal(err)
	}
	if block, _ := pem.Decode(b); block != nil {
		return block.Bytes
	}
	return b
}

// passphrase of the keys of the services.
func (d demo) passphrase() string {
	d.t.Helper()
	for line := range strings.Lines(string(d.file("home/secrets.txt"))) {
		if words := strings.Fields(line); words[0] == "passphrase" {
			return words[1]
		}
	}
	d.t.Fatal("secrets.txt holds no passphrase")
	return ""
}

func spkiOf(t *testing.T, certificate []byte) []byte {
	t.Helper()
	c, err := cert.Parse(certificate)
	if err != nil {
		t.Fatal(err)
	}
	return c.RawSPKI
}
