package soft

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emmansun/gmsm/sm3"
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

// The golden file is what version 1 of the format looks like: it opens for ever.
func TestATokenOfTheFirstVersionOpens(t *testing.T) {
	golden := filepath.Join("testdata", "v1.ukey")
	if os.Getenv("XINZHANG_UPDATE") == "1" {
		w := newWorld(t)
		w.must(os.MkdirAll("testdata", 0o755))
		w.must(os.WriteFile(golden, w.read(mainSuffix), 0o644))
	}
	s, err := decode(must(os.ReadFile(golden)))
	if err != nil {
		t.Fatal(err)
	}
	if !opensWith(s, user) || !opensWith(s, admin) || opensWith(s, wrong) {
		t.Error("its PINs do not open it, or a wrong one does")
	}
}
