package ofd

import (
	"bufio"
	"compress/flate"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"sync"

	"github.com/emmansun/gmsm/sm3"

	"xinzhang/internal/fault"
)

// Stream opens a file of the package for reading once. The reader ends with an
// error when the entry is longer or shorter than announced, its checksum is
// wrong, or it swells beyond the limits; bytes handed out before that are not
// to be trusted. It returns fault.DocPartMissing when there is no such file.
func (p *Package) Stream(name string) (_ io.ReadCloser, err error) {
	m := p.byName[name]
	if m == nil {
		return nil, fault.New(fault.DocPartMissing, "name", name, "place", "the package")
	}
	s := &stream{p: p, m: m}
	s.section = io.NewSectionReader(p.arc.src, m.data, m.packed)
	if m.method == methodStore {
		s.src = s.section
		return s, nil
	}
	if s.inflater, err = takeInflater(s.section); err != nil {
		return nil, fmt.Errorf("inflate %s: %w", name, err)
	}
	s.src = s.inflater.flate
	return s, nil
}

// Read returns a whole file, refused when it is larger than Limits.PartBytes.
func (p *Package) Read(name string) ([]byte, error) {
	out, err := p.readTo(name, nil)
	if err != nil {
		return nil, err
	}
	return out, nil
}

// readTo is Read into the room of out, or into new room when that is too small.
// The room comes back after an error, too.
func (p *Package) readTo(name string, out []byte) ([]byte, error) {
	out = out[:0]
	r, err := p.Stream(name)
	if err != nil {
		return out, err
	}
	defer func() { _ = r.Close() }()
	m := p.byName[name]
	if m.size > p.lim.PartBytes {
		return out, fault.New(fault.InputTooLarge, "what", name, "limit", p.lim.PartBytes)
	}
	// The announced size is believed for the allocation only as far as deflate
	// could reach it.
	if want := min(m.size, m.packed*1040+64) + 1; int64(cap(out)) < want {
		out = make([]byte, 0, want)
	}
	for {
		if len(out) == cap(out) {
			out = append(out, 0)[:len(out)]
		}
		n, err := r.Read(out[len(out):cap(out)])
		out = out[:len(out)+n]
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return out, err
		}
	}
}

// Digest returns the SM3 of a file's uncompressed bytes. It is kept, and pages
// that [Package.Documents] has read are known already, so that each file is
// inflated once.
func (p *Package) Digest(name string) ([32]byte, error) {
	p.mu.Lock()
	d, ok := p.digests[name]
	p.mu.Unlock()
	if ok {
		return d, nil
	}
	r, err := p.Stream(name)
	if err != nil {
		return d, err
	}
	defer func() { _ = r.Close() }()
	h := sm3.New()
	buf := takeBuffer()
	defer copyBuffers.Put(buf)
	if _, err := io.CopyBuffer(h, r, buf[:]); err != nil {
		return d, err
	}
	h.Sum(d[:0])
	p.keepDigest(name, d)
	return d, nil
}

var copyBuffers sync.Pool // of *[64 KiB]byte

func takeBuffer() *[64 << 10]byte {
	if buf, ok := copyBuffers.Get().(*[64 << 10]byte); ok {
		return buf
	}
	return new([64 << 10]byte)
}

func (p *Package) keepDigest(name string, d [32]byte) {
	p.mu.Lock()
	p.digests[name] = d
	p.mu.Unlock()
}

// account adds what was inflated of m beyond what was inflated of it before.
func (p *Package) account(m *member, n int64) error {
	if n > p.lim.RatioFree && m.packed < n/p.lim.Ratio {
		return fault.New(fault.DocZIPBomb, "name", m.name, "limit", fmt.Sprintf("%d : 1", p.lim.Ratio))
	}
	for {
		old := m.inflate.Load()
		if n <= old {
			return nil
		}
		if !m.inflate.CompareAndSwap(old, n) {
			continue // another reader of the same entry was faster
		}
		if p.inflated.Add(n-old) > p.ceiling {
			return fault.New(fault.DocZIPBomb, "name", m.name, "limit", fmt.Sprintf("%d MiB", p.ceiling>>20))
		}
		return nil
	}
}

// inflaters are kept because each holds some 70 KiB.
var inflaters sync.Pool

type inflater struct {
	buf   *bufio.Reader
	flate io.ReadCloser
}

func takeInflater(src io.Reader) (*inflater, error) {
	if f, ok := inflaters.Get().(*inflater); ok {
		f.buf.Reset(src)
		if r, ok := f.flate.(flate.Resetter); ok {
			return f, r.Reset(f.buf, nil)
		}
	}
	buf := bufio.NewReaderSize(src, 32<<10)
	return &inflater{buf: buf, flate: flate.NewReader(buf)}, nil
}

type stream struct {
	p        *Package
	m        *member
	section  *io.SectionReader
	src      io.Reader
	inflater *inflater // nil for stored entries
	n        int64
	crc      uint32
	err      error
}

func (s *stream) Read(b []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.src.Read(b)
	s.n += int64(n)
	s.crc = crc32.Update(s.crc, crc32.IEEETable, b[:n])
	switch {
	case s.n > s.m.size:
		s.err = s.broken("longer than announced")
	case err == io.EOF:
		s.err = s.finish()
	case err != nil:
		s.err = fault.Wrap(fault.DocBroken, err, "place", s.m.name)
	default:
		s.err = s.p.account(s.m, s.n)
	}
	if s.err != nil && !errors.Is(s.err, io.EOF) {
		return 0, s.err
	}
	return n, s.err
}

func (s *stream) finish() error {
	if s.inflater != nil {
		if _, err := s.inflater.buf.ReadByte(); err != io.EOF {
			return s.broken("bytes after the compressed data")
		}
	}
	switch {
	case s.n != s.m.size:
		return s.broken("shorter than announced")
	case s.crc != s.m.crc:
		return s.broken("its zip checksum is wrong")
	}
	if err := s.p.account(s.m, s.n); err != nil {
		return err
	}
	return io.EOF
}

func (s *stream) broken(what string) error {
	return fault.Wrap(fault.DocBroken, errors.New(what), "place", s.m.name)
}

// Close gives the inflater back. Reading after Close is an error.
func (s *stream) Close() error {
	if s.inflater != nil {
		s.inflater.buf.Reset(nil)
		inflaters.Put(s.inflater)
		s.inflater = nil
	}
	s.err = errors.New("read after close")
	return nil
}
