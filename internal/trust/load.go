package trust

import (
	"bytes"
	"encoding/pem"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/crl"
)

// maxFile bounds one file of certificates or one revocation list.
const maxFile = 256 << 20

// Load adds what path holds: a file of certificates or revocation lists in PEM
// or DER, or a folder of such files (names beginning with a dot, and files of
// other kinds, are passed over in a folder but are errors when named). It
// returns fault.FileUnreadable (also for a damaged file that is called .cer, .crt,
// .crl or .pem), fault.FileUnknownKind or fault.InputTooLarge.
func (s *Set) Load(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fault.Wrap(fault.FileUnreadable, err, "file", path)
	}
	if !info.IsDir() {
		return s.loadFile(path)
	}
	return filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return fault.Wrap(fault.FileUnreadable, err, "file", name)
		}
		if name != path && strings.HasPrefix(d.Name(), ".") {
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		if d.IsDir() {
			return nil
		}
		if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() { // a link to a file is one
			return nil
		}
		if err := s.loadFile(name); err != nil && !errors.Is(err, fault.FileUnknownKind) {
			return err
		}
		return nil
	})
}

// LoadLists is [Set.Load] for revocation lists alone: a certificate that lies
// among them does not become an anchor. A file without a list is
// fault.FileUnknownKind.
func (s *Set) LoadLists(path string) error {
	var found Set
	if err := found.Load(path); err != nil {
		return err
	}
	if info, err := os.Stat(path); err == nil && !info.IsDir() && len(found.CRLs) == 0 {
		return fault.New(fault.FileUnknownKind, "file", path)
	}
	s.CRLs = append(s.CRLs, found.CRLs...)
	return nil
}

func (s *Set) loadFile(name string) error {
	data, err := readBounded(name)
	if err != nil {
		return err
	}
	var found Set
	if err := found.Add(data); err != nil {
		if damaged(name, err) {
			return fault.Wrap(fault.FileUnreadable, err, "file", name)
		}
		return fault.Wrap(fault.FileUnknownKind, nil, "file", name)
	}
	s.Anchors, s.CRLs = append(s.Anchors, found.Anchors...), append(s.CRLs, found.CRLs...)
	return nil
}

// readBounded reads a file that may be no ordinary one.
func readBounded(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fault.Wrap(fault.FileUnreadable, err, "file", name)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, fault.Wrap(fault.FileUnreadable, err, "file", name)
	}
	tooLarge := fault.New(fault.InputTooLarge, "what", name, "limit", "256 MiB")
	if info.Size() > maxFile {
		return nil, tooLarge
	}
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1)) // a device has no size
	if err != nil {
		return nil, fault.Wrap(fault.FileUnreadable, err, "file", name)
	}
	if len(data) > maxFile {
		return nil, tooLarge
	}
	return data, nil
}

// errNothing is the answer to a file of another kind.
var errNothing = errors.New("no certificate and no revocation list inside")

// damaged tells a certificate or list that cannot be read from a file of another
// kind. It is not passed over: a revocation list that is lost in silence makes a
// revoked certificate a good one.
func damaged(name string, err error) bool {
	if errors.Is(err, errNothing) {
		return false
	}
	switch strings.ToLower(filepath.Ext(name)) {
	case ".cer", ".crt", ".crl", ".pem":
		return true
	}
	return false
}

// Add takes certificates and revocation lists from the bytes of one PEM or DER
// file. After an error the set is not to be used.
func (s *Set) Add(data []byte) error {
	if !bytes.Contains(data, []byte("-----BEGIN ")) {
		return s.addDER("", data)
	}
	found := false
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == pemCertificate || block.Type == pemList {
			if err := s.addDER(block.Type, block.Bytes); err != nil {
				return err
			}
			found = true
		}
	}
	if !found {
		return errNothing
	}
	return nil
}

const (
	pemCertificate = "CERTIFICATE"
	pemList        = "X509 CRL"
)

func (s *Set) addDER(kind string, b []byte) error {
	if kind != pemList {
		c, err := cert.Parse(b)
		if err == nil {
			s.Anchors = append(s.Anchors, c)
			return nil
		}
		if kind != "" {
			return err
		}
	}
	list, err := crl.Parse(b)
	if err != nil {
		return err
	}
	s.CRLs = append(s.CRLs, list)
	return nil
}
