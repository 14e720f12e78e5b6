package trust_test

import (
	"encoding/base64"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"xinzhang/internal/fault"
	"xinzhang/internal/fixture"
	"xinzhang/internal/trust"
)

// folder writes files below a fresh folder.
func folder(t *testing.T, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range files {
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func armour(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func base64Of(der []byte) []byte { return []byte(base64.StdEncoding.EncodeToString(der)) }

func TestLoad(t *testing.T) {
	a := fixture.New(t, issued)
	root, sub, list := a.Root.Cert.Raw, a.Sub.Cert.Raw, a.CRL(issued).Raw
	cut := root[:len(root)-9]
	key := armour("PRIVATE KEY", []byte("no certificate"))
	for _, tt := range []struct {
		name           string
		files          map[string][]byte
		load           string // a file; default the folder
		anchors, lists int
		want           error
	}{
		{"a certificate in DER", map[string][]byte{"a.cer": root}, "a.cer", 1, 0, nil},
		{"a certificate in PEM", map[string][]byte{"a.pem": armour("CERTIFICATE", root)}, "a.pem", 1, 0, nil},
		{"several in one file, with words between", map[string][]byte{"a.pem": slices.Concat([]byte("the root\n"), armour("CERTIFICATE", root),
			[]byte("and below\n"), armour("CERTIFICATE", sub), armour("X509 CRL", list))}, "a.pem", 2, 1, nil},
		{"a list in DER", map[string][]byte{"a.crl": list}, "a.crl", 0, 1, nil},
		{"a private key", map[string][]byte{"a.pem": key}, "a.pem", 0, 0, fault.FileUnknownKind},
		{"a text", map[string][]byte{"a.txt": []byte("hello")}, "a.txt", 0, 0, fault.FileUnknownKind},
		{"an empty file", map[string][]byte{"a.bin": {}}, "a.bin", 0, 0, fault.FileUnknownKind},
		{"a file that is not there", nil, "a.cer", 0, 0, fault.FileUnreadable},
		{"a folder with junk, below it more", map[string][]byte{"a.cer": root, "deep/er/b.crt": sub, "c.crl": list, "notes.txt": []byte("x"),
			"key.pem": key, "empty": {}, ".hidden.cer": sub, ".git/d.cer": sub, "deep/.x/e.cer": sub, "noise.dat": cut}, "", 2, 1, nil},
		{"an empty folder", nil, "", 0, 0, nil},
		{"a folder of every usual form", map[string][]byte{"a.cer": base64Of(root), "b.pem": armour("X509 CERTIFICATE", sub), "c.crl": base64Of(list),
			"d.crl": armour("CRL", list), "e.crt": armour("TRUSTED CERTIFICATE", root)}, "", 3, 2, nil},
		{"a folder with a damaged certificate", map[string][]byte{"a.cer": root, "b.cer": cut}, "", -1, 0, fault.FileNoCertificate},
		{"a folder with a list cut in its frame", map[string][]byte{"a.crl": armour("X509 CRL", list)[:99]}, "", -1, 0, fault.FileNoCertificate},
		{"a folder with an empty list", map[string][]byte{"a.crl": {}}, "", -1, 0, fault.FileNoCertificate},
		{"a folder with a key that is called a certificate", map[string][]byte{"a.cer": key}, "", -1, 0, fault.FileNoCertificate},
		{"a folder with a bundle that cannot be read", map[string][]byte{"a.p7b": cut}, "", -1, 0, fault.FileNoCertificate},
		{"a folder with a damaged list", map[string][]byte{"a.crl": list[:len(list)-9]}, "", -1, 0, fault.CRLBroken},
		{"a damaged certificate among others", map[string][]byte{"a.pem": slices.Concat(armour("CERTIFICATE", root), armour("CERTIFICATE", cut))}, "a.pem", 0, 0, fault.CertBroken},
	} {
		t.Run(tt.name, func(t *testing.T) {
			set := new(trust.Set)
			err := set.Load(filepath.Join(folder(t, tt.files), tt.load))
			if !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) {
				t.Fatalf("error %v, want %v", err, tt.want)
			}
			if tt.anchors >= 0 && (len(set.Anchors) != tt.anchors || len(set.CRLs) != tt.lists) {
				t.Errorf("%d anchors and %d lists", len(set.Anchors), len(set.CRLs))
			}
		})
	}
}

func TestLinksInAFolderAreFollowed(t *testing.T) {
	a := fixture.New(t, issued)
	elsewhere := folder(t, map[string][]byte{"root.cer": a.Root.Cert.Raw})
	dir := t.TempDir()
	if err := os.Symlink(filepath.Join(elsewhere, "root.cer"), filepath.Join(dir, "root.cer")); err != nil {
		t.Skip("no symbolic links here: ", err)
	}
	if err := os.Symlink(filepath.Join(dir, "nothing"), filepath.Join(dir, "broken.cer")); err != nil {
		t.Fatal(err)
	}
	set := new(trust.Set)
	if err := set.Load(dir); err != nil || len(set.Anchors) != 1 {
		t.Errorf("%d anchors, %v", len(set.Anchors), err)
	}
}

// A file of unlikely size is refused before it fills the memory.
func TestHugeFileIsRefused(t *testing.T) {
	name := filepath.Join(t.TempDir(), "huge.crl")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(300 << 20); err != nil { // sparse
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := new(trust.Set).Load(name); !errors.Is(err, fault.InputTooLarge) {
		t.Errorf("error %v", err)
	}
}

// Revocation lists come from the network and from strangers: what lies among
// them is not trusted.
func TestListsBringNoAnchors(t *testing.T) {
	a := fixture.New(t, issued)
	dir := folder(t, map[string][]byte{"a.crl": a.CRL(issued).Raw, "evil.cer": a.Root.Cert.Raw})
	set := new(trust.Set)
	if err := set.LoadLists(dir); err != nil || len(set.Anchors) != 0 || len(set.CRLs) != 1 {
		t.Errorf("%d anchors, %d lists, %v", len(set.Anchors), len(set.CRLs), err)
	}
	if err := set.LoadLists(filepath.Join(dir, "evil.cer")); !errors.Is(err, fault.FileUnknownKind) {
		t.Errorf("a certificate named as a list: %v", err)
	}
	if err := set.LoadLists(filepath.Join(dir, "none")); !errors.Is(err, fault.FileUnreadable) {
		t.Errorf("nothing named as a list: %v", err)
	}
}
