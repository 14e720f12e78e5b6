package skf

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/emmansun/gmsm/sm2"
	"github.com/google/go-cmp/cmp"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/sm2enc"
)

var layouts = []Layout{{}, {Natural: true}, {Wide: true}, {Wide: true, Natural: true}}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestSizesAreThoseOfTheHeaders(t *testing.T) {
	tests := []struct {
		layout                                                      Layout
		devInfo, public, private, cipher, envelope, block, fileSize int
	}{
		{Layout{}, 294, 132, 68, 164, 388, 44, 44},
		{Layout{Natural: true}, 296, 132, 68, 164, 388, 44, 44},
		{Layout{Wide: true}, 326, 136, 72, 168, 408, 56, 56},
		{Layout{Wide: true, Natural: true}, 328, 136, 72, 168, 408, 56, 56},
		{Layout{Old: true}, 286, 132, 68, 164, 388, 44, 44},
		{Layout{Old: true, Natural: true}, 288, 132, 68, 164, 388, 44, 44},
		{Layout{Old: true, Wide: true}, 310, 136, 72, 168, 408, 56, 56},
		{Layout{Old: true, Wide: true, Natural: true}, 312, 136, 72, 168, 408, 56, 56},
	}
	for _, tt := range tests {
		l := tt.layout
		got := []int{l.DevInfoSize(), l.PublicKeySize(), l.PrivateKeySize(), l.CipherSize(0), l.EnvelopeSize(), l.BlockParamSize(), l.FileAttributeSize()}
		want := []int{tt.devInfo, tt.public, tt.private, tt.cipher, tt.envelope, tt.block, tt.fileSize}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%+v: %s", l, d)
		}
		if n := len(DevInfo{}.Marshal(l)); n != tt.devInfo {
			t.Errorf("%+v: DEVINFO has %d octets", l, n)
		}
		if found, ok := LayoutOf(tt.devInfo); !ok || found != l {
			t.Errorf("%d octets are of %+v, got %+v %v", tt.devInfo, l, found, ok)
		}
		if found, ok := LayoutOf(tt.devInfo - 64); !ok || found != l {
			t.Errorf("without the reserved octets, %d are of %+v, got %+v %v", tt.devInfo-64, l, found, ok)
		}
	}
	for _, n := range []int{0, 1, 293, 295, 300, 512, 1024} {
		if l, ok := LayoutOf(n); ok {
			t.Errorf("%d octets are of no layout, got %+v", n, l)
		}
	}
}

func TestFieldsStandAtTheirOffsets(t *testing.T) {
	info := DevInfo{Struct: Version{1, 0}, Manufacturer: "M", Issuer: "I", Label: "L", Serial: "S", Hardware: Version{2, 3}, Firmware: Version{4, 5},
		Symmetric: 6, Asymmetric: 7, Hash: 8, Auth: 9, Total: 10, Free: 11, MaxECCBufferSize: 12, MaxBufferSize: 13}
	for l, first := range map[Layout]int{{}: 198, {Natural: true}: 200, {Wide: true}: 198, {Wide: true, Natural: true}: 200} {
		b := info.Marshal(l)
		for at, want := range map[int]byte{0: 1, 2: 'M', 66: 'I', 130: 'L', 162: 'S', 194: 2, 195: 3, 196: 4, 197: 5} {
			if b[at] != want {
				t.Errorf("%+v: octet %d is %d, want %d", l, at, b[at], want)
			}
		}
		for i := range 8 {
			if got := b[first+i*l.ULong()]; got != byte(6+i) {
				t.Errorf("%+v: number %d is %d", l, i, got)
			}
		}
	}
	file := FileAttribute{"f", 0x01020304, 0x10, 0xFF}.Marshal(Layout{})
	if got := [...]uint32{binary.LittleEndian.Uint32(file[32:]), uint32(file[36]), uint32(file[40])}; got != [...]uint32{0x01020304, 0x10, 0xFF} {
		t.Errorf("FILEATTRIBUTE holds %x", got)
	}
}

