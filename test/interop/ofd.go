package interop

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"path"
	"strings"
	"testing"
)

// Seal asks OpenSSL whether the maker named in a seal signed it: eSealInfo in
// versions 4 and 5 (GB/T 38540-2020), SEQUENCE{sealInfo, cert, alg} in version 1
// (GM/T 0031-2014).
func Seal(t testing.TB, seal []byte) (ok bool, said string) {
	t.Helper()
	return sealPart(t, parse(t, seal))
}

func sealPart(t testing.TB, seal *part) (ok bool, said string) {
	t.Helper()
	switch {
	case len(seal.kids) == 2 && len(seal.kids[1].kids) == 3: // version 1
		by := seal.kids[1].kids
		signed := sequence(seal.kids[0].raw, by[0].raw, by[1].raw)
		return Signature(t, publicKey(t, by[0].octets()), signed, by[2].octets())
	case len(seal.kids) >= 4:
		return Signature(t, publicKey(t, seal.kids[1].octets()), seal.kids[0].octets(), seal.kids[3].octets())
	}
	return false, "not a seal"
}

// sequence frames the parts, 256 octets or more, as a DER SEQUENCE.
func sequence(parts ...[]byte) []byte {
	b := bytes.Join(parts, nil)
	return append([]byte{0x30, 0x82, byte(len(b) >> 8), byte(len(b))}, b...)
}

// SealSignature asks OpenSSL the same of a seal signature, whose signer signs
// toSign, and of the seal inside. It returns dataHash as well, what the signer
// says the SM3 of the sealed bytes is.
func SealSignature(t testing.TB, value []byte) (ok bool, dataHash []byte, said string) {
	t.Helper()
	sig := parse(t, value)
	if len(sig.kids) < 2 || len(sig.kids[0].kids) < 5 {
		return false, nil, "not a seal signature"
	}
	toSign := sig.kids[0]
	var certificate, signature *part
	switch {
	case len(sig.kids) >= 4:
		certificate, signature = sig.kids[1], sig.kids[3]
	case len(toSign.kids) == 7: // version 1
		certificate, signature = toSign.kids[5], sig.kids[1]
	default:
		return false, nil, "not a seal signature"
	}
	ok, said = Signature(t, publicKey(t, certificate.octets()), toSign.octets(), signature.octets())
	sealOK, sealSaid := sealPart(t, toSign.kids[1])
	return ok && sealOK, toSign.kids[3].octets(), "signer: " + said + "seal maker: " + sealSaid
}

// signatureXML is what the judge needs of Signature.xml (GB/T 33190-2016 18.2).
type signatureXML struct {
	References []struct {
		FileRef    string `xml:"FileRef,attr"`
		CheckValue string `xml:"CheckValue"`
	} `xml:"SignedInfo>References>Reference"`
	Seal        string `xml:"SignedInfo>Seal>BaseLoc"`
	SignedValue string `xml:"SignedValue"`
}

// SealedOFD unzips the OFD package and asks OpenSSL about every seal signature
// in it: the SM3 of each referenced file, of Signature.xml against dataHash, and
// the signatures of the signer and of the seal maker. said holds one line for
// each question. A package without a signature is refused.
func SealedOFD(t testing.TB, file string) (ok bool, said string) {
	t.Helper()
	z, err := zip.OpenReader(file)
	if err != nil {
		return false, err.Error()
	}
	defer func() { _ = z.Close() }()
	j := &ofdJudge{t: t, entries: map[string][]byte{}, digests: map[string]string{}, ok: true}
	var names []string
	var contents [][]byte
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return false, err.Error()
		}
		b, err := io.ReadAll(r)
		if err != nil {
			return false, f.Name + ": " + err.Error()
		}
		j.entries["/"+f.Name] = b
		names, contents = append(names, "/"+f.Name), append(contents, b)
	}
	for i, digest := range sm3OfOpenSSL(t, contents...) {
		j.digests[names[i]] = digest
	}
	for _, f := range z.File {
		if path.Base(f.Name) == "Signature.xml" {
			j.signature("/" + f.Name)
		}
	}
	j.answer("a signature in the package", j.signatures > 0, fmt.Sprint(j.signatures))
	return j.ok, j.said.String()
}

// An ofdJudge gathers the answers about one package.
type ofdJudge struct {
	t          testing.TB
	entries    map[string][]byte // uncompressed, by absolute name
	digests    map[string]string // SM3 of each, hexadecimal
	signatures int
	ok         bool
	said       strings.Builder
}

func (j *ofdJudge) answer(question string, yes bool, said string) {
	word := "ok"
	if !yes {
		j.ok, word = false, "REFUSED"
	}
	fmt.Fprintf(&j.said, "%s: %s: %s\n", word, question, strings.TrimSpace(said))
}

func (j *ofdJudge) signature(name string) {
	j.t.Helper()
	j.signatures++
	raw := j.entries[name]
	var x signatureXML
	if err := xml.Unmarshal(raw, &x); err != nil {
		j.answer(name, false, err.Error())
		return
	}
	j.answer(name+" refers to files", len(x.References) > 0, fmt.Sprint(len(x.References)))
	for _, r := range x.References {
		digest, there := j.digests[r.FileRef]
		want, err := base64.StdEncoding.DecodeString(strings.TrimSpace(r.CheckValue))
		j.answer(r.FileRef, there && err == nil && digest == hex.EncodeToString(want), "SM3")
	}
	value := j.entries[resolve(name, x.SignedValue)]
	ok, dataHash, said := SealSignature(j.t, value)
	j.answer(name+" is signed", ok, said)
	j.answer(name+" is what was signed", j.digests[name] == hex.EncodeToString(dataHash), "SM3")
	if x.Seal != "" {
		ok, said := Seal(j.t, j.entries[resolve(name, x.Seal)])
		j.answer(x.Seal, ok, said)
	}
}

// resolve gives the absolute name of ref in the file base.
func resolve(base, ref string) string {
	if strings.HasPrefix(ref, "/") {
		return ref
	}
	return path.Join(path.Dir(base), ref)
}
