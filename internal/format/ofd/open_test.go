package ofd

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"runtime"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"xinzhang/internal/fault"
)

func TestOpenRefusesPackagesThatCanBeReadInTwoWays(t *testing.T) {
	le := binary.LittleEndian
	with := func(more ...rawEntry) rawZip { return rawZip{entries: append(stored(plain()), more...)} }
	extra := func(f func(e *rawEntry)) rawZip {
		e := rawEntry{name: "Doc_0/x.bin", data: "content"}
		f(&e)
		return with(e)
	}
	nested := rawZip{entries: stored(plain())}.bytes()
	tests := []struct {
		name string
		raw  []byte
		want fault.Code
	}{
		{"an empty file", nil, fault.DocNotOFD},
		{"a text file", []byte(strings.Repeat("not a zip at all ", 100)), fault.DocNotOFD},
		{"a zip without OFD.xml", rawZip{entries: stored([]file{{"a.txt", "a"}})}.bytes(), fault.DocNotOFD},
		{"the same name twice", with(rawEntry{name: "OFD.xml", data: "other"}).bytes(), fault.DocDuplicateEntry},
		{"the same name twice after normalising", with(rawEntry{name: `Doc_0\.\Document.xml`, data: "other"}).bytes(), fault.DocDuplicateEntry},
		{"a name with ..", with(rawEntry{name: "Doc_0/../../etc/passwd", data: "x"}).bytes(), fault.DocPathEscape},
		{"a name with .. and backslashes", with(rawEntry{name: `Doc_0\..\..\x`, data: "x"}).bytes(), fault.DocPathEscape},
		{"a name with a drive", with(rawEntry{name: `C:\windows\x.exe`, data: "x"}).bytes(), fault.DocPathEscape},
		{"a name with a drive behind a slash", with(rawEntry{name: `/c:/x.exe`, data: "x"}).bytes(), fault.DocPathEscape},
		{"a name with NUL", with(rawEntry{name: "Doc_0/x\x00.xml", data: "x"}).bytes(), fault.DocPathEscape},
		{"a name that says UTF-8 and is not", with(rawEntry{name: "Doc_0/\xff.xml", data: "x", flags: flagUTF8}).bytes(), fault.DocPathEscape},
		{"an empty name", with(rawEntry{name: "", data: "x"}).bytes(), fault.DocPathEscape},
		{"an encrypted entry", extra(func(e *rawEntry) { e.flags = flagEncrypted }).bytes(), fault.DocZIPUnsupported},
		{"a masked entry", extra(func(e *rawEntry) { e.flags = flagMasked }).bytes(), fault.DocZIPUnsupported},
		{"an LZMA entry", extra(func(e *rawEntry) { e.method = 14 }).bytes(), fault.DocZIPUnsupported},
		{"another name in the local header", extra(func(e *rawEntry) { e.local = func(h []byte) { h[localLen] = 'X' } }).bytes(), fault.DocZIPConflict},
		{"another size in the local header", extra(func(e *rawEntry) { e.local = func(h []byte) { le.PutUint32(h[22:], 9) } }).bytes(), fault.DocZIPConflict},
		{"another packed size in the local header", extra(func(e *rawEntry) { e.local = func(h []byte) { le.PutUint32(h[18:], 3) } }).bytes(), fault.DocZIPConflict},
		{"another checksum in the local header", extra(func(e *rawEntry) { e.local = func(h []byte) { h[14] ^= 1 } }).bytes(), fault.DocZIPConflict},
		{"another method in the local header", extra(func(e *rawEntry) { e.local = func(h []byte) { h[8] = 8 } }).bytes(), fault.DocZIPConflict},
		{"encryption only in the local header", extra(func(e *rawEntry) { e.local = func(h []byte) { h[6] = 1 } }).bytes(), fault.DocZIPConflict},
		{"no local header", extra(func(e *rawEntry) { e.local = func(h []byte) { h[0] = 'X' } }).bytes(), fault.DocBroken},
		{"stored with two sizes", extra(func(e *rawEntry) { e.size = 3 }).bytes(), fault.DocZIPConflict},
		{"two directory records for one entry", extra(func(e *rawEntry) {
			e.central = func(c []byte) { le.PutUint32(c[42:], 0); copy(c[centralLen:], "doc_0/x.bin") }
		}).bytes(), fault.DocZIPConflict},
		{"a folder with content", with(rawEntry{name: "Doc_0/", data: "x"}).bytes(), fault.DocZIPConflict},
		{"a second, different Unicode name", extra(func(e *rawEntry) { e.extra = unicodeName("Doc_0/y.bin") }).bytes(), fault.DocZIPConflict},
		{"an entry beyond the file", extra(func(e *rawEntry) { e.central = func(c []byte) { le.PutUint32(c[42:], 1<<30) } }).bytes(), fault.DocBroken},
		{"a count that is wrong", rawZip{entries: stored(plain()), end: func(r []byte) { r[8], r[10] = 9, 9 }}.bytes(), fault.DocZIPConflict},
		{"several disks", rawZip{entries: stored(plain()), end: func(r []byte) { r[4] = 1 }}.bytes(), fault.DocZIPUnsupported},
		{"a directory outside the file", rawZip{entries: stored(plain()), end: func(r []byte) { le.PutUint32(r[12:], 1<<31) }}.bytes(), fault.DocBroken},
		{"a whole zip inside the comment", rawZip{entries: stored(plain()), comment: nested}.bytes(), fault.DocZIPConflict},
		{"a second zip behind", append(rawZip{entries: stored(plain())}.bytes(), rawZip{entries: stored(plain()), end: func(r []byte) { r[20] = 1 }}.bytes()...), fault.DocZIPConflict},
		{"cut in the middle", nested[:len(nested)/2], fault.DocNotOFD},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Open(bytes.NewReader(tt.raw), int64(len(tt.raw)), DefaultLimits())
			if !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func unicodeName(name string) []byte {
	b := make([]byte, 4, 9+len(name))
	binary.LittleEndian.PutUint16(b, 0x7075)
	binary.LittleEndian.PutUint16(b[2:], uint16(5+len(name)))
	return append(append(b, 1, 0, 0, 0, 0), name...)
}

func TestOpenReportsOddZips(t *testing.T) {
	hidden := rawEntry{name: "Doc_0/evil.xml", data: "hidden", hidden: true}
	descriptor := func() rawEntry {
		e := rawEntry{name: "d.bin", data: "later sizes", flags: flagDescriptor}
		e.local = func(h []byte) { clear(h[14:26]) }
		var d [16]byte
		binary.LittleEndian.PutUint32(d[:], sigDescriptor)
		binary.LittleEndian.PutUint32(d[4:], 0)
		e.central = func(c []byte) { copy(d[4:16], c[16:28]) }
		return e
	}
	tests := []struct {
		name string
		zip  rawZip
		want []fault.Code
	}{
		{"nothing odd", rawZip{entries: stored(plain())}, nil},
		{"bytes before the zip that offsets count", rawZip{before: []byte("KGSIGN v1 header"), entries: stored(plain())}, []fault.Code{fault.DocZIPExtraBytes}},
		{"bytes before the zip that offsets leave out", rawZip{before: []byte("KGSIGN v1 header"), base: -16, entries: stored(plain())}, []fault.Code{fault.DocZIPExtraBytes}},
		{"a comment", rawZip{entries: stored(plain()), comment: []byte("made by hand")}, []fault.Code{fault.DocZIPComment}},
		{"bytes behind the zip", rawZip{entries: stored(plain()), trailing: []byte("tail")}, []fault.Code{fault.DocZIPExtraBytes}},
		{"an entry that the directory leaves out", rawZip{entries: append([]rawEntry{hidden}, stored(plain())...)}, []fault.Code{fault.DocZIPHiddenEntry}},
		{"an entry left out in the middle", rawZip{entries: append(stored(plain()), hidden, rawEntry{name: "z", data: "z"})}, []fault.Code{fault.DocZIPHiddenEntry}},
		{"bytes between entries", rawZip{entries: append(stored(plain()), rawEntry{name: "a", data: "a", after: "stray"}, rawEntry{name: "b", data: "b"})}, []fault.Code{fault.DocZIPExtraBytes}},
		{"backslashes in names", rawZip{entries: append(stored(plain()), rawEntry{name: `Doc_0\Res\a.png`, data: "a"})}, []fault.Code{fault.DocNameStyle}},
		{"a name in GBK", rawZip{entries: append(stored(plain()), rawEntry{name: "Doc_0/\xb8\xbd\xbc\xfe.txt", data: "a"})}, []fault.Code{fault.DocNameStyle}},
		{"names that differ by case only", rawZip{entries: append(stored(plain()), rawEntry{name: "DOC_0/document.xml", data: "a"})}, nil},
		{"a stored zip as the last entry", rawZip{entries: append(stored(plain()), rawEntry{name: "seal.ofd", data: string(rawZip{entries: stored(plain())}.bytes())})}, nil},
		{"sizes behind the data, missing", rawZip{entries: append(stored(plain()), descriptor())}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := open(t, tt.zip.bytes())
			var got []fault.Code
			for _, d := range p.Deviations() {
				got = append(got, d.Code)
				if text := fault.Describe(d, fault.ZH); strings.Contains(text.Title, "?") {
					t.Errorf("words lack an argument: %s", text.Title)
				}
			}
			if len(got) != len(tt.want) || len(got) > 0 && got[0] != tt.want[0] {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			if read(t, p, "/OFD.xml") != rootXML {
				t.Error("OFD.xml reads otherwise")
			}
		})
	}
}

func TestOpenReadsNamesOfVendors(t *testing.T) {
	p := open(t, rawZip{entries: []rawEntry{
		{name: "ofd.xml", data: rootXML},
		{name: `Doc_0\Document.xml`, data: documentXML},
		{name: "Doc_0//Pages/./Page_0/Content.xml", data: pageXML},
		{name: "Doc_0/\xb8\xbd\xbc\xfe.txt", data: "附件"},
		{name: "Doc_0/Res/", data: ""},
	}}.bytes())
	for _, name := range []string{"/Doc_0/Document.xml", "/Doc_0/Pages/Page_0/Content.xml", "/Doc_0/附件.txt"} {
		if !p.Has(name) {
			t.Errorf("%s is not there", name)
		}
	}
	if n := len(p.Entries()); n != 4 {
		t.Errorf("%d files, want 4", n)
	}
	docs, err := p.Documents()
	if err != nil || len(docs) != 1 || len(docs[0].Pages) != 1 || docs[0].Pages[0].Err != nil {
		t.Errorf("documents: %+v, %v", docs, err)
	}
}

func TestReadTellsWhatIsWrongWithAnEntry(t *testing.T) {
	packed, err := deflate([]byte(strings.Repeat("page ", 1000)))
	if err != nil {
		t.Fatal(err)
	}
	data := strings.Repeat("page ", 1000)
	tests := []struct {
		name  string
		entry rawEntry
		want  error
	}{
		{"as it should be", rawEntry{method: 8, data: data, packed: packed}, nil},
		{"longer than announced", rawEntry{method: 8, data: data, packed: packed, size: 4999}, fault.DocBroken},
		{"shorter than announced", rawEntry{method: 8, data: data, packed: packed, size: 5001}, fault.DocBroken},
		{"compressed data cut short", rawEntry{method: 8, data: data, packed: packed[:len(packed)-3]}, fault.DocBroken},
		{"bytes behind the compressed data", rawEntry{method: 8, data: data, packed: append(packed[:len(packed):len(packed)], "xyz"...)}, fault.DocBroken},
		{"no deflate at all", rawEntry{method: 8, data: data, packed: []byte("\xff\xff\xff\xff")}, fault.DocBroken},
		{"a wrong checksum", rawEntry{method: 8, data: strings.Repeat("pagf ", 1000), packed: packed}, fault.DocBroken},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.entry.name = "x.bin"
			p := open(t, rawZip{entries: append(stored(plain()), tt.entry)}.bytes())
			got, err := p.Read("/x.bin")
			if !errors.Is(err, tt.want) || tt.want == nil && string(got) != data {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			if _, err := p.Digest("/x.bin"); !errors.Is(err, tt.want) {
				t.Errorf("digest: got %v, want %v", err, tt.want)
			}
		})
	}
}

func TestStreamAfterCloseFails(t *testing.T) {
	p := open(t, pack(t, plain()))
	r, err := p.Stream("/OFD.xml")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if n, err := r.Read(make([]byte, 10)); n != 0 || err == nil {
		t.Errorf("read %d bytes after close, %v", n, err)
	}
	if _, err := p.Stream("/none"); !errors.Is(err, fault.DocPartMissing) {
		t.Errorf("a missing file: %v", err)
	}
}

// noRace skips tests of cost: under the race detector they measure it instead.
func noRace(t *testing.T) {
	t.Helper()
	if raceEnabled {
		t.Skip("the race detector distorts what this test measures")
	}
}

func heap() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

// bounded runs f and asks that it ends within two seconds of processor time and
// never holds more than 200 MiB.
func bounded(t *testing.T, f func()) {
	t.Helper()
	runtime.GC()
	base := heap()
	peak, done := make(chan uint64), make(chan struct{})
	go func() {
		most := base
		for {
			select {
			case <-done:
				peak <- max(most, heap())
				return
			case <-time.After(2 * time.Millisecond):
				most = max(most, heap())
			}
		}
	}()
	start := cpuTime()
	f()
	took := cpuTime() - start
	close(done)
	if mb := (<-peak - base) >> 20; mb > 200 {
		t.Errorf("held %d MiB", mb)
	}
	if took > 2*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestZipBombsAreStopped(t *testing.T) {
	noRace(t)
	zeros, err := deflate(make([]byte, 64<<20))
	if err != nil {
		t.Fatal(err)
	}
	bomb := func(name string) rawEntry {
		return rawEntry{name: name, method: 8, packed: zeros, size: 64 << 20}
	}
	small, err := deflate(bytes.Repeat([]byte("0123456789abcdefghijklmnopqrstuvwxyz!?"), 4<<20/38))
	if err != nil {
		t.Fatal(err)
	}
	t.Run("one entry", func(t *testing.T) {
		p := open(t, rawZip{entries: append(stored(plain()), bomb("x.bin"))}.bytes())
		bounded(t, func() {
			if _, err := p.Digest("/x.bin"); !errors.Is(err, fault.DocZIPBomb) {
				t.Errorf("got %v", err)
			}
		})
	})
	t.Run("many entries below the ratio's free amount", func(t *testing.T) {
		z := rawZip{entries: stored(plain())}
		for i := range 200 {
			z.entries = append(z.entries, rawEntry{name: "x" + string(rune('a'+i%26)) + strings.Repeat("y", i/26), method: 8, packed: small, size: 4 << 20 / 38 * 38})
		}
		p := open(t, z.bytes())
		bounded(t, func() {
			for _, e := range p.Entries() {
				if _, err := p.Digest(e.Name); errors.Is(err, fault.DocZIPBomb) {
					return
				}
			}
			t.Error("not stopped")
		})
	})
	t.Run("reading one entry often is no bomb", func(t *testing.T) {
		p := open(t, rawZip{entries: append(stored(plain()), rawEntry{name: "a", data: strings.Repeat("a", 1<<20)})}.bytes())
		for range 300 {
			r, err := p.Stream("/a")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, r); err != nil {
				t.Fatal(err)
			}
			_ = r.Close()
		}
	})
}

func TestHugeDirectoriesAreRefusedBeforeTheyAreHeld(t *testing.T) {
	noRace(t)
	le := binary.LittleEndian
	record := make([]byte, centralLen+7)
	le.PutUint32(record, sigCentral)
	le.PutUint16(record[28:], 7)
	million := bytes.Repeat(record, 1_000_000)
	for i := range 1_000_000 {
		copy(million[i*len(record)+centralLen:], []byte{'a' + byte(i%26), 'a' + byte(i/26%26), 'a' + byte(i/676%26), 'a' + byte(i/17576%26), 'a' + byte(i/456976%26), 'x', 'y'})
	}
	end := func(count uint16) []byte {
		e := make([]byte, endLen)
		le.PutUint32(e, sigEnd)
		le.PutUint16(e[8:], count)
		le.PutUint16(e[10:], count)
		le.PutUint32(e[12:], uint32(len(million)))
		return e
	}
	for name, count := range map[string]uint16{"counted modulo 65536": uint16(1_000_000 % 65536), "counted as few": 3} {
		t.Run(name, func(t *testing.T) {
			raw := append(bytes.Clone(million), end(count)...)
			bounded(t, func() {
				if _, err := Open(bytes.NewReader(raw), int64(len(raw)), DefaultLimits()); !errors.Is(err, fault.InputTooLarge) {
					t.Errorf("got %v", err)
				}
			})
		})
	}
	t.Run("within the directory's length, beyond the count", func(t *testing.T) {
		lim := DefaultLimits()
		lim.DirectoryLen = 1 << 30
		raw := append(bytes.Clone(million), end(3)...)
		bounded(t, func() {
			if _, err := Open(bytes.NewReader(raw), int64(len(raw)), lim); !errors.Is(err, fault.InputTooLarge) {
				t.Errorf("got %v", err)
			}
		})
	})
}
