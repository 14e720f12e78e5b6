package verify_test

import (
	"fmt"
	"strings"
	"testing"

	"xinzhang/internal/fault"
	"xinzhang/internal/fixture"
	"xinzhang/internal/format/cms"
	"xinzhang/internal/verify"
)

// What a page shows is known only when it can be read: with a DTD its content may
// lie in another file, which no signature covers.
func TestAttacksByPagesThatCannotBeRead(t *testing.T) {
	w := newWorld(t)
	plain := unzip(t, fixture.Document(t, 2))
	shows := func(name, content string) []byte {
		return forgery{world: w, files: change(t, plain, name, func(string) string { return content })}.zip()
	}
	const (
		entity  = `<!DOCTYPE p [<!ENTITY e SYSTEM "evil.xml">]>`
		drawn   = `<ofd:Page xmlns:ofd="http://www.ofdspec.org/2016"><ofd:Content>&e;</ofd:Content></ofd:Page>`
		genuine = `<ofd:Page xmlns:ofd="http://www.ofdspec.org/2016"><ofd:Content/></ofd:Page>`
	)
	annotated := add(change(t, plain, "Doc_0/Document.xml", swap("</ofd:Document>", "<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations></ofd:Document>")),
		"Doc_0/Annots/Annotations.xml", `<ofd:Annotations xmlns:ofd="o"><ofd:Page PageID="4"><ofd:FileLoc>a.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>`)
	annotation := func(content string) []byte {
		return forgery{world: w, files: add(annotated, "Doc_0/Annots/a.xml", content)}.zip()
	}
	unread := is(fault.DocPartUnread)
	drawsIn := forgery{world: w, files: change(t, plain, page0, func(string) string { return entity + drawn })}.make()
	w.run(t, []attack{
		{name: "control: a page without a resource of its own", doc: shows(page0, genuine), verdict: verify.Passed},
		{name: "control: one that closes itself", doc: shows(page0, `<Page xmlns="http://www.ofdspec.org/2016"/>`), verdict: verify.Passed},
		{name: "control: comments around it", doc: shows(page0, "<?xml version=\"1.0\"?>\r\n<!-- 1 -->"+genuine+"\n<!-- 2 -->\n"), verdict: verify.Passed},
		{name: "page that draws in a file added after sealing", doc: rezip(t, add(drawsIn, "Doc_0/Pages/Page_0/evil.xml", "<ofd:Layer/>")), verdict: verify.Indeterminate, codes: is(fault.DocPartUnread, fault.DocStray)},
		{name: "page with a DTD behind a comment", doc: shows(page0, "<!-- -->\n"+entity+drawn), verdict: verify.Indeterminate, codes: unread},
		{name: "page with a DTD behind a byte-order mark", doc: shows(page0, "\uFEFF"+entity+drawn), verdict: verify.Indeterminate, codes: unread},
		{name: "template with a DTD", doc: shows(template, entity+drawn), verdict: verify.Indeterminate, codes: unread},
		{name: "annotation with a DTD", doc: annotation(entity + `<ofd:PageAnnot xmlns:ofd="o">&e;</ofd:PageAnnot>`), verdict: verify.Indeterminate, codes: unread},
		{name: "annotation that is no XML", doc: annotation("hello"), verdict: verify.Indeterminate, codes: unread},
		{name: "control: annotation", doc: annotation(`<ofd:PageAnnot xmlns:ofd="o"/>`), verdict: verify.Passed},
		{name: "ciphertext page", doc: shows(page0, strings.Repeat("\x8f\x01\xfe", 40)), verdict: verify.Indeterminate, codes: unread},
		{name: "empty page", doc: shows(page0, ""), verdict: verify.Indeterminate, codes: unread},
		{name: "page of text", doc: shows(page0, "hello"), verdict: verify.Indeterminate, codes: unread},
		{name: "page of HTML", doc: shows(page0, "<html></html>"), verdict: verify.Indeterminate, codes: unread},
		{name: "HTML around a page", doc: shows(page0, "<html>"+genuine+"</html>"), verdict: verify.Indeterminate, codes: unread},
		{name: "page cut off", doc: shows(page0, genuine[:len(genuine)-len("</ofd:Page>")]), verdict: verify.Indeterminate, codes: unread},
		{name: "page closed by another prefix", doc: shows(page0, strings.Replace(genuine, "</ofd:Page", "</o:Page", 1)), verdict: verify.Indeterminate, codes: unread},
		{name: "text behind the page", doc: shows(page0, genuine+"x"), verdict: verify.Indeterminate, codes: unread},
	})
}

