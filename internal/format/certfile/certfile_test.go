package certfile_test

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"slices"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"xinzhang/internal/fault"
	"xinzhang/internal/fixture"
	"xinzhang/internal/format/certfile"
	"xinzhang/internal/format/cms"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/format/sm2enc"
)

var issued = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func armour(label string, b []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: label, Bytes: b})
}

func text(b []byte) []byte { return []byte(base64.StdEncoding.EncodeToString(b)) }

// bundle is a SignedData of nobody, as .p7b files are.
func bundle(certificates, lists []byte) []byte {
	var b cryptobyte.Builder
	context := func(n uint8) asn1.Tag { return asn1.Tag(n).ContextSpecific().Constructed() }
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(oid.PKCS7SignedData.Marshal())
		b.AddASN1(context(0), func(b *cryptobyte.Builder) {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1Int64(1)
				b.AddASN1(asn1.SET, func(*cryptobyte.Builder) {})
				b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddBytes(oid.PKCS7Data.Marshal()) })
				if certificates != nil {
					b.AddASN1(context(0), func(b *cryptobyte.Builder) { b.AddBytes(certificates) })
				}
				if lists != nil {
					b.AddASN1(context(1), func(b *cryptobyte.Builder) { b.AddBytes(lists) })
				}
				b.AddASN1(asn1.SET, func(*cryptobyte.Builder) {})
			})
		})
	})
	return b.BytesOrPanic()
}

func TestEveryUsualFormIsRead(t *testing.T) {
	a := fixture.New(t, issued)
	root, sub, list := a.Root.Cert.Raw, a.Sub.Cert.Raw, a.CRL(issued).Raw
	both := slices.Concat(root, sub)
	lines := text(root)
	lines = slices.Concat(lines[:64], []byte("\r\n  "), lines[64:], []byte("\r\n"))
	for name, x := range map[string]struct {
		b                   []byte
		certificates, lists int
	}{
		"a certificate in DER":                 {root, 1, 0},
		"an end of line behind it":             {slices.Concat(root, []byte("\r\n")), 1, 0},
		"a list in DER":                        {list, 0, 1},
		"a certificate in PEM":                 {armour("CERTIFICATE", root), 1, 0},
		"the label of early OpenSSL":           {armour("X509 CERTIFICATE", root), 1, 0},
		"a certificate OpenSSL trusts":         {armour("TRUSTED CERTIFICATE", slices.Concat(root, []byte("\x30\x02\x0C\x00"))), 1, 0},
		"a list in PEM":                        {armour("X509 CRL", list), 0, 1},
		"a list by a short label":              {armour("CRL", list), 0, 1},
		"a list that certutil encoded":         {armour("CERTIFICATE", list), 0, 1},
		"a byte-order mark":                    {slices.Concat([]byte("\uFEFF"), armour("CERTIFICATE", root)), 1, 0},
		"several with words and a key between": {slices.Concat([]byte("the root\n"), armour("CERTIFICATE", root), armour("PRIVATE KEY", []byte("x")), []byte("below\n"), armour("CERTIFICATE", sub), armour("X509 CRL", list)), 2, 1},
		"bare base64":                          {text(root), 1, 0},
		"bare base64 in lines":                 {lines, 1, 0},
		"a list in bare base64":                {text(list), 0, 1},
		"a bundle":                             {bundle(both, nil), 2, 0},
		"a bundle with a list":                 {bundle(root, list), 1, 1},
		"a bundle in PEM":                      {armour("PKCS7", bundle(both, nil)), 2, 0},
		"a bundle in bare base64":              {text(bundle(both, list)), 2, 1},
	} {
		f, err := certfile.Read(x.b)
		if err != nil || len(f.Certificates) != x.certificates || len(f.Lists) != x.lists {
			t.Errorf("%s: %d certificates, %d lists, %v", name, len(f.Certificates), len(f.Lists), err)
			continue
		}
		if x.certificates > 0 && !bytes.Equal(f.Certificates[0].Raw, root) || x.lists > 0 && !bytes.Equal(f.Lists[0].Raw, list) {
			t.Errorf("%s: other octets were read", name)
		}
	}
}

