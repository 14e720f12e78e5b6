package ofd

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"sync/atomic"

	"xinzhang/internal/fault"
)

// This file reads the zip's end record and central directory. The standard
// library's reader is not used for it: it holds the whole directory before a
// limit can be asked for, and it does not look at the local headers, by which
// other programs may see other names and sizes.

const (
	sigLocal      = 0x04034b50
	sigCentral    = 0x02014b50
	sigEnd        = 0x06054b50
	sigEnd64      = 0x06064b50
	sigLocator64  = 0x07064b50
	sigDescriptor = 0x08074b50

	localLen   = 30
	centralLen = 46
	endLen     = 22

	flagEncrypted  = 1 << 0
	flagDescriptor = 1 << 3
	flagStrong     = 1 << 6
	flagUTF8       = 1 << 11
	flagMasked     = 1 << 13

	methodStore   = 0
	methodDeflate = 8
)

// A member is one entry of the zip, by its central directory record.
type member struct {
	name    string // normalised: "/Doc_0/Document.xml"
	stored  string // as it stands in the zip
	flags   uint16
	method  uint16
	time    uint16 // MS-DOS, copied by Append
	date    uint16
	crc     uint32
	packed  int64
	size    int64
	header  int64 // offset of the local header in the file
	data    int64 // offset of the compressed bytes
	folder  bool
	inflate atomic.Int64 // most bytes of this entry that were ever inflated
}

// An archive is the zip's directory, checked against its local headers.
type archive struct {
	src        io.ReaderAt
	size       int64
	members    []*member // in the order of the central directory
	deviations []*fault.Error
	folded     map[string]bool // names in lower case, once something hides between entries
	hidden     int             // local headers seen between entries
}

func openArchive(src io.ReaderAt, size int64, lim Limits) (*archive, error) {
	a := &archive{src: src, size: size}
	end, err := a.findEnd()
	if err != nil {
		return nil, err
	}
	if end.count > uint64(lim.Entries) {
		return nil, fault.New(fault.InputTooLarge, "what", "number of files in the package", "limit", lim.Entries)
	}
	if end.dirLen > lim.DirectoryLen {
		return nil, fault.New(fault.InputTooLarge, "what", "zip directory", "limit", lim.DirectoryLen)
	}
	if err := a.readDirectory(end, lim); err != nil {
		return nil, err
	}
	if err := a.checkLocals(end); err != nil {
		return nil, err
	}
	return a, nil
}

// endRecord says where the central directory lies.
type endRecord struct {
	dirStart int64 // in the file, bytes before the zip counted in
	dirLen   int64
	base     int64 // bytes before the zip that its offsets leave out
	count    uint64
}

// findEnd looks for the end record. Its comment must reach the end of the file;
// where none does, the last record is taken and the rest is a deviation.
func (a *archive) findEnd() (endRecord, error) {
	tail := min(a.size, endLen+0xFFFF)
	buf := make([]byte, tail)
	if err := readAt(a.src, buf, a.size-tail); err != nil {
		return endRecord{}, fault.Wrap(fault.DocNotOFD, err)
	}
	at, loose, fitting := -1, -1, 0
	for i := len(buf) - endLen; i >= 0; i-- {
		if binary.LittleEndian.Uint32(buf[i:]) != sigEnd {
			continue
		}
		comment := int(binary.LittleEndian.Uint16(buf[i+20:]))
		if i+endLen+comment == len(buf) {
			at = i
			fitting++
		}
		if loose < 0 && i+endLen+comment < len(buf) {
			loose = i
		}
	}
	if at < 0 {
		at = loose
	}
	if at < 0 {
		return endRecord{}, fault.New(fault.DocNotOFD)
	}
	place := a.size - tail + int64(at)
	rest := buf[at+endLen:]
	if fitting > 1 || bytes.Contains(rest, []byte("PK\x05\x06")) {
		return endRecord{}, conflict("end of the zip", "it has two end records")
	}
	comment := int(binary.LittleEndian.Uint16(buf[at+20:]))
	if comment > 0 {
		a.deviate(fault.DocZIPComment, "bytes", comment)
	}
	if extra := len(rest) - comment; extra > 0 {
		a.deviate(fault.DocZIPExtraBytes, "place", "after the end of the zip", "bytes", extra)
	}
	return a.readEnd(buf[at:at+endLen], place)
}

