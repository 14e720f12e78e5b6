package skfabi

import (
	"bytes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/hex"
	"os"
	"os/exec"
	"testing"

	"github.com/emmansun/gmsm/ecdh"
	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"
	"pgregory.net/rapid"

	"xinzhang/internal/format/skf"
	"xinzhang/internal/format/sm2enc"
)

var (
	testKey = []byte("\x01\x23\x45\x67\x89\xab\xcd\xef\xfe\xdc\xba\x98\x76\x54\x32\x10") // GB/T 32907-2016, annex A
	testIV  = []byte("sixteen octets..")
)

func param(p skf.BlockParam) []byte { return p.Marshal(skf.Layout{}) }

// session loads a key.
func (w *world) session(alg uint32) (h Handle) {
	w.Helper()
	w.ok(w.SetSymmKey(w.dev, testKey, alg, &h))
	return h
}

func TestSM4OfTheStandard(t *testing.T) {
	w := newWorld(t)
	h := w.session(skf.SM4ECB)
	w.ok(w.EncryptInit(h, param(skf.BlockParam{})))
	out, n := make([]byte, 16), uint32(16)
	w.ok(w.Encrypt(h, testKey, out, &n))
	if got := hex.EncodeToString(out); got != "681edf34d206965e86b3e94f536e4246" {
		t.Errorf("got %s", got)
	}
	w.want(w.Encrypt(h, testKey, out, &n), skf.NotInitialize) // a message ends
}

// The modes are ours; OpenSSL is asked whether they are right.
func TestModesAgreeWithOpenSSL(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		if os.Getenv("XINZHANG_CI") == "1" {
			t.Fatal("openssl is absent")
		}
		t.Skip("openssl is absent")
	}
	w := newWorld(t)
	plain := bytes.Repeat([]byte("thirty-seven octets are no full block"), 3)
	for name, tt := range map[string]struct {
		alg  uint32
		p    skf.BlockParam
		args []string
	}{
		"-sm4-ecb": {skf.SM4ECB, skf.BlockParam{Padding: skf.PKCS5}, nil},
		"-sm4-cbc": {skf.SM4CBC, skf.BlockParam{IV: testIV, Padding: skf.PKCS5}, []string{"-iv", hex.EncodeToString(testIV)}},
		"-sm4-cfb": {skf.SM4CFB, skf.BlockParam{IV: testIV, FeedBits: 128}, []string{"-iv", hex.EncodeToString(testIV)}},
		"-sm4-ofb": {skf.SM4OFB, skf.BlockParam{IV: testIV}, []string{"-iv", hex.EncodeToString(testIV)}},
	} {
		command := exec.Command("openssl", append([]string{"enc", name, "-K", hex.EncodeToString(testKey)}, tt.args...)...)
		command.Stdin = bytes.NewReader(plain)
		want, err := command.Output()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		h := w.session(tt.alg)
		w.ok(w.EncryptInit(h, param(tt.p)))
		var n uint32
		w.ok(w.Encrypt(h, plain, nil, &n))
		got := make([]byte, n)
		w.ok(w.Encrypt(h, plain, got, &n))
		if !bytes.Equal(got, want) {
			t.Errorf("%s: %x, OpenSSL has %x", name, got, want)
		}
	}
}

// CFB with a feedback of one octet, bit by the definition of GB/T 17964.
func TestCFBOfOneOctet(t *testing.T) {
	w := newWorld(t)
	plain := []byte("a short message of 36 octets, or so.")
	block := must(sm4.NewCipher(testKey))
	register, want := bytes.Clone(testIV), []byte(nil)
	for _, p := range plain {
		var pad [16]byte
		block.Encrypt(pad[:], register)
		want = append(want, p^pad[0])
		register = append(register[1:], want[len(want)-1])
	}
	h := w.session(skf.SM4CFB)
	w.ok(w.EncryptInit(h, param(skf.BlockParam{IV: testIV, FeedBits: 8})))
	got, n := make([]byte, len(plain)), uint32(len(plain))
	w.ok(w.Encrypt(h, plain, got, &n))
	if !bytes.Equal(got, want) {
		t.Errorf("got %x, want %x", got, want)
	}
}

