package ofd

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/test/corpus"
)

func TestSignaturesAreAddedOneAfterTheOther(t *testing.T) {
	raw := demo(t)
	original := open(t, raw)
	for range 3 {
		raw = addSignature(t, raw, "Seal", 2)
	}
	p := open(t, raw)
	list, err := p.SignatureList()
	if err != nil || len(list.Items) != 3 || list.MaxSignID != "s009" {
		t.Fatalf("got %+v, %v", list, err)
	}
	var ids []string
	for i, it := range list.Items {
		f, err := p.SignatureFile(it.Path)
		if err != nil || f.DateTime != "20260301120000Z" || f.ProviderName != "信章 <&>" || f.Stamps[1].Clip.X != 8 || f.Stamps[0].Boundary.X != 100.123 {
			t.Fatalf("signature %d: %+v, %v", i, f, err)
		}
		if want := "/Doc_0/Signs/Sign_" + string(rune('0'+i)) + "/Signature.xml"; it.Path != want {
			t.Errorf("path %s, want %s", it.Path, want)
		}
		ids = append(ids, it.ID, f.Stamps[0].ID, f.Stamps[1].ID)
	}
	if want := "s001 s002 s003 s004 s005 s006 s007 s008 s009"; strings.Join(ids, " ") != want {
		t.Errorf("ids %s", ids)
	}
	// Only OFD.xml changed, and only by the insertion.
	for _, e := range original.Entries() {
		same := read(t, original, e.Name) == read(t, p, e.Name)
		if same == (e.Name == "/OFD.xml") {
			t.Errorf("%s: unchanged is %v", e.Name, same)
		}
	}
	const insertion = "<ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures>"
	if got := strings.Replace(read(t, p, "/OFD.xml"), insertion, "", 1); got != read(t, original, "/OFD.xml") {
		t.Errorf("OFD.xml is %s", got)
	}
	if strays, err := p.Strays(); err != nil || len(strays) > 0 {
		t.Errorf("strays %q, %v", strays, err)
	}
}

func TestPlanGoesOnInTheStyleOfOthers(t *testing.T) {
	tests := []struct {
		file, id, folder string
		stamps           string
	}{
		{"SESV4SignDoc.ofd", "3", "/Doc_0/Signs/Sign_1", "4 5"},
		{"allprotected.ofd", "003", "/Doc_0/Signs/Sign_1", "004 005"},
		{"V4RideRight.ofd", "s007", "/Doc_0/Signs/Sign_1", "s008 s009"},
		{"DigitalSign.ofd", "s002", "/Doc_0/Signs/Sign_1", "s003 s004"},
		{"helloworld.ofd", "s001", "/Doc_0/Signs/Sign_0", "s002 s003"},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			p := open(t, corpus.File(t, tt.file))
			plan, err := p.PlanSignature(1, "Seal", 2)
			if err != nil {
				t.Fatal(err)
			}
			if plan.ID != tt.id || strings.Join(plan.StampIDs, " ") != tt.stamps || plan.SealPath != tt.folder+"/Seal.esl" {
				t.Errorf("got %+v", plan)
			}
			_, first := plan.Changed["/OFD.xml"]
			if first != (tt.file == "helloworld.ofd") || plan.Changed[plan.ListPath] == nil || len(plan.Changed) > 2 {
				t.Errorf("changed %d files", len(plan.Changed))
			}
		})
	}
}

func TestPlanFindsFreeNames(t *testing.T) {
	p := open(t, pack(t, plain(
		file{"doc_0/signs/SIGN_0/left.over", "x"},
		file{"Doc_0/Signs/Sign_1.txt", "x"},
		file{"Doc_0/Signs/signatures.XML", "left over, not announced"},
	)))
	plan, err := p.PlanSignature(1, "Sign", 0)
	if err != nil {
		t.Fatal(err)
	}
	if plan.SignaturePath != "/Doc_0/Signs/Sign_1/Signature.xml" || plan.ListPath != "/Doc_0/Signs/Signatures_1.xml" || len(plan.StampIDs) != 0 {
		t.Errorf("got %+v", plan)
	}
}

