package hostile

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/emmansun/gmsm/sm3"

	"xinzhang/internal/fault"
)

// signatures are lists and Signature.xml that go on and on.
func signatures(w *world) []hostile {
	list, file := w.find("Signatures.xml"), w.find("Signature.xml")
	value := w.find("SignedValue.dat")
	withList := func(items string, more ...entry) func() []byte {
		return func() []byte {
			l := entry{name: list.name, data: `<ofd:Signatures` + space + `><ofd:MaxSignId>1</ofd:MaxSignId>` + items + `</ofd:Signatures>`, stored: true}
			return pack(with(w.sealed, append(more, l)...)...)
		}
	}
	withRefs := func(refs string, more ...entry) func() []byte {
		return func() []byte {
			s := entry{name: file.name, data: addRefs(file.data, refs), stored: true}
			return pack(with(w.sealed, append(more, s)...)...)
		}
	}
	item := `<ofd:Signature ID="s%[1]d" Type="Seal" BaseLoc="/Doc_0/Signs/S%[1]d.xml"/>`
	ref := `<ofd:Reference FileRef="/f%d"><ofd:CheckValue>` + strings.Repeat("A", 43) + `=</ofd:CheckValue></ofd:Reference>`
	empty := sm3.Sum(nil)
	rightRef := `<ofd:Reference FileRef="/f%d"><ofd:CheckValue>` + base64.StdEncoding.EncodeToString(empty[:]) + `</ofd:CheckValue></ofd:Reference>`
	return []hostile{
		{name: "a list of a million signatures", data: withList(repeat(1_000_000, said(item))), verify: fault.InputTooLarge},
		{name: "a list of ninety thousand signatures", data: withList(repeat(90_000, said(item))), verify: fault.InputTooLarge},
		{name: "a list of three hundred signatures that are missing", data: withList(repeat(300, said(item))), verify: fault.DocSigfileMissing},
		{name: "a list of a thousand signatures in one file", data: withList(strings.Repeat(fmt.Sprintf(`<ofd:Signature ID="1" BaseLoc="/%s"/>`, file.name), 1000)), verify: fault.DocSiglistBroken},
		{name: "a list that names itself", data: withList(fmt.Sprintf(`<ofd:Signature ID="1" BaseLoc="/%s"/>`, list.name)), verify: fault.DocSigfileBroken},
		{name: "three hundred signatures with the same value", data: withList(repeat(300, said(item)), copies(300, file.data)...), verify: fault.SigPropertyInfo},
		{name: "three hundred signatures without a value", data: withList(repeat(300, said(item)), copies(300, strings.ReplaceAll(file.data, value.name, "none"))...), verify: fault.SigValueMissing},
		{name: "a hundred documents with a list each", data: func() []byte {
			body := `<ofd:DocBody><ofd:DocInfo/><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot><ofd:Signatures>/` + list.name + `</ofd:Signatures></ofd:DocBody>`
			return pack(with(w.sealed, entry{name: "OFD.xml", data: `<ofd:OFD` + space + `>` + strings.Repeat(body, 100) + `</ofd:OFD>`})...)
		}, verify: fault.DocSiglistBroken},
		{name: "a signature with a million references", data: withRefs(repeat(1_000_000, said(`<ofd:Reference FileRef="/%d"/>`))), verify: fault.InputTooLarge},
		{name: "as many references as are allowed, to nothing", data: withRefs(repeat(64_900, said(ref))), verify: fault.DocRefMissing},
		{name: "as many references as are allowed, to files", data: withRefs(repeat(64_900, said(rightRef)), named(64_900, "f%d")...), verify: fault.DocStray},
		{name: "as many references to files that were changed", data: withRefs(repeat(64_900, said(ref)), named(64_900, "f%d")...), verify: fault.DocDigest},
		{name: "two hundred signatures of a thousand files each", data: withList(repeat(200, said(item)),
			append(copies(200, addRefs(file.data, repeat(1000, said(rightRef)))), named(1000, "f%d")...)...)},
		{name: "ten signatures of nine thousand files each, on nine thousand pages", data: w.manyPages(10, 9000), verify: fault.DocDigest},
		{name: "three hundred signatures on four thousand pages", data: w.manyPages(300, 4000), verify: fault.DocUncovered},
		{name: "a signature shown at eighty thousand places", data: func() []byte {
			stamps := repeat(80_000, said(`<ofd:StampAnnot ID="%d" PageRef="none" Boundary="0 0 1 1"/>`))
			return pack(with(w.sealed, entry{name: file.name, data: strings.Replace(file.data, "<ofd:Seal>", stamps+"<ofd:Seal>", 1), stored: true})...)
		}, verify: fault.InputTooLarge},
		{name: "a signature shown at as many places as are allowed, none of them there", data: func() []byte {
			stamps := repeat(4_990, said(`<ofd:StampAnnot ID="%d" PageRef="none" Boundary="0 0 1 1"/>`))
			return pack(with(w.sealed, entry{name: file.name, data: strings.Replace(file.data, "<ofd:Seal>", stamps+"<ofd:Seal>", 1), stored: true})...)
		}, verify: fault.SealPlaceWrong},
		{name: "a signature shown beyond all pages", data: func() []byte {
			stamp := `<ofd:StampAnnot ID="1" PageRef="4" Boundary="1e308 -1e308 1e308 1e308" Clip="0 0 1e308 NaN"/>`
			return pack(with(w.sealed, entry{name: file.name, data: strings.Replace(file.data, "<ofd:Seal>", stamp+"<ofd:Seal>", 1)})...)
		}},
		{name: "a check value of 10 MB", data: withRefs(`<ofd:Reference FileRef="/x"><ofd:CheckValue>` + strings.Repeat("AAAA ", 2_000_000) + `</ofd:CheckValue></ofd:Reference>`), verify: fault.DocRefMissing},
	}
}