// However a message is cut, the parts give what the whole gives, lengths asked
// for beforehand are right, and decryption returns it.
func TestStreamsEqualOneShot(t *testing.T) {
	w := newWorld(t)
	rapid.Check(t, func(r *rapid.T) {
		alg := rapid.SampledFrom([]uint32{skf.SM4ECB, skf.SM4CBC, skf.SM4CFB, skf.SM4OFB}).Draw(r, "alg")
		p := skf.BlockParam{IV: testIV, Padding: rapid.Uint32Range(0, 1).Draw(r, "padding")}
		if alg == skf.SM4CFB {
			p.FeedBits = 8 * rapid.Uint32Range(0, 16).Draw(r, "feed")
		}
		plain := rapid.SliceOfN(rapid.Byte(), 0, 100).Draw(r, "plain")
		if p.Padding == 0 && (alg == skf.SM4ECB || alg == skf.SM4CBC) {
			plain = plain[:len(plain)/16*16]
		}
		h := w.session(alg)
		defer w.CloseHandle(h)
		take := func(ask func(out []byte, n *uint32) skf.Code) []byte {
			var n uint32
			w.ok(ask(nil, &n))
			if n > 0 {
				small := n - 1
				w.want(ask(make([]byte, small), &small), skf.BufferTooSmall)
			}
			out := make([]byte, n+7)
			got := n
			w.ok(ask(out, &got))
			if got != n {
				t.Fatalf("%d octets announced, %d came", n, got)
			}
			return out[:n]
		}
		stream := func(data []byte, update func(Handle, []byte, []byte, *uint32) skf.Code, final func(Handle, []byte, *uint32) skf.Code) []byte {
			var all []byte
			for len(data) > 0 {
				part := data[:rapid.IntRange(1, len(data)).Draw(r, "part")]
				data = data[len(part):]
				all = append(all, take(func(out []byte, n *uint32) skf.Code { return update(h, part, out, n) })...)
			}
			return append(all, take(func(out []byte, n *uint32) skf.Code { return final(h, out, n) })...)
		}
		w.ok(w.EncryptInit(h, param(p)))
		whole := take(func(out []byte, n *uint32) skf.Code { return w.Encrypt(h, plain, out, n) })
		w.ok(w.EncryptInit(h, param(p)))
		if parts := stream(plain, w.EncryptUpdate, w.EncryptFinal); !bytes.Equal(parts, whole) {
			t.Fatalf("parts give %x, the whole %x", parts, whole)
		}
		w.ok(w.DecryptInit(h, param(p)))
		if back := stream(whole, w.DecryptUpdate, w.DecryptFinal); !bytes.Equal(back, plain) {
			t.Fatalf("got %x back, want %x", back, plain)
		}
		w.ok(w.DecryptInit(h, param(p)))
		if back := take(func(out []byte, n *uint32) skf.Code { return w.Decrypt(h, whole, out, n) }); !bytes.Equal(back, plain) {
			t.Fatalf("got %x back, want %x", back, plain)
		}
	})
}