func (a *archive) readEnd(rec []byte, place int64) (endRecord, error) {
	le := binary.LittleEndian
	disk, dirDisk := le.Uint16(rec[4:]), le.Uint16(rec[6:])
	here, all := le.Uint16(rec[8:]), le.Uint16(rec[10:])
	e := endRecord{count: uint64(all), dirLen: int64(le.Uint32(rec[12:]))}
	offset := int64(le.Uint32(rec[16:]))
	dirEnd := place
	if all == 0xFFFF || e.dirLen == 0xFFFFFFFF || offset == 0xFFFFFFFF {
		big, at, ok, err := a.readEnd64(place)
		if err != nil {
			return e, err
		}
		if ok {
			e.count, e.dirLen, offset, dirEnd = big.count, big.dirLen, big.dirStart, at
			disk, dirDisk, here, all = 0, 0, 0, 0
		}
	}
	if disk != 0 || dirDisk != 0 || here != all {
		return e, fault.New(fault.DocZIPUnsupported, "name", "the zip", "what", "split over several files")
	}
	e.dirStart = dirEnd - e.dirLen
	e.base = e.dirStart - offset
	if e.dirStart < 0 || e.base < 0 || e.dirLen < 0 || offset < 0 {
		return e, broken("zip end record: the directory lies outside the file")
	}
	if e.base > 0 {
		// Programs disagree on whether offsets count the bytes before the zip.
		var sig [4]byte
		if readAt(a.src, sig[:], offset) == nil && le.Uint32(sig[:]) == sigCentral {
			return e, conflict("zip directory", "two directories fit the end record")
		}
	}
	return e, nil
}

// readEnd64 reads the ZIP64 end record whose locator stands before the end
// record at place; at is where it begins.
func (a *archive) readEnd64(place int64) (e endRecord, at int64, ok bool, err error) {
	le := binary.LittleEndian
	var loc [20]byte
	if place < 20 || readAt(a.src, loc[:], place-20) != nil || le.Uint32(loc[:]) != sigLocator64 {
		return e, 0, false, nil
	}
	// The locator's offset leaves out bytes before the zip, so the record is
	// looked for right before its locator, where every writer puts it.
	at = place - 20 - 56
	var rec [56]byte
	if at < 0 || readAt(a.src, rec[:], at) != nil || le.Uint32(rec[:]) != sigEnd64 {
		return e, 0, false, broken("zip64 end record: not before its locator")
	}
	count, dirLen, offset := le.Uint64(rec[32:]), le.Uint64(rec[40:]), le.Uint64(rec[48:])
	if dirLen > uint64(a.size) || offset > uint64(a.size) {
		return e, 0, false, broken("zip64 end record: the directory lies outside the file")
	}
	return endRecord{count: count, dirLen: int64(dirLen), dirStart: int64(offset)}, at, true, nil
}

func (a *archive) readDirectory(end endRecord, lim Limits) error {
	dir := make([]byte, end.dirLen)
	if err := readAt(a.src, dir, end.dirStart); err != nil {
		return broken("zip directory: " + err.Error())
	}
	a.members = make([]*member, 0, end.count)
	for len(dir) > 0 {
		if len(a.members) >= lim.Entries {
			return fault.New(fault.InputTooLarge, "what", "number of files in the package", "limit", lim.Entries)
		}
		m, rest, err := parseCentral(dir, lim)
		if err != nil {
			return fmt.Errorf("zip directory, entry %d: %w", len(a.members)+1, err)
		}
		m.header += end.base
		dir = rest
		a.members = append(a.members, m)
	}
	if uint64(len(a.members)) != end.count {
		return conflict("zip directory", fmt.Sprintf("%d entries, %d announced", len(a.members), end.count))
	}
	return nil
}

