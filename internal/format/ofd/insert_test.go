package ofd

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"xinzhang/internal/fault"
)

func TestAnnounceSignatures(t *testing.T) {
	tests := []struct {
		name, src string
		doc       int
		want      string
	}{
		{"the usual prefix", `<ofd:OFD xmlns:ofd="u"><ofd:DocBody><ofd:DocRoot>d</ofd:DocRoot></ofd:DocBody></ofd:OFD>`, 1,
			`<ofd:OFD xmlns:ofd="u"><ofd:DocBody><ofd:DocRoot>d</ofd:DocRoot><ofd:Signatures>/S.xml</ofd:Signatures></ofd:DocBody></ofd:OFD>`},
		{"a default namespace", `<OFD xmlns="u"><DocBody><DocRoot>d</DocRoot></DocBody></OFD>`, 1,
			`<OFD xmlns="u"><DocBody><DocRoot>d</DocRoot><Signatures>/S.xml</Signatures></DocBody></OFD>`},
		{"another prefix", `<x:OFD xmlns:x="u"><x:DocBody><x:DocRoot>d</x:DocRoot></x:DocBody ></x:OFD>`, 1,
			`<x:OFD xmlns:x="u"><x:DocBody><x:DocRoot>d</x:DocRoot><x:Signatures>/S.xml</x:Signatures></x:DocBody ></x:OFD>`},
		{"a mark, comments, CDATA and an end tag inside a comment", "\xEF\xBB\xBF<?xml version='1.0'?><OFD><!-- </DocBody> --><DocBody><![CDATA[</DocBody>]]><a b='/DocBody>'/></DocBody></OFD>\n", 1, ""},
		{"the second DocBody", `<OFD><DocBody><a/></DocBody><DocBody><b/></DocBody></OFD>`, 2,
			`<OFD><DocBody><a/></DocBody><DocBody><b/><Signatures>/S.xml</Signatures></DocBody></OFD>`},
		{"an empty element that closes itself", `<ofd:OFD><ofd:DocBody><ofd:DocRoot>d</ofd:DocRoot><ofd:Signatures/></ofd:DocBody></ofd:OFD>`, 1,
			`<ofd:OFD><ofd:DocBody><ofd:DocRoot>d</ofd:DocRoot><ofd:Signatures>/S.xml</ofd:Signatures></ofd:DocBody></ofd:OFD>`},
		{"an empty element with attributes", `<OFD><DocBody><Signatures a="/>" /></DocBody></OFD>`, 1,
			`<OFD><DocBody><Signatures a="/>" >/S.xml</Signatures></DocBody></OFD>`},
		{"an empty element", `<OFD><DocBody><Signatures> </Signatures></DocBody></OFD>`, 1,
			`<OFD><DocBody><Signatures>/S.xml</Signatures></DocBody></OFD>`},
		{"a DocBody that closes itself", `<OFD><DocBody/></OFD>`, 1, `<OFD><DocBody><Signatures>/S.xml</Signatures></DocBody></OFD>`},
		{"a decoy Signatures deeper inside", `<OFD><DocBody><DocInfo><Signatures>x</Signatures></DocInfo></DocBody></OFD>`, 1,
			`<OFD><DocBody><DocInfo><Signatures>x</Signatures></DocInfo><Signatures>/S.xml</Signatures></DocBody></OFD>`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := AnnounceSignatures([]byte(tt.src), tt.doc, "/S.xml")
			if err != nil {
				t.Fatal(err)
			}
			if tt.want != "" && string(got) != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			tree, err := parseTree("x", got, DefaultLimits())
			if err != nil || tree.all("DocBody")[tt.doc-1].kid("Signatures").value() != "/S.xml" {
				t.Errorf("reads otherwise: %v\n%s", err, got)
			}
		})
	}
}

