package hostile

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"

	"xinzhang/internal/fault"
)

// packages are zips that are not what they say.
func packages(w *world) []hostile {
	many := func(n int, name func(int) string) func() []byte {
		return func() []byte {
			var more []entry
			for i := range n {
				more = append(more, entry{name: name(i)})
			}
			return pack(plain(more...)...)
		}
	}
	return []hostile{
		{name: "a flat bomb for a page", data: func() []byte { return pack(plain(entry{name: "Doc_0/p.xml", zeros: 3 << 10})...) },
			verify: fault.DocPartUnread},
		{name: "a flat bomb for OFD.xml", data: func() []byte { return pack(plain(entry{name: "OFD.xml", zeros: 3 << 10})...) },
			verify: fault.InputTooLarge, inspect: fault.InputTooLarge},
		{name: "a flat bomb for Document.xml", data: func() []byte { return pack(plain(entry{name: "Doc_0/Document.xml", zeros: 1 << 10})...) },
			verify: fault.InputTooLarge},
		{name: "a flat bomb that a signature protects", data: func() []byte { return pack(with(w.sealed, entry{name: "Doc_0/Document.xml", zeros: 3 << 10})...) },
			verify: fault.InputTooLarge},
		{name: "a flat bomb for a signature value", data: func() []byte {
			return pack(with(w.sealed, entry{name: w.find("SignedValue.dat").name, zeros: 3 << 10})...)
		}, verify: fault.SigValueBroken},
		{name: "a thousand pages of 8 MiB of zeros", data: thousandBombs},
		{name: "a thousand protected files of 8 MiB of zeros", data: w.protectedBombs, verify: fault.DocDigest},
		{name: "a bomb of zips in zips", data: func() []byte {
			inner := pack(entry{name: "0", zeros: 3 << 10})
			for i := range 4 {
				var copies []entry
				for k := range 8 {
					copies = append(copies, entry{name: fmt.Sprint(i, k), data: string(inner)})
				}
				inner = pack(copies...)
			}
			return pack(plain(entry{name: "Doc_0/Attachs/a.ofd", data: string(inner)})...)
		}, verify: fault.DocStray},
		{name: "entries that quote each other", data: quoted, verify: fault.DocZIPConflict, inspect: fault.DocZIPConflict},
		{name: "a thousand directory records for one entry", data: shared, verify: fault.DocZIPConflict, inspect: fault.DocZIPConflict},
		{name: "a million entries", data: many(1_000_000, said("%d")), verify: fault.InputTooLarge, inspect: fault.InputTooLarge},
		{name: "as many entries as are allowed", data: many(64_990, said("%d")), verify: fault.DocStray},
		{name: "as many folders as are allowed", data: many(64_990, said("%d/")), verify: ""},
		{name: "as many entries with names that differ by case", data: many(64_990, func(i int) string {
			return strings.Map(func(r rune) rune {
				if i>>(r-'a')&1 == 1 {
					return r - 'a' + 'A'
				}
				return r
			}, "abcdefghijklmnopq")
		}), verify: fault.DocStray},
		{name: "thirty thousand entries with names of a kilobyte", data: many(28_000, func(i int) string {
			return fmt.Sprintf("%06d/", i) + strings.Repeat("x/", 500)[:990] + "y"
		}), verify: fault.DocStray},
		{name: "names of sixty thousand letters", data: many(400, func(i int) string { return fmt.Sprint(i) + strings.Repeat("x", 60_000) }),
			verify: fault.InputTooLarge, inspect: fault.InputTooLarge},
		{name: "an entry that claims exabytes", data: func() []byte {
			return claim(pack(plain(entry{name: "Doc_0/p.xml", data: strings.Repeat("x", 99)})...), 24, 0xFFFFFFFE)
		}, verify: fault.DocZIPConflict, inspect: fault.DocZIPConflict},
		{name: "an end record that claims four thousand million entries", data: func() []byte { return endClaim(0xFFFF) }, verify: "", inspect: ""},
		{name: "60 MB of end records", data: func() []byte {
			return append(pack(plain()...), bytes.Repeat([]byte("PK\x05\x06"), 15<<20)...)
		}},
		{name: "60 MB of local headers between entries", data: func() []byte {
			z := pack(plain()...)
			return append(bytes.Repeat([]byte("PK\x03\x04\x14\x00\x00\x00\x00\x00"), 6<<20), z...)
		}},
	}
}

// thousandBombs is a document whose pages stay each below what is looked at.
func thousandBombs() []byte {
	more := []entry{{name: "Doc_0/Document.xml", data: documentXML("", repeat(1000, said(`<ofd:Page ID="%[1]d" BaseLoc="z%[1]d"/>`)), "")}}
	for i := range 1000 {
		more = append(more, entry{name: fmt.Sprintf("Doc_0/z%d", i), zeros: 8})
	}
	return pack(plain(more...)...)
}

