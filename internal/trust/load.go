package trust

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/certfile"
)

// maxFile bounds one file of certificates or one revocation list.
const maxFile = 256 << 20

// Load adds what path holds: a file of certificates or revocation lists in any form
// that [certfile.Read] knows, or a folder of such files (names beginning with a dot,
// and files of other kinds, are passed over in a folder but are errors when named).
// It returns fault.FileUnreadable, fault.FileNoCertificate for a file whose name
// promises certificates or a list that cannot be read, fault.FileUnknownKind or
// fault.InputTooLarge.
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
	switch err := s.Add(data); {
	case err == nil:
		return nil
	case lost(name, err):
		return fault.Wrap(fault.FileNoCertificate, err, "file", name)
	}
	return fault.New(fault.FileUnknownKind, "file", name)
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

// lost tells a certificate or list that cannot be read from a file of another kind.
// It is not passed over: a revocation list that is lost in silence makes a revoked
// certificate a good one. A .pem may hold a private key as well.
func lost(name string, err error) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".cer", ".crt", ".crl", ".p7b", ".p7c":
		return true
	case ".pem":
		return !errors.Is(err, certfile.ErrNone)
	}
	return false
}

// Add takes certificates and revocation lists from the bytes of one file, as
// [certfile.Read] reads it.
func (s *Set) Add(data []byte) error {
	f, err := certfile.Read(data)
	if err != nil {
		return err
	}
	s.Anchors, s.CRLs = append(s.Anchors, f.Certificates...), append(s.CRLs, f.Lists...)
	return nil
}