func TestParametersWithoutMeaningAreRefused(t *testing.T) {
	w := newWorld(t)
	for name, tt := range map[string]struct {
		alg uint32
		p   skf.BlockParam
	}{
		"CBC without an IV":         {skf.SM4CBC, skf.BlockParam{}},
		"CBC with half an IV":       {skf.SM4CBC, skf.BlockParam{IV: testIV[:8]}},
		"CFB of 12 bits":            {skf.SM4CFB, skf.BlockParam{IV: testIV, FeedBits: 12}},
		"CFB of 136 bits":           {skf.SM4CFB, skf.BlockParam{IV: testIV, FeedBits: 136}},
		"OFB of 8 bits":             {skf.SM4OFB, skf.BlockParam{IV: testIV, FeedBits: 8}},
		"padding by a wide program": {skf.SM4CBC, skf.BlockParam{IV: testIV, FeedBits: 1}},
	} {
		if code := w.EncryptInit(w.session(tt.alg), param(tt.p)); code != skf.InvalidParam {
			t.Errorf("%s: %v", name, code)
		}
	}
	w.want(w.EncryptInit(w.session(skf.SM4MAC), param(skf.BlockParam{IV: testIV})), skf.KeyUsageErr)
	w.want(w.EncryptInit(w.session(skf.SM4ECB), nil), skf.InvalidParam)
	var h Handle
	w.want(w.SetSymmKey(w.dev, testKey, 0x101, &h), skf.NotSupportYet)
	w.want(w.SetSymmKey(w.dev, testKey[:15], skf.SM4ECB, &h), skf.InDataLenErr)
	w.want(w.SetSymmKey(w.dev, testKey, skf.SM4ECB, nil), skf.InvalidParam)

	out, n := make([]byte, 64), uint32(64)
	key := w.session(skf.SM4ECB)
	w.ok(w.EncryptInit(key, param(skf.BlockParam{})))
	w.want(w.Encrypt(key, testIV[:15], out, &n), skf.InDataLenErr)
	w.ok(w.DecryptInit(key, param(skf.BlockParam{Padding: skf.PKCS5})))
	w.want(w.Decrypt(key, testIV, out, &n), skf.DecryptPadErr)
}

func TestMAC(t *testing.T) {
	w := newWorld(t)
	message := bytes.Repeat([]byte("sixteen octets.."), 3)
	all := make([]byte, len(message))
	cipher.NewCBCEncrypter(must(sm4.NewCipher(testKey)), testIV).CryptBlocks(all, message)
	want := all[len(all)-16:]

	key := w.session(skf.SM4MAC)
	var h Handle
	out, n := make([]byte, 16), uint32(16)
	w.ok(w.MacInit(key, param(skf.BlockParam{IV: testIV}), &h))
	w.ok(w.CloseHandle(key)) // the MAC goes on
	w.ok(w.MacUpdate(h, message[:5]))
	w.ok(w.MacUpdate(h, message[5:20]))
	small := uint32(15)
	w.want(w.Mac(h, message[20:], out[:15], &small), skf.BufferTooSmall)
	w.ok(w.Mac(h, message[20:], out, &n))
	if !bytes.Equal(out, want) {
		t.Errorf("got %x, want %x", out, want)
	}
	w.want(w.MacFinal(h, out, &n), skf.NotInitialize)

	key = w.session(skf.SM4MAC)
	w.ok(w.MacInit(key, param(skf.BlockParam{}), &h))
	w.want(w.Mac(h, message[:7], out, &n), skf.InDataLenErr)
	w.ok(w.Mac(h, message[:16], out, &n))
}

func TestDigestWithAndWithoutZ(t *testing.T) {
	w := newWorld(t)
	key := must(sm2.GenerateKey(rand.Reader))
	blob := skf.MarshalPublicKey(&key.PublicKey, skf.Layout{})
	plain := sm3.Sum([]byte("message"))
	withZ := sm2enc.Digest(&key.PublicKey, []byte("message"))
	for name, tt := range map[string]struct {
		pub  []byte
		id   string
		want [32]byte
	}{
		"without": {nil, "", plain}, "with a key and no ID": {blob, "", plain}, "with Z": {blob, sm2enc.DefaultID, withZ},
	} {
		var h Handle
		w.ok(w.DigestInit(w.dev, skf.SM3, tt.pub, []byte(tt.id), &h))
		w.ok(w.DigestUpdate(h, []byte("mess")))
		var n uint32
		w.ok(w.Digest(h, []byte("age"), nil, &n))
		out := make([]byte, n)
		w.ok(w.Digest(h, []byte("age"), out, &n))
		if !bytes.Equal(out, tt.want[:]) {
			t.Errorf("%s: %x, want %x", name, out, tt.want)
		}
		w.want(w.DigestUpdate(h, out), skf.HashObjErr)
		w.want(w.DigestFinal(h, out, &n), skf.HashObjErr)
	}
	var h Handle
	w.want(w.DigestInit(w.dev, 2, nil, nil, &h), skf.NotSupportYet)
	w.want(w.DigestInit(w.dev, skf.SM3, nil, []byte("id"), &h), skf.InDataErr)
	w.want(w.DigestInit(w.dev, skf.SM3, blob, make([]byte, 8192), &h), skf.InDataLenErr)
}

