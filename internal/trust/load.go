package trust

import (
	"bytes"
	"encoding/pem"
	"errors"
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
// returns fault.FileUnreadable, fault.FileUnknownKind or the parser's error.
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
		if d.IsDir() || !d.Type().IsRegular() {
			return nil
		}
		if err := s.loadFile(name); err != nil && !errors.Is(err, fault.FileUnknownKind) {
			return err
		}
		return nil
	})
}

func (s *Set) loadFile(name string) error {
	info, err := os.Stat(name)
	if err == nil && info.Size() > maxFile {
		return fault.New(fault.InputTooLarge, "what", name, "limit", "256 MiB")
	}
	var data []byte
	if err == nil {
		data, err = os.ReadFile(name)
	}
	if err != nil {
		return fault.Wrap(fault.FileUnreadable, err, "file", name)
	}
	if err := s.Add(data); err != nil {
		return fault.Wrap(fault.FileUnknownKind, err, "file", name)
	}
	return nil
}

// Add takes certificates and revocation lists from the bytes of one PEM or DER
// file.
func (s *Set) Add(data []byte) error {
	if !bytes.Contains(data, []byte("-----BEGIN ")) {
		return s.addDER("", data)
	}
	found := false
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE" || block.Type == "X509 CRL" {
			if err := s.addDER(block.Type, block.Bytes); err != nil {
				return err
			}
			found = true
		}
	}
	if !found {
		return errors.New("no certificate and no revocation list inside")
	}
	return nil
}

func (s *Set) addDER(kind string, b []byte) error {
	if kind != "X509 CRL" {
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
