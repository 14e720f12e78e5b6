package ofd

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"xinzhang/internal/fault"
)

// signatureXML is a Signature.xml with one reference; edit is "old→new".
func signatureXML(edit string) string {
	s := `<ofd:Signature` + ns + `><ofd:SignedInfo><ofd:Provider ProviderName="p" Version="1" Company="c" InterUser="x"/>` +
		`<ofd:SignatureMethod>1.2.156.10197.1.501</ofd:SignatureMethod><ofd:SignatureDateTime>20201010151120</ofd:SignatureDateTime>` +
		`<ofd:References CheckMethod="SM3"><ofd:Reference FileRef="/OFD.xml"><ofd:CheckValue>AAEC` + "\n" + `AwQ=</ofd:CheckValue></ofd:Reference></ofd:References>` +
		`<ofd:StampAnnot ID="2" PageRef="1" Boundary="10 20 30 40" Clip="0 0 8 40"/>` +
		`<ofd:Seal><ofd:BaseLoc>Seal.esl</ofd:BaseLoc></ofd:Seal></ofd:SignedInfo><ofd:SignedValue>SignedValue.dat</ofd:SignedValue></ofd:Signature>`
	if before, after, ok := strings.Cut(edit, "→"); ok {
		return strings.Replace(s, before, after, 1)
	}
	return s
}

func TestSignatureFile(t *testing.T) {
	const name = "/Doc_0/Signs/Sign_0/Signature.xml"
	withFiles := func(xml string) *Package {
		return open(t, pack(t, plain(file{name[1:], xml}, file{"Doc_0/Signs/Sign_0/Seal.esl", "s"}, file{"Doc_0/Signs/Sign_0/SignedValue.dat", "v"})))
	}
	f, err := withFiles(signatureXML("")).SignatureFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if f.ProviderName != "p" || f.Company != "c" || f.Method != "1.2.156.10197.1.501" || f.CheckMethod != "SM3" || f.DateTime != "20201010151120" {
		t.Errorf("got %+v", f)
	}
	if len(f.References) != 1 || f.References[0].Path != "/OFD.xml" || !slices.Equal(f.References[0].CheckValue, []byte{0, 1, 2, 3, 4}) {
		t.Errorf("references %+v", f.References)
	}
	if len(f.Stamps) != 1 || f.Stamps[0].Boundary != (Box{10, 20, 30, 40}) || *f.Stamps[0].Clip != (Box{0, 0, 8, 40}) {
		t.Errorf("stamps %+v", f.Stamps)
	}
	if f.SealPath != "/Doc_0/Signs/Sign_0/Seal.esl" || f.SignedValuePath != "/Doc_0/Signs/Sign_0/SignedValue.dat" || string(f.Raw) != signatureXML("") {
		t.Errorf("got %+v", f)
	}

	broken := []struct{ name, edit string }{
		{"another element", "ofd:Signature xmlns→ofd:Sign xmlns"},
		{"XML cut short", "</ofd:Signature>→"},
		{"no SignedInfo", `<ofd:SignedInfo>→<x>`},
		{"no SignedValue", "<ofd:SignedValue>SignedValue.dat</ofd:SignedValue>→"},
		{"an empty SignedValue", "SignedValue.dat→"},
		{"a value that is no base64", "AAEC→A*C"},
		{"no Reference", `<ofd:Reference FileRef="/OFD.xml"><ofd:CheckValue>AAEC` + "\nAwQ=</ofd:CheckValue></ofd:Reference>→"},
		{"a file twice", `</ofd:References>→<ofd:Reference FileRef="OFD.xml"><ofd:CheckValue>AA==</ofd:CheckValue></ofd:Reference></ofd:References>`},
		{"a missing file twice", `</ofd:References>→<ofd:Reference FileRef="x"><ofd:CheckValue>AA==</ofd:CheckValue></ofd:Reference><ofd:Reference FileRef="./x"><ofd:CheckValue>AA==</ofd:CheckValue></ofd:Reference></ofd:References>`},
		{"a box of three numbers", "10 20 30 40→10 20 30"},
		{"a clip that is no box", `0 0 8 40→0 0 8 NaN`},
		{"a DTD", "<ofd:Signature xmlns→<!DOCTYPE x><ofd:Signature xmlns"},
	}
	for _, tt := range broken {
		t.Run(tt.name, func(t *testing.T) {
			xml := signatureXML(tt.edit)
			if tt.name == "no SignedInfo" {
				xml = strings.Replace(xml, "</ofd:SignedInfo>", "</x>", 1)
			}
			if tt.name == "another element" {
				xml = strings.Replace(xml, "</ofd:Signature>", "</ofd:Sign>", 1)
			}
			if xml == signatureXML("") {
				t.Fatal("the edit changes nothing")
			}
			if _, err := withFiles(xml).SignatureFile(name); !errors.Is(err, fault.DocSigfileBroken) {
				t.Errorf("got %v", err)
			}
		})
	}
	if _, err := withFiles("").SignatureFile("/none.xml"); !errors.Is(err, fault.DocSigfileMissing) {
		t.Errorf("a missing file: %v", err)
	}
}

