package apdu

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"testing"

	"github.com/emmansun/gmsm/sm2"

	"xinzhang/internal/format/skf"
	"xinzhang/internal/format/sm2enc"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func unhex(s string) []byte { return must(hex.DecodeString(s)) }

func TestCommandsAreReadInEveryForm(t *testing.T) {
	for _, tt := range []struct {
		name, octets string
		data         string
		le           int
	}{
		{"header only", "80040000", "", 0},
		{"short Le", "8050000008", "", 8},
		{"short Le of all", "8050000000", "", 256},
		{"short Lc", "801400010241 42", "4142", 0},
		{"short Lc and Le", "80140001024142 03", "4142", 3},
		{"extended Le, as GetDevInfo has it", "80040000 000120", "", 0x120},
		{"extended Le of all", "80040000 000000", "", 65536},
		{"extended Lc", "80140001 000002 4142", "4142", 0},
		{"extended Lc and Le", "80140001 000002 4142 0003", "4142", 3},
	} {
		c, err := ParseCommand(unhex(stripped(tt.octets)))
		if err != nil || hex.EncodeToString(c.Data) != tt.data || c.Le != tt.le {
			t.Errorf("%s: got %x, Le %d, %v", tt.name, c.Data, c.Le, err)
		}
	}
}

func stripped(s string) string { return string(bytes.ReplaceAll([]byte(s), []byte(" "), nil)) }

func TestCommandsWhoseLengthsDoNotAddUpAreRefused(t *testing.T) {
	for _, octets := range []string{
		"", "800400", // no header
		"80140001 0241", "80140001 024142 4344", // data cut, data too long
		"80140001 0000", "80140001 00000041", // half a length, a length of none
		"80140001 000002 41", "80140001 000002 4142 43",
	} {
		if c, err := ParseCommand(unhex(stripped(octets))); err == nil {
			t.Errorf("%s was read as %+v", octets, c)
		}
	}
}

func TestCommandsAreWrittenInOneForm(t *testing.T) {
	for _, tt := range []struct {
		c    Command
		want string
	}{
		{Command{CLA: CLA, INS: EnumApplication}, "80220000"},
		{Command{CLA: CLA, INS: GetDevInfo, Le: DevInfoSize}, "80040000000120"},
		{Command{CLA: CLA, INS: GetPINInfo, P2: 1, Data: []byte("AB"), Le: 3}, "801400010000024142" + "0003"},
		{Command{CLA: CLA, INS: CloseApplication, Data: []byte("AB")}, "802800000000024142"},
		{Command{CLA: CLA, INS: EnumContainer, Data: []byte("AB"), Le: 65536}, "804600000000024142" + "0000"},
	} {
		if got := hex.EncodeToString(must(tt.c.Marshal())); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
	for _, c := range []Command{{Data: make([]byte, 65536)}, {Le: 65537}, {Le: -1}} {
		if _, err := c.Marshal(); err == nil {
			t.Errorf("%d octets of data and Le %d were written", len(c.Data), c.Le)
		}
	}
}

// A command that is read says the same when it is written in the one form and read
// again.
func FuzzParseCommand(f *testing.F) {
	for _, s := range []string{"80040000", "8050000008", "80040000000120", "801400010241420 3", "8014000100000241420003"} {
		f.Add(unhex(stripped(s)))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := ParseCommand(b)
		if err != nil {
			return
		}
		strict, err := c.Marshal()
		if err != nil {
			t.Fatalf("%x was read as %+v, which cannot be written: %v", b, c, err)
		}
		again, err := ParseCommand(strict)
		if err != nil || !bytes.Equal(again.Data, c.Data) || again.Le != c.Le || [4]byte{again.CLA, again.INS, again.P1, again.P2} != [4]byte(b) {
			t.Errorf("%x became %x: %+v, then %+v, %v", b, strict, c, again, err)
		}
	})
}

func TestResponsesKeepDataAndStatusWord(t *testing.T) {
	b := Response{Data: []byte("data"), SW: TriesLeft(4)}.Marshal()
	r, err := ParseResponse(b)
	if err != nil || string(r.Data) != "data" || r.SW != 0x63C4 {
		t.Errorf("got %+v, %v", r, err)
	}
	if _, err := ParseResponse([]byte{0x90}); err == nil {
		t.Error("half a status word was read")
	}
}