func TestPlanGoesBeyondEveryIDSeen(t *testing.T) {
	p := open(t, pack(t, signedPlain(
		file{"Doc_0/Signs/Signatures.xml", `<Signatures><MaxSignId>3</MaxSignId><Signature ID="7" BaseLoc="A/Signature.xml"/><MaxSignId>4</MaxSignId></Signatures>`},
		file{"Doc_0/Signs/A/Signature.xml", signatureXML(`StampAnnot ID="2"→StampAnnot ID="41"`)},
	)))
	plan, err := p.PlanSignature(1, "Seal", 1)
	if err != nil || plan.ID != "42" || !slices.Equal(plan.StampIDs, []string{"43"}) {
		t.Fatalf("got %+v, %v", plan, err)
	}
	list := string(plan.Changed["/Doc_0/Signs/Signatures.xml"])
	if strings.Count(list, "<MaxSignId>43</MaxSignId>") != 2 || !strings.Contains(list, `<Signature ID="42" Type="Seal" BaseLoc="/Doc_0/Signs/Sign_0/Signature.xml"/>`) {
		t.Errorf("list %s", list)
	}
}

func TestPlanRefusals(t *testing.T) {
	gbk := "<?xml version=\"1.0\" encoding=\"GBK\"?><OFD><DocBody><DocInfo><Title>\xb8\xbd</Title></DocInfo><DocRoot>Doc_0/Document.xml</DocRoot></DocBody></OFD>"
	tests := []struct {
		name  string
		files []file
		doc   int
		want  fault.Code
	}{
		{"a list that is announced and missing", signedPlain(), 1, fault.DocSiglistMissing},
		{"a list that is broken", signedPlain(file{"Doc_0/Signs/Signatures.xml", "<x/>"}), 1, fault.DocSiglistBroken},
		{"OFD.xml in GBK", plain(file{"OFD.xml", gbk}), 1, fault.DocNotExtendable},
		{"a document that is not there", plain(), 2, fault.DocNotExtendable},
		{"no Document.xml", []file{{"OFD.xml", rootXML}}, 1, fault.DocPartMissing},
		{"two Signatures in one DocBody", plain(file{"OFD.xml", `<OFD><DocBody><DocRoot>Doc_0/Document.xml</DocRoot><Signatures>a</Signatures><Signatures>b</Signatures></DocBody></OFD>`}), 1, fault.DocSiglistBroken},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := open(t, pack(t, tt.files)).PlanSignature(tt.doc, "Seal", 1); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestSignatureXMLIsInTheOrderOfTheSchema(t *testing.T) {
	got, err := BuildSignatureXML(SignatureSpec{
		ProviderName: "xinzhang", ProviderVersion: "1.0", Company: "示例",
		Method: "1.2.156.10197.1.501", CheckMethod: "1.2.156.10197.1.401",
		Time:       time.Date(2026, 11, 22, 20, 1, 2, 0, time.FixedZone("CST", 8*3600)),
		References: []Reference{{Path: "/OFD.xml", CheckValue: []byte{1, 2, 3}}},
		Stamps:     []Stamp{{ID: "s002", PageRef: "1", Boundary: Box{1.5, 2, 40, 40}}},
		SealPath:   "/Doc_0/Signs/Sign_0/Seal.esl", ValuePath: "/Doc_0/Signs/Sign_0/SignedValue.dat",
	})
	want := `<?xml version="1.0" encoding="UTF-8"?>
<ofd:Signature xmlns:ofd="http://www.ofdspec.org/2016"><ofd:SignedInfo><ofd:Provider ProviderName="xinzhang" Version="1.0" Company="示例"/>` +
		`<ofd:SignatureMethod>1.2.156.10197.1.501</ofd:SignatureMethod><ofd:SignatureDateTime>20261122120102Z</ofd:SignatureDateTime>` +
		`<ofd:References CheckMethod="1.2.156.10197.1.401"><ofd:Reference FileRef="/OFD.xml"><ofd:CheckValue>AQID</ofd:CheckValue></ofd:Reference></ofd:References>` +
		`<ofd:StampAnnot ID="s002" PageRef="1" Boundary="1.5 2 40 40"/><ofd:Seal><ofd:BaseLoc>/Doc_0/Signs/Sign_0/Seal.esl</ofd:BaseLoc></ofd:Seal></ofd:SignedInfo>` +
		`<ofd:SignedValue>/Doc_0/Signs/Sign_0/SignedValue.dat</ofd:SignedValue></ofd:Signature>`
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s", err, got)
	}
	if _, err := BuildSignatureXML(SignatureSpec{}); err == nil {
		t.Error("an empty signature was written")
	}
	for _, name := range []string{"a\x01", "\xff"} {
		s := SignatureSpec{ProviderName: name, Method: "1", CheckMethod: "1", ValuePath: "/v", References: []Reference{{Path: "/OFD.xml"}}}
		if _, err := BuildSignatureXML(s); err == nil {
			t.Errorf("provider %q was written", name)
		}
	}
}
