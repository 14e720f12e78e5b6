// Package certfile reads the files in which certificates and revocation lists are
// handed about: DER, PEM under any of the labels in use, base64 without a frame, and
// bundles of PKCS #7 (.p7b) in each of these.
//
//	f, err := certfile.Read(b)
//	for _, c := range f.Certificates { … }
//
// Every command reads such files here, so that one does not refuse what another
// takes. A file is read whole or refused: a revocation list that is lost in silence
// makes a revoked certificate a good one.
package certfile

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/cms"
	"xinzhang/internal/format/crl"
	"xinzhang/internal/format/der"
)

// maxItems bounds the objects of one file.
const maxItems = 10_000

// A File is what one file holds, in its order.
type File struct {
	Certificates []*cert.Certificate
	Lists        []*crl.List
}

// ErrNone says that a file is sound and holds other things only: a private key, a
// request, a message that somebody signed.
var ErrNone = errors.New("no certificate and no revocation list inside")

var (
	frame = []byte("-----BEGIN ")
	mark  = []byte("\uFEFF") // editors of Windows put it before the text
)

// Read reads a file. The error is [ErrNone], [fault.InputTooLarge], or
// [fault.CertBroken] or [fault.CRLBroken] for what cannot be read; both when nothing
// says which of the two it should be.
func Read(b []byte) (*File, error) {
	b = bytes.TrimPrefix(b, mark)
	f := new(File)
	if bytes.Contains(b, frame) {
		return f, f.readPEM(b)
	}
	return f, f.add(unwrap(b))
}

// Certificates is [Read] for a caller who has no use for lists: a file without any
// certificate is fault.CertBroken.
func Certificates(b []byte) ([]*cert.Certificate, error) {
	f, err := Read(b)
	if err == nil && len(f.Certificates) == 0 {
		err = ErrNone
	}
	if errors.Is(err, ErrNone) {
		err = fault.Wrap(fault.CertBroken, err, "place", "file")
	}
	if err != nil {
		return nil, err
	}
	return f.Certificates, nil
}

// unwrap takes off base64 without a frame, as some pages hand it out.
func unwrap(b []byte) []byte {
	text := bytes.TrimSpace(b)
	if len(text) == 0 || text[0] != 'M' { // 0x30 as the first octet
		return b
	}
	text = bytes.Join(bytes.Fields(text), nil)
	raw := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	n, err := base64.StdEncoding.Decode(raw, text)
	if err != nil {
		return b
	}
	return raw[:n]
}

func (f *File) readPEM(b []byte) error {
	frames, read := bytes.Count(b, frame), 0
	for block, rest := pem.Decode(b); block != nil; block, rest = pem.Decode(rest) {
		read++
		if !ours(block.Type) {
			continue
		}
		if err := f.add(block.Bytes); err != nil {
			return fmt.Errorf("object %d of the file: %w", read, err)
		}
	}
	switch {
	case read < frames: // the decoder passes over what it cannot read
		return fault.Wrap(fault.CertBroken, fmt.Errorf("%d of %d objects can be read", read, frames), "place", "PEM")
	case len(f.Certificates)+len(f.Lists) == 0:
		return ErrNone
	}
	return nil
}

// ours reports whether certificates or lists stand under a label. What stands there
// is told by content: certutil writes CERTIFICATE above everything.
func ours(label string) bool {
	return strings.HasSuffix(label, "CERTIFICATE") || strings.HasSuffix(label, "CRL") ||
		slices.Contains([]string{"PKCS7", "PKCS #7 SIGNED DATA", "CMS"}, label)
}

// add takes one certificate, list or bundle.
func (f *File) add(b []byte) error {
	if len(f.Certificates)+len(f.Lists) >= maxItems {
		return fault.New(fault.InputTooLarge, "what", "certificate file", "limit", maxItems)
	}
	if isMessage(b) {
		return f.addBundle(b)
	}
	c, err := cert.Parse(b)
	if err == nil {
		f.Certificates = append(f.Certificates, c)
		return nil
	}
	list, listErr := crl.Parse(b)
	switch {
	case listErr != nil && errors.Is(err, fault.InputTooLarge): // only a list is that long
		return listErr
	case listErr != nil:
		return fmt.Errorf("no certificate (%w) and no revocation list (%w)", err, listErr)
	}
	f.Lists = append(f.Lists, list)
	return nil
}

// isMessage reports whether b is a ContentInfo: an OBJECT IDENTIFIER comes first.
func isMessage(b []byte) bool {
	v, _, err := der.Parse(b)
	return err == nil && v.Tag == der.Sequence && len(v.Content) > 0 && v.Content[0] == der.OID
}

// addBundle takes the certificates and lists of a SignedData that nobody signed. In
// a signed message they are the signer's word about himself.
func (f *File) addBundle(b []byte) error {
	sd, err := cms.Parse(b)
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", ErrNone, err)
	case len(sd.Signers) > 0 || len(sd.RawCertificates)+len(sd.CRLs) == 0:
		return ErrNone
	}
	for i, raw := range sd.RawCertificates {
		c, err := cert.Parse(raw)
		if err != nil {
			return fmt.Errorf("certificate %d of the bundle: %w", i+1, err)
		}
		f.Certificates = append(f.Certificates, c)
	}
	for i, raw := range sd.CRLs {
		list, err := crl.Parse(raw)
		if err != nil {
			return fmt.Errorf("revocation list %d of the bundle: %w", i+1, err)
		}
		f.Lists = append(f.Lists, list)
	}
	return nil
}
