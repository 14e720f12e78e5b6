package interop

import (
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// DefaultID is the user id of SM2 signatures in certificates, seals and messages.
// OpenSSL's own default is empty, so that without it every signature is refused.
const DefaultID = "1234567812345678"

// CertificateLink asks `openssl verify` whether issuer signed certificate (both
// DER) and may sign certificates. One link at a time: the option that names the
// user id reaches the first certificate only. Dates are not looked at.
func CertificateLink(t testing.TB, certificate, issuer []byte) (ok bool, said string) {
	t.Helper()
	dir := folder{t, t.TempDir()}
	said, status := openssl(t, "verify", "-vfyopt", "distid:"+DefaultID, "-partial_chain", "-no_check_time",
		"-CAfile", dir.pem("issuer.pem", "CERTIFICATE", issuer), dir.pem("certificate.pem", "CERTIFICATE", certificate))
	return status == 0 && strings.HasSuffix(strings.TrimSpace(said), "certificate.pem: OK"), said
}

// Request asks `openssl req` whether a DER certificate request is signed with the
// key inside it.
func Request(t testing.TB, request []byte) (ok bool, said string) {
	t.Helper()
	dir := folder{t, t.TempDir()}
	said, status := openssl(t, "req", "-inform", "DER", "-in", dir.file("request.der", request), "-noout", "-verify",
		"-vfyopt", "distid:"+DefaultID)
	return status == 0 && strings.Contains(said, "verify OK"), said
}

// Signed asks OpenSSL whether the key of the DER certificate signer signed what
// is a SEQUENCE of signed part, algorithm and BIT STRING: a CRL, a self-signed
// root, a certificate. `openssl crl` cannot: it has no option for the user id.
func Signed(t testing.TB, signed, signer []byte) (ok bool, said string) {
	t.Helper()
	parts := parse(t, signed)
	if len(parts.kids) != 3 {
		return false, "not a SEQUENCE of three"
	}
	return Signature(t, publicKey(t, signer), parts.kids[0].octets(), parts.kids[2].octets())
}

// CRL is [Signed], and asks `openssl crl` to read the list as well.
func CRL(t testing.TB, list, issuer []byte) (ok bool, said string) {
	t.Helper()
	dir := folder{t, t.TempDir()}
	text, status := openssl(t, "crl", "-inform", "DER", "-in", dir.file("list.crl", list), "-noout", "-text")
	if status != 0 {
		return false, text
	}
	ok, said = Signed(t, list, issuer)
	return ok, text + said
}

// Signature asks `openssl pkeyutl` whether the DER SM2Signature sig is that of
// the public key (PEM) over msg, with the default user id.
func Signature(t testing.TB, key string, msg, sig []byte) (ok bool, said string) {
	t.Helper()
	dir := folder{t, t.TempDir()}
	said, status := openssl(t, "pkeyutl", "-verify", "-pubin", "-inkey", dir.file("key.pem", []byte(key)),
		"-rawin", "-in", dir.file("msg", msg), "-sigfile", dir.file("sig", sig),
		"-digest", "sm3", "-pkeyopt", "distid:"+DefaultID)
	return status == 0 && strings.Contains(said, "Signature Verified Successfully"), said
}

// PublicKeyPEM frames a DER SubjectPublicKeyInfo for [Signature].
func PublicKeyPEM(spki []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: spki}))
}

// publicKey lets `openssl x509` take the key out of a DER certificate.
func publicKey(t testing.TB, certificate []byte) string {
	t.Helper()
	dir := folder{t, t.TempDir()}
	key, _ := openssl(t, "x509", "-inform", "DER", "-in", dir.file("c.der", certificate), "-noout", "-pubkey")
	return key
}

// sm3OfOpenSSL returns the SM3 of each file, hexadecimal, as `openssl dgst`
// computes it.
func sm3OfOpenSSL(t testing.TB, files ...[]byte) []string {
	t.Helper()
	dir := folder{t, t.TempDir()}
	args := []string{"dgst", "-sm3", "-r"}
	for i, b := range files {
		args = append(args, dir.file(strconv.Itoa(i), b))
	}
	said, _ := openssl(t, args...)
	var digests []string
	for line := range strings.Lines(said) {
		digest, _, _ := strings.Cut(line, " ")
		digests = append(digests, digest)
	}
	if len(digests) != len(files) {
		t.Fatalf("openssl dgst: %s", said)
	}
	return digests
}

// A part is one value of a DER file where `openssl asn1parse` finds it.
type part struct {
	kind string // "OCTET STRING", "BIT STRING" or ""
	raw  []byte // with its tag and length
	head int    // octets of tag and length
	kids []*part
}

// listed is a line of asn1parse: offset, depth, octets of the head and of the
// content, and what it is where that matters.
var listed = regexp.MustCompile(`^ *(\d+):d= *(\d+) +hl= *(\d+) +l= *(\d+) +(?:prim|cons): *(OCTET STRING|BIT STRING)?`)

// parse lists the values of der, following its nesting.
func parse(t testing.TB, der []byte) *part {
	t.Helper()
	file := folder{t, t.TempDir()}.file("parsed.der", der)
	said, _ := openssl(t, "asn1parse", "-inform", "DER", "-in", file)
	top := new(part)
	open := []*part{top} // open[d] holds the values of depth d
	for line := range strings.Lines(said) {
		m := listed.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		var n [4]int
		for i := range n {
			n[i], _ = strconv.Atoi(m[i+1]) // digits, by the expression
		}
		at, depth, end := n[0], n[1], n[0]+n[2]+n[3]
		if depth >= len(open) || end > len(der) {
			continue
		}
		p := &part{kind: m[5], raw: der[at:end], head: n[2]}
		open[depth].kids = append(open[depth].kids, p)
		open = append(open[:depth+1], p)
	}
	if len(top.kids) != 1 {
		return top
	}
	return top.kids[0]
}

// octets returns the octets of a string, else the whole value.
func (p *part) octets() []byte {
	switch p.kind {
	case "OCTET STRING":
		return p.raw[p.head:]
	case "BIT STRING":
		return p.raw[min(p.head+1, len(p.raw)):] // behind the count of unused bits
	}
	return p.raw
}

// openssl runs the program and returns what it said on both streams.
func openssl(t testing.TB, args ...string) (said string, status int) {
	t.Helper()
	path, err := exec.LookPath("openssl")
	if err != nil {
		Absent(t, err.Error())
	}
	cmd := exec.Command(path, args...)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// Absent skips the test because something outside the project is missing. Where
// XINZHANG_CI is 1 nothing may be missing.
func Absent(t testing.TB, reason string) {
	t.Helper()
	if os.Getenv("XINZHANG_CI") == "1" {
		t.Fatal(reason)
	}
	t.Skip(reason)
}

// A folder takes the files that a program is to read.
type folder struct {
	t    testing.TB
	path string
}

func (d folder) file(name string, b []byte) string {
	d.t.Helper()
	path := filepath.Join(d.path, name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		d.t.Fatal(err)
	}
	return path
}

func (d folder) pem(name, label string, der []byte) string {
	return d.file(name, pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}))
}