func TestSessionKeysTravel(t *testing.T) {
	w := newWorld(t)
	app := w.app()
	c, _, encryption := w.container(app, "c")
	sealed := make([]byte, skf.Layout{}.CipherSize(16))
	var sender, receiver Handle
	w.ok(w.ECCExportSessionKey(c, skf.SM4CBC, encryption, sealed, &sender))
	w.ok(w.ImportSessionKey(c, skf.SM4CBC, sealed, &receiver))
	p := param(skf.BlockParam{IV: testIV, Padding: skf.PKCS5})
	w.ok(w.EncryptInit(sender, p))
	w.ok(w.DecryptInit(receiver, p))
	secret, back := make([]byte, 32), make([]byte, 32)
	n, m := uint32(32), uint32(32)
	w.ok(w.Encrypt(sender, []byte("a file of a friend"), secret, &n))
	w.ok(w.Decrypt(receiver, secret[:n], back, &m))
	if string(back[:m]) != "a file of a friend" {
		t.Errorf("read %q", back[:m])
	}

	sealed[170] ^= 1
	w.want(w.ImportSessionKey(c, skf.SM4CBC, sealed, &receiver), skf.InDataErr)
	sealed[170] ^= 1
	w.want(w.ImportSessionKey(c, skf.SM4CBC, sealed[:170], &receiver), skf.InDataErr)
	w.want(w.ImportSessionKey(c, 0x101, sealed, &receiver), skf.NotSupportYet)
	w.ok(w.ClearSecureState(app))
	w.want(w.ImportSessionKey(c, skf.SM4CBC, sealed, &receiver), skf.UserNotLoggedIn)
}

func TestKeysOfTheCaller(t *testing.T) {
	w := newWorld(t)
	key := must(sm2.GenerateKey(rand.Reader))
	pub := skf.MarshalPublicKey(&key.PublicKey, skf.Layout{})
	private := append([]byte{0, 1, 0, 0}, key.D.FillBytes(make([]byte, 64))...)
	plain := []byte("any length of octets")
	sealed := make([]byte, skf.Layout{}.CipherSize(len(plain)))
	w.ok(w.ExtECCEncrypt(w.dev, pub, plain, sealed))
	var n uint32
	w.ok(w.ExtECCDecrypt(w.dev, private, sealed, nil, &n))
	back := make([]byte, n)
	w.ok(w.ExtECCDecrypt(w.dev, private, sealed, back, &n))
	if !bytes.Equal(back, plain) {
		t.Errorf("read %q", back)
	}
	e, sig := make([]byte, 32), make([]byte, 128)
	w.ok(w.ExtECCSign(w.dev, private, e, sig))
	w.ok(w.ECCVerify(w.dev, pub, e, sig))
	w.want(w.ExtECCEncrypt(w.dev, pub, nil, sealed), skf.InDataLenErr)
	w.want(w.ExtECCEncrypt(w.dev, pub, plain, sealed[:180]), skf.InvalidParam)
	w.want(w.ExtECCSign(w.dev, make([]byte, 68), e, sig), skf.InDataErr)
}

