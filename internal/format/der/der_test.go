package der

import (
	"bytes"
	"math/big"
	"strings"
	"testing"
)

func TestParseKeepsRawBytes(t *testing.T) {
	for name, in := range map[string]string{
		"short form":      "\x30\x03\x02\x01\x05",
		"long form":       "\x30\x81\x03\x02\x01\x05",
		"indefinite":      "\x30\x80\x02\x01\x05\x00\x00",
		"nested infinite": "\x30\x80\x30\x80\x02\x01\x05\x00\x00\x00\x00",
	} {
		v, err := ParseOnly([]byte(in))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if string(v.Raw) != in {
			t.Errorf("%s: raw = %x, want %x", name, v.Raw, in)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for name, in := range map[string]string{
		"empty":                   "",
		"one octet":               "\x30",
		"content cut":             "\x30\x03\x02\x01",
		"length cut":              "\x30\x82\x01",
		"length beyond 32 bits":   "\x30\x85\x01\x01\x01\x01\x01",
		"huge length":             "\x30\x84\xFF\xFF\xFF\xFF",
		"high tag number":         "\x3F\x81\x01\x00",
		"primitive indefinite":    "\x04\x80\x00\x00",
		"indefinite without end":  "\x30\x80\x02\x01\x05",
		"nested beyond the limit": strings.Repeat("\x30\x80", 200),
		"trailing octet":          "\x02\x01\x05\x00",
	} {
		if _, err := ParseOnly([]byte(in)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestReaderNamesThePlace(t *testing.T) {
	r := OpenBytes([]byte("\x30\x05\x30\x03\x0C\x01A"), Sequence, "toSign")
	inner := r.Open("eseal", Sequence)
	_ = inner.Int("version")
	if got, want := inner.Err().Error(), "toSign.eseal.version: tag 0x0c is no integer"; got != want {
		t.Errorf("error = %q, want %q", got, want)
	}
}

func TestDecodeTakesGBK(t *testing.T) {
	if got := Decode([]byte{0xB2, 0xE2, 0xCA, 0xD4}); got != "测试" {
		t.Errorf("Decode = %q", got)
	}
}

// Whatever is accepted keeps its bytes: raw plus rest is the input, and the raw
// bytes parse again to the same value.
func FuzzParse(f *testing.F) {
	f.Add([]byte("\x30\x80\x02\x01\x05\x00\x00"))
	f.Add([]byte("\x30\x03\x02\x01\x05"))
	f.Add([]byte("\x24\x80\x04\x01\x05\x04\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		v, rest, err := Parse(b)
		if err != nil {
			return
		}
		if !bytes.Equal(append(bytes.Clone(v.Raw), rest...), b) {
			t.Error("raw and rest are not the input")
		}
		again, err := ParseOnly(v.Raw)
		if err != nil || again.Tag != v.Tag || !bytes.Equal(again.Content, v.Content) {
			t.Errorf("raw bytes parse to something else: %v", err)
		}
		_, _ = v.Octets()
		_, _ = v.ObjectIdentifier()
		_, _ = v.Text()
		_, _ = v.Time()
		_ = v.Count()
	})
}

func TestSameNumberForgivesTheSign(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"\x00\x81\x01", "\x81\x01", true},
		{"\x00\x00\x12", "\x12", true},
		{"\xFF\xFF\x81", "\x81", true},
		{"\x00\x81\x01", "\x00\x81\x02", false},
		{"\x01\x81\x01", "\x81\x01", false},
	} {
		if got := SameNumber([]byte(c.a), []byte(c.b)); got != c.want {
			t.Errorf("% x and % x: %v", c.a, c.b, got)
		}
	}
	for _, n := range []int64{0, 1, 127, 128, 0x8101, -1, -128, -129, -0x7EFF} {
		got, err := Value{Tag: Integer, Content: IntegerOctets(big.NewInt(n))}.BigInt()
		if err != nil || got.Int64() != n {
			t.Errorf("%d reads back as %v (%v)", n, got, err)
		}
	}
}
