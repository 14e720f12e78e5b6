package verify_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/verify"
)

// Two programs must not see two documents in one package.
func TestAttacksOnThePackage(t *testing.T) {
	w := newWorld(t)
	doc := forgery{world: w}.zip()
	other := rezip(t, []file{{"OFD.xml", []byte(evilPage)}})
	directory := bytes.Index(other, []byte("PK\x01\x02"))
	bytesAt := func(mark string, how func(b []byte, at int)) []byte {
		out := bytes.Clone(doc)
		at := bytes.Index(out, []byte(mark))
		if at < 0 {
			t.Fatal(mark)
		}
		how(out, at)
		return out
	}
	w.run(t, []attack{
		{name: "control", doc: doc, verdict: verify.Passed},
		{name: "vendor bytes before the zip", doc: append([]byte("KGOFD1.0\x00"), doc...), verdict: verify.Passed},
		{name: "another OFD.xml before the zip", doc: append(bytes.Clone(other[:directory]), doc...), verdict: verify.Failed, codes: is(fault.DocZIPConflict)},
		{name: "another OFD.xml behind vendor bytes", doc: append(append([]byte("KGOFD1.0\x00"), other[:directory]...), doc...), verdict: verify.Failed, codes: is(fault.DocZIPConflict)},
		{name: "another zip before the zip", doc: append(bytes.Clone(other), doc...), verdict: verify.Failed, codes: is(fault.DocZIPConflict)},
		{name: "another zip behind the zip", doc: append(bytes.Clone(doc), other...), verdict: verify.Failed, codes: is(fault.DocZIPConflict)},
		{name: "bytes behind the zip", doc: append(bytes.Clone(doc), "trailer"...), verdict: verify.Passed, codes: is(fault.DocZIPExtraBytes)},
		{name: "local name differs from the directory", doc: bytesAt("Doc_0/Pages/Page_0", func(b []byte, at int) { copy(b[at:], "Doc_0/Pages/Page_9") }), verdict: verify.Failed, codes: is(fault.DocZIPConflict)},
		{name: "local header says stored", doc: bytesAt("PK\x03\x04", func(b []byte, at int) { binary.LittleEndian.PutUint16(b[at+8:], 0) }), verdict: verify.Failed, codes: is(fault.DocZIPConflict)},
		{name: "checksum of a page is wrong in the directory", doc: directoryOf(doc, page0, func(b []byte) { b[16] ^= 1 }), verdict: verify.Failed},
		{name: "size of a page is wrong in the directory", doc: directoryOf(doc, page0, func(b []byte) { b[24] ^= 1 }), verdict: verify.Failed},
		{name: "page marked as encrypted", doc: directoryOf(doc, page0, func(b []byte) { b[8] |= 1 }), verdict: "", codes: is(fault.DocZIPUnsupported)},
	})
}

// directoryOf changes the directory's record of one entry.
func directoryOf(doc []byte, name string, how func(record []byte)) []byte {
	out := bytes.Clone(doc)
	for at := 0; ; at += 4 {
		next := bytes.Index(out[at:], []byte("PK\x01\x02"))
		if next < 0 {
			return out
		}
		if at += next; bytes.HasPrefix(out[at+46:], []byte(name)) {
			how(out[at:])
			return out
		}
	}
}

// A hostile document is judged or refused within seconds, whatever it repeats.
func TestHostileRepetitionIsCheap(t *testing.T) {
	limit := 5 * time.Second
	if raceEnabled { // the race detector makes everything ten times slower
		limit *= 10
	}
	w := newWorld(t)
	set := w.trust()
	const many = 20_000
	repeat := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	whole := forgery{world: w}.make()
	entries := change(t, whole, "Doc_0/Document.xml", swap("</ofd:CommonData>", repeat(many, "<ofd:PublicRes>r/%d.xml</ofd:PublicRes>")+"</ofd:CommonData>"))
	for i := range many {
		entries = append(entries, file{fmt.Sprintf("Doc_0/r/%d.xml", i), []byte("<Res/>")})
	}
	spread := forgery{world: w, files: drop(entries, listName, "Doc_0/Signs/Sign_0/Seal.esl", "Doc_0/Signs/Sign_0/Signature.xml", "Doc_0/Signs/Sign_0/SignedValue.dat")}
	spread.files = change(t, spread.files, "OFD.xml", swap("<ofd:Signatures>/"+listName+"</ofd:Signatures>", ""))
	entry := `<ofd:Signature ID="s1" BaseLoc="/Doc_0/Signs/Sign_0/Signature.xml"/>`
	for name, doc := range map[string][]byte{
		"many parts and references": spread.zip(),
		"many places": forgery{world: w, xml: swap("<ofd:Seal>",
			repeat(100_000, `<ofd:StampAnnot ID="%d" PageRef="99" Boundary="1 1 1 1"/>`)+"<ofd:Seal>")}.zip(),
		"many pages of one content": rezip(t, change(t, whole, "Doc_0/Document.xml", swap("</ofd:Pages>",
			repeat(100_000, `<ofd:Page ID="%d" BaseLoc="Pages/Page_0/Content.xml"/>`)+"</ofd:Pages>"))),
		"many announcements of one list": rezip(t, change(t, whole, "OFD.xml", swap("</ofd:DocBody>",
			repeat(many, "<ofd:Signatures>/"+listName+"</ofd:Signatures><!-- %d -->")+"</ofd:DocBody>"))),
		"many signatures that are not there": rezip(t, change(t, whole, listName, swap(entry,
			entry+repeat(100_000, `<ofd:Signature ID="x%d" BaseLoc="/nothing.xml"/>`)))),
		"many documents": rezip(t, change(t, whole, "OFD.xml", swap("</ofd:OFD>",
			repeat(many, "<ofd:DocBody><ofd:DocRoot>/Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody><!-- %d -->")+"</ofd:OFD>"))),
		"many document roots": rezip(t, change(t, whole, "OFD.xml", swap("</ofd:DocBody>",
			repeat(many, "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot><!-- %d -->")+"</ofd:DocBody>"))),
	} {
		begun := time.Now()
		o := tell(t, doc, set, w.now)
		if took := time.Since(begun); took > limit {
			t.Errorf("%s: %s after %s", name, o.verdict, took)
		} else {
			t.Logf("%s: %q after %s", name, o.verdict, took.Round(time.Millisecond))
		}
		if o.verdict == verify.Passed && name != "many parts and references" && name != "many document roots" {
			t.Errorf("%s: %s", name, o)
		}
	}
}
