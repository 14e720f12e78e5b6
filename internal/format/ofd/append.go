package ofd

import (
	"archive/zip"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"slices"
	"strings"

	"xinzhang/internal/fault"
)

// Append writes the package to w with some files changed or added; the keys of
// changed are part names. Every other entry's compressed bytes are copied as
// they stand, in the same order; new files follow in order of name. Bytes that
// belong to no entry are left behind.
//
// No time is known here, so changed files carry the zip's earliest date.
func Append(w io.Writer, p *Package, changed map[string][]byte) error {
	for name := range changed {
		if clean, ok := cleanPath(name); !ok || clean != name || name == "/" {
			return fault.New(fault.DocPathEscape, "name", clip(printable(name)))
		}
	}
	out := zip.NewWriter(w)
	for _, m := range p.arc.members {
		data, replaced := changed[m.name]
		var err error
		if replaced && !m.folder {
			err = writeEntry(out, m.stored, m.flags&flagUTF8 != 0, data)
		} else {
			err = copyEntry(out, p, m)
		}
		if err != nil {
			return fmt.Errorf("write %s: %w", m.name, err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(changed)) {
		if p.Has(name) {
			continue
		}
		stored := strings.TrimPrefix(name, "/")
		if err := writeEntry(out, stored, !isASCII([]byte(stored)), changed[name]); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	return out.Close()
}

// header makes the zip header of an entry whose sizes are known beforehand.
func header(stored string, isUTF8 bool) *zip.FileHeader {
	h := &zip.FileHeader{Name: stored, CreatorVersion: 20, ReaderVersion: 20}
	if isUTF8 {
		h.Flags |= flagUTF8
	}
	return h
}

func copyEntry(out *zip.Writer, p *Package, m *member) error {
	h := header(m.stored, m.flags&flagUTF8 != 0)
	h.Method = m.method
	h.ModifiedDate, h.ModifiedTime = m.date, m.time //nolint:staticcheck // the zip's own fields, kept as they stand
	h.CRC32 = m.crc
	h.CompressedSize64, h.UncompressedSize64 = uint64(m.packed), uint64(m.size)
	raw, err := out.CreateRaw(h)
	if err != nil || m.packed == 0 {
		return err
	}
	buf := takeBuffer()
	defer copyBuffers.Put(buf)
	n, err := io.CopyBuffer(raw, io.NewSectionReader(p.arc.src, m.data, m.packed), buf[:])
	if err == nil && n != m.packed {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// writeEntry deflates data, or stores it when that is shorter.
func writeEntry(out *zip.Writer, stored string, isUTF8 bool, data []byte) error {
	h := header(stored, isUTF8)
	h.ModifiedDate = 1<<5 | 1 //nolint:staticcheck // 1980-01-01
	h.CRC32 = crc32.ChecksumIEEE(data)
	h.UncompressedSize64 = uint64(len(data))
	packed, err := deflate(data)
	if err != nil {
		return err
	}
	h.Method = methodDeflate
	if len(packed) >= len(data) {
		packed, h.Method = data, methodStore
	}
	h.CompressedSize64 = uint64(len(packed))
	raw, err := out.CreateRaw(h)
	if err != nil {
		return err
	}
	_, err = raw.Write(packed)
	return err
}