func TestAFileIsReadWholeOrRefused(t *testing.T) {
	a := fixture.New(t, issued)
	unit := a.Organisation(nil)
	root, list := a.Root.Cert.Raw, a.CRL(issued).Raw
	cut := root[:len(root)-9]
	signed := cms.Template{Content: []byte("示例"), Signer: unit.Cert, SigningTime: issued}
	m, err := signed.Message()
	if err != nil {
		t.Fatal(err)
	}
	sig, err := unit.SignDigest(t.Context(), sm2enc.Digest(&unit.Key.PublicKey, m))
	if err != nil {
		t.Fatal(err)
	}
	message, err := signed.Assemble(sig)
	if err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string]struct {
		b    []byte
		want error
	}{
		"nothing":                             {nil, fault.CertBroken},
		"a text":                              {[]byte("hello"), fault.CertBroken},
		"a cut certificate":                   {cut, fault.CertBroken},
		"a cut list":                          {list[:len(list)-9], fault.CRLBroken},
		"too long for a certificate":          {make([]byte, 2<<20), fault.CRLBroken},
		"a cut certificate among others":      {slices.Concat(armour("CERTIFICATE", root), armour("CERTIFICATE", cut)), fault.CertBroken},
		"a cut certificate in bare base64":    {text(cut), fault.CertBroken},
		"a frame without its end":             {slices.Concat(armour("CERTIFICATE", root), armour("X509 CRL", list)[:80]), fault.CertBroken},
		"a frame whose base64 is wrong":       {bytes.Replace(armour("CERTIFICATE", root), []byte("\nM"), []byte("\n!"), 1), fault.CertBroken},
		"a cut certificate in a bundle":       {bundle(slices.Concat(root, []byte{0x30, 0}), nil), fault.CertBroken},
		"a broken list in a bundle":           {bundle(root, []byte{0x30, 0}), fault.CRLBroken},
		"a private key":                       {armour("PRIVATE KEY", []byte("x")), certfile.ErrNone},
		"a bundle of nothing":                 {bundle(nil, nil), certfile.ErrNone},
		"a signed message with a certificate": {message, certfile.ErrNone},
		"the same in PEM":                     {slices.Concat(armour("CERTIFICATE", root), armour("CMS", message)), certfile.ErrNone},
	} {
		if _, err := certfile.Read(x.b); !errors.Is(err, x.want) {
			t.Errorf("%s: %v, want %v", name, err, x.want)
		}
	}
	for name, b := range map[string][]byte{"a list": list, "a private key": armour("PRIVATE KEY", []byte("x"))} {
		if _, err := certfile.Certificates(b); !errors.Is(err, fault.CertBroken) {
			t.Errorf("certificates of %s: %v", name, err)
		}
	}
}

// FuzzRead asks that what was read reads again, each object by itself.
func FuzzRead(f *testing.F) {
	a := fixture.New(f, issued)
	root, list := a.Root.Cert.Raw, a.CRL(issued).Raw
	for _, b := range [][]byte{root, list, armour("CERTIFICATE", root), text(list), bundle(root, list), armour("PKCS7", bundle(root, nil))} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := certfile.Read(b)
		if err != nil {
			return
		}
		if len(file.Certificates)+len(file.Lists) == 0 {
			t.Error("read, and nothing is there")
		}
		var again []byte
		for _, c := range file.Certificates {
			again = append(again, armour("CERTIFICATE", c.Raw)...)
		}
		for _, l := range file.Lists {
			again = append(again, armour("X509 CRL", l.Raw)...)
		}
		got, err := certfile.Read(again)
		if err != nil || len(got.Certificates) != len(file.Certificates) || len(got.Lists) != len(file.Lists) {
			t.Errorf("does not read again: %v", err)
		}
	})
}