func TestStatusWordsMeanWhatTheFieldSays(t *testing.T) {
	for sw, want := range map[SW]skf.Code{
		0x9000: skf.OK, 0x63C3: skf.PINIncorrect, 0x63C0: skf.PINIncorrect, 0x6983: skf.PINLocked, 0x6982: skf.UserNotLoggedIn,
		0x6A88: skf.ApplicationNotExists, 0x6A89: skf.ApplicationExists, 0x6A84: skf.NoRoom, 0x6A92: skf.FileAlreadyExists,
		0x6A93: skf.FileNotExist, 0x6A95: skf.KeyNotFound, 0x6A96: skf.CertNotFound, 0x6700: skf.InDataLenErr,
		0x6A80: skf.InDataErr, 0x6A8D: skf.InDataErr, 0x6A81: skf.NotSupportYet, 0x6D00: skf.NotSupportYet, 0x1234: skf.Fail,
	} {
		if got := sw.Code(); got != want {
			t.Errorf("%v is %v, want %v", sw, got, want)
		}
	}
	if left, told := TriesLeft(7).Left(); left != 7 || !told {
		t.Errorf("63C7 tells %d, %v", left, told)
	}
	if _, told := Locked.Left(); told {
		t.Error("6983 tells tries")
	}
}

func TestDevInfoHas288OctetsAndComesBack(t *testing.T) {
	d := DevInfo{
		Struct: skf.Version{Major: 1}, Spec: skf.Version{Major: 1, Minor: 2}, Manufacturer: "Xinzhang", Issuer: "示例监狱",
		Label: "测试卡", Serial: "XZ0123456789", Hardware: skf.Version{Major: 3}, Firmware: skf.Version{Minor: 4},
		Symmetric: skf.SM4ECB, Asymmetric: skf.SM2Sign, Hash: skf.SM3, Auth: skf.SM4ECB, Total: 1 << 21, Free: 5,
		MaxData: MaxData, AuthMethod: 1, DeviceType: 2, MaxContainers: 3, MaxCertificates: 6, MaxFiles: 500,
	}
	b := d.Marshal()
	if len(b) != 288 || string(b[4:12]) != "Xinzhang" || string(b[164:166]) != "XZ" {
		t.Fatalf("%d octets: %x", len(b), b)
	}
	if got, err := ParseDevInfo(b); err != nil || got != d {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := ParseDevInfo(b[:287]); !errors.Is(err, ErrShort) {
		t.Errorf("cut: %v", err)
	}
}

func TestStructuresComeBack(t *testing.T) {
	file := File{Name: "seal.esl", Size: 70000, Read: 0xFF, Write: 0x10}
	if got, err := ParseFile(file.Marshal()); err != nil || got != file {
		t.Errorf("file: %+v, %v", got, err)
	}
	span := Span{App: ID{1, 2}, Offset: 65535, Name: "seal.esl"}
	r := NewReader(span.Marshal())
	if got := r.Span(); got != span || r.End() != nil {
		t.Errorf("span: %+v", got)
	}
	info := ContainerInfo{Signing: true, SigningCert: true}
	if got, err := ParseContainerInfo(info.Marshal()); err != nil || got != info || len(info.Marshal()) != 11 {
		t.Errorf("container: %+v, %v", got, err)
	}
	pin := PINInfo{Max: 10, Left: 3, First: true}
	if got, err := ParsePINInfo(pin.Marshal()); err != nil || got != pin {
		t.Errorf("PIN: %+v, %v", got, err)
	}
	if got, err := ParseOpened(MarshalOpened(ID{7, 9})); err != nil || got != (ID{7, 9}) {
		t.Errorf("application: %v, %v", got, err)
	}
	app := NewApplication{Name: "APP", AdminTries: 3, UserTries: 10, CreateFiles: 0x10}
	r = NewReader(app.Marshal())
	if got := r.NewApplication(); got.Name != "APP" || got.AdminTries != 3 || got.UserTries != 10 || got.CreateFiles != 0x10 || r.End() != nil {
		t.Errorf("application: %+v", got)
	}
}

func TestKeysAndCiphersComeBack(t *testing.T) {
	key := must(sm2.GenerateKey(rand.Reader))
	cipher := must(sm2enc.Encrypt(rand.Reader, &key.PublicKey, []byte("16 octets of key")))
	r := NewReader(MarshalCipher(cipher))
	if got := r.Cipher(); r.End() != nil || !bytes.Equal(got.Marshal(), cipher.Marshal()) {
		t.Errorf("cipher: %v", r.End())
	}
	envelope := must(sm2enc.SealKey(rand.Reader, &key.PublicKey, key))
	b := must(MarshalEnvelope(envelope))
	r = NewReader(b)
	if got := r.Envelope(); r.End() != nil || !bytes.Equal(got.Marshal(), envelope.Marshal()) {
		t.Errorf("envelope: %v", r.End())
	}
	for i := range b { // a changed octet is an error or another envelope, never a panic
		changed := bytes.Clone(b)
		changed[i] ^= 0x40
		r := NewReader(changed)
		r.Envelope()
		_ = r.End()
	}
	e := sm2enc.Digest(&key.PublicKey, []byte("a document"))
	sig := must(sm2enc.SignDigest(rand.Reader, key, e))
	v := must(ParseVerification(Verification{&key.PublicKey, e, sig}.Marshal()))
	if !sm2enc.VerifyDigest(v.Public, v.Digest, v.Signature) {
		t.Error("the verification lost something")
	}
	if got := must(ParseSignature(MarshalSignature(sig))); !sm2enc.VerifyDigest(&key.PublicKey, e, got) {
		t.Error("the signature lost something")
	}
}

func TestASecretOpensForItsCardOnly(t *testing.T) {
	key := must(sm2.GenerateKey(rand.Reader))
	s := Secret{INS: VerifyPIN, P2: 1, App: ID{1, 0}, Challenge: [8]byte{9}, Values: [][]byte{[]byte("482915")}}
	r := NewReader(must(s.Seal(rand.Reader, &key.PublicKey)))
	sealed := r.SealedSecret()
	if err := r.End(); err != nil {
		t.Fatal(err)
	}
	got := must(ParseSecret(must(sm2enc.Decrypt(key, sealed)), 1))
	if got.INS != s.INS || got.P2 != s.P2 || got.App != s.App || got.Challenge != s.Challenge || string(PIN(got.Values[0])) != "482915" {
		t.Errorf("got %+v", got)
	}
	other := must(sm2.GenerateKey(rand.Reader))
	if _, err := sm2enc.Decrypt(other, sealed); err == nil {
		t.Error("another key opens it")
	}
}

// What a card reads comes from strangers: any octets are read to a value or an
// error, and what a structure was read from is what it writes.
func FuzzStructures(f *testing.F) {
	key := must(sm2.GenerateKey(rand.Reader))
	f.Add(File{Name: "a", Size: 1}.Marshal())
	f.Add(must(MarshalEnvelope(must(sm2enc.SealKey(rand.Reader, &key.PublicKey, key)))))
	f.Add(Span{Name: "a"}.Marshal())
	f.Add(MarshalPublicKey(&key.PublicKey))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := NewReader(b)
		if span := r.Span(); r.End() == nil && !bytes.Equal(span.Marshal(), b) {
			t.Errorf("span %x became %x", b, span.Marshal())
		}
		r = NewReader(b)
		if pub := r.PublicKey(); r.End() == nil && !bytes.Equal(MarshalPublicKey(pub), b) {
			t.Errorf("public key %x became %x", b, MarshalPublicKey(pub))
		}
		r = NewReader(b)
		if k := r.Envelope(); r.End() == nil {
			again := NewReader(must(MarshalEnvelope(k)))
			if got := again.Envelope(); again.End() != nil || !bytes.Equal(got.Marshal(), k.Marshal()) {
				t.Errorf("envelope %x does not come back", b)
			}
		}
		r = NewReader(b)
		if c := r.Cipher(); r.End() == nil && !bytes.Equal(MarshalCipher(c), b) {
			t.Errorf("cipher %x became %x", b, MarshalCipher(c))
		}
		if v, err := ParseVerification(b); err == nil && !bytes.Equal(v.Marshal(), b) {
			t.Errorf("verification %x became %x", b, v.Marshal())
		}
	})
}