func TestInsertionIsRefusedWhereTextCannotBePlaced(t *testing.T) {
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(`<?xml version="1.0" encoding="GBK"?><OFD><DocBody><a>中</a></DocBody></OFD>`)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, src string
		want      fault.Code
	}{
		{"GBK", gbk, fault.DocNotExtendable},
		{"UTF-16", "\xFF\xFE<\x00O\x00F\x00D\x00/\x00>\x00", fault.DocNotExtendable},
		{"an unknown encoding", `<?xml version="1.0" encoding="Big5"?><OFD><DocBody/></OFD>`, fault.DocNotExtendable},
		{"signatures announced already", `<OFD><DocBody><Signatures>x.xml</Signatures></DocBody></OFD>`, fault.DocNotExtendable},
		{"two Signatures", `<OFD><DocBody><Signatures/><Signatures/></DocBody></OFD>`, fault.DocNotExtendable},
		{"no DocBody", `<OFD/>`, fault.DocNotExtendable},
		{"another root", `<Document/>`, fault.DocNotExtendable},
		{"broken XML", `<OFD><DocBody></OFD>`, fault.DocXMLBroken},
		{"a DTD", `<!DOCTYPE OFD><OFD><DocBody/></OFD>`, fault.DocXMLDoctype},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := AnnounceSignatures([]byte(tt.src), 1, "/S.xml"); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestAddToSignatureList(t *testing.T) {
	item := SignatureItem{ID: "s002", Type: "Seal", BaseLoc: "/b.xml"}
	const entry = `<ofd:Signature ID="s002" Type="Seal" BaseLoc="/b.xml"/>`
	tests := []struct{ name, src, want string }{
		{"MaxSignId first", `<ofd:Signatures xmlns:ofd="u"><ofd:MaxSignId>s001</ofd:MaxSignId><ofd:Signature ID="s001" BaseLoc="a"/></ofd:Signatures>`,
			`<ofd:Signatures xmlns:ofd="u"><ofd:MaxSignId>s002</ofd:MaxSignId><ofd:Signature ID="s001" BaseLoc="a"/>` + entry + `</ofd:Signatures>`},
		{"MaxSignId last", `<ofd:Signatures xmlns:ofd="u"><ofd:Signature ID="s001" BaseLoc="a"/><ofd:MaxSignId>s001</ofd:MaxSignId></ofd:Signatures>`,
			`<ofd:Signatures xmlns:ofd="u"><ofd:Signature ID="s001" BaseLoc="a"/>` + entry + `<ofd:MaxSignId>s002</ofd:MaxSignId></ofd:Signatures>`},
		{"two MaxSignId", `<ofd:Signatures xmlns:ofd="u"><ofd:MaxSignId>1</ofd:MaxSignId><ofd:Signature ID="s001" BaseLoc="a"></ofd:Signature><ofd:MaxSignId/></ofd:Signatures>`,
			`<ofd:Signatures xmlns:ofd="u"><ofd:MaxSignId>s002</ofd:MaxSignId><ofd:Signature ID="s001" BaseLoc="a"></ofd:Signature>` + entry + `<ofd:MaxSignId>s002</ofd:MaxSignId></ofd:Signatures>`},
		{"no MaxSignId", `<ofd:Signatures xmlns:ofd="u"> <ofd:Signature ID="s001" BaseLoc="a"/> </ofd:Signatures>`,
			`<ofd:Signatures xmlns:ofd="u"> <ofd:MaxSignId>s002</ofd:MaxSignId><ofd:Signature ID="s001" BaseLoc="a"/>` + entry + ` </ofd:Signatures>`},
		{"a list that closes itself", `<ofd:Signatures xmlns:ofd="u"/>`,
			`<ofd:Signatures xmlns:ofd="u"><ofd:MaxSignId>s002</ofd:MaxSignId>` + entry + `</ofd:Signatures>`},
		{"an empty list", `<ofd:Signatures xmlns:ofd="u"><ofd:MaxSignId>0</ofd:MaxSignId></ofd:Signatures>`,
			`<ofd:Signatures xmlns:ofd="u"><ofd:MaxSignId>s002</ofd:MaxSignId>` + entry + `</ofd:Signatures>`},
		{"no prefix", `<Signatures><Signature ID="s001" BaseLoc="a"/><MaxSignId>9</MaxSignId></Signatures>`,
			`<Signatures><Signature ID="s001" BaseLoc="a"/>` + strings.ReplaceAll(entry, "ofd:", "") + `<MaxSignId>s002</MaxSignId></Signatures>`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := AddToSignatureList("/Signatures.xml", []byte(tt.src), item, "s002")
			if err != nil || string(got) != tt.want {
				t.Errorf("%v\ngot  %s\nwant %s", err, got, tt.want)
			}
		})
	}
}

