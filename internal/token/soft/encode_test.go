package soft

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rand"
	"encoding/hex"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"

	"xinzhang/internal/fixture"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/token"
)

// frame puts the head before a body.
func frame(body []byte) []byte {
	sum := sm3.Sum(body)
	return append([]byte(magic+hex.EncodeToString(sum[:])+"\n"), body...)
}

func TestDecodeRefusesWhatEncodeDoesNotWrite(t *testing.T) {
	w := newWorld(t)
	body := string(w.read(mainSuffix)[headSize:])
	for _, tt := range []struct{ name, old, new string }{
		{"a space", `{"id"`, `{ "id"`},
		{"an unknown field", `{"id"`, `{"more":1,"id"`},
		{"a field in capitals", `"label"`, `"LABEL"`},
		{"a field twice", `"label"`, `"label":"x","label"`},
		{"more tries than ten", `"max":10,"left":10`, `"max":11,"left":11`},
		{"more left than there are", `"max":10,"left":10`, `"max":10,"left":11`},
		{"fewer than none left", `"left":10`, `"left":-1`},
		{"a large number of tries", `"left":10`, `"left":1e300`},
		{"no version", `"version":`, `"version":0,"version":`},
		{"a gigabyte for a guess", `"kib":8`, `"kib":1048576`},
		{"no memory for a guess", `"kib":8`, `"kib":0`},
		{"no pass", `"passes":1`, `"passes":0`},
		{"no lane", `"lanes":1`, `"lanes":0`},
		{"no salt", `"salt":"`, `"salt":"","x":"`},
		{"an application of no name", `"name":"APP"`, `"name":""`},
		{"a name with a control character", `"name":"APP"`, `"name":"A\u0007P"`},
		{"rights that mean nothing", `"createFiles":16`, `"createFiles":99`},
		{"null for the applications' first", `"apps":[{`, `"apps":[null,{`},
		{"a container twice", `"containers":[{`, `"containers":[{"id":"AAAAAAAAAAAAAAAAAAAAAA==","name":"sign-1"},{`},
		{"a sealed file that anybody reads", `"files":null`, `"files":[{"name":"f","size":0,"read":255,"write":16,"sealed":true,"data":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="}]`},
		{"a file shorter than it says", `"files":null`, `"files":[{"name":"f","size":4,"read":255,"write":16,"sealed":false,"data":"AAAA"}]`},
		{"a million records", `"files":null`, `"files":[` + strings.Repeat("{},", 300_000) + `{}]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			changed := strings.Replace(body, tt.old, tt.new, 1)
			if changed == body {
				t.Fatalf("%s does not stand in the file", tt.old)
			}
			if _, err := decode(frame([]byte(changed))); err == nil {
				t.Error("was accepted")
			}
		})
	}
	if _, err := decode(frame([]byte(body))); err != nil {
		t.Errorf("the file itself was refused: %v", err)
	}
}

// A token file that is accepted encodes to itself, octet for octet, and can be
// tried with a PIN.
func FuzzDecode(f *testing.F) {
	w := newWorld(f)
	f.Add(w.read(mainSuffix)[headSize:])
	for _, name := range must(filepath.Glob("testdata/*.ukey")) {
		f.Add(must(os.ReadFile(name))[headSize:])
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		b := frame(body)
		s, err := decode(b)
		if err != nil {
			return
		}
		again, err := encode(s)
		if err != nil || !bytes.Equal(again, b) {
			t.Errorf("accepted %d octets that do not encode to themselves: %v", len(b), err)
		}
		opensWith(s, user) // must not panic, whatever stands in it
	})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

var update = flag.Bool("update", false, "write the golden file anew, with new keys")

// The golden file is what version 1 of the format looks like: it opens for ever.
func TestATokenOfTheFirstVersionOpens(t *testing.T) {
	golden := filepath.Join("testdata", "v1.ukey")
	if *update {
		writeGolden(t, golden)
	}
	s, err := decode(must(os.ReadFile(golden)))
	if err != nil {
		t.Fatal(err)
	}
	if !opensWith(s, user) || !opensWith(s, admin) || opensWith(s, wrong) {
		t.Error("its PINs do not open it, or a wrong one does")
	}
	w := &world{TB: t, ctx: t.Context(), dir: t.TempDir()}
	w.write(mainSuffix, must(os.ReadFile(golden)))
	w.write(copySuffix, must(os.ReadFile(golden)))
	app := w.app()
	w.must(app.VerifyPIN(w.ctx, token.UserPIN, pin(user)))
	if got, err := app.ReadFile(w.ctx, "seal.esl", 0, 100); err != nil || string(got) != "seal" {
		t.Errorf("its file reads %q, %v", got, err)
	}
	c := must(app.OpenContainer(w.ctx, "sign-1"))
	w.pub = must(c.ExportPublicKey(w.ctx, token.Signing))
	w.must(w.signs(user))
	if der, err := c.ExportCertificate(w.ctx, token.Encryption); err != nil || len(der) == 0 {
		t.Errorf("its encryption certificate: %v", err)
	}
}

func writeGolden(t *testing.T, golden string) {
	w := newWorld(t)
	app := w.app()
	w.must(app.VerifyPIN(w.ctx, token.UserPIN, pin(user)))
	c := must(app.OpenContainer(w.ctx, "sign-1"))
	encryption := must(sm2.GenerateKey(rand.Reader))
	w.must(c.ImportEncryptionKey(w.ctx, must(sm2enc.SealKey(rand.Reader, w.pub, encryption))))
	authority := fixture.New(t, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	for use, pub := range map[token.KeyUse]*ecdsa.PublicKey{token.Signing: w.pub, token.Encryption: &encryption.PublicKey} {
		h := authority.Person(func(tmpl *cert.Template) { tmpl.PublicKey = pub })
		w.must(c.ImportCertificate(w.ctx, use, h.Cert.Raw))
	}
	w.must(app.CreateFile(w.ctx, token.FileInfo{Name: "seal.esl", Size: 4, Read: token.ByUser, Write: token.ByUser}))
	w.must(app.WriteFile(w.ctx, "seal.esl", 0, []byte("seal")))
	w.must(os.MkdirAll("testdata", 0o755))
	w.must(os.WriteFile(golden, w.read(mainSuffix), 0o644))
}
