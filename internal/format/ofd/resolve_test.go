package ofd

import (
	"path"
	"strings"
	"testing"
)

func TestResolve(t *testing.T) {
	p := open(t, pack(t, plain(
		file{"Doc_0/Tpls/Tpl_0/Content.xml", pageXML},
		file{"Doc_0/Res/a.png", "a"},
		file{"Res/root.png", "r"},
		file{"Doc_0/Same/x.dat", "1"},
		file{"Doc_0/SAME/x.dat", "2"},
	)))
	tests := []struct {
		name, base, ref, want, deviation string
		ok                               bool
	}{
		{"from the root", "/Doc_0/Document.xml", "/Doc_0/Res/a.png", "/Doc_0/Res/a.png", "", true},
		{"from the folder of the base", "/Doc_0/Document.xml", "Res/a.png", "/Doc_0/Res/a.png", "", true},
		{"up and down inside the package", "/Doc_0/Tpls/Tpl_0/Content.xml", "../../Res/a.png", "/Doc_0/Res/a.png", "", true},
		{"with ./", "/Doc_0/Document.xml", "./Res/a.png", "/Doc_0/Res/a.png", "", true},
		{"with blanks around", "/Doc_0/Document.xml", " Res/a.png\n", "/Doc_0/Res/a.png", "", true},
		{"relative, but meant from the root", "/Doc_0/Document.xml", "Doc_0/Res/a.png", "/Doc_0/Res/a.png", "found from the root of the package", true},
		{"relative, at the root only", "/Doc_0/Document.xml", "Res/root.png", "/Res/root.png", "found from the root of the package", true},
		{"in other letter case", "/Doc_0/Document.xml", "TPLS/Tpl_0/Content.xml", "/Doc_0/Tpls/Tpl_0/Content.xml", "letter case differs", true},
		{"from the root in other letter case", "/Doc_0/x.xml", "doc_0/res/A.PNG", "/Doc_0/Res/a.png", "found from the root of the package in other letter case", true},
		{"with backslashes", "/Doc_0/Document.xml", `Res\a.png`, "/Doc_0/Res/a.png", "backslashes or doubled slashes", true},
		{"with a doubled slash", "/Doc_0/Document.xml", "//Doc_0/Res/a.png", "/Doc_0/Res/a.png", "backslashes or doubled slashes", true},
		{"case that fits two files", "/Doc_0/Document.xml", "same/x.dat", "/Doc_0/same/x.dat", "", false},
		{"exact among two that differ by case", "/Doc_0/Document.xml", "SAME/x.dat", "/Doc_0/SAME/x.dat", "", true},
		{"a file that is not there", "/Doc_0/Document.xml", "Res/b.png", "/Doc_0/Res/b.png", "", false},
		{"out of the package", "/Doc_0/Document.xml", "../../Doc_0/Res/a.png", "", "", false},
		{"out of the package and in again", "/OFD.xml", "../OFD.xml", "", "", false},
		{"a drive", "/OFD.xml", `C:\OFD.xml`, "", "", false},
		{"nothing", "/OFD.xml", " ", "", "", false},
		{"a control character", "/OFD.xml", "OFD.xml\x00", "", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			name, deviation, ok := p.Resolve(tt.base, tt.ref)
			if name != tt.want || deviation != tt.deviation || ok != tt.ok {
				t.Errorf("got %q, %q, %v", name, deviation, ok)
			}
		})
	}
}

// FuzzResolve asks that a reference leads to a clean absolute path inside the
// package, which leads to itself from anywhere, or nowhere.
func FuzzResolve(f *testing.F) {
	f.Add("/Doc_0/Document.xml", "../Doc_0/Res/a.png")
	f.Add("/OFD.xml", `..\..\x`)
	f.Add("/", "//a//./b/..")
	f.Fuzz(func(t *testing.T, base, ref string) {
		if clean, ok := cleanPath(base); !ok || clean != base {
			return // a base is always a part name
		}
		got := resolvePath(base, ref)
		if got == "" {
			return // refused, fine
		}
		if !strings.HasPrefix(got, "/") || path.Clean(got) != got || strings.Contains(got, "..") && hasDots(got) {
			t.Errorf("%q in %q gives %q", ref, base, got)
		}
		if strings.TrimSpace(got) != got {
			return // blanks at the ends of a reference are not part of it
		}
		if again := resolvePath("/elsewhere/x", got); again != got {
			t.Errorf("%q is not stable: %q", got, again)
		}
	})
}

func hasDots(name string) bool {
	for _, part := range strings.Split(name, "/") {
		if part == ".." {
			return true
		}
	}
	return false
}
