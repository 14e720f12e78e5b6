package render_test

import (
	"strings"
	"testing"
	"time"

	"xinzhang/internal/fixture"
	"xinzhang/internal/format/ofd/render"
	"xinzhang/internal/format/ses"
)

// sealed is a page of 100 × 60 mm with the stamps of one signature, whose seal
// has the given picture.
func sealed(t testing.TB, picture ses.Picture, stamps string) []byte {
	t.Helper()
	a := fixture.New(t, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	org := a.Organisation(nil)
	seal := a.Seal(ses.OfficialSeal, func(i *ses.Info) { i.Picture = picture }, org)
	tbs, err := ses.TBSSign(seal.Raw, a.At, [32]byte{}, "/Doc_0/Signs/S_0/Signature.xml")
	if err != nil {
		t.Fatal(err)
	}
	value, err := ses.AssembleSignature(tbs, org.Cert.Raw, seal.Value) // drawing asks for no signature that holds
	if err != nil {
		t.Fatal(err)
	}
	return stamped(t, seal.Raw, value, stamps)
}

// stamped is sealed of a given seal file and signature value.
func stamped(t testing.TB, seal, value []byte, stamps string) []byte {
	t.Helper()
	s := sketch{Content: swatch(3, `Value="0 0 0"`), Files: map[string]string{
		"Doc_0/Signs/Signatures.xml": `<ofd:Signatures ` + ns + `><ofd:Signature ID="s1" Type="Seal" BaseLoc="S_0/Signature.xml"/></ofd:Signatures>`,
		"Doc_0/Signs/S_0/Signature.xml": `<ofd:Signature ` + ns + `><ofd:SignedInfo><ofd:References><ofd:Reference FileRef="/OFD.xml"><ofd:CheckValue>AA==</ofd:CheckValue></ofd:Reference></ofd:References>` +
			stamps + `<ofd:Seal><ofd:BaseLoc>Seal.esl</ofd:BaseLoc></ofd:Seal></ofd:SignedInfo><ofd:SignedValue>SignedValue.dat</ofd:SignedValue></ofd:Signature>`,
		"Doc_0/Signs/S_0/Seal.esl":        string(seal),
		"Doc_0/Signs/S_0/SignedValue.dat": string(value),
	}}
	s.Files["OFD.xml"] = `<ofd:OFD ` + ns + `><ofd:DocBody><ofd:DocInfo><ofd:DocID>0</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>` +
		`<ofd:Signatures>Doc_0/Signs/Signatures.xml</ofd:Signatures></ofd:DocBody></ofd:OFD>`
	return s.pack(t)
}

// nestedSeal is an OFD document of 40 × 40 mm: a ring and, beside it, ink that
// lies outside the page and must not show.
func nestedSeal(t testing.TB, content string) ses.Picture {
	s := sketch{Page: `<ofd:Area><ofd:PhysicalBox>0 0 40 40</ofd:PhysicalBox></ofd:Area><ofd:Content><ofd:Layer ID="2">` + content + `</ofd:Layer></ofd:Content>`}
	return ses.Picture{Type: "ofd", Data: s.pack(t), WidthMM: 40, HeightMM: 40}
}

const ring = `<ofd:PathObject ID="3" Boundary="0 0 90 40" LineWidth="1.2"><ofd:StrokeColor Value="#ee #20 25"/>
	<ofd:AbbreviatedData>M 2 20 A 18 18 0 0 1 38 20 A 18 18 0 0 1 2 20 C M 60 20 L 80 20</ofd:AbbreviatedData></ofd:PathObject>`

const (
	wholeStamp = `<ofd:StampAnnot ID="1" PageRef="1" Boundary="50 10 40 40"/>`
	splitStamp = `<ofd:StampAnnot ID="1" PageRef="1" Boundary="80 10 40 40" Clip="0 0 20 40"/>`
)

func TestSeals(t *testing.T) {
	bitmap := ses.Picture{Type: "PNG", Data: []byte(squares()), WidthMM: 40, HeightMM: 40}
	void := map[int]render.SealState{1: render.SealVoid}
	for _, tt := range []struct {
		name, stamps, notes string
		picture             ses.Picture
		seals               map[int]render.SealState
	}{
		{"seal_bitmap", wholeStamp, "", bitmap, nil},
		{"seal_bitmap_void", wholeStamp, "", bitmap, void},
		{"seal_nested", wholeStamp, "", nestedSeal(t, ring), nil},
		{"seal_nested_void", wholeStamp, "", nestedSeal(t, ring), void},
		{"seal_left_out", wholeStamp, "", bitmap, map[int]render.SealState{1: render.SealLeft}},
		{"seal_across_pages", splitStamp, "", nestedSeal(t, ring), nil},
		{"seal_across_pages_void", splitStamp, "", nestedSeal(t, ring), void},
		{"seal_on_no_page", `<ofd:StampAnnot ID="1" PageRef="9" Boundary="0 0 9 9"/>`, "render.broken seal", bitmap, nil},
		{"seal_of_svg", wholeStamp, "render.seal_picture svg", ses.Picture{Type: "svg", Data: []byte(`<svg onload="alert(1)"/>`), WidthMM: 40, HeightMM: 40}, nil},
		{"seal_nested_note", wholeStamp, "render.unsupported object VideoObject", nestedSeal(t, `<ofd:VideoObject ID="3"/>`), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := draw(t, sealed(t, tt.picture, tt.stamps), render.Options{Seals: tt.seals})
			if got := noteList(p); got != tt.notes {
				t.Errorf("notes %q, want %q", got, tt.notes)
			}
			golden(t, tt.name, p.SVG)
		})
	}
}