func TestNewSignatureListIsWellFormed(t *testing.T) {
	raw := NewSignatureList(SignatureItem{ID: "s001", Type: "Sign", BaseLoc: `/a"<&>.xml`, Relative: "x"}, "s004")
	tree, err := parseTree("x", raw, DefaultLimits())
	if err != nil || tree.kid("Signature").attr("BaseLoc") != `/a"<&>.xml` || tree.kid("MaxSignId").value() != "s004" {
		t.Errorf("%v: %s", err, raw)
	}
}

func TestIDsKeepTheirStyle(t *testing.T) {
	for _, tt := range []struct{ id, want string }{{"s001", "s002"}, {"1", "2"}, {"009", "010"}, {"Sign99", "Sign100"}, {"999", "1000"}} {
		prefix, n, width, ok := splitID(tt.id)
		if got := formatID(prefix, n+1, width); !ok || got != tt.want {
			t.Errorf("%s: %s, %v", tt.id, got, ok)
		}
	}
	for _, id := range []string{"", "abc", "s99999999999999999999"} {
		if _, _, _, ok := splitID(id); ok {
			t.Errorf("%q has a number", id)
		}
	}
}

// FuzzInsert asks that the result parses, here and by another parser, holds what
// was inserted, and gives the source again when the insertions are undone; and
// that nothing but the end of an empty tag and the text of MaxSignId or of an
// empty Signatures is ever taken away.
func FuzzInsert(f *testing.F) {
	for _, s := range []string{
		rootXML, `<OFD><DocBody><Signatures/></DocBody></OFD>`, "\xEF\xBB\xBF<OFD><!-- x --><DocBody/></OFD>",
		`<ofd:Signatures xmlns:ofd="u"><ofd:MaxSignId>1</ofd:MaxSignId><ofd:Signature ID="1" BaseLoc="a"/></ofd:Signatures>`,
		`<Signatures/>`, `<Signatures><MaxSignId/><Signature/><MaxSignId>3</MaxSignId></Signatures>`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		before := bytes.Clone(src)
		if splices, err := announcement(src, 1, "/Doc_0/S.xml"); err == nil {
			checkInsertion(t, src, splices, "Signatures")
		}
		item := SignatureItem{ID: "s077", Type: "Seal", BaseLoc: "/Doc_0/x.xml"}
		if splices, err := listEntry("/S.xml", src, item, "s078"); err == nil {
			checkInsertion(t, src, splices, "Signature")
		}
		if !bytes.Equal(src, before) {
			t.Error("the source was changed")
		}
	})
}

func checkInsertion(t *testing.T, src []byte, splices []splice, element string) {
	t.Helper()
	for _, s := range splices {
		gone := string(src[s.offset : s.offset+s.remove])
		if gone != "/>" && strings.TrimSpace(s.insert) != "" && strings.ContainsAny(s.insert, "<") {
			if gone != "" {
				t.Fatalf("%q was taken away for %q", gone, s.insert)
			}
		}
	}
	got := applySplices(src, splices)
	if back := undo(got, src, splices); !bytes.Equal(back, src) {
		t.Fatalf("undoing gives %q, not %q", back, src)
	}
	tree, err := parseTree("x", got, DefaultLimits())
	if err != nil {
		t.Fatalf("does not parse: %v\n%s", err, got)
	}
	found := 0
	tree.walk(func(n *node) {
		if n.name == element && (n.value() == "/Doc_0/S.xml" || n.attr("ID") == "s077") {
			found++
		}
	})
	if found == 0 {
		t.Fatalf("nothing was inserted\n%s", got)
	}
	if isASCII(got) && !bytes.Contains(got, []byte("<?")) {
		if _, err := libraryTokens(got); err != nil {
			t.Fatalf("encoding/xml refuses it: %v\n%s", err, got)
		}
	}
}

// undo takes the insertions, sorted by applySplices, out of got again.
func undo(got, src []byte, splices []splice) []byte {
	var out []byte
	at, from := 0, 0
	for _, s := range splices {
		out = append(out, got[at:at+s.offset-from]...)
		at += s.offset - from
		if string(got[at:at+len(s.insert)]) != s.insert {
			return nil
		}
		out = append(out, src[s.offset:s.offset+s.remove]...)
		at, from = at+len(s.insert), s.offset+s.remove
	}
	return append(out, got[at:]...)
}