func TestKeyAgreement(t *testing.T) {
	w := newWorld(t)
	var h, agreement, alice, bob Handle
	tmp := make([]byte, 132)
	var unable Handle // a container that takes no part in it
	if err := w.handles.add(&container{app: &application{dev: must(find[*device](&w.handles, w.dev))}}, &unable); err != nil {
		t.Fatal(err)
	}
	w.want(w.GenerateAgreementDataWithECC(unable, skf.SM4CBC, tmp, []byte("A"), &agreement), skf.NotSupportYet)

	w.make("key-2")
	w.Library = New(withKeys{w.driver}, w.dir, skf.Layout{})
	w.ok(w.ConnectDev("key-2", &w.dev))
	app := w.app()
	var a, b Handle
	w.ok(w.CreateContainer(app, "a", &a))
	w.ok(w.CreateContainer(app, "b", &b))
	pub := func(c Handle) []byte {
		out, n := make([]byte, 132), uint32(132)
		w.ok(w.ExportPublicKey(c, false, out, &n))
		return out
	}
	tmpA, tmpB := make([]byte, 132), make([]byte, 132)
	w.ok(w.GenerateAgreementDataWithECC(a, skf.SM4CBC, tmpA, []byte("Alice"), &agreement))
	w.ok(w.GenerateAgreementDataAndKeyWithECC(b, skf.SM4CBC, pub(a), tmpA, tmpB, []byte("Bob"), []byte("Alice"), &bob))
	w.want(w.GenerateKeyWithECC(agreement, pub(b)[:50], tmpB, []byte("Bob"), &alice), skf.InDataErr)
	w.want(w.GenerateKeyWithECC(agreement, pub(b), tmpB, nil, &alice), skf.InvalidParam)
	w.ok(w.GenerateKeyWithECC(agreement, pub(b), tmpB, []byte("Bob"), &alice))
	w.want(w.GenerateKeyWithECC(agreement, pub(b), tmpB, []byte("Bob"), &h), skf.NotInitialize)
	w.ok(w.CloseHandle(agreement))

	p := param(skf.BlockParam{IV: testIV, Padding: skf.PKCS5})
	w.ok(w.EncryptInit(alice, p))
	w.ok(w.DecryptInit(bob, p))
	secret, back := make([]byte, 32), make([]byte, 32)
	n, m := uint32(32), uint32(32)
	w.ok(w.Encrypt(alice, []byte("agreed"), secret, &n))
	w.ok(w.Decrypt(bob, secret[:n], back, &m))
	if string(back[:m]) != "agreed" {
		t.Errorf("read %q", back[:m])
	}
	w.want(w.GenerateAgreementDataWithECC(a, skf.SM4CBC, tmpA, nil, &agreement), skf.InvalidParam)
}

// The example of GB/T 32918.5-2017, annex B: both sides, with the private and
// ephemeral keys that stand there, have the key that stands there.
func TestKeyAgreementOfTheStandard(t *testing.T) {
	w := newWorld(t)
	number := func(s string) []byte { return must(hex.DecodeString(s)) }
	side := func(d, r string) *agreement {
		key := must(sm2.NewPrivateKey(number(d)))
		return &agreement{
			container: containerWithKey{nil, key}, alg: skf.SM4ECB, id: []byte(sm2enc.DefaultID),
			own: must(sm2.PublicKeyToECDH(&key.PublicKey)), ephemeral: must(ecdh.P256().NewPrivateKey(number(r))),
		}
	}
	blob := func(p *ecdh.PublicKey) []byte {
		return skf.MarshalPublicKey(must(sm2enc.ParsePublicKey(p.Bytes())), skf.Layout{})
	}
	sponsor := side("81EB26E941BB5AF16DF116495F90695272AE2CD63D6C4AE1678418BE48230029", "D4DE15474DB74D06491C440D305E012400990F3E390C7E87153C12DB2EA60BB3")
	responder := side("785129917D45A9EA5437A59356B82338EAADDA6CEB199088F14AE10DEFA229B5", "7E07124814B309489125EAED101113164EBF0F3458C5BD88335C1F9D596243D6")
	sponsorTmp, responderTmp := blob(sponsor.ephemeral.PublicKey()), blob(responder.ephemeral.PublicKey())

	var want [16]byte
	must(sm4.NewCipher(number("6C89347354DE2484C60B4AB1FDE4C6E5"))).Encrypt(want[:], testIV)
	for _, tt := range []struct {
		own, peer *agreement
		responds  bool
		peerTmp   []byte
	}{{sponsor, responder, false, responderTmp}, {responder, sponsor, true, sponsorTmp}} {
		var key Handle
		if err := w.finish(t.Context(), tt.own, tt.responds, blob(tt.peer.own), tt.peerTmp, tt.peer.id, &key); err != nil {
			t.Fatal(err)
		}
		w.ok(w.EncryptInit(key, param(skf.BlockParam{})))
		got, n := make([]byte, 16), uint32(16)
		w.ok(w.Encrypt(key, testIV, got, &n))
		if !bytes.Equal(got, want[:]) {
			t.Errorf("responder %v: another key", tt.responds)
		}
	}
}
