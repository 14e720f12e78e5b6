package ofd

import (
	"bytes"
	"maps"
	"path/filepath"
	"testing"

	"xinzhang/internal/fault"
)

// contents reads every file of a package; nil for one that cannot be read.
func contents(p *Package) map[string]string {
	out := make(map[string]string)
	for _, e := range p.Entries() {
		if raw, err := p.Read(e.Name); err == nil {
			out[e.Name] = string(raw)
		}
	}
	return out
}

// FuzzOpen asks of every package that is taken: what it holds can be written
// again and reads the same, a second time without any deviation of the zip, and
// the graph of its parts is the same each time.
func FuzzOpen(f *testing.F) {
	f.Add(pack(f, everything()))
	f.Add(rawZip{before: []byte("vendor"), entries: stored(plain()), comment: []byte("c"), trailing: []byte("t")}.bytes())
	f.Add(rawZip{entries: []rawEntry{{name: "OFD.xml", data: rootXML, after: "stray"}, {name: `Doc_0\a`, data: "b"}}}.bytes())
	for _, name := range mustGlob("testdata/*.ofd") {
		f.Add([]byte(mustRead(f, name)))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := Open(bytes.NewReader(raw), int64(len(raw)), DefaultLimits())
		if err != nil {
			if fault.Of(err).Code == fault.InternalError {
				t.Fatalf("an error without a code: %v", err)
			}
			return
		}
		before := contents(p)
		parts, partsErr := p.Parts()
		_, _ = p.SignatureLists()
		_, _ = p.IntegrityList()
		var out bytes.Buffer
		if err := Append(&out, p, nil); err != nil {
			t.Fatalf("cannot be written again: %v", err)
		}
		again, err := Open(bytes.NewReader(out.Bytes()), int64(out.Len()), DefaultLimits())
		if err != nil {
			t.Fatalf("cannot be read again: %v", err)
		}
		for _, d := range again.Deviations() {
			if d.Code != fault.DocNameStyle {
				t.Errorf("written with %v", d)
			}
		}
		if after := contents(again); !maps.Equal(before, after) {
			t.Errorf("files changed: %d, %d", len(before), len(after))
		}
		if partsAgain, err := again.Parts(); len(partsAgain) != len(parts) || (err == nil) != (partsErr == nil) {
			t.Errorf("%d parts, then %d (%v)", len(parts), len(partsAgain), err)
		}
	})
}

// FuzzSignatureFiles asks that references, whatever they say, lead to files of
// the package or are called missing.
func FuzzSignatureFiles(f *testing.F) {
	f.Add(`<Signatures><MaxSignId>1</MaxSignId><Signature ID="1" BaseLoc="Sign_0/Signature.xml"/></Signatures>`, signatureXML(""))
	f.Add(`<Signatures/>`, "")
	f.Fuzz(func(t *testing.T, list, signature string) {
		p := open(t, pack(t, signedPlain(
			file{"Doc_0/Signs/Signatures.xml", list},
			file{"Doc_0/Signs/Sign_0/Signature.xml", signature})))
		l, err := p.SignatureList()
		if err != nil {
			return // refused, fine
		}
		if string(l.Raw) != list {
			t.Error("the list's bytes changed")
		}
		for _, it := range l.Items {
			if it.Missing == p.Has(it.Path) {
				t.Errorf("item %+v", it)
			}
			s, err := p.SignatureFile(it.Path)
			if err != nil {
				continue
			}
			if s.Path == "/Doc_0/Signs/Sign_0/Signature.xml" && string(s.Raw) != signature || s.ValueMissing == p.Has(s.SignedValuePath) {
				t.Errorf("signature file %+v", s)
			}
			for _, r := range s.References {
				if r.Missing == p.Has(r.Path) {
					t.Errorf("reference %+v", r)
				}
			}
		}
		if plan, err := p.PlanSignature(1, "Seal", 1); err == nil {
			if p.Has(plan.SignaturePath) || plan.ID == "" || len(l.Items) > 0 && plan.ID == l.Items[0].ID {
				t.Errorf("plan %+v", plan)
			}
		}
	})
}

func mustGlob(pattern string) []string {
	names, err := filepath.Glob(pattern)
	if err != nil {
		panic(err)
	}
	return names
}