// A seal that no signature value holds can be anybody's: it is drawn as void
// whatever the caller knows of the signature.
func TestASealBesideTheValueIsVoid(t *testing.T) {
	a := fixture.New(t, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	seal := a.Seal(ses.OfficialSeal, func(i *ses.Info) { i.Picture = nestedSeal(t, ring) }, a.Organisation(nil))
	p := draw(t, stamped(t, seal.Raw, []byte("signed data"), wholeStamp), render.Options{})
	if svg := string(p.SVG); strings.Contains(svg, "#ee2025") || !strings.Contains(svg, "#b3261e") {
		t.Errorf("it is drawn in colour or not struck out: %s", svg)
	}
}

// A seal inside the document of a seal is not drawn: its signature is nobody's.
func TestSealsOfNestedDocumentsAreNotDrawn(t *testing.T) {
	inner := ses.Picture{Type: "ofd", Data: sealed(t, nestedSeal(t, ring), wholeStamp), WidthMM: 40, HeightMM: 40}
	p := draw(t, sealed(t, inner, wholeStamp), render.Options{})
	if strings.Contains(string(p.SVG), "#ee2025") {
		t.Error("the seal of the nested document is drawn")
	}
}

func TestSealPictureAlone(t *testing.T) {
	for _, void := range []bool{false, true} {
		pic := nestedSeal(t, ring)
		p, err := render.SealPicture(pic.Type, pic.Data, 40, 40, "s", void)
		if err != nil {
			t.Fatal(err)
		}
		checkSVG(t, p.SVG)
		if got := strings.Contains(string(p.SVG), "#ee2025"); got == void {
			t.Errorf("void %v: the ring is red: %v", void, got)
		}
	}
	for _, data := range []string{"", "PK", "GIF8", "<svg/>", squares()[:40]} {
		if _, err := render.SealPicture("png", []byte(data), 40, 40, "s", false); err == nil {
			t.Errorf("%q was drawn", data)
		}
	}
	if _, err := render.SealPicture("png", []byte(squares()), 0, 40, "s", false); err == nil {
		t.Error("a seal without width was drawn")
	}
}