func TestSignatureFilesOfVendors(t *testing.T) {
	const name = "/Doc_0/Signs/Sign_0/Signature.xml"
	tests := []struct {
		name, edit, value string
		check             func(f *SignatureFile) bool
	}{
		{"SignValue.dat for SignedValue.dat", "", "SignValue.dat", func(f *SignatureFile) bool {
			return f.SignedValuePath == "/Doc_0/Signs/Sign_0/SignValue.dat" && !f.ValueMissing && len(f.Deviations) == 1
		}},
		{"a value that is missing", "", "other.dat", func(f *SignatureFile) bool { return f.ValueMissing }},
		{"no Seal", "<ofd:Seal><ofd:BaseLoc>Seal.esl</ofd:BaseLoc></ofd:Seal>→", "SignedValue.dat", func(f *SignatureFile) bool { return f.SealRef == "" && !f.SealMissing }},
		{"a Seal whose file is missing", "Seal.esl→Gone.esl", "SignedValue.dat", func(f *SignatureFile) bool { return f.SealMissing && f.SealRef == "Gone.esl" }},
		{"no CheckMethod", ` CheckMethod="SM3"→`, "SignedValue.dat", func(f *SignatureFile) bool { return f.CheckMethod == "" }},
		{"an empty Provider", `<ofd:Provider ProviderName="p" Version="1" Company="c" InterUser="x"/>→<ofd:Provider/>`, "SignedValue.dat", func(f *SignatureFile) bool { return f.ProviderName == "" }},
		{"a doubled slash", "/OFD.xml→//OFD.xml", "SignedValue.dat", func(f *SignatureFile) bool {
			return f.References[0].Path == "/OFD.xml" && len(f.Deviations) == 1
		}},
		{"another case", "/OFD.xml→/ofd.XML", "SignedValue.dat", func(f *SignatureFile) bool { return f.References[0].Path == "/OFD.xml" }},
		{"a file that is missing", "/OFD.xml→/x.xml", "SignedValue.dat", func(f *SignatureFile) bool { return f.References[0].Missing }},
		{"a path out of the package", "/OFD.xml→../../../../x", "SignedValue.dat", func(f *SignatureFile) bool {
			return f.References[0].Missing && f.References[0].Path == ""
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := open(t, pack(t, plain(file{name[1:], signatureXML(tt.edit)}, file{"Doc_0/Signs/Sign_0/Seal.esl", "s"}, file{"Doc_0/Signs/Sign_0/" + tt.value, "v"})))
			f, err := p.SignatureFile(name)
			if err != nil || !tt.check(f) {
				t.Errorf("got %+v, %v", f, err)
			}
		})
	}
}

func TestSignatureList(t *testing.T) {
	list := func(xml string) (*SignatureList, error) {
		return open(t, pack(t, signedPlain(file{"Doc_0/Signs/Signatures.xml", xml}, file{"Doc_0/Signs/Sign_0/Signature.xml", "x"}))).SignatureList()
	}
	l, err := list(`<Signatures><MaxSignId>1</MaxSignId><Signature BaseLoc="Sign_0/Signature.xml" ID="s001"/><Signature ID="s002" Type="Sign" BaseLoc="/gone.xml" Relative="s001"/><MaxSignId>3</MaxSignId></Signatures>`)
	if err != nil {
		t.Fatal(err)
	}
	want := []SignatureItem{
		{ID: "s001", Type: "Seal", BaseLoc: "Sign_0/Signature.xml", Path: "/Doc_0/Signs/Sign_0/Signature.xml"},
		{ID: "s002", Type: "Sign", BaseLoc: "/gone.xml", Path: "/gone.xml", Missing: true, Relative: "s001"},
	}
	if !slices.Equal(l.Items, want) || l.MaxSignID != "3" || len(l.Deviations) != 1 || l.Document != 1 {
		t.Errorf("got %+v", l)
	}
	for name, xml := range map[string]string{
		"not XML": "x", "another element": "<Sign/>", "no BaseLoc": `<Signatures><Signature ID="1"/></Signatures>`,
		"one file twice": `<Signatures><Signature ID="1" BaseLoc="Sign_0/Signature.xml"/><Signature ID="2" BaseLoc="/Doc_0/Signs/Sign_0/Signature.xml"/></Signatures>`,
	} {
		if _, err := list(xml); !errors.Is(err, fault.DocSiglistBroken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if l, err := open(t, pack(t, plain())).SignatureList(); l != nil || err != nil {
		t.Errorf("unsigned: %v, %v", l, err)
	}
	if _, err := open(t, pack(t, signedPlain())).SignatureList(); !errors.Is(err, fault.DocSiglistMissing) {
		t.Errorf("announced and missing: %v", err)
	}
}

func TestSignatureListBesideDocumentXML(t *testing.T) {
	root := strings.Replace(rootXML, "</ofd:DocBody>", "<ofd:Signatures>Doc_0/Signatures.xml</ofd:Signatures></ofd:DocBody>", 1)
	p := open(t, pack(t, plain(file{"OFD.xml", root},
		file{"Doc_0/Signatures.xml", `<Signatures><Signature ID="1" BaseLoc="Doc_0/Sign_1/Signature.xml"/></Signatures>`},
		file{"Doc_0/Sign_1/Signature.xml", signatureXML("")})))
	l, err := p.SignatureList()
	if err != nil || l.Path != "/Doc_0/Signatures.xml" || l.Items[0].Path != "/Doc_0/Sign_1/Signature.xml" || len(l.Deviations) != 1 {
		t.Errorf("got %+v, %v", l, err)
	}
}
