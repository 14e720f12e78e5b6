package ofd

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"xinzhang/internal/fault"
)

func TestPartsInOtherEncodingsAreRead(t *testing.T) {
	page := `<?xml version="1.0" encoding="%"?><ofd:Page` + ns + `><ofd:Area><ofd:PhysicalBox>0 0 100 50</ofd:PhysicalBox></ofd:Area><ofd:Content><ofd:Layer>` + run(10, 20, "负责人签名") + `</ofd:Layer></ofd:Content></ofd:Page>`
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(strings.Replace(page, "%", "GBK", 1))
	if err != nil {
		t.Fatal(err)
	}
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(strings.Replace(page, "%", "UTF-16", 1))
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"GBK": gbk, "UTF-16": wide, "UTF-8 with a mark": "\xEF\xBB\xBF" + strings.Replace(page, "%", "UTF-8", 1)} {
		t.Run(name, func(t *testing.T) {
			p := open(t, pack(t, plain(file{"Doc_0/Pages/Page_0/Content.xml", content})))
			docs, err := p.Documents()
			if err != nil || docs[0].Pages[0].WidthMM != 100 {
				t.Fatalf("%+v, %v", docs, err)
			}
			if hits, err := p.Search("签名", SearchOptions{}); err != nil || len(hits) != 1 || hits[0].Box.X != 22 {
				t.Errorf("%+v, %v", hits, err)
			}
			if read(t, p, "/Doc_0/Pages/Page_0/Content.xml") != content {
				t.Error("the stored bytes were changed")
			}
		})
	}
}

func TestAnEntryThatHidesBehindTheNameOfAnotherIsRefused(t *testing.T) {
	evil := rawEntry{name: "Doc_0/Document.xml", data: "<evil/>", hidden: true}
	upper := rawEntry{name: `DOC_0\DOCUMENT.XML`, data: "<evil/>", hidden: true}
	first := rawZip{entries: stored(plain())}.bytes()
	for name, z := range map[string]rawZip{
		"before the first entry":                    {entries: append([]rawEntry{evil}, stored(plain())...)},
		"behind the last entry":                     {entries: append(stored(plain()), evil)},
		"in other letter case and with backslash":   {entries: append(stored(plain()), upper)},
		"behind other stray bytes":                  {entries: append([]rawEntry{{name: "x", data: "x", after: strings.Repeat("pad", 30_000)}, evil}, stored(plain())...)},
		"a whole zip before the zip":                {before: first, base: -len(first), entries: stored(plain())},
		"a whole zip before, whose bytes it counts": {before: first, entries: stored(plain())},
	} {
		t.Run(name, func(t *testing.T) {
			raw := z.bytes()
			if _, err := Open(strings.NewReader(string(raw)), int64(len(raw)), DefaultLimits()); !errors.Is(err, fault.DocZIPConflict) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestElementsThatMayStandOnceAreRefusedTwice(t *testing.T) {
	const name = "/Doc_0/Signs/Sign_0/Signature.xml"
	for what, edit := range map[string]string{
		"SignedValue": "<ofd:SignedValue>→<ofd:SignedValue>/other.dat</ofd:SignedValue><ofd:SignedValue>",
		"References":  `<ofd:References →<ofd:References CheckMethod="SM3"/><ofd:References `,
		"Seal":        "<ofd:Seal>→<ofd:Seal><ofd:BaseLoc>x</ofd:BaseLoc></ofd:Seal><ofd:Seal>",
		"CheckValue":  "<ofd:CheckValue>→<ofd:CheckValue>AA==</ofd:CheckValue><ofd:CheckValue>",
		"SignedInfo":  "<ofd:SignedInfo>→<ofd:SignedInfo/><ofd:SignedInfo>",
	} {
		p := open(t, pack(t, plain(file{name[1:], signatureXML(edit)})))
		if _, err := p.SignatureFile(name); !errors.Is(err, fault.DocSigfileBroken) {
			t.Errorf("%s twice: %v", what, err)
		}
	}
}

func TestASecondDocRootIsWalkedToo(t *testing.T) {
	p := open(t, pack(t, plain(
		file{"OFD.xml", `<OFD><DocBody><DocRoot>Doc_0/Document.xml</DocRoot><DocRoot>Doc_9/Document.xml</DocRoot></DocBody></OFD>`},
		file{"Doc_9/Document.xml", documentXML}, file{"Doc_9/Pages/Page_0/Content.xml", pageXML})))
	if strays, err := p.Strays(); err != nil || len(strays) > 0 {
		t.Errorf("strays %q, %v", strays, err)
	}
}

func TestAPackageMayBeReadByManyAtOnce(t *testing.T) {
	p := open(t, signedOnce(t))
	want, err := open(t, signedOnce(t)).Digest("/Doc_0/Pages/Page_1/Content.xml")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range p.Entries() {
		names = append(names, e.Name)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := p.DigestAll(context.Background(), names); err != nil {
				t.Error(err)
			}
			if got, err := p.Digest("/Doc_0/Pages/Page_1/Content.xml"); got != want || err != nil {
				t.Errorf("digest %x, %v", got, err)
			}
			if _, err := p.Parts(); err != nil {
				t.Error(err)
			}
			if hits, err := p.Search("讯问", SearchOptions{}); len(hits) != 3 || err != nil {
				t.Errorf("%d hits, %v", len(hits), err)
			}
			_ = p.PartName("/OFD.xml").Words(fault.EN)
		})
	}
	all.Wait()
	stopped, cancel := context.WithCancel(context.Background())
	cancel()
	if err := p.DigestAll(stopped, names); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled context: %v", err)
	}
}
