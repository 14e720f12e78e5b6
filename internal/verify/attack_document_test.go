package verify_test

import (
	"strings"
	"testing"

	"xinzhang/internal/fault"
	"xinzhang/internal/fixture"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/ofd"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/verify"
)

const (
	page0    = "Doc_0/Pages/Page_0/Content.xml"
	page1    = "Doc_0/Pages/Page_1/Content.xml"
	template = "Doc_0/Tpls/Tpl_0/Content.xml"
	evilPage = `<ofd:Page xmlns:ofd="http://www.ofdspec.org/2016"><ofd:Content/></ofd:Page>`
	evilDoc  = `<ofd:Document xmlns:ofd="http://www.ofdspec.org/2016"><ofd:CommonData/><ofd:Pages><ofd:Page ID="4" BaseLoc="/Evil/p.xml"/></ofd:Pages></ofd:Document>`
	evilBody = `<ofd:DocBody><ofd:DocInfo/><ofd:DocRoot>/Evil/Document.xml</ofd:DocRoot></ofd:DocBody>`
)

func evil(files []file) []file {
	return add(add(files, "Evil/Document.xml", evilDoc), "Evil/p.xml", evilPage)
}

// OFD.xml need not be covered, so everything it names must be.
func TestAttacksOnAnUncoveredRoot(t *testing.T) {
	w := newWorld(t)
	open := forgery{world: w, omit: []string{"/OFD.xml"}}.make()
	root := func(old, new string) []byte {
		return rezip(t, change(t, evil(open), "OFD.xml", swap(old, new)))
	}
	const docRoot = "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"
	w.run(t, []attack{
		{name: "control: OFD.xml not covered", doc: rezip(t, open), verdict: verify.Passed, codes: is(fault.DocIndexUncovered)},
		{name: "DocRoot names another Document.xml", doc: root(docRoot, "<ofd:DocRoot>Evil/Document.xml</ofd:DocRoot>"),
			verdict: verify.Failed, codes: is(fault.DocUncovered)},
		{name: "second DocRoot behind the first", doc: root(docRoot, docRoot+"<ofd:DocRoot>Evil/Document.xml</ofd:DocRoot>"),
			verdict: verify.Failed, codes: is(fault.DocUncovered)},
		{name: "second DocRoot before the first", doc: root(docRoot, "<ofd:DocRoot>Evil/Document.xml</ofd:DocRoot>"+docRoot),
			verdict: verify.Failed, codes: is(fault.DocUncovered)},
		{name: "second DocBody behind the first", doc: root("</ofd:OFD>", evilBody+"</ofd:OFD>"),
			verdict: verify.Failed, codes: is(fault.DocUncovered)},
		{name: "second DocBody before the first", doc: root("<ofd:DocBody>", evilBody+"<ofd:DocBody>"),
			verdict: verify.Failed, codes: is(fault.DocUncovered)},
		{name: "second DocBody with a foreign prefix", doc: root("</ofd:OFD>", strings.ReplaceAll(evilBody, "ofd:", "x:")+"</ofd:OFD>"),
			verdict: verify.Failed, codes: is(fault.DocUncovered)},
		{name: "second DocBody shows the first Document.xml again", doc: root("</ofd:OFD>", strings.ReplaceAll(evilBody, "/Evil/", "/Doc_0/")+"</ofd:OFD>"),
			verdict: verify.Failed},
		{name: "DocRoot names nothing", doc: root(docRoot, "<ofd:DocRoot>Doc_0/Documents.xml</ofd:DocRoot>"), verdict: verify.Failed},
		{name: "DocRoot names a page", doc: root(docRoot, "<ofd:DocRoot>"+page0+"</ofd:DocRoot>"), verdict: verify.Failed},
		{name: "DocRoot names the signature list", doc: root(docRoot, "<ofd:DocRoot>/"+listName+"</ofd:DocRoot>"), verdict: verify.Failed},
		{name: "Versions name another Document.xml", doc: rezip(t, add(change(t, evil(open), "OFD.xml",
			swap("</ofd:DocBody>", `<ofd:Versions><ofd:Version ID="1" Index="1" BaseLoc="/v.xml"/></ofd:Versions></ofd:DocBody>`)),
			"v.xml", `<ofd:DocVersion><ofd:DocRoot>/Evil/Document.xml</ofd:DocRoot></ofd:DocVersion>`)),
			verdict: verify.Failed, codes: is(fault.DocUncovered)},
		{name: "cover picture added", doc: rezip(t, add(change(t, open, "OFD.xml", swap("</ofd:DocInfo>", "<ofd:Cover>/cover.png</ofd:Cover></ofd:DocInfo>")),
			"cover.png", "png")), verdict: verify.Failed, codes: is(fault.DocUncovered)},
		{name: "cover picture in a second DocInfo", doc: rezip(t, add(change(t, open, "OFD.xml",
			swap("</ofd:DocInfo>", "</ofd:DocInfo><ofd:DocInfo><ofd:Cover>/cover.png</ofd:Cover></ofd:DocInfo>")), "cover.png", "png")),
			verdict: verify.Failed, codes: is(fault.DocUncovered)},
		{name: "the list is announced twice", doc: root("</ofd:DocBody>", "<ofd:Signatures>/"+listName+"</ofd:Signatures></ofd:DocBody>"),
			verdict: verify.Failed},
		{name: "the announcement is gone", doc: root("<ofd:Signatures>/"+listName+"</ofd:Signatures>", ""),
			verdict: verify.Unsigned, codes: is(fault.DocStray)},
		{name: "the announcement names nothing", doc: root(listName, "Doc_0/Signs/None.xml"), verdict: verify.Failed, codes: is(fault.DocSiglistMissing)},
		{name: "an entity in OFD.xml", doc: root("<ofd:OFD ", `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><ofd:OFD `), verdict: ""},
		{name: "Document.xml behind CDATA and a comment", doc: root("Doc_0/Document.xml", "<![CDATA[Evil/]]><!-- -->Document.xml"),
			verdict: verify.Failed, codes: is(fault.DocUncovered)},
	})
}

