package skf

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/skf"
	"xinzhang/internal/token"
)

func TestAReplyIsReadIntoItsArguments(t *testing.T) {
	out, number := room(8), &slot{7}
	b := []byte{0}
	b = binary.LittleEndian.AppendUint64(b, 0xFFFFFFFF_0A000024) // the upper half is what stood in the register
	b = append(binary.LittleEndian.AppendUint32(b, 3), 1, 2, 3)
	b = binary.LittleEndian.AppendUint64(b, 9)
	state, result, err := parseReply(b, []argument{word(1), out, number})
	if err != nil || state != done || skf.Code(uint32(result)) != skf.PINIncorrect || number.value != 9 {
		t.Errorf("%v %x %v %d", state, result, err, number.value)
	}
	if want := []byte{1, 2, 3, fill, fill, fill, fill, fill}; !bytes.Equal(out.data, want) || out.touched != 3 {
		t.Errorf("the output is %x, %d touched", out.data, out.touched)
	}
}

// Whatever a host says, nothing is read beyond it and no argument changes its size.
func FuzzParseReply(f *testing.F) {
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Add(append(make([]byte, 9), 4, 0, 0, 0, 1, 2, 3, 4, 9, 0, 0, 0, 0, 0, 0, 0))
	f.Add(append(make([]byte, 9), 0xFF, 0xFF, 0xFF, 0xFF))
	f.Fuzz(func(t *testing.T, b []byte) {
		out, number := room(16), &slot{}
		_, _, err := parseReply(b, []argument{out, number})
		if len(out.data) != 16 || out.touched > 16+guard && err == nil {
			t.Errorf("%d octets, %d touched, %v", len(out.data), out.touched, err)
		}
		if err == nil && len(b) != 1+8+4+out.touched+8 {
			t.Errorf("%d octets were taken for %d touched", len(b), out.touched)
		}
	})
}

// A PIN goes out in one frame of one allocation, which is overwritten.
func TestAFrameWithAPINDoesNotGrow(t *testing.T) {
	p := secret(token.NewPIN([]byte("Qx7-30581234567")))
	frame := callFrame("SKF_ChangePIN", []argument{word(1), word(1), p, p, &slot{}})
	if cap(frame) != cap(open4()) {
		t.Errorf("the frame grew to %d octets", cap(frame))
	}
}

func TestProfiles(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range Vendors() {
		if seen[p.Name] || len(p.Libraries) == 0 {
			t.Errorf("%s: twice, or without libraries", p.Name)
		}
		seen[p.Name] = true
		if p.Verified && p.Name != "xinzhang" {
			t.Errorf("%s: nobody of us has such a UKey", p.Name)
		}
	}
	for _, wrong := range []string{
		"name: a", "name: a\ntitle: {zh: 甲, en: a}\nsource: s\npin: 1", "name: a\ntitle: {zh: 甲, en: a}\nsource: s\nsigns: both",
		"name: a\ntitle: {zh: 甲, en: a}\nsource: s\nlayout: tight", "name: a\ntitle: {zh: 甲, en: a}\nsource: s\ndevice_name: colour",
	} {
		if p, err := parseProfile([]byte(wrong)); err == nil {
			t.Errorf("took %q as %+v", wrong, p)
		}
	}
	if _, err := vendor("nobody"); !errors.Is(err, fault.SKFVendorUnknown) {
		t.Errorf("a vendor that is not known gives %v", err)
	}
	for _, l := range []skf.Layout{{}, {Natural: true}, {Wide: true}, {Wide: true, Natural: true, Old: true}} {
		found := false
		for _, name := range []string{"narrow packed", "narrow natural", "wide packed", "wide natural old"} {
			got, ok := layoutNamed(name)
			found = found || ok && got == l
		}
		if !found {
			t.Errorf("no profile can state %v", l)
		}
	}
}

func TestNothingThatIsShownMovesTheCursor(t *testing.T) {
	for in, want := range map[string]string{"示例": "示例", "a\x1b[2Jb": "a�[2Jb", "a\nb": "a�b", "\xd6\xa4\xca\xe9": "证书"} {
		if got := readable(in); got != want {
			t.Errorf("%q is shown as %q, want %q", in, got, want)
		}
	}
}

func TestDEROf(t *testing.T) {
	long := append([]byte{0x30, 0x82, 1, 0}, make([]byte, 256)...)
	for name, tt := range map[string]struct{ in, want []byte }{
		"short":         {[]byte{0x30, 2, 5, 0}, []byte{0x30, 2, 5, 0}},
		"padded":        {[]byte{0x30, 2, 5, 0, 0, 0}, []byte{0x30, 2, 5, 0}},
		"long":          {append(bytes.Clone(long), 9), long},
		"cut":           {long[:100], nil},
		"no DER":        {[]byte("MIIB"), nil},
		"endless":       {[]byte{0x30, 0x80, 0, 0}, nil},
		"longer than l": {[]byte{0x30, 0x84, 0, 0, 0, 0}, nil},
	} {
		if got, err := derOf(tt.in); !bytes.Equal(got, tt.want) || (err == nil) != (tt.want != nil) {
			t.Errorf("%s: %x, %v", name, got, err)
		}
	}
}

func TestAValueMayEndLikeTheFill(t *testing.T) {
	out := output{data: []byte{1, 2, fill, fill, fill, fill, fill, fill, fill, fill, fill, fill, fill, fill}, touched: 2}
	for told, want := range map[int]int{0: 2, 2: 2, 3: 3, 10: 10, 14: 10, 99: 10} {
		if got := len(out.upTo(told)); got != want {
			t.Errorf("told %d: %d octets, want %d", told, got, want)
		}
	}
}
