package skf

import (
	"errors"
	"fmt"
	"slices"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/skf"
)

// Room for what libraries give. Some write without looking at the length they
// are told: the room is far more than they can need.
const (
	listRoom = 16 << 10
	dataRoom = 64 << 10
	mostRoom = 1 << 20
	infoRoom = 1 << 10
)

// chance is how many octets at the end of what was written may look as if they
// had not been.
const chance = 8

// data asks for octets of a length that only the library knows: before stands
// before the buffer and its length in the call.
func (s *session) data(function string, size int, before ...argument) ([]byte, error) {
	for {
		out, length := room(size), &slot{uint64(size)}
		code, err := s.call(function, quick, append(slices.Clone(before), out, length)...)
		if err != nil {
			return nil, err
		}
		n := int(length.number())
		if code == skf.BufferTooSmall && n > size && n <= mostRoom {
			size = n
			continue
		}
		if err := s.answered(function, code); err != nil {
			return nil, err
		}
		if n > size || n > out.touched+chance {
			return nil, s.garbled(function, fmt.Errorf("%d octets in room for %d, of which %d were written", n, size, out.touched))
		}
		return out.data[:n], nil
	}
}

// list asks for names. Lengths of an empty list are 0, 1 or 2; what counts are the
// names.
func (s *session) list(function string, before ...argument) ([]string, error) {
	b, err := s.data(function, listRoom, before...)
	if err != nil {
		return nil, err
	}
	names := skf.ParseNames(b)
	for i, name := range names {
		if len(name) > longestName || slices.Contains(names[:i], name) {
			return nil, s.garbled(function, fmt.Errorf("name %d of %d", i+1, len(names)))
		}
	}
	return names, nil
}

const longestName = 260 // of a device: a path, on some systems

// texts are names as people read them: Windows libraries give GB 18030.
func texts(names []string) []string {
	var out []string
	for _, name := range names {
		out = append(out, skf.Text([]byte(name)))
	}
	return out
}

// asListed finds the octets by which the library knows a name that people read.
func (s *session) asListed(name, function string, before ...argument) (string, error) {
	if !slices.ContainsFunc([]byte(name), func(c byte) bool { return c >= 0x80 }) {
		return name, nil
	}
	names, err := s.list(function, before...)
	if err != nil {
		return "", err
	}
	if i := slices.Index(texts(names), name); i >= 0 {
		return names[i], nil
	}
	return name, nil
}

// handle makes a call whose last argument is a handle that the library opens.
func (s *session) handle(function string, args ...argument) (uint64, error) {
	out := &slot{}
	code, err := s.call(function, quick, append(args, out)...)
	if err != nil {
		return 0, err
	}
	if err := s.answered(function, code); err != nil {
		return 0, err
	}
	if out.value == 0 {
		return 0, s.garbled(function, errors.New("no handle"))
	}
	s.hands[out.value]++
	return out.value, nil
}

// release closes a handle. A library may give one twice; it is closed when it was
// given back as often.
func (s *session) release(function string, h uint64) {
	if s.hands[h]--; s.hands[h] <= 0 {
		delete(s.hands, h)
		_, _ = s.call(function, quick, word(h)) // there is nothing to do about it
	}
}

// devices are the names of the devices that are present, as the library knows
// them.
func (s *session) devices() ([]string, error) { return s.list("SKF_EnumDev", flag(true)) }

// info asks a device what it is. The first answer also tells the layout of the
// library's structures.
func (s *session) info(dev uint64) (skf.DevInfo, error) {
	const function = "SKF_GetDevInfo"
	out := room(infoRoom)
	code, err := s.call(function, quick, word(dev), out)
	if err != nil {
		return skf.DevInfo{}, err
	}
	if err := s.answered(function, code); err != nil {
		return skf.DevInfo{}, err
	}
	if !s.known {
		l, ok := skf.LayoutOf(out.touched)
		if !ok {
			return skf.DevInfo{}, fault.New(fault.SKFLayoutUnknown, "library", s.name, "octets", out.touched)
		}
		s.layout, s.known = l, true
	}
	if s.layout.DevInfoSize()-out.touched > 64 { // the reserved octets may be left as they were
		return skf.DevInfo{}, s.garbled(function, fmt.Errorf("%d octets", out.touched))
	}
	clear(out.data[out.touched:])
	info, err := skf.ParseDevInfo(out.data, s.layout)
	if err != nil {
		return skf.DevInfo{}, s.garbled(function, err)
	}
	return info, nil
}

// publicKeyBlob asks for a public key. Its length tells the width of ULONG a
// second time.
func (s *session) publicKeyBlob(container uint64, sign bool) ([]byte, error) {
	b, err := s.data("SKF_ExportPublicKey", dataRoom, word(container), flag(sign))
	if err != nil || s.confirmed || len(b) == 0 {
		return b, err
	}
	narrow, wide := skf.Layout{}.PublicKeySize(), skf.Layout{Wide: true}.PublicKeySize()
	if len(b) == narrow && s.layout.Wide || len(b) == wide && !s.layout.Wide {
		return nil, fault.New(fault.SKFLayoutUnknown, "library", s.name, "octets", len(b))
	}
	s.confirmed = len(b) == s.layout.PublicKeySize()
	return b, nil
}