func TestStructuresReadBackInEveryLayout(t *testing.T) {
	key := must(sm2.GenerateKey(rand.Reader))
	cipher := must(sm2enc.Encrypt(rand.Reader, &key.PublicKey, []byte("sixteen octets..")))
	envelope := must(sm2enc.SealKey(rand.Reader, &key.PublicKey, must(sm2.GenerateKey(rand.Reader))))
	sig := must(sm2enc.SignDigest(rand.Reader, key, [32]byte{1}))
	for _, l := range layouts {
		t.Run(fmt.Sprintf("%+v", l), func(t *testing.T) {
			info := DevInfo{Manufacturer: "制造", Label: strings.Repeat("标", 10), Serial: "S1", Total: 1 << 31}
			if got := must(ParseDevInfo(info.Marshal(l), l)); got != info {
				t.Error(cmp.Diff(info, got))
			}
			if got := must(ParsePublicKey(MarshalPublicKey(&key.PublicKey, l), l)); !got.Equal(&key.PublicKey) {
				t.Error("another public key")
			}
			blob := MarshalCipher(cipher, l)
			if n := must(CipherText(blob[:l.CipherSize(0)], l)); n != 16 || len(blob) != l.CipherSize(16) {
				t.Errorf("the cipher announces %d octets in %d", n, len(blob))
			}
			if got := must(ParseCipher(blob, l)); !bytes.Equal(got.Marshal(), cipher.Marshal()) {
				t.Error("another cipher")
			}
			sealed := must(MarshalEnvelope(envelope, l))
			if got := must(ParseEnvelope(append(sealed, 0, 0, 0), l)); len(sealed) != l.EnvelopeSize() || !bytes.Equal(got.Marshal(), envelope.Marshal()) {
				t.Error("another envelope")
			}
			param := BlockParam{IV: []byte("0123456789abcdef"), Padding: PKCS5, FeedBits: 128}
			if d := cmp.Diff(param, must(ParseBlockParam(param.Marshal(l), l))); d != "" {
				t.Error(d)
			}
			file := FileAttribute{strings.Repeat("n", 32), 5, 1, 16}
			if got := must(ParseFileAttribute(file.Marshal(l), l)); got != file {
				t.Error(cmp.Diff(file, got))
			}
			private := append([]byte{0, 1, 0, 0}, make([]byte, l.ULong()-4+64)...)
			key.D.FillBytes(private[len(private)-32:])
			if got := must(ParsePrivateKey(private, l)); got.D.Cmp(key.D) != 0 {
				t.Error("another private key")
			}
		})
	}
	if got := must(ParseSignature(MarshalSignature(sig))); got.Raw() != sig.Raw() {
		t.Error("another signature")
	}
}

// A program built with 8 octets for ULONG that meets a library with 4, or the
// other way round, must be refused and not misread.
func TestStructuresOfTheOtherWidthAreRefused(t *testing.T) {
	key := must(sm2.GenerateKey(rand.Reader))
	cipher := must(sm2enc.Encrypt(rand.Reader, &key.PublicKey, []byte("sixteen octets..")))
	envelope := must(sm2enc.SealKey(rand.Reader, &key.PublicKey, key))
	for _, l := range layouts {
		other := Layout{Wide: !l.Wide}
		behind := make([]byte, 64) // whatever stands behind the structure in memory
		if _, err := ParsePublicKey(append(MarshalPublicKey(&key.PublicKey, other), behind...), l); err == nil {
			t.Errorf("%+v reads a public key of the other width", l)
		}
		if _, err := ParseEnvelope(append(must(MarshalEnvelope(envelope, other)), behind...), l); err == nil {
			t.Errorf("%+v reads an envelope of the other width", l)
		}
		// The text of a cipher is moved by four octets: it does not open.
		c, err := ParseCipher(append(MarshalCipher(cipher, other), behind...), l)
		if err == nil {
			if _, err = sm2enc.Decrypt(key, c); err == nil {
				t.Errorf("%+v opens a cipher of the other width", l)
			}
		}
	}
}