// What covered files refer to must be covered too, by whatever name it is found.
func TestAttacksOnCoverage(t *testing.T) {
	w := newWorld(t)
	plain := unzip(t, fixture.Document(t, 2))
	whole := forgery{world: w}.make()
	without := func(files []file, parts ...string) []byte {
		return forgery{world: w, files: files, omit: parts}.zip()
	}
	document := func(old, new string) []file { return change(t, plain, "Doc_0/Document.xml", swap(old, new)) }
	annotated := add(add(document("</ofd:Pages>", "</ofd:Pages><ofd:Annotations>Annots/Annotations.xml</ofd:Annotations>"),
		"Doc_0/Annots/Annotations.xml", `<ofd:Annotations xmlns:ofd="o"><ofd:Page PageID="4"><ofd:FileLoc>a.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>`),
		"Doc_0/Annots/a.xml", `<ofd:PageAnnot xmlns:ofd="o"/>`)
	attached := add(add(document("</ofd:Pages>", "</ofd:Pages><ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>"),
		"Doc_0/Attachs/Attachments.xml", `<ofd:Attachments xmlns:ofd="o"><ofd:Attachment ID="90" Name="a"><ofd:FileLoc>a.txt</ofd:FileLoc></ofd:Attachment></ofd:Attachments>`),
		"Doc_0/Attachs/a.txt", "a")
	tagged := add(add(document("</ofd:Pages>", "</ofd:Pages><ofd:CustomTags>Tags/CustomTags.xml</ofd:CustomTags>"),
		"Doc_0/Tags/CustomTags.xml", `<ofd:CustomTags xmlns:ofd="o"><ofd:CustomTag><ofd:FileLoc>t.xml</ofd:FileLoc></ofd:CustomTag></ofd:CustomTags>`),
		"Doc_0/Tags/t.xml", `<t/>`)
	res := func(inside string) []file {
		return add(change(t, plain, "Doc_0/PublicRes.xml", swap("</ofd:Res>", inside+"</ofd:Res>")), "Doc_0/Res/x.bin", "x")
	}
	font := res(`<ofd:Fonts><ofd:Font ID="70" FontName="f"><ofd:FontFile>x.bin</ofd:FontFile></ofd:Font></ofd:Fonts>`)
	image := res(`<ofd:MultiMedias><ofd:MultiMedia ID="71" Type="Image"><ofd:MediaFile>x.bin</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias>`)
	colour := res(`<ofd:ColorSpaces><ofd:ColorSpace ID="72" Type="RGB" Profile="x.bin"/></ofd:ColorSpaces>`)
	loose := document("Tpls/Tpl_0", "TPLS/Tpl_0")
	fromRoot := document("Pages/Page_0/Content.xml", "Doc_0/Pages/Page_0/Content.xml")
	pageRes := add(change(t, plain, page0, swap("</ofd:Page>", "<ofd:PageRes>PageRes.xml</ofd:PageRes></ofd:Page>")),
		"Doc_0/Pages/Page_0/PageRes.xml", `<ofd:Res xmlns:ofd="o" BaseLoc="."><ofd:MultiMedias><ofd:MultiMedia ID="71"><ofd:MediaFile>y.bin</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>`)
	pageRes = add(pageRes, "Doc_0/Pages/Page_0/y.bin", "y")
	dangling := document("</ofd:CommonData>", "<ofd:DocumentRes>Later.xml</ofd:DocumentRes></ofd:CommonData>")
	uncovered := is(fault.DocUncovered)
	w.run(t, []attack{
		{name: "control: everything covered", doc: rezip(t, whole), verdict: verify.Passed},
		{name: "page not covered", doc: without(plain, "/"+page1), verdict: verify.Failed, codes: uncovered},
		{name: "only OFD.xml covered", doc: without(plain, "/"+page0, "/"+page1, "/"+template, "/Doc_0/Document.xml", "/Doc_0/PublicRes.xml"), verdict: verify.Failed, codes: uncovered},
		{name: "template not covered", doc: without(plain, "/"+template), verdict: verify.Failed, codes: uncovered},
		{name: "resource list not covered", doc: without(plain, "/Doc_0/PublicRes.xml"), verdict: verify.Failed, codes: uncovered},
		{name: "Document.xml not covered", doc: without(plain, "/Doc_0/Document.xml"), verdict: verify.Failed, codes: uncovered},
		{name: "font not covered", doc: without(font, "/Doc_0/Res/x.bin"), verdict: verify.Failed, codes: uncovered},
		{name: "picture not covered", doc: without(image, "/Doc_0/Res/x.bin"), verdict: verify.Failed, codes: uncovered},
		{name: "colour profile not covered", doc: without(colour, "/Doc_0/Res/x.bin"), verdict: verify.Failed, codes: uncovered},
		{name: "resource list of a page not covered", doc: without(pageRes, "/Doc_0/Pages/Page_0/PageRes.xml"), verdict: verify.Failed, codes: uncovered},
		{name: "picture of a page's resources not covered", doc: without(pageRes, "/Doc_0/Pages/Page_0/y.bin"), verdict: verify.Failed, codes: uncovered},
		{name: "annotation not covered", doc: without(annotated, "/Doc_0/Annots/a.xml"), verdict: verify.Failed, codes: uncovered},
		{name: "annotation index not covered", doc: without(annotated, "/Doc_0/Annots/Annotations.xml"), verdict: verify.Passed, codes: is(fault.DocIndexUncovered)},
		{name: "annotation added to an index that is not covered", doc: rezip(t, add(change(t,
			forgery{world: w, files: annotated, omit: []string{"/Doc_0/Annots/Annotations.xml"}}.make(), "Doc_0/Annots/Annotations.xml",
			swap("</ofd:FileLoc>", "</ofd:FileLoc><ofd:FileLoc>b.xml</ofd:FileLoc>")), "Doc_0/Annots/b.xml", "<PageAnnot/>")), verdict: verify.Failed, codes: uncovered},
		{name: "the signature list shown as an annotation", doc: rezip(t, change(t,
			forgery{world: w, files: annotated, omit: []string{"/Doc_0/Annots/Annotations.xml"}}.make(), "Doc_0/Annots/Annotations.xml",
			swap("a.xml", "/"+listName))), verdict: verify.Failed, codes: uncovered},
		{name: "attachment not covered", doc: without(attached, "/Doc_0/Attachs/a.txt"), verdict: verify.Passed, codes: is(fault.DocBesideUncovered)},
		{name: "tag file not covered", doc: without(tagged, "/Doc_0/Tags/t.xml"), verdict: verify.Passed, codes: is(fault.DocBesideUncovered)},
		{name: "a part that was missing is supplied", doc: rezip(t, add(forgery{world: w, files: dangling}.make(), "Doc_0/Later.xml", "<Res/>")), verdict: verify.Failed, codes: uncovered},
		{name: "control: a part is missing", doc: without(dangling), verdict: verify.Passed, codes: is(fault.DocDangling)},
		{name: "control: template named in other letter case", doc: without(loose), verdict: verify.Passed},
		{name: "exact name supplied for a template named in other letter case", doc: rezip(t, add(forgery{world: w, files: loose}.make(), "Doc_0/TPLS/Tpl_0/Content.xml", evilPage)), verdict: verify.Failed, codes: uncovered},
		{name: "third letter case makes the template ambiguous", doc: rezip(t, add(forgery{world: w, files: loose}.make(), "Doc_0/tpls/Tpl_0/Content.xml", evilPage)), verdict: verify.Failed, codes: uncovered},
		{name: "control: page named from the root", doc: without(fromRoot), verdict: verify.Passed},
		{name: "relative name supplied for a page named from the root", doc: rezip(t, add(forgery{world: w, files: fromRoot}.make(), "Doc_0/Doc_0/Pages/Page_0/Content.xml", evilPage)), verdict: verify.Failed, codes: uncovered},
		{name: "page once more in other letter case", doc: rezip(t, add(whole, "DOC_0/pages/page_0/content.XML", evilPage)), verdict: verify.Failed, codes: uncovered},
		{name: "OFD.xml once more in other letter case", doc: rezip(t, add(whole, "ofd.xml", evilPage)), verdict: verify.Failed, codes: uncovered},
		{name: "page once more with a dot behind its name", doc: rezip(t, add(whole, page0+".", evilPage)), verdict: verify.Failed, codes: uncovered},
		{name: "page once more with ./ in its name", doc: rezip(t, add(whole, "./"+page0, evilPage)), verdict: verify.Failed, codes: is(fault.DocDuplicateEntry)},
		{name: "page once more with // in its name", doc: rezip(t, add(whole, "Doc_0//Pages/Page_0/Content.xml", evilPage)), verdict: verify.Failed, codes: is(fault.DocDuplicateEntry)},
		{name: "page once more with backslashes", doc: rezip(t, add(whole, `Doc_0\Pages\Page_0\Content.xml`, evilPage)), verdict: verify.Failed, codes: is(fault.DocDuplicateEntry)},
		{name: "page once more by a way out and in", doc: rezip(t, add(whole, "Doc_0/../"+page0, evilPage)), verdict: verify.Failed, codes: is(fault.DocPathEscape)},
		{name: "a file that nothing refers to", doc: rezip(t, add(whole, "Doc_0/x.bin", "x")), verdict: verify.Passed, codes: is(fault.DocStray)},
		{name: "pages exchanged", doc: rezip(t, change(t, change(t, whole, page0, func(string) string { return contents(t, whole, page1) }), page1,
			func(string) string { return contents(t, whole, page0) })), verdict: verify.Failed, codes: is(fault.DocDigest)},
		{name: "page dropped", doc: rezip(t, drop(whole, page1)), verdict: verify.Failed, codes: is(fault.DocRefMissing)},
		{name: "references resolve to a copy beside the signature", doc: copyBeside(w, plain), verdict: verify.Failed, codes: uncovered},
	})
}

