//go:build unix

package speed

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"

	"xinzhang/internal/fixture"
	"xinzhang/internal/format/crl"
)

const (
	revoked = 1_000_000
	mostMiB = 32
)

// serial gives the i-th serial number: it stands for a cursor over a register.
func serial(i int) (s [16]byte) {
	binary.BigEndian.PutUint64(s[:], uint64(i)*0x9e3779b97f4a7c15)
	binary.BigEndian.PutUint64(s[8:], uint64(i))
	s[0] = s[0]&0x7f | 0x40
	return s
}

// BenchmarkCRL writes a list of a million entries. The floor writes the same
// bytes with lengths that it knows from nowhere, hashes them with SM3 and signs
// once. "MiB-allocated" is all that ours ever asked for, so its memory at any
// moment is less.
func BenchmarkCRL(b *testing.B) {
	at := time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)
	a := fixture.New(b, at)
	file := filepath.Join(b.TempDir(), "a.crl")
	t := crl.Template{Issuer: a.Sub.Cert, Number: big.NewInt(7), ThisUpdate: at, NextUpdate: at.AddDate(0, 0, 7)}
	write := func(fill func(w io.Writer) error) {
		f, err := os.Create(file)
		must(b, err)
		must(b, fill(f))
		must(b, f.Close())
	}
	entries := func(yield func(crl.Entry, error) bool) {
		e := crl.Entry{Serial: new(big.Int), RevokedAt: at, Reason: crl.KeyCompromise}
		for i := range revoked {
			s := serial(i)
			e.Serial.SetBytes(s[:])
			if !yield(e, nil) {
				return
			}
		}
	}
	sign := func(e [32]byte) ([]byte, error) { return sm2.SignASN1(rand.Reader, a.Sub.Key, e[:], nil) }
	var allocated uint64
	compare(b, revoked, "entries", func() {
		write(func(w io.Writer) error { return floorCRL(w, a.Sub.Key, at) })
	}, func() {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		write(func(w io.Writer) error { return crl.Write(w, t, entries, sign) })
		runtime.ReadMemStats(&after)
		allocated = max(allocated, after.TotalAlloc-before.TotalAlloc)
	})
	b.ReportMetric(float64(allocated)/(1<<20), "MiB-allocated")
	if allocated > mostMiB<<20 {
		b.Errorf("%d MiB were asked for, at most %d", allocated>>20, mostMiB)
	}
	raw, err := os.ReadFile(file)
	must(b, err)
	l, err := crl.Parse(raw)
	must(b, err)
	if must(b, l.CheckSignatureFrom(a.Sub.Cert)); l.Count != revoked {
		b.Fatal("the list holds", l.Count)
	}
}

// floorCRL streams as many entries of fixed shape through SM3 into w.
func floorCRL(w io.Writer, key *sm2.PrivateKey, at time.Time) error {
	tail := append([]byte{0x17, 13}, at.Format("060102150405Z")...)
	tail = append(tail, 0x30, 12, 0x30, 10, 6, 3, 0x55, 0x1d, 0x15, 4, 3, 0x0a, 1, 1)
	entry := append([]byte{0x30, byte(18 + len(tail)), 2, 16}, make([]byte, 16)...)
	entry = append(entry, tail...)
	out := bufio.NewWriterSize(w, 256<<10)
	h, err := sm2.NewHash(&key.PublicKey)
	if err != nil {
		return err
	}
	var buf bytes.Buffer
	for i := range revoked {
		s := serial(i)
		copy(entry[4:], s[:])
		if buf.Write(entry); buf.Len() > 60_000 {
			h.Write(buf.Bytes())
			if _, err := out.Write(buf.Bytes()); err != nil {
				return err
			}
			buf.Reset()
		}
	}
	h.Write(buf.Bytes())
	if _, err := out.Write(buf.Bytes()); err != nil {
		return err
	}
	signature, err := key.Sign(rand.Reader, h.Sum(nil), nil)
	if err != nil {
		return err
	}
	if _, err := out.Write(signature); err != nil {
		return err
	}
	return out.Flush()
}
