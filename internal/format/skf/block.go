package skf

import "fmt"

// A BlockParam is a BLOCKCIPHERPARAM: how a block cipher starts.
type BlockParam struct {
	IV       []byte // up to 32 octets
	Padding  uint32 // [NoPadding] or [PKCS5]
	FeedBits uint32 // CFB and OFB: how much is fed back; 0 is the whole block
}

// Marshal returns the structure.
func (p BlockParam) Marshal(l Layout) []byte {
	w := &writer{l: l}
	w.field(p.IV, 32)
	w.number(uint32(min(len(p.IV), 32)))
	w.number(p.Padding)
	w.number(p.FeedBits)
	return w.b
}

// ParseBlockParam reads a BLOCKCIPHERPARAM. An IV length above 32 and a padding
// without meaning are refused.
func ParseBlockParam(b []byte, l Layout) (BlockParam, error) {
	r := &reader{b: b, l: l}
	iv := r.field("blockCipherParam.IV", 32)
	n := r.number("blockCipherParam.IVLen")
	p := BlockParam{Padding: r.number("blockCipherParam.PaddingType"), FeedBits: r.number("blockCipherParam.FeedBitLen")}
	switch {
	case n > 32:
		r.fail("blockCipherParam.IVLen", fmt.Errorf("%d octets", n))
	case p.Padding > PKCS5:
		r.fail("blockCipherParam.PaddingType", fmt.Errorf("%d is unknown", p.Padding))
	default:
		p.IV = append([]byte(nil), iv[:n]...)
	}
	return p, r.err
}

// A FileAttribute is a FILEATTRIBUTE: a file of an application. Rights are those
// of package token.
type FileAttribute struct {
	Name              string // at most 32 octets, no zero behind a full field
	Size, Read, Write uint32
}

// Marshal returns the structure.
func (f FileAttribute) Marshal(l Layout) []byte {
	w := &writer{l: l}
	w.field([]byte(f.Name), 32)
	w.number(f.Size)
	w.number(f.Read)
	w.number(f.Write)
	return w.b
}

// ParseFileAttribute reads a FILEATTRIBUTE.
func ParseFileAttribute(b []byte, l Layout) (FileAttribute, error) {
	r := &reader{b: b, l: l}
	f := FileAttribute{Name: Text(r.field("fileAttribute.FileName", 32))}
	f.Size, f.Read, f.Write = r.number("fileAttribute.FileSize"), r.number("fileAttribute.ReadRights"), r.number("fileAttribute.WriteRights")
	return f, r.err
}

// MarshalNames returns a list of names: each ends with a zero, the list with one
// more.
func MarshalNames(names []string) []byte {
	var b []byte
	for _, name := range names {
		b = append(append(b, name...), 0)
	}
	if len(names) == 0 {
		b = append(b, 0) // an empty list is two zeros: no reader runs past its end
	}
	return append(b, 0)
}

// ParseNames reads a list of names: up to an empty one or to the end of b. An
// empty list comes as no octet, one or two.
func ParseNames(b []byte) []string {
	var names []string
	for len(b) > 0 && b[0] != 0 {
		end := 0
		for end < len(b) && b[end] != 0 {
			end++
		}
		names = append(names, string(b[:end]))
		b = b[min(end+1, len(b)):]
	}
	return names
}