// copyBeside makes references that a relative reading finds in a copy, while the
// page itself was changed.
func copyBeside(w *world, plain []file) []byte {
	files := forgery{world: w, files: plain, xml: swap(`FileRef="/`+page0, `FileRef="`+page0)}.make()
	files = add(files, "Doc_0/Signs/Sign_0/"+page0, contents(w, files, page0))
	return rezip(w, change(w, files, page0, func(string) string { return evilPage }))
}

// The description of a signature must have one meaning.
func TestAttacksOnTheSignatureFile(t *testing.T) {
	w := newWorld(t)
	made := func(old, new string) []byte { return forgery{world: w, xml: swap(old, new)}.zip() }
	whole := forgery{world: w}.make()
	after := func(name, old, new string) []byte { return rezip(t, change(t, whole, name, swap(old, new))) }
	const sigFile = "Doc_0/Signs/Sign_0/Signature.xml"
	broken := is(fault.DocSigfileBroken)
	refs := `<ofd:References CheckMethod="SM3"><ofd:Reference FileRef="/OFD.xml"><ofd:CheckValue>AAAA</ofd:CheckValue></ofd:Reference></ofd:References>`
	entry := `<ofd:Signature ID="s1" BaseLoc="/Doc_0/Signs/Sign_0/Signature.xml"/>`
	w.run(t, []attack{
		{name: "two SignedInfo", doc: made("<ofd:SignedValue>", "<ofd:SignedInfo>"+refs+"</ofd:SignedInfo><ofd:SignedValue>"), verdict: verify.Failed, codes: broken},
		{name: "two References", doc: made("</ofd:References>", "</ofd:References>"+refs), verdict: verify.Failed, codes: broken},
		{name: "two References, the second of another namespace", doc: made("</ofd:References>", "</ofd:References>"+strings.ReplaceAll(refs, "ofd:", "x:")), verdict: verify.Failed, codes: broken},
		{name: "two SignedValue", doc: made("</ofd:Signature>", "<ofd:SignedValue>/x.dat</ofd:SignedValue></ofd:Signature>"), verdict: verify.Failed, codes: broken},
		{name: "two Seal", doc: made("</ofd:Seal>", "</ofd:Seal><ofd:Seal><ofd:BaseLoc>/x.esl</ofd:BaseLoc></ofd:Seal>"), verdict: verify.Failed, codes: broken},
		{name: "two CheckValue", doc: made("</ofd:CheckValue></ofd:Reference></ofd:References>", "</ofd:CheckValue><ofd:CheckValue>AAAA</ofd:CheckValue></ofd:Reference></ofd:References>"), verdict: verify.Failed, codes: broken},
		{name: "a file referenced twice", doc: made("</ofd:References>", `<ofd:Reference FileRef="OFD.xml"><ofd:CheckValue>AAAA</ofd:CheckValue></ofd:Reference></ofd:References>`), verdict: verify.Failed, codes: broken},
		{name: "a file referenced twice by two spellings", doc: made("</ofd:References>", `<ofd:Reference FileRef="//doc_0\\DOCUMENT.xml"><ofd:CheckValue>AAAA</ofd:CheckValue></ofd:Reference></ofd:References>`), verdict: verify.Failed, codes: broken},
		{name: "references outside References", doc: made("</ofd:References>", "</ofd:References>"+strings.ReplaceAll(refs, "References", "Parameters")), verdict: verify.Passed},
		{name: "no references", doc: made(`CheckMethod="1.2.156.10197.1.401">`, `CheckMethod="SM3"/><ofd:Hidden>`), verdict: verify.Failed},
		{name: "CheckMethod absent, which is MD5", doc: made(` CheckMethod="1.2.156.10197.1.401"`, ""), verdict: verify.Failed, codes: is(fault.DocDigestUnnamed), not: is(fault.DocDigestAlgorithm)},
		{name: "CheckMethod SHA-1", doc: made(`"1.2.156.10197.1.401"`, `"1.3.14.3.2.26"`), verdict: verify.Failed, codes: is(fault.DocDigestAlgorithm)},
		{name: "CheckMethod twice", doc: made(` CheckMethod="1`, ` CheckMethod="MD5" CheckMethod="1`), verdict: verify.Failed, codes: broken},
		{name: "a digest that is empty", doc: forgery{world: w, files: add(unzip(t, fixture.Document(t, 2)), "x.bin", "x"), omit: []string{"/x.bin"}, more: []ofd.Reference{{Path: "/x.bin"}}}.zip(), verdict: verify.Failed, codes: is(fault.DocDigest)},
		{name: "a comment inside a digest", doc: made("<ofd:CheckValue>", "<ofd:CheckValue><!-- -->"), verdict: verify.Passed},
		{name: "StampAnnot on a page that is not there", doc: made(`PageRef="4"`, `PageRef="99"`), verdict: verify.Failed, codes: is(fault.SealPlaceWrong)},
		{name: "StampAnnot on no page", doc: made(`PageRef="4"`, `PageRef=""`), verdict: verify.Failed, codes: is(fault.SealPlaceUnnamed), not: is(fault.SealPlaceWrong)},
		{name: "Signature.xml that cannot be read", doc: made("</ofd:Signature>", ""), verdict: verify.Failed, codes: broken, not: is(fault.DocStray)},
		{name: "the same with a file elsewhere", doc: rezip(t, add(forgery{world: w, xml: swap("</ofd:Signature>", "")}.make(), "Doc_0/x.bin", "x")), verdict: verify.Failed, codes: is(fault.DocSigfileBroken, fault.DocStray)},
		{name: "StampAnnot off the page", doc: made(`Boundary="100 100`, `Boundary="1000 100`), verdict: verify.Passed, codes: is(fault.SealPlaceOutside)},
		{name: "StampAnnot without end", doc: made(`Boundary="100 100`, `Boundary="NaN Inf`), verdict: verify.Failed, codes: broken},
		{name: "SignatureMethod RSA beside an SM2 value", doc: made(string(oid.SM2WithSM3), string(oid.SHA1WithRSA)), verdict: verify.Passed, codes: is(fault.SigDeviation)},
		{name: "SignatureMethod RSA by word", doc: made(string(oid.SM2WithSM3), "SHA1withRSA"), verdict: verify.Passed, codes: is(fault.SigDeviation)},
		{name: "genuine: SignatureMethod by word", doc: made(string(oid.SM2WithSM3), "SGD_SM3_SM2"), verdict: verify.Passed, not: is(fault.SigDeviation)},
		{name: "built on a signature that is not there", doc: after(listName, "BaseLoc=", `Relative="s99" BaseLoc=`), verdict: verify.Passed, codes: is(fault.SigBaseMissing)},
		{name: "built on itself", doc: after(listName, "BaseLoc=", `Relative="s1" BaseLoc=`), verdict: verify.Passed, codes: is(fault.SigBaseMissing)},
		{name: "comment added after signing", doc: after(sigFile, "</ofd:Signature>", "<!-- --></ofd:Signature>"), verdict: verify.Failed, codes: is(fault.SigDataHash)},
		{name: "seal moved after signing", doc: after(sigFile, `Boundary="100 100`, `Boundary="101 100`), verdict: verify.Failed, codes: is(fault.SigDataHash)},
		{name: "reference taken out after signing", doc: after(sigFile, `FileRef="/`+page0, `FileRef="/`+page1+`x`), verdict: verify.Failed, codes: is(fault.SigDataHash)},
		{name: "a signature listed twice", doc: after(listName, entry, entry+entry), verdict: verify.Failed, codes: is(fault.DocSiglistBroken)},
		{name: "a signature listed twice by two spellings", doc: after(listName, entry, entry+strings.Replace(entry, "/Doc_0/Signs/", "", 1)), verdict: verify.Failed, codes: is(fault.DocSiglistBroken)},
		{name: "a signature listed that is not there", doc: after(listName, entry, entry+strings.Replace(entry, "Sign_0", "Sign_9", 1)), verdict: verify.Failed, codes: is(fault.DocSigfileMissing)},
		{name: "every signature taken off the list", doc: after(listName, entry, ""), verdict: verify.Unsigned, codes: is(fault.DocStray)},
		{name: "a page listed as a signature", doc: after(listName, entry, entry+`<ofd:Signature ID="s2" BaseLoc="/`+page0+`"/>`), verdict: verify.Failed, codes: broken},
		{name: "signature entry without a place", doc: after(listName, entry, entry+`<ofd:Signature ID="s2"/>`), verdict: verify.Failed, codes: is(fault.DocSiglistBroken)},
	})
}

