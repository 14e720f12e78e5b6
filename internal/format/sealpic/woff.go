package sealpic

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
)

// WOFF 1.0 (W3C Recommendation, 2012): a header, a directory, and the tables of
// an sfnt font, each packed by zlib when that makes it smaller.
const (
	woffHeader   = 44
	woffEntry    = 20
	maxWOFFTable = 128      // real fonts have some twenty
	maxWOFFSize  = 64 << 20 // unpacked; the largest CJK fonts have 35 MB
)

func isWOFF(file []byte) bool { return bytes.HasPrefix(file, []byte("wOFF")) }

type woffTable struct {
	tag, checksum uint32
	data          []byte // unpacked
}

// unpackWOFF returns the sfnt font inside a WOFF file. It never unpacks more
// than the directory promises, nor more than maxWOFFSize.
func unpackWOFF(file []byte) ([]byte, error) {
	if len(file) < woffHeader || !isWOFF(file) {
		return nil, errors.New("woff: no header")
	}
	n := int(binary.BigEndian.Uint16(file[12:]))
	if n == 0 || n > maxWOFFTable || len(file) < woffHeader+n*woffEntry {
		return nil, fmt.Errorf("woff: directory of %d tables", n)
	}
	tables := make([]woffTable, n)
	size := 12 + 16*n
	for i := range tables {
		entry := file[woffHeader+i*woffEntry:]
		packed, length, err := woffData(file, entry)
		if err != nil {
			return nil, fmt.Errorf("woff: table %d: %w", i, err)
		}
		if size += length + 3; size > maxWOFFSize {
			return nil, errors.New("woff: font is too large")
		}
		data, err := inflateTo(packed, length)
		if err != nil {
			return nil, fmt.Errorf("woff: table %d: %w", i, err)
		}
		tables[i] = woffTable{binary.BigEndian.Uint32(entry), binary.BigEndian.Uint32(entry[16:]), data}
	}
	return buildSFNT(file[4:8], tables), nil
}

// woffData returns the packed bytes of a table and its length when unpacked.
func woffData(file, entry []byte) (packed []byte, length int, err error) {
	offset := uint64(binary.BigEndian.Uint32(entry[4:]))
	have := uint64(binary.BigEndian.Uint32(entry[8:]))
	want := uint64(binary.BigEndian.Uint32(entry[12:]))
	switch {
	case offset+have > uint64(len(file)):
		return nil, 0, errors.New("lies beyond the end of the file")
	case have > want || want > maxWOFFSize:
		return nil, 0, fmt.Errorf("length %d", want)
	}
	return file[offset : offset+have], int(want), nil
}

// inflateTo unpacks to exactly length bytes; equal lengths mean "not packed".
// Memory grows with what really comes out, not with what was promised.
func inflateTo(packed []byte, length int) ([]byte, error) {
	if len(packed) == length {
		return packed, nil
	}
	z, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(z, int64(length)+1))
	if err != nil {
		return nil, err
	}
	if len(data) != length {
		return nil, fmt.Errorf("unpacks to another length than %d", length)
	}
	return data, nil
}

// buildSFNT writes the tables behind the directory of an sfnt font.
func buildSFNT(flavour []byte, tables []woffTable) []byte {
	n := len(tables)
	log := bits.Len(uint(n)) - 1
	be := binary.BigEndian
	out := append([]byte(nil), flavour...)
	for _, v := range []int{n, 16 << log, log, 16*n - 16<<log} {
		out = be.AppendUint16(out, uint16(v))
	}
	offset := 12 + 16*n
	for _, t := range tables {
		out = be.AppendUint32(out, t.tag)
		out = be.AppendUint32(out, t.checksum)
		out = be.AppendUint32(out, uint32(offset))
		out = be.AppendUint32(out, uint32(len(t.data)))
		offset += (len(t.data) + 3) &^ 3
	}
	for _, t := range tables {
		out = append(out, t.data...)
		for len(out)%4 != 0 {
			out = append(out, 0)
		}
	}
	return out
}
