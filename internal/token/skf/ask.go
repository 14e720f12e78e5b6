package skf

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

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

// given asks for octets of a length that only the library knows: before stands
// before the buffer and its length in the call. n is the length that it tells,
// which may be anything; what was written is in out.
func (s *session) given(function string, size int, before ...argument) (out *output, n int, err error) {
	for {
		out, length := room(size), &slot{uint64(size)}
		code, err := s.call(function, quick, append(slices.Clone(before), out, length)...)
		if err != nil {
			return nil, 0, err
		}
		n := int(length.number())
		if code == skf.BufferTooSmall && n > size && n <= mostRoom {
			size = n
			continue
		}
		return out, n, s.answered(function, code)
	}
}

// written is what a library wrote, for values that show their end themselves. Where
// the length it tells reaches a little further, so does the value.
func (s *session) written(function string, size int, before ...argument) ([]byte, error) {
	out, n, err := s.given(function, size, before...)
	if err != nil || n == 0 {
		return nil, err
	}
	return out.upTo(n), nil
}

// exact is what a library wrote, for values whose length it must tell rightly.
func (s *session) exact(function string, size int, before ...argument) ([]byte, error) {
	out, n, err := s.given(function, size, before...)
	if err != nil {
		return nil, err
	}
	if n > len(out.data) || n > out.touched+chance {
		return nil, s.garbled(function, fmt.Errorf("tells %d octets, of which %d were written", n, out.touched))
	}
	return out.data[:n], nil
}

// list asks for names. Lengths of an empty list are 0, 1 or 2, and some libraries
// tell other lengths than they write: what counts are the names. Those that no
// handle can be opened by are passed over.
func (s *session) list(function string, before ...argument) ([]string, error) {
	out, _, err := s.given(function, listRoom, before...)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, name := range skf.ParseNames(out.data[:out.touched]) {
		if len(name) <= longestName && !slices.Contains(names, name) {
			names = append(names, name)
		}
		if len(names) > mostNames {
			return nil, s.garbled(function, errors.New("names without end"))
		}
	}
	return names, nil
}

const (
	longestName = 260 // of a device: a path, on some systems
	mostNames   = 256
)

// readable is what people may be shown of what a library wrote: Windows libraries
// write GB 18030, and nothing may move the cursor of a terminal.
func readable(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, skf.Text([]byte(name)))
}

func texts(names []string) []string {
	var out []string
	for _, name := range names {
		out = append(out, readable(name))
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
	out, n, err := s.given("SKF_ExportPublicKey", dataRoom, word(container), flag(sign))
	if err != nil || n == 0 {
		return nil, err
	}
	narrow, wide := skf.Layout{}.PublicKeySize(), skf.Layout{Wide: true}.PublicKeySize()
	if !s.confirmed && (n == narrow && s.layout.Wide || n == wide && !s.layout.Wide) {
		return nil, fault.New(fault.SKFLayoutUnknown, "library", s.name, "octets", n)
	}
	s.confirmed = s.confirmed || n == s.layout.PublicKeySize()
	return out.data[:max(out.touched, min(n, s.layout.PublicKeySize()))], nil
}