func parseCentral(b []byte, lim Limits) (*member, []byte, error) {
	le := binary.LittleEndian
	if len(b) < centralLen || le.Uint32(b) != sigCentral {
		return nil, nil, broken("zip directory: record cut short")
	}
	nameLen, extraLen, noteLen := int(le.Uint16(b[28:])), int(le.Uint16(b[30:])), int(le.Uint16(b[32:]))
	if len(b) < centralLen+nameLen+extraLen+noteLen {
		return nil, nil, broken("zip directory: record cut short")
	}
	if nameLen > lim.NameBytes {
		return nil, nil, fault.New(fault.InputTooLarge, "what", "file name in the package", "limit", lim.NameBytes)
	}
	m := &member{
		stored: string(b[centralLen : centralLen+nameLen]),
		flags:  le.Uint16(b[8:]),
		method: le.Uint16(b[10:]),
		time:   le.Uint16(b[12:]),
		date:   le.Uint16(b[14:]),
		crc:    le.Uint32(b[16:]),
		packed: int64(le.Uint32(b[20:])),
		size:   int64(le.Uint32(b[24:])),
		header: int64(le.Uint32(b[42:])),
	}
	extra := b[centralLen+nameLen : centralLen+nameLen+extraLen]
	if err := m.readExtra(extra, &m.size, &m.packed, &m.header); err != nil {
		return nil, nil, err
	}
	var err error
	if m.name, m.folder, err = normaliseName(m.stored, m.flags&flagUTF8 != 0); err != nil {
		return nil, nil, err
	}
	return m, b[centralLen+nameLen+extraLen+noteLen:], m.supported()
}

// readExtra takes 64-bit values from the ZIP64 field (0x0001) for those fields
// that hold all ones, in the order given, and refuses a second name (0x7075)
// that differs from the first.
func (m *member) readExtra(extra []byte, fields ...*int64) error {
	le := binary.LittleEndian
	for len(extra) >= 4 {
		id, n := le.Uint16(extra), int(le.Uint16(extra[2:]))
		if n > len(extra)-4 {
			return nil // ill-formed padding is common and harmless
		}
		body := extra[4 : 4+n]
		extra = extra[4+n:]
		switch id {
		case 0x0001:
			for _, f := range fields {
				if *f != 0xFFFFFFFF || len(body) < 8 {
					continue
				}
				v := le.Uint64(body)
				if v > 1<<62 {
					return broken("zip64 size of " + clip(m.stored))
				}
				*f, body = int64(v), body[8:]
			}
		case 0x7075:
			if len(body) > 5 && string(body[5:]) != m.stored {
				other, _, err := normaliseName(string(body[5:]), true)
				first, _, _ := normaliseName(m.stored, m.flags&flagUTF8 != 0)
				if err != nil || other != first {
					return conflict(clip(m.stored), "it carries a second, different name")
				}
			}
		}
	}
	return nil
}

func (m *member) supported() error {
	switch {
	case m.flags&(flagEncrypted|flagStrong|flagMasked) != 0:
		return fault.New(fault.DocZIPUnsupported, "name", m.name, "what", "encrypted")
	case m.method != methodStore && m.method != methodDeflate:
		return fault.New(fault.DocZIPUnsupported, "name", m.name, "what", fmt.Sprintf("compression method %d", m.method))
	case m.method == methodStore && m.packed != m.size:
		return conflict(m.name, "stored size and size differ")
	case m.folder && m.size != 0:
		return conflict(m.name, "a folder that holds bytes")
	}
	return nil
}

func (a *archive) deviate(code fault.Code, kv ...any) {
	const most = 100 // a report names a hundred oddities, not a million
	if len(a.deviations) < most {
		a.deviations = append(a.deviations, fault.New(code, kv...))
	}
}

func broken(place string) error { return fault.New(fault.DocBroken, "place", place) }

func conflict(place, what string) error {
	return fault.New(fault.DocZIPConflict, "place", place, "what", what)
}

// readAt fills b from offset off, and tells a short file from a full read.
func readAt(src io.ReaderAt, b []byte, off int64) error {
	if off < 0 {
		return io.ErrUnexpectedEOF
	}
	n, err := src.ReadAt(b, off)
	if n == len(b) {
		return nil
	}
	if err == nil || err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return err
}
