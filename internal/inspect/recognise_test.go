package inspect_test

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"slices"
	"testing"

	"xinzhang/internal/fault"
	"xinzhang/internal/fixture"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/inspect"
)

func TestFilesOfEveryKindAreRecognised(t *testing.T) {
	a := fixture.New(t, issued)
	root, list := a.Root.Cert.Raw, a.CRL(issued).Raw
	text := []byte(base64.StdEncoding.EncodeToString(root))
	armour := func(b []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: "DATA", Bytes: b}) }
	archive := []byte("PK\x03\x04 a letter")
	for name, x := range map[string]struct {
		b    []byte
		want []inspect.Kind
	}{
		"a certificate":               {root, []inspect.Kind{inspect.KindCertificate}},
		"one in base64":               {text, []inspect.Kind{inspect.KindCertificate}},
		"one that is broken inside":   {append(bytes.Clone(root[:len(root)-2]), 0, 0), []inspect.Kind{inspect.KindCertificate}},
		"PEM of several":              {slices.Concat(armour(root), armour(list), armour(root)), []inspect.Kind{inspect.KindCertificate, inspect.KindCRL}},
		"a seal":                      {a.Seal(ses.OfficialSeal, nil, a.Organisation(nil)).Raw, []inspect.Kind{inspect.KindSeal}},
		"a document":                  {fixture.Document(t, 1), []inspect.Kind{inspect.KindDocument}},
		"nothing":                     {nil, []inspect.Kind{inspect.KindEmpty}},
		"a PDF":                       {[]byte("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n"), []inspect.Kind{inspect.KindPDF}},
		"a zip without OFD.xml":       {archive, []inspect.Kind{inspect.KindArchive}},
		"a document of old Word":      {[]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), []inspect.Kind{inspect.KindOffice}},
		"a photograph":                {[]byte("\xFF\xD8\xFF\xE0\x00\x10JFIF"), []inspect.Kind{inspect.KindPicture}},
		"the login page of a site":    {[]byte("<!DOCTYPE html><title>登录"), []inspect.Kind{inspect.KindWebPage}},
		"a letter":                    {[]byte("关于测试的通知"), []inspect.Kind{inspect.KindText}},
		"PEM that is cut":             {armour(root)[:200], nil},
		"base64 that is cut":          {text[:201], nil},
		"octets that are like no one": {[]byte{0, 1, 2, 3, 0xFE}, nil},
	} {
		if got := inspect.Recognise(bytes.NewReader(x.b), int64(len(x.b))); !slices.Equal(got, x.want) {
			t.Errorf("%s: %q, want %q", name, got, x.want)
		}
		for _, k := range x.want {
			if k.Words(fault.ZH) == "" || k.Words(fault.EN) == "" {
				t.Errorf("%s has no name", k)
			}
		}
	}
}
