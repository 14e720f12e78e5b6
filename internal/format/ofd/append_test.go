package ofd

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/test/corpus"
)

// rawParts reads every entry's name and compressed bytes by the standard
// library, in order.
func rawParts(t *testing.T, raw []byte) (names []string, packed map[string][]byte) {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	packed = make(map[string][]byte)
	for _, f := range r.File {
		in, err := f.OpenRaw()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, f.Name)
		packed[f.Name] = b
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		plain, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, plain); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
	return names, packed
}

func TestAppendKeepsEveryOtherEntrysBytes(t *testing.T) {
	for _, name := range []string{"helloworld.ofd", "AddWatermarkAnnot.ofd", "SESV4SignDoc.ofd"} {
		t.Run(name, func(t *testing.T) {
			raw := corpus.File(t, name)
			var out bytes.Buffer
			changed := map[string][]byte{"/OFD.xml": []byte(rootXML), "/Doc_0/新/b.dat": {1, 2, 3}, "/Doc_0/a.dat": bytes.Repeat([]byte("a"), 5000)}
			if err := Append(&out, open(t, raw), changed); err != nil {
				t.Fatal(err)
			}
			before, old := rawParts(t, raw)
			after, fresh := rawParts(t, out.Bytes())
			if want := append(before, "Doc_0/a.dat", "Doc_0/新/b.dat"); !slices.Equal(after, want) {
				t.Errorf("entries %q, want %q", after, want)
			}
			for name, b := range old {
				if name != "OFD.xml" && !bytes.Equal(b, fresh[name]) {
					t.Errorf("%s has other compressed bytes", name)
				}
			}
			p := open(t, out.Bytes())
			if len(p.Deviations()) > 0 {
				t.Errorf("deviations %v", p.Deviations())
			}
			if read(t, p, "/OFD.xml") != rootXML || read(t, p, "/Doc_0/新/b.dat") != "\x01\x02\x03" || len(read(t, p, "/Doc_0/a.dat")) != 5000 {
				t.Error("changed files read otherwise")
			}
		})
	}
}

func TestAppendKeepsNamesAsTheyAreStored(t *testing.T) {
	p := open(t, rawZip{before: []byte("vendor"), entries: []rawEntry{
		{name: "OFD.xml", data: rootXML}, {name: `Doc_0\Document.xml`, data: documentXML}, {name: "Doc_0/\xb8\xbd.txt", data: "x"}, {name: "Doc_0/Res/"},
	}}.bytes())
	var out bytes.Buffer
	if err := Append(&out, p, map[string][]byte{"/Doc_0/Document.xml": []byte("<Document/>")}); err != nil {
		t.Fatal(err)
	}
	names, _ := rawParts(t, out.Bytes())
	if want := []string{"OFD.xml", `Doc_0\Document.xml`, "Doc_0/\xb8\xbd.txt", "Doc_0/Res/"}; !slices.Equal(names, want) {
		t.Errorf("got %q", names)
	}
	if got := read(t, open(t, out.Bytes()), "/Doc_0/Document.xml"); got != "<Document/>" {
		t.Errorf("got %q", got)
	}
}

func TestAppendRefusesUnsafeNamesAndTellsOfFailures(t *testing.T) {
	p := open(t, pack(t, plain()))
	for _, name := range []string{"", "/", "x", "/../x", "/a//b", "/c:/x", "/a\x00"} {
		if err := Append(io.Discard, p, map[string][]byte{name: nil}); !errors.Is(err, fault.DocPathEscape) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if err := Append(failingWriter{}, p, nil); err == nil {
		t.Error("a full disk was not told")
	}
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, errors.New("disk full") }

// Unzip is a reader we did not write.
func TestUnzipReadsWhatIsAppended(t *testing.T) {
	tool, err := exec.LookPath("unzip")
	if err != nil {
		if os.Getenv("XINZHANG_CI") == "1" {
			t.Fatal(err)
		}
		t.Skip("unzip is not installed")
	}
	var out bytes.Buffer
	if err := Append(&out, open(t, signedOnce(t)), map[string][]byte{"/Doc_0/x.bin": bytes.Repeat([]byte{7}, 100000)}); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "a.ofd")
	if err := os.WriteFile(name, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if said, err := exec.Command(tool, "-t", name).CombinedOutput(); err != nil || !strings.Contains(string(said), "No errors detected") {
		t.Errorf("%v\n%s", err, said)
	}
}

// demo builds a document of three pages.
func demo(t testing.TB) []byte {
	t.Helper()
	b := NewBuilder([16]byte{0x9e, 1}, "示例案件材料", time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
	b.Template().Line(20, 280, 190, 280, 0.2)
	b.Template().Text("宋体", 3, 90, 286, "示例监狱")
	for i := range 3 {
		page := b.Page(210, 297)
		page.Text("黑体", 7, 80.5, 40, "讯问笔录")
		page.Paragraph("宋体", 4.2, 25, 60, 160, 7.5, "本材料由程序生成，人物和单位均为虚构。\n第二段：签名（盖章）："+strings.Repeat("很长的一段文字。", 12))
		page.Text("宋体", 4.2, 150, 250+float64(i), "测试用户甲")
	}
	var out bytes.Buffer
	if err := b.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// signedOnce is demo with one signature's files, whose values are not real.
func signedOnce(t testing.TB) []byte {
	t.Helper()
	return addSignature(t, demo(t), "Seal", 3)
}

func addSignature(t testing.TB, raw []byte, kind string, stamps int) []byte {
	t.Helper()
	p := open(t, raw)
	plan, err := p.PlanSignature(1, kind, stamps)
	if err != nil {
		t.Fatal(err)
	}
	spec := SignatureSpec{ProviderName: "信章 <&>", ProviderVersion: "1", Method: "1.2.156.10197.1.501", CheckMethod: "1.2.156.10197.1.401",
		Time: time.Date(2026, 3, 1, 20, 0, 0, 0, time.FixedZone("", 8*3600)), SealPath: plan.SealPath, ValuePath: plan.ValuePath}
	for _, e := range p.Entries() {
		if e.Name == plan.ListPath || plan.Changed[e.Name] != nil {
			continue
		}
		d, err := p.Digest(e.Name)
		if err != nil {
			t.Fatal(err)
		}
		spec.References = append(spec.References, Reference{Path: e.Name, CheckValue: d[:]})
	}
	for i, id := range plan.StampIDs {
		spec.Stamps = append(spec.Stamps, Stamp{ID: id, PageRef: "4", Boundary: Box{100.1234, 200, 40, 40}, Clip: &Box{float64(i) * 8, 0, 8, 40}})
	}
	xml, err := BuildSignatureXML(spec)
	if err != nil {
		t.Fatal(err)
	}
	plan.Changed[plan.SignaturePath] = xml
	plan.Changed[plan.ValuePath] = []byte("value")
	plan.Changed[plan.SealPath] = []byte("seal")
	var out bytes.Buffer
	if err := Append(&out, p, plan.Changed); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
