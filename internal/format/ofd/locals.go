package ofd

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"xinzhang/internal/fault"
)

// checkLocals compares every local header with the directory and looks at the
// bytes between entries. A local header that says something else is refused:
// programs that read the zip as a stream would show other content than programs
// that read the directory, under the same signature.
func (a *archive) checkLocals(end endRecord) error {
	order := slices.Clone(a.members)
	slices.SortFunc(order, func(x, y *member) int {
		switch {
		case x.header < y.header:
			return -1
		case x.header > y.header:
			return 1
		}
		return 0
	})
	var at int64
	var before *member
	for _, m := range order {
		if m.header < at {
			return conflict(m.name, "it overlaps another entry")
		}
		if err := a.checkGap(before, at, m.header); err != nil {
			return err
		}
		if err := a.checkLocal(m, end.dirStart); err != nil {
			return err
		}
		at, before = m.data+m.packed, m
	}
	return a.checkGap(before, at, end.dirStart)
}

func (a *archive) checkLocal(m *member, limit int64) error {
	le := binary.LittleEndian
	// One read fetches the header, the name and a usual extra field.
	buf := make([]byte, min(int64(localLen+len(m.stored)+64), max(limit-m.header, 0)))
	if len(buf) < localLen+len(m.stored) || readAt(a.src, buf, m.header) != nil || le.Uint32(buf) != sigLocal {
		return broken("zip entry " + clip(m.name) + ": no local header")
	}
	nameLen, extraLen := int(le.Uint16(buf[26:])), int(le.Uint16(buf[28:]))
	if nameLen != len(m.stored) || string(buf[localLen:localLen+nameLen]) != m.stored {
		return conflict(m.name, "the entry carries another name than the directory")
	}
	m.data = m.header + localLen + int64(nameLen) + int64(extraLen)
	if m.data+m.packed > limit || m.data+m.packed < m.data {
		return broken("zip entry " + clip(m.name) + ": it reaches beyond its place")
	}
	extra := make([]byte, extraLen)
	if err := readAt(a.src, extra, m.header+localLen+int64(nameLen)); err != nil {
		return broken("zip entry " + clip(m.name) + ": cut short")
	}
	crc, packed, size := le.Uint32(buf[14:]), int64(le.Uint32(buf[18:])), int64(le.Uint32(buf[22:]))
	if err := m.readExtra(extra, &size, &packed); err != nil {
		return err
	}
	flags, method := le.Uint16(buf[6:]), le.Uint16(buf[8:])
	const decisive = flagEncrypted | flagDescriptor | flagStrong | flagMasked
	if (flags^m.flags)&decisive != 0 || method != m.method {
		return conflict(m.name, "the entry says another packing than the directory")
	}
	later := flags&flagDescriptor != 0 // sizes follow the data; zeros stand here
	if packed != m.packed && (!later || packed != 0) ||
		size != m.size && (!later || size != 0) ||
		crc != m.crc && (!later || crc != 0) {
		return conflict(m.name, "the entry says another size or checksum than the directory")
	}
	return nil
}

// checkGap judges the bytes from one entry's data to the next header: a data
// descriptor, or something that belongs to no entry.
func (a *archive) checkGap(before *member, from, to int64) error {
	gap := to - from
	if gap < 0 {
		return conflict(before.name, "it overlaps the zip directory")
	}
	if before != nil && before.flags&flagDescriptor != 0 {
		n, err := a.checkDescriptor(before, from, gap)
		if err != nil {
			return err
		}
		from, gap = from+n, gap-n
	}
	if gap == 0 {
		return nil
	}
	if name, ok := a.shadowed(from, gap); ok {
		return conflict(clip(name), "another entry of that name hides outside the directory")
	}
	place := "before the first entry"
	if before != nil {
		place = "after " + before.name
	}
	if name, ok := a.hiddenEntry(from, gap); ok {
		a.deviate(fault.DocZIPHiddenEntry, "place", place, "name", name)
		return nil
	}
	a.deviate(fault.DocZIPExtraBytes, "place", place, "bytes", gap)
	return nil
}

// checkDescriptor reads the data descriptor after an entry: an optional
// signature, the checksum, and two sizes of 4 or 8 bytes. It returns its length,
// 0 where none stands.
func (a *archive) checkDescriptor(m *member, from, gap int64) (int64, error) {
	le := binary.LittleEndian
	buf := make([]byte, min(gap, 24))
	if err := readAt(a.src, buf, from); err != nil {
		return 0, broken("zip entry " + clip(m.name) + ": cut short")
	}
	matches := func(b []byte, wide bool) bool {
		if wide {
			return len(b) >= 20 && le.Uint32(b) == m.crc && int64(le.Uint64(b[4:])) == m.packed && int64(le.Uint64(b[12:])) == m.size
		}
		return len(b) >= 12 && le.Uint32(b) == m.crc && int64(le.Uint32(b[4:])) == m.packed && int64(le.Uint32(b[8:])) == m.size
	}
	if len(buf) >= 4 && le.Uint32(buf) == sigDescriptor {
		switch {
		case matches(buf[4:], false):
			return 16, nil
		case matches(buf[4:], true):
			return 24, nil
		}
		return 0, conflict(m.name, "the sizes after the entry differ from the directory")
	}
	switch {
	case matches(buf, false):
		return 12, nil
	case matches(buf, true):
		return 20, nil
	}
	return 0, nil
}

// hiddenEntry looks for a local header at the start of stray bytes.
func (a *archive) hiddenEntry(from, gap int64) (string, bool) {
	buf := make([]byte, min(gap, localLen+256))
	if len(buf) < localLen || readAt(a.src, buf, from) != nil || binary.LittleEndian.Uint32(buf) != sigLocal {
		return "", false
	}
	n := min(int(binary.LittleEndian.Uint16(buf[26:])), len(buf)-localLen)
	return clip(fmt.Sprintf("%q", buf[localLen:localLen+n])), true
}

// shadowed looks in bytes that belong to no entry for a local header with the
// name of an entry: programs that read the zip as a stream, or from behind a
// prefix, would show that one.
func (a *archive) shadowed(from, gap int64) (string, bool) {
	const chunk = 64 << 10
	if a.folded == nil {
		a.folded = make(map[string]bool, len(a.members))
		for _, m := range a.members {
			a.folded[strings.ToLower(m.name)] = true
		}
	}
	buf := make([]byte, min(gap, chunk+localLen+1024))
	for at := int64(0); at < gap; at += chunk {
		b := buf[:min(gap-at, int64(len(buf)))]
		if readAt(a.src, b, from+at) != nil {
			return "", false
		}
		for i := 0; ; i += 4 {
			next := bytes.Index(b[i:], []byte("PK\x03\x04"))
			if i += next; next < 0 || i >= chunk {
				break
			}
			if a.hidden++; a.hidden > mostHidden {
				return "…", true
			}
			if name, ok := localName(b[i:]); ok && a.folded[strings.ToLower(name)] {
				return name, true
			}
		}
	}
	return "", false
}

// mostHidden is more local headers than entries that were deleted from a zip in
// place leave behind.
const mostHidden = 10_000

// localName reads the name in the local header at the start of b.
func localName(b []byte) (string, bool) {
	if len(b) < localLen {
		return "", false
	}
	n := int(binary.LittleEndian.Uint16(b[26:]))
	if n > len(b)-localLen {
		return "", false
	}
	name, folder, err := normaliseName(string(b[localLen:localLen+n]), false)
	return name, err == nil && !folder
}