func TestHostileStructuresAreRefused(t *testing.T) {
	key := must(sm2.GenerateKey(rand.Reader))
	pub := MarshalPublicKey(&key.PublicKey, Layout{})
	change := func(at int, octets ...byte) []byte {
		b := bytes.Clone(pub)
		copy(b[at:], octets)
		return b
	}
	for name, b := range map[string][]byte{
		"empty": nil, "cut": pub[:131], "255 bits": change(0, 255, 0), "left-aligned": change(4, 1), "not on the curve": change(131, pub[131]^1),
	} {
		if _, err := ParsePublicKey(b, Layout{}); err == nil {
			t.Errorf("a public key that is %s is read", name)
		}
	}
	cipher := MarshalCipher(must(sm2enc.Encrypt(rand.Reader, &key.PublicKey, []byte("m"))), Layout{})
	copy(cipher[160:], "\xff\xff\xff\xff")
	if _, err := ParseCipher(cipher, Layout{}); err == nil {
		t.Error("a cipher of 4 GiB is read")
	}
	if _, err := CipherText(cipher, Layout{}); err == nil {
		t.Error("4 GiB of text are believed")
	}
	for name, p := range map[string]string{"IV of 33 octets": "\x21\x00\x00\x00\x00", "padding 2": "\x10\x00\x00\x00\x02"} {
		if _, err := ParseBlockParam(append(make([]byte, 32), (p+strings.Repeat("\x00", 7))...), Layout{}); err == nil {
			t.Errorf("%s is read", name)
		}
	}
	if _, err := ParsePrivateKey(make([]byte, 68), Layout{}); err == nil {
		t.Error("the key nought is read")
	}
}

func TestNames(t *testing.T) {
	if got := MarshalNames([]string{"a", "二"}); string(got) != "a\x00二\x00\x00" {
		t.Errorf("%q", got)
	}
	if got := MarshalNames(nil); string(got) != "\x00\x00" {
		t.Errorf("the empty list is %q", got)
	}
	for list, want := range map[string][]string{
		"": nil, "\x00": nil, "\x00\x00": nil, "a\x00\x00": {"a"}, "a\x00b\x00\x00rubbish": {"a", "b"}, "a\x00b": {"a", "b"}, "cut": {"cut"},
	} {
		if d := cmp.Diff(want, ParseNames([]byte(list))); d != "" {
			t.Errorf("%q: %s", list, d)
		}
	}
}

func TestTextOfVendors(t *testing.T) {
	for field, want := range map[string]string{
		"plain\x00rubbish": "plain", "padded   ": "padded", "\xb1\xea\xc7\xa9": "标签", "标签": "标签", "\xff\xff": "\uFFFD\uFFFD", "": "",
	} {
		if got := Text([]byte(field)); got != want {
			t.Errorf("%q reads %q, want %q", field, got, want)
		}
	}
}

// notOfSKF come from making a token, from asking a person and from the agent's guards
// before a PIN, never from an SKF call of ours.
var notOfSKF = map[fault.Code]bool{
	fault.TokenExists: true, fault.PINLastTry: true,
	fault.PINAlreadyTried: true, fault.PINCharacters: true, fault.PINFewLeft: true, fault.PINLastConfirm: true,
	fault.PINOutcomeUnknown: true, fault.PINRepeatDiffers: true, fault.PINSessionOver: true, fault.PINTriesSpent: true,
}

func TestEveryFaultOfATokenHasAnAnswer(t *testing.T) {
	for _, code := range fault.Codes() {
		area, _, _ := strings.Cut(string(code), ".")
		switch area {
		case "pin", "token", "app", "container":
			if notOfSKF[code] {
				continue
			}
			if got := CodeOf(fault.New(code)); got == Fail || got == OK {
				t.Errorf("%s is answered %v", code, got)
			}
		}
	}
	for _, tt := range []struct {
		err  error
		want Code
	}{
		{nil, OK},
		{fmt.Errorf("import: %w", fault.New(fault.KeyAbsent)), KeyNotFound},
		{fmt.Errorf("open: %w", sm2enc.ErrDecrypt), InDataErr},
		{fmt.Errorf("wait: %w", MACLenErr), MACLenErr},
		{errors.New("odd"), Fail},
	} {
		if got := CodeOf(tt.err); got != tt.want {
			t.Errorf("%v is answered %v, want %v", tt.err, got, tt.want)
		}
	}
}

