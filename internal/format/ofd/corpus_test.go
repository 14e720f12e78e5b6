package ofd

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"xinzhang/test/corpus"
)

// What the files of others hold, as looked at by hand once.
var corpusFiles = []struct {
	name       string
	pages      int
	signatures string // type, references, stamps of each
	missing    string // parts that are referred to and not there
	parts      map[Kind]int
}{
	{"helloworld.ofd", 1, "", "", nil},
	{"multiKeywordInTextCode.ofd", 1, "", "", nil},
	{"VPage7.ofd", 5, "", "/Doc_0/PublicRes.xml", nil},
	{"AddWatermarkAnnot.ofd", 6, "", "", map[Kind]int{KindAnnotIndex: 1, KindAnnotation: 3, KindImage: 1, KindResource: 2}},
	{"hello-integrity.ofd", 2, "", "", map[Kind]int{KindIntegrity: 2}},
	{"DigitalSign.ofd", 1, "Sign 4 0", "", map[Kind]int{KindSignatureList: 1, KindSignature: 1, KindSignedValue: 1}},
	{"SESV4SignDoc.ofd", 1, "Seal 5 1", "", map[Kind]int{KindSeal: 1}},
	{"allprotected.ofd", 1, "Seal 6 1", "", map[Kind]int{KindSeal: 1}},
	{"V4RideRight.ofd", 5, "Seal 9 5", "/Doc_0/PublicRes.xml", map[Kind]int{KindSeal: 1, KindPage: 5}},
}

func TestCorpus(t *testing.T) {
	for _, tt := range corpusFiles {
		t.Run(tt.name, func(t *testing.T) {
			p := open(t, corpus.File(t, tt.name))
			docs, err := p.Documents()
			if err != nil {
				t.Fatal(err)
			}
			if len(docs) != 1 || len(docs[0].Pages) != tt.pages || docs[0].DocID == "" && tt.name != "multiKeywordInTextCode.ofd" {
				t.Errorf("documents: %+v", docs)
			}
			for _, page := range docs[0].Pages {
				if page.WidthMM != 210 || page.HeightMM != 297 || page.Err != nil {
					t.Errorf("page %+v", page)
				}
				if glyphs, err := p.PageText(docs[0], page.Index); err != nil || len(glyphs) == 0 && !strings.HasPrefix(tt.name, "V") {
					t.Errorf("page %d: %d characters, %v", page.Index, len(glyphs), err)
				}
			}
			if got := describeSignatures(t, p); got != tt.signatures {
				t.Errorf("signatures: got %q, want %q", got, tt.signatures)
			}
			checkCorpusParts(t, p, tt.missing, tt.parts)
		})
	}
}

func describeSignatures(t *testing.T, p *Package) string {
	t.Helper()
	list, err := p.SignatureList()
	if err != nil {
		t.Fatal(err)
	}
	if list == nil {
		return ""
	}
	var out []string
	for _, it := range list.Items {
		f, err := p.SignatureFile(it.Path)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range f.References {
			d, err := p.Digest(r.Path)
			if err != nil || !slices.Equal(d[:], r.CheckValue) {
				t.Errorf("%s: digest differs (%v)", r.FileRef, err)
			}
		}
		if f.ValueMissing || f.SealMissing || len(f.Deviations) > 0 {
			t.Errorf("signature file %+v", f)
		}
		out = append(out, fmt.Sprintf("%s %d %d", it.Type, len(f.References), len(f.Stamps)))
	}
	return strings.Join(out, ", ")
}

func checkCorpusParts(t *testing.T, p *Package, missing string, want map[Kind]int) {
	t.Helper()
	parts, err := p.Parts()
	if err != nil {
		t.Fatal(err)
	}
	count := make(map[Kind]int)
	var gone []string
	for _, part := range parts {
		count[part.Kind]++
		if part.Missing {
			gone = append(gone, part.Path)
		}
		if part.Err != nil {
			t.Errorf("%s: %v", part.Path, part.Err)
		}
	}
	for kind, n := range want {
		if count[kind] != n {
			t.Errorf("%d parts of kind %s, want %d", count[kind], kind, n)
		}
	}
	if got := strings.Join(gone, " "); got != missing {
		t.Errorf("missing %q, want %q", got, missing)
	}
	if strays, err := p.Strays(); err != nil || len(strays) > 0 {
		t.Errorf("strays %q, %v", strays, err)
	}
}

func TestCorpusIntegrityListNamesEveryFile(t *testing.T) {
	p := open(t, corpus.File(t, "hello-integrity.ofd"))
	l, err := p.IntegrityList()
	if err != nil || l == nil {
		t.Fatal(l, err)
	}
	if len(l.Files) != 5 || len(l.Missing) > 0 || len(l.Unlisted) > 0 || l.SignedValuePath != "/signedvalue.dat" {
		t.Errorf("got %+v", l)
	}
}

// A keyword's place is checked against what the page's XML says.
func TestCorpusKeywords(t *testing.T) {
	tests := []struct {
		file, keyword string
		hits          int
		first         string
		page          int
	}{
		// 31.197 + 0.553 + ten offsets of 3.6829 and 3.7251 = 68.748; baseline 26.2888 + 3.175
		{"multiKeywordInTextCode.ofd", "哈哈", 5, "68.748 26.33 7.369 3.686", 1},
		{"helloworld.ofd", "OFD", 1, "43.7 25.85 4.5 3", 1},
		{"helloworld.ofd", "ＯＦＤ Reader＆Writer", 1, "43.7 25.85 25.5 3", 1},
		{"hello-integrity.ofd", "送去主义", 1, "41.7 57.15 20 5", 1},
		{"helloworld.ofd", "没有的词", 0, "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.file+" "+tt.keyword, func(t *testing.T) {
			hits, err := open(t, corpus.File(t, tt.file)).Search(tt.keyword, SearchOptions{})
			if err != nil || len(hits) != tt.hits {
				t.Fatalf("%d hits, %v", len(hits), err)
			}
			if tt.hits > 0 && (hits[0].Box.String() != tt.first || hits[0].Page != tt.page) {
				t.Errorf("first hit %+v", hits[0])
			}
		})
	}
}
