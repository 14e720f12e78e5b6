package main

import (
	"archive/zip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A document of others comes with signature values and no seal file beside them.
func TestSealShowOpensTheSealInsideASignature(t *testing.T) {
	dir := runDemo(t)
	t.Setenv("XINZHANG_HOME", filepath.Join(dir, "home"))
	z, err := zip.OpenReader(filepath.Join(dir, "sealed.ofd"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = z.Close() }()
	values := 0
	for _, f := range z.File {
		if filepath.Base(f.Name) != "SignedValue.dat" {
			continue
		}
		values++
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		name, seal := filepath.Join(t.TempDir(), "SignedValue.dat"), filepath.Join(t.TempDir(), "seal.esl")
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if exit, out, said := typed(t, "--lang", "en", "seal", "show", name, "-o", seal); exit != 0 || !strings.Contains(out, "electronic seal") {
			t.Errorf("%s: exit %d\n%s%s", f.Name, exit, out, said)
		}
		inside, err := os.ReadFile(seal)
		if err != nil {
			t.Fatal(err)
		}
		known := content(t, filepath.Join(dir, "home", "seals", "99000000000001.esl")) == string(inside) ||
			content(t, filepath.Join(dir, "home", "seals", "99000000000002.esl")) == string(inside)
		if !known {
			t.Errorf("%s: what was written is none of the seals that were made", f.Name)
		}
	}
	if values != 2 {
		t.Errorf("%d signature values in the document", values)
	}
}