func addRefs(file, refs string) string {
	return strings.Replace(file, "</ofd:References>", refs+"</ofd:References>", 1)
}

// copies are n files of a signature list with the same content.
func copies(n int, data string) []entry {
	var out []entry
	for i := range n {
		out = append(out, entry{name: fmt.Sprintf("Doc_0/Signs/S%d.xml", i), data: data})
	}
	return out
}

// named are n empty files.
func named(n int, format string) []entry {
	var out []entry
	for i := range n {
		out = append(out, entry{name: fmt.Sprintf(format, i)})
	}
	return out
}

// manyPages is a document of pages of which each signature protects the first
// thousand at most.
func (w *world) manyPages(signed, pages int) func() []byte {
	return func() []byte {
		file, list := w.find("Signature.xml"), w.find("Signatures.xml")
		sum := sm3.Sum([]byte(pageXML))
		refs := repeat(min(pages, 9_000_000/signed), func(i int) string {
			return fmt.Sprintf(`<ofd:Reference FileRef="/Doc_0/q%d.xml"><ofd:CheckValue>%s</ofd:CheckValue></ofd:Reference>`, i, base64.StdEncoding.EncodeToString(sum[:]))
		})
		if signed > 100 {
			refs = ""
		}
		more := append(copies(signed, addRefs(file.data, refs)),
			entry{name: "Doc_0/Document.xml", data: documentXML("", repeat(pages, said(`<ofd:Page ID="%d" BaseLoc="q%[1]d.xml"/>`)), "")},
			entry{name: list.name, data: `<ofd:Signatures` + space + `>` + repeat(signed, said(`<ofd:Signature ID="s%[1]d" BaseLoc="/Doc_0/Signs/S%[1]d.xml"/>`)) + `</ofd:Signatures>`})
		for i := range pages {
			more = append(more, entry{name: fmt.Sprintf("Doc_0/q%d.xml", i), data: pageXML})
		}
		return pack(with(w.sealed, more...)...)
	}
}