// protectedBombs are such files in the list of a signature.
func (w *world) protectedBombs() []byte {
	var more []entry
	for i := range 1000 {
		more = append(more, entry{name: fmt.Sprintf("Doc_0/z%d", i), zeros: 8})
	}
	s := w.find("Signature.xml")
	refs := repeat(1000, said(`<ofd:Reference FileRef="/Doc_0/z%d"><ofd:CheckValue>AAAA</ofd:CheckValue></ofd:Reference>`))
	s.data = strings.Replace(s.data, "</ofd:References>", refs+"</ofd:References>", 1)
	return pack(with(w.sealed, append(more, s)...)...)
}

// quoted is a zip whose entries each hold the local headers of all that follow:
// small in the file, quadratic when unpacked.
func quoted() []byte {
	const n = 2000
	le := binary.LittleEndian
	kernel := deflate(make([]byte, 8<<20))
	size := int64(8 << 20)
	names := make([]string, n)
	blocks := make([][]byte, n)
	sizes, packed := make([]int64, n), make([]int64, n)
	rest := int64(len(kernel))
	for i := n - 1; i >= 0; i-- {
		names[i] = fmt.Sprintf("Doc_0/q%04d", i)
		sizes[i], packed[i] = size, rest
		h := make([]byte, 30+len(names[i]))
		le.PutUint32(h, 0x04034b50)
		le.PutUint16(h[4:], 20)
		le.PutUint16(h[8:], 8)
		le.PutUint32(h[18:], uint32(packed[i]))
		le.PutUint32(h[22:], uint32(sizes[i]))
		le.PutUint16(h[26:], uint16(len(names[i])))
		copy(h[30:], names[i])
		blocks[i] = h
		quote := []byte{0, 0, 0, 0, 0}
		le.PutUint16(quote[1:], uint16(len(h)))
		le.PutUint16(quote[3:], ^uint16(len(h)))
		if i > 0 {
			blocks[i] = append(quote, h...)
			size += int64(len(h))
			rest += int64(len(blocks[i]))
		}
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, e := range plain() {
		e.write(z)
	}
	if err := z.Flush(); err != nil {
		panic(err)
	}
	at := int64(out.Len())
	var directory []byte
	for i, b := range blocks {
		header := at
		if i > 0 {
			header += 5
		}
		c := make([]byte, 46+len(names[i]))
		le.PutUint32(c, 0x02014b50)
		le.PutUint16(c[4:], 20)
		le.PutUint16(c[6:], 20)
		le.PutUint16(c[10:], 8)
		le.PutUint32(c[20:], uint32(packed[i]))
		le.PutUint32(c[24:], uint32(sizes[i]))
		le.PutUint16(c[28:], uint16(len(names[i])))
		le.PutUint32(c[42:], uint32(header))
		copy(c[46:], names[i])
		directory = append(directory, c...)
		at += int64(len(b))
	}
	head := append(append([]byte(nil), out.Bytes()...), bytes.Join(blocks, nil)...)
	head = append(head, kernel...)
	return finish(head, pack(plain()...), directory, n)
}

// finish writes the directory of good behind body, more behind that, and an end
// record of both. good must begin as body does.
func finish(body, good, more []byte, n int) []byte {
	le := binary.LittleEndian
	end := good[len(good)-22:]
	own := good[le.Uint32(end[16:]) : len(good)-22]
	out := append(append([]byte(nil), body...), own...)
	out = append(out, more...)
	e := bytes.Clone(end)
	le.PutUint16(e[8:], le.Uint16(e[8:])+uint16(n))
	le.PutUint16(e[10:], le.Uint16(e[10:])+uint16(n))
	le.PutUint32(e[12:], uint32(len(own)+len(more)))
	le.PutUint32(e[16:], uint32(len(body)))
	return append(out, e...)
}

// shared is a zip with many directory records of the same local header.
func shared() []byte {
	good := pack(plain(entry{name: "Doc_0/k", zeros: 8})...)
	le := binary.LittleEndian
	at := le.Uint32(good[len(good)-22+16:])
	last := bytes.LastIndex(good[:len(good)-22], []byte("PK\x01\x02"))
	record := good[last : len(good)-22]
	var more []byte
	for i := range 1000 {
		r := append(bytes.Clone(record), fmt.Sprintf("%04d", i)...)
		le.PutUint16(r[28:], le.Uint16(r[28:])+4)
		more = append(more, r...)
	}
	return finish(good[:at], good, more, 1000)
}

// claim sets a 32-bit field of the last directory record and of its local header.
func claim(z []byte, field int, value uint32) []byte {
	last := bytes.LastIndex(z, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(z[last+field:], value)
	return z
}

func endClaim(n uint16) []byte {
	z := pack(plain()...)
	end := z[len(z)-22:]
	binary.LittleEndian.PutUint16(end[8:], n)
	binary.LittleEndian.PutUint16(end[10:], n)
	return z
}