// A list of all files (GM/T 0099) is believed in nothing but what it rules out.
func TestAttacksOnTheIntegrityList(t *testing.T) {
	w := newWorld(t)
	plain := unzip(t, fixture.Document(t, 2))
	list := func(files []file, more ...string) string {
		var b strings.Builder
		b.WriteString(`<ofd:DocEntries xmlns:ofd="http://www.ofdspec.org/2016" ID="1" CreatorName="x" Version="1" CreationDate="2026-01-01"><ofd:SignedValueLoc>/entries.dat</ofd:SignedValueLoc><ofd:FileList>`)
		for _, e := range files {
			more = append(more, "/"+e.name)
		}
		for i, name := range more {
			fmt.Fprintf(&b, `<ofd:File ID="%d" FileLoc="%s"/>`, i+1, name)
		}
		return b.String() + `</ofd:FileList></ofd:DocEntries>`
	}
	value := func(list string, how func(*cms.Template)) string {
		tm := cms.Template{Signer: w.org.Cert, SigningTime: w.at, Content: []byte(list), Detached: true}
		if how != nil {
			how(&tm)
		}
		return string(w.message(w.org, tm)(nil))
	}
	with := func(files []file, list, value string) []file {
		return add(add(files, "OFDEntries.xml", list), "entries.dat", value)
	}
	sealed := func(list, value string) []byte {
		return forgery{world: w, files: with(plain, list, value)}.zip()
	}
	whole := list(plain)
	good := with(plain, whole, value(whole, nil))
	signed := forgery{world: w}.make()
	later := list(signed)
	unknown := func(b string) string { return string(member(w, []byte(b), "1.0.3", become(nil))) }
	gone := list(plain, "/Doc_0/gone.xml")
	some := list(plain[1:])
	wrong := is(fault.IntegritySignature)
	w.run(t, []attack{
		{name: "control: listed, then sealed", doc: forgery{world: w, files: good}.zip(), verdict: verify.Passed, not: is(fault.IntegrityUnlisted, fault.DocIndexUncovered, fault.DocStray)},
		{name: "control: sealed, then listed", doc: rezip(t, with(signed, later, value(later, nil))), verdict: verify.Passed, strict: verify.Failed, codes: is(fault.DocIndexUncovered)},
		{name: "value that is none", doc: sealed(whole, "garbage"), verdict: verify.Failed, codes: wrong},
		{name: "value of another list", doc: sealed(whole, value(some, nil)), verdict: verify.Failed, codes: wrong},
		{name: "value missing", doc: rezip(t, drop(forgery{world: w, files: good, omit: []string{"/entries.dat"}}.make(), "entries.dat")), verdict: verify.Failed, codes: wrong},
		{name: "value without a certificate", doc: sealed(whole, unknown(value(whole, nil))), verdict: verify.Indeterminate, codes: is(fault.IntegrityUnjudged)},
		{name: "listed file missing", doc: sealed(gone, value(gone, nil)), verdict: verify.Failed, codes: is(fault.IntegrityMissing)},
		{name: "file not listed", doc: sealed(some, value(some, nil)), verdict: verify.Passed, strict: verify.Failed, codes: is(fault.IntegrityUnlisted)},
		{name: "list and value added after sealing", doc: rezip(t, with(signed, some, "garbage")), verdict: verify.Failed, codes: is(fault.IntegritySignature, fault.IntegrityUnlisted, fault.DocIndexUncovered)},
		{name: "list that cannot be read", doc: sealed("<DocEntries>", ""), verdict: verify.Indeterminate, codes: is(fault.DocPartUnread)},
	})
}
