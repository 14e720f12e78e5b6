// Package inspect says what a file is and explains it in plain words: a
// certificate, a revocation list, a request, a signed or encrypted message, a
// seal, a seal signature, a key, an OFD document.
//
//	r, err := inspect.File(f, size, inspect.Options{At: now})
//	err = inspect.Text(os.Stdout, r, fault.ZH)
//
// The kind is told by content; names of files and PEM labels are not trusted.
// PEM, DER and bare base64 are read. What breaks the standard is listed and does
// not stop the explanation; what cannot be read at all is the error of the room
// that reads the format, with the place, and [fault.FileUnknownKind] when nothing
// fits. Both and [fault.FileCut] leave the name of the file to the caller.
//
// Identity numbers are masked unless the caller asks otherwise. Private keys are
// recognised and never shown: of an encrypted one the report holds the
// parameters, of a bare one the warning that it is bare.
//
// Inspecting is explaining: signatures are checked where the key lies in the same
// file, but trust, revocation and time are judged by package verify alone.
package inspect

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"xinzhang/internal/fault"
)

// maxPlain bounds every file but an OFD package, which has limits of its own; a
// revocation list of a million entries has 40 MB.
const maxPlain = 64 << 20

// maxItems bounds the objects of one PEM file.
const maxItems = 256

// Options say how to look at a file.
type Options struct {
	At       time.Time // for "expired" and "days left"
	RevealID bool      // show identity numbers whole
}

// A Kind names what an item is.
type Kind string

// Kinds.
const (
	KindCertificate   Kind = "certificate"
	KindCRL           Kind = "crl"
	KindRequest       Kind = "certificate_request"
	KindSignedData    Kind = "signed_data"
	KindEnvelopedData Kind = "enveloped_data"
	KindOtherMessage  Kind = "message" // a ContentInfo of another type
	KindSeal          Kind = "seal"
	KindSealSignature Kind = "seal_signature"
	KindEncryptedKey  Kind = "encrypted_private_key"
	KindPrivateKey    Kind = "private_key"
	KindPublicKey     Kind = "public_key"
	KindEnvelopedKey  Kind = "enveloped_key" // SM2EnvelopedKey or ENVELOPEDKEYBLOB
	KindSignature     Kind = "sm2_signature"
	KindCiphertext    Kind = "sm2_ciphertext"
	KindPKCS12        Kind = "pkcs12"
	KindDocument      Kind = "ofd"
)

// An Encoding is how the bytes of a file were packed.
type Encoding string

// Encodings.
const (
	DER    Encoding = "DER"
	PEM    Encoding = "PEM"
	Base64 Encoding = "Base64"
	Packed Encoding = "C structure"
	ZIP    Encoding = "ZIP"
)

// A Report is everything said about one file.
type Report struct {
	File     string   `json:"file,omitempty"` // its name, for the caller to fill in
	Size     int64    `json:"size"`
	SM3      Hex      `json:"sm3"`
	Encoding Encoding `json:"encoding"`
	Items    []Item   `json:"items"` // one, except in PEM
}

// An Item is one object of a file; the field that Kind names is set.
type Item struct {
	Kind          Kind           `json:"kind"`
	Certificate   *Certificate   `json:"certificate,omitempty"`
	CRL           *CRL           `json:"crl,omitempty"`
	Request       *Request       `json:"request,omitempty"`
	SignedData    *SignedData    `json:"signed_data,omitempty"`
	EnvelopedData *EnvelopedData `json:"enveloped_data,omitempty"`
	Seal          *Seal          `json:"seal,omitempty"`
	SealSignature *SealSignature `json:"seal_signature,omitempty"`
	Key           *Key           `json:"key,omitempty"`
	Document      *Document      `json:"document,omitempty"`
	Findings      []Finding      `json:"findings,omitempty"`
}

// Hex is octets, written in hexadecimal.
type Hex []byte

// MarshalText writes h in lower case.
func (h Hex) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "%x", []byte(h)), nil }

// A Check is the answer to whether a signature is right.
type Check string

// Answers. A signature is unchecked when the signer's key is not in the file.
const (
	Right     Check = "right"
	Wrong     Check = "wrong"
	Unchecked Check = "unchecked"
)

func check(right bool) Check {
	if right {
		return Right
	}
	return Wrong
}

// A Finding is a remark on an item, worded like an error.
type Finding struct {
	Code    fault.Code     `json:"code"`
	Level   fault.Severity `json:"level"`
	Args    fault.Args     `json:"-"`
	Message string         `json:"message"` // after Word
	Cause   string         `json:"cause,omitempty"`
	Next    string         `json:"next,omitempty"`
}

func finding(code fault.Code, kv ...any) Finding { return findingOf(fault.New(code, kv...)) }

func findingOf(err error) Finding {
	e := fault.Of(err)
	return Finding{Code: e.Code, Level: fault.Lookup(e.Code).Severity, Args: e.Args}
}

// Word fills the texts of the findings in lang, for JSON. It returns r.
func (r *Report) Word(lang fault.Lang) *Report {
	for i := range r.Items {
		for j := range r.Items[i].Findings {
			f := &r.Items[i].Findings[j]
			t := f.Code.Text(lang, f.Args)
			f.Message, f.Cause, f.Next = t.Title, t.Cause, t.Next
		}
	}
	return r
}

// File inspects the size octets of r, which is read as far as needed and not
// kept.
func File(r io.ReaderAt, size int64, opt Options) (*Report, error) {
	h := sm3.New()
	if _, err := io.Copy(h, io.NewSectionReader(r, 0, size)); err != nil {
		return nil, fmt.Errorf("inspect: %w", err)
	}
	report := &Report{Size: size, SM3: h.Sum(nil)}
	var magic [4]byte
	if n, _ := r.ReadAt(magic[:], 0); n == 4 && (string(magic[:]) == "PK\x03\x04" || string(magic[:]) == "PK\x05\x06") {
		item, err := inspector{opt}.document(r, size)
		report.Encoding, report.Items = ZIP, []Item{item}
		return report, err
	}
	if size > maxPlain {
		return nil, fault.New(fault.InputTooLarge, "what", fmt.Sprintf("%d bytes", size), "limit", "64 MiB")
	}
	b := make([]byte, size)
	if _, err := r.ReadAt(b, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("inspect: %w", err)
	}
	var err error
	report.Encoding, report.Items, err = inspector{opt}.plain(b)
	return report, err
}

// Bytes is File for what is in memory already.
func Bytes(b []byte, opt Options) (*Report, error) {
	return File(bytes.NewReader(b), int64(len(b)), opt)
}

// An inspector looks with one set of options.
type inspector struct{ opt Options }

// errUnknown says that nothing fits; File's caller knows the name of the file.
func errUnknown() error { return fault.New(fault.FileUnknownKind, "file", "") }