// A signature is worth nothing beside another document.
func TestAttacksByTransplants(t *testing.T) {
	w := newWorld(t)
	whole := forgery{world: w}.make()
	other := fixture.Document(t, 2)
	moved := unzip(t, other)
	for i, e := range moved {
		if e.name == page0 {
			moved[i].data = []byte(strings.Replace(string(e.data), "第1页", "第8页", 1))
		}
	}
	for _, e := range whole {
		if strings.HasPrefix(e.name, "Doc_0/Signs/") {
			moved = append(moved, e)
		}
	}
	moved = change(t, moved, "OFD.xml", func(string) string { return contents(t, whole, "OFD.xml") })
	two := forgery{world: w, files: whole, number: 1, signer: w.person, seal: w.a.Seal(ses.Handwritten, nil, w.person)}.make()
	const first, second = "Doc_0/Signs/Sign_0/", "Doc_0/Signs/Sign_1/"
	exchange := func(what string) []byte {
		return rezip(t, change(t, change(t, two, first+what, func(string) string { return contents(t, two, second+what) }),
			second+what, func(string) string { return contents(t, two, first+what) }))
	}
	elsewhere := forgery{world: w}
	elsewhere.tbs = func(tbs []byte) []byte {
		return member(t, tbs, "4", become(tlv(der.IA5String, []byte("/Doc_9/Signs/Sign_9/Signature.xml"))))
	}
	w.run(t, []attack{
		{name: "control: two signatures", doc: rezip(t, two), verdict: verify.Passed},
		{name: "control: the second built on the first", doc: rezip(t, change(t, two, listName, swap(`ID="s2"`, `ID="s2" Relative="s1"`))), verdict: verify.Passed, not: is(fault.SigBaseMissing)},
		{name: "signature of another document", doc: rezip(t, moved), verdict: verify.Failed, codes: is(fault.DocDigest)},
		{name: "values of two signatures exchanged", doc: exchange("SignedValue.dat"), verdict: verify.Failed, codes: is(fault.SigDataHash)},
		{name: "seals of two signatures exchanged", doc: exchange("Seal.esl"), verdict: verify.Failed, codes: is(fault.SealMismatch)},
		{name: "first signature removed with its files", doc: rezip(t, change(t, drop(two, first+"Signature.xml", first+"SignedValue.dat", first+"Seal.esl"),
			listName, swap(`<ofd:Signature ID="s1" BaseLoc="/Doc_0/Signs/Sign_0/Signature.xml"/>`, ""))), verdict: verify.Failed, codes: is(fault.DocRefMissing)},
		{name: "first signature taken off the list only", doc: rezip(t, change(t, two, listName, swap(`<ofd:Signature ID="s1" BaseLoc="/Doc_0/Signs/Sign_0/Signature.xml"/>`, ""))),
			verdict: verify.Passed, codes: is(fault.DocStray)},
		{name: "signed for another place", doc: elsewhere.zip(), verdict: verify.Passed, codes: is(fault.SigPropertyInfo)},
		{name: "seal file dropped", doc: forgery{world: w, files: nil, omit: []string{"/Doc_0/Signs/Sign_0/Seal.esl"}}.without("Doc_0/Signs/Sign_0/Seal.esl"), verdict: verify.Failed, codes: is(fault.SealFileMissing)},
		{name: "seal file of another seal, not covered", doc: rezip(t, change(t, forgery{world: w, omit: []string{"/Doc_0/Signs/Sign_0/Seal.esl"}}.make(),
			"Doc_0/Signs/Sign_0/Seal.esl", func(string) string { return string(w.seal(w.org).Raw) })), verdict: verify.Failed, codes: is(fault.SealMismatch)},
		{name: "control: seal file not covered", doc: forgery{world: w, omit: []string{"/Doc_0/Signs/Sign_0/Seal.esl"}}.zip(), verdict: verify.Passed},
	})
}