func TestCodesAreNamedAndWorded(t *testing.T) {
	if got := ReachMaxContainerCount.Name(); got != "SAR_REACH_MAX_CONTAINER_COUNT" || len(names) != 0x32 {
		t.Errorf("the last of %d codes is %s", len(names), got)
	}
	for code, want := range map[Code]string{PINLocked: "SAR_PIN_LOCKED (0x0A000025)", 0x0A000033: "SKF 0x0A000033", 5: "SKF 0x00000005", 0xFFFFFFFF: "SKF 0xFFFFFFFF"} {
		if got := code.Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if OK.Err() != nil {
		t.Error("SAR_OK is an error")
	}
	err := PINIncorrect.Err("left", 4)
	if !errors.Is(err, fault.PINIncorrect) || !errors.Is(err, PINIncorrect) || fault.Of(err).Args["left"] != 4 {
		t.Errorf("got %v", err)
	}
	if err := Code(0x0A000037).Err(); !errors.Is(err, Code(0x0A000037)) || fault.Of(err).Code != fault.InternalError {
		t.Errorf("a vendor's code becomes %v", err)
	}
	// What a library of ours answers, a client of ours understands.
	for _, m := range meanings {
		if m.code != ReachMaxContainerCount && m.code != ApplicationNameInvalid && CodeOf(fault.New(m.fault)) != m.code {
			t.Errorf("%s means %s, which is answered %v", m.code, m.fault, CodeOf(fault.New(m.fault)))
		}
	}
}

// What is read in a layout is written back to the same octets, or, where a
// structure has padding, to the same values.
func FuzzParse(f *testing.F) {
	key := must(sm2.GenerateKey(rand.Reader))
	for i, l := range layouts {
		f.Add(byte(i), DevInfo{Label: "标签"}.Marshal(l))
		f.Add(byte(i), MarshalPublicKey(&key.PublicKey, l))
		f.Add(byte(i), MarshalCipher(must(sm2enc.Encrypt(rand.Reader, &key.PublicKey, []byte("m"))), l))
		f.Add(byte(i), must(MarshalEnvelope(must(sm2enc.SealKey(rand.Reader, &key.PublicKey, key)), l)))
		f.Add(byte(i), BlockParam{IV: []byte("iv"), Padding: 1}.Marshal(l))
		f.Add(byte(i), FileAttribute{"f", 1, 2, 3}.Marshal(l))
	}
	f.Fuzz(func(t *testing.T, layout byte, b []byte) {
		l := layouts[int(layout)%len(layouts)]
		same := func(what string, again []byte) {
			if !bytes.Equal(again, b[:len(again)]) {
				t.Errorf("%s is read and written as other octets", what)
			}
		}
		if pub, err := ParsePublicKey(b, l); err == nil {
			same("public key", MarshalPublicKey(pub, l))
		}
		if c, err := ParseCipher(b, l); err == nil {
			same("cipher", MarshalCipher(c, l))
		}
		if d, err := ParseDevInfo(b, l); err == nil {
			if again := must(ParseDevInfo(d.Marshal(l), l)); again.Total != d.Total || again.Free != d.Free {
				t.Error("the numbers of a DEVINFO change")
			}
		}
		if p, err := ParseBlockParam(b, l); err == nil {
			if d := cmp.Diff(p, must(ParseBlockParam(p.Marshal(l), l))); d != "" {
				t.Error(d)
			}
		}
		if names := ParseNames(b); len(names) > 0 {
			if d := cmp.Diff(names, ParseNames(MarshalNames(names))); d != "" {
				t.Error(d)
			}
		}
		_, _ = ParseEnvelope(b, l)
		_, _ = ParseFileAttribute(b, l)
		_, _ = ParseSignature(b)
		_, _ = ParsePrivateKey(b, l)
	})
}
