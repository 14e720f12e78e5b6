package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"xinzhang/internal/fault"
	"xinzhang/internal/inspect"
)

// misread are the errors of a file that may simply be of another kind.
var misread = []fault.Code{
	fault.FileUnknownKind, fault.FileNoCertificate, fault.CertBroken, fault.CRLBroken, fault.SealBroken, fault.DocNotOFD, fault.CSRBroken,
}

// otherKind says in place of err what the file is and which command takes it, when
// it is sound in its outline and of none of the kinds that are wanted. Any other
// error stays as it is: what was wanted and is damaged, a file in a folder.
func otherKind(err error, name string, want ...inspect.Kind) error {
	if !slices.ContainsFunc(misread, func(c fault.Code) bool { return errors.Is(err, c) }) {
		return err
	}
	kinds := recognise(name)
	if len(kinds) == 0 {
		return err
	}
	if slices.ContainsFunc(kinds, func(k inspect.Kind) bool { return slices.Contains(want, k) }) {
		return err
	}
	return fault.New(fault.FileOtherKind, "file", filepath.Base(name), "kind", kindList{kinds, "and"}, "want", kindList{want, "or"}, "use", useOf(kinds[0]))
}

func recognise(name string) []inspect.Kind {
	f, err := os.Open(name)
	if err != nil {
		return nil
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	return inspect.Recognise(f, info.Size())
}

// kindList words kinds of files; word, a key of [words], stands before the last.
type kindList struct {
	kinds []inspect.Kind
	word  string
}

// Words implements [fault.Worded].
func (l kindList) Words(lang fault.Lang) string {
	all := make([]string, len(l.kinds))
	for i, k := range l.kinds {
		all[i] = k.Words(lang)
	}
	if last := len(all) - 1; last > 0 {
		return strings.Join(all[:last], words[lang]["list"]) + words[lang][l.word] + all[last]
	}
	return strings.Join(all, "")
}

// MarshalJSON writes the kinds, for programs.
func (l kindList) MarshalJSON() ([]byte, error) { return json.Marshal(l.kinds) }

// A phrase is a key of [words] that an error's argument names.
type phrase string

// Words implements [fault.Worded].
func (p phrase) Words(lang fault.Lang) string { return words[lang][string(p)] }

// useOf says what can be done with a file of kind k.
func useOf(k inspect.Kind) phrase {
	switch k {
	case inspect.KindDocument:
		return "use_document"
	case inspect.KindCertificate, inspect.KindBundle:
		return "use_certificate"
	case inspect.KindCRL:
		return "use_crl"
	case inspect.KindSeal, inspect.KindSealSignature:
		return "use_seal"
	case inspect.KindPDF:
		return "use_pdf"
	case inspect.KindEmpty:
		return "use_empty"
	case inspect.KindWebPage:
		return "use_web_page"
	case inspect.KindArchive, inspect.KindOffice, inspect.KindPicture, inspect.KindText:
		return "use_foreign"
	}
	return "use_inspect"
}