func (f forgery) without(names ...string) []byte { return rezip(f, drop(f.make(), names...)) }

// One signature may leave to another what that one protects, if it is valid.
func TestAttacksBySharedCoverage(t *testing.T) {
	w := newWorld(t)
	rogue := fixture.New(t, w.a.At)
	stranger := rogue.Organisation(nil)
	partial := forgery{world: w, omit: []string{"/" + page1}}.make()
	later := forgery{world: w, files: partial, number: 1}
	byStranger := forgery{world: w, files: partial, number: 1, signer: stranger, seal: rogue.Seal(ses.OfficialSeal, nil, stranger)}
	bare := forgery{world: w, files: partial, number: 1, noSeal: true, value: func([]byte) []byte { return seq([]byte{2, 1, 1}, []byte{2, 1, 1}) }}
	secondOnly := forgery{world: w, files: forgery{world: w}.make(), number: 1, omit: []string{"/" + page0, "/" + page1}}
	spoilt := later
	spoilt.der = func(b []byte) []byte { b[len(b)-1] ^= 1; return b }
	w.run(t, []attack{
		{name: "a later valid signature covers the rest", doc: later.zip(), verdict: verify.Passed, codes: is(fault.DocCoveredLater)},
		{name: "a later signature of a stranger covers the rest", doc: byStranger.zip(), verdict: verify.Indeterminate, codes: is(fault.DocCoveredUndecided)},
		{name: "a later signature without a certificate covers the rest", doc: bare.zip(), verdict: verify.Indeterminate, codes: is(fault.DocCoveredUndecided)},
		{name: "a later broken signature covers the rest", doc: spoilt.zip(), verdict: verify.Failed, codes: is(fault.DocUncovered)},
		{name: "an earlier valid signature covers the rest", doc: secondOnly.zip(), verdict: verify.Passed, codes: is(fault.DocCoveredEarlier)},
	})
}
