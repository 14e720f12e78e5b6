package skfabi

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xinzhang/internal/format/skf"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/token"
)

func TestDeviceInfoAndLabel(t *testing.T) {
	w := newWorld(t)
	w.ok(w.SetLabel(w.dev, []byte("\xb1\xea\xc7\xa9"))) // GB 18030
	info := make([]byte, 294)
	w.ok(w.GetDevInfo(w.dev, info))
	got := must(skf.ParseDevInfo(info, skf.Layout{}))
	if got.Label != "标签" || !strings.HasPrefix(got.Serial, "XZ") || got.Auth != skf.SM4ECB || got.Symmetric != 0x41F || got.Free == 0 {
		t.Errorf("%+v", got)
	}
	w.want(w.GetDevInfo(w.dev, nil), skf.InvalidParam)
	if d := cmp.Diff([]string{"key-1"}, w.list(func(out []byte, n *uint32) skf.Code { return w.EnumDev(true, out, n) })); d != "" {
		t.Error(d)
	}
	var state uint32
	w.ok(w.GetDevState("key-1", &state))
	if state != skf.DevicePresent {
		t.Errorf("state is %d", state)
	}
	w.ok(w.GetDevState("key-2", &state))
	if state != skf.DeviceAbsent {
		t.Errorf("state of a token that is not there is %d", state)
	}
	var h Handle
	w.want(w.ConnectDev("key-2", &h), skf.DeviceRemoved)
	w.want(w.ConnectDev("../key-1", &h), skf.NameLenErr)
}

func TestLengthsAreToldBeforeAnythingHappens(t *testing.T) {
	w := newWorld(t)
	n := uint32(99)
	w.ok(w.EnumDev(true, nil, &n))
	if n != uint32(len("key-1"))+2 {
		t.Fatalf("%d octets are announced", n)
	}
	small := bytes.Repeat([]byte{0xA5}, int(n)-1)
	n = uint32(len(small))
	w.want(w.EnumDev(true, small, &n), skf.BufferTooSmall)
	if n != uint32(len(small))+1 || bytes.ContainsFunc(small, func(r rune) bool { return r == 'k' }) {
		t.Errorf("too small a buffer holds %q, %d octets are announced", small, n)
	}
	w.want(w.EnumDev(true, small, nil), skf.InvalidParam)
}

func TestDeviceAuthentication(t *testing.T) {
	w := newWorld(t)
	var h Handle
	w.want(w.CreateApplication(w.dev, "APP", []byte(adminPIN), 10, []byte(userPIN), 10, 0x10, &h), skf.UserNotLoggedIn)
	w.want(w.auth(wrongKey), skf.PINIncorrect)
	w.ok(w.auth(devKey))
	w.want(w.DevAuth(w.dev, make([]byte, 16)), skf.NotInitialize) // a challenge is answered once
	w.want(w.DevAuth(w.dev, make([]byte, 15)), skf.InDataLenErr)
	w.ok(w.CreateApplication(w.dev, "APP", []byte(adminPIN), 10, []byte(userPIN), 10, 0x10, &h))
	w.want(w.CreateApplication(w.dev, "APP", []byte(adminPIN), 10, []byte(userPIN), 10, 0x10, &h), skf.ApplicationExists)
	w.want(w.CreateApplication(w.dev, "a/b", []byte(adminPIN), 10, []byte(userPIN), 10, 0x10, &h), skf.ApplicationNameInvalid)
	w.want(w.CreateApplication(w.dev, "B", []byte(adminPIN), 10, []byte(userPIN), 10, 0x02, &h), skf.InvalidParam)

	w.want(w.ChangeDevAuthKey(w.dev, []byte("1234567812345678")), skf.InDataErr)
	w.ok(w.ChangeDevAuthKey(w.dev, []byte("another key, 16.")))
	w.want(w.auth(devKey), skf.PINIncorrect)
	w.ok(w.auth("another key, 16."))
	w.ok(w.DeleteApplication(w.dev, "APP"))
	w.want(w.OpenApplication(w.dev, "APP", &h), skf.ApplicationNotExists)
}

func TestDeviceKeyLocksByItsOwnCounter(t *testing.T) {
	w := newWorld(t)
	for range token.Tries - 1 {
		w.want(w.auth(wrongKey), skf.PINIncorrect)
	}
	w.want(w.auth(wrongKey), skf.PINLocked)
	w.want(w.auth(devKey), skf.PINLocked)
}

func TestPINsAreCountedAndUnblocked(t *testing.T) {
	w := newWorld(t)
	app := w.app()
	var most, left, first uint32
	w.ok(w.GetPINInfo(app, 1, &most, &left, &first))
	if most != 10 || left != 10 || first != 1 {
		t.Errorf("most %d, left %d, first %d", most, left, first)
	}
	for n := uint32(9); n > 0; n-- {
		retry := uint32(77)
		w.want(w.VerifyPIN(app, 1, []byte("715204"), &retry), skf.PINIncorrect)
		if retry != n {
			t.Fatalf("%d tries are told, %d are left", retry, n)
		}
	}
	retry := uint32(77)
	w.want(w.VerifyPIN(app, 1, []byte("715204"), &retry), skf.PINLocked)
	if retry != 0 {
		t.Errorf("a locked PIN has %d tries", retry)
	}
	w.want(w.VerifyPIN(app, 1, []byte(userPIN), &retry), skf.PINLocked)
	w.want(w.UnblockPIN(app, []byte("wrong admin"), []byte(otherPIN), &retry), skf.PINIncorrect)
	if retry != 9 {
		t.Errorf("the admin has %d tries", retry)
	}
	w.ok(w.UnblockPIN(app, []byte(adminPIN), []byte(otherPIN), &retry))
	secret := []byte(otherPIN)
	w.ok(w.VerifyPIN(app, 1, secret, &retry))
	if !bytes.Equal(secret, make([]byte, len(secret))) {
		t.Error("the PIN was not overwritten")
	}
	w.ok(w.ChangePIN(app, 1, []byte(otherPIN), []byte(userPIN), &retry))
	w.ok(w.GetPINInfo(app, 1, nil, nil, &first))
	if first != 0 {
		t.Error("a changed PIN is told to be the first")
	}
	w.want(w.ChangePIN(app, 1, []byte(userPIN), []byte("123456"), nil), skf.PINInvalid)
	w.want(w.VerifyPIN(app, 1, []byte("12345"), nil), skf.PINLenRange)
	w.want(w.VerifyPIN(app, 2, []byte(userPIN), nil), skf.UserTypeInvalid)
}

func TestApplicationIsOneOnAConnection(t *testing.T) {
	w := newWorld(t)
	first := w.app()
	var second, c Handle
	w.ok(w.OpenApplication(w.dev, "APP", &second))
	w.ok(w.CreateContainer(second, "c", &c))
	w.ok(w.CloseApplication(first))
	w.ok(w.DeleteContainer(second, "c"))

	var dev, other Handle // another connection must verify anew
	w.ok(w.ConnectDev("key-1", &dev))
	w.ok(w.OpenApplication(dev, "APP", &other))
	w.want(w.CreateContainer(other, "c", &c), skf.UserNotLoggedIn)

	w.ok(w.ClearSecureState(second))
	w.want(w.CreateContainer(second, "c", &c), skf.UserNotLoggedIn)

	// Deleted and made anew under its name, it is another.
	w.ok(w.DeleteApplication(w.dev, "APP"))
	w.want(w.CreateContainer(second, "c", &c), skf.ApplicationNotExists)
	w.want(w.OpenApplication(w.dev, "APP", &first), skf.ApplicationNotExists)
}

func TestWrongHandlesAreRefused(t *testing.T) {
	w := newWorld(t)
	app := w.app()
	c, _, _ := w.container(app, "c")
	var key, hash Handle
	w.ok(w.SetSymmKey(w.dev, make([]byte, 16), skf.SM4CBC, &key))
	w.ok(w.DigestInit(w.dev, skf.SM3, nil, nil, &hash))
	handles := map[string]Handle{"device": w.dev, "application": app, "container": c, "key": key, "digest": hash, "nought": 0, "all ones": ^Handle(0), "one beside": w.dev + 1}
	n := uint32(64)
	out := make([]byte, 512)
	calls := map[string]func(h Handle) skf.Code{
		"device":      func(h Handle) skf.Code { return w.GetDevInfo(h, out) },
		"application": func(h Handle) skf.Code { n = 512; return w.EnumFiles(h, out, &n) },
		"container":   func(h Handle) skf.Code { var v uint32; return w.GetContainerType(h, &v) },
		"key": func(h Handle) skf.Code {
			return w.EncryptInit(h, skf.BlockParam{IV: make([]byte, 16)}.Marshal(skf.Layout{}))
		},
		"digest": func(h Handle) skf.Code { return w.DigestUpdate(h, out) },
	}
	for kind, do := range calls {
		for name, h := range handles {
			want := skf.InvalidHandle
			if name == kind {
				want = skf.OK
			}
			if got := do(h); got != want {
				t.Errorf("the handle of %s for a %s: %v, want %v", name, kind, got, want)
			}
		}
	}
	w.want(w.CloseHandle(w.dev), skf.InvalidHandle)
	w.want(w.CloseHandle(c), skf.InvalidHandle)
	w.want(w.DisConnectDev(app), skf.InvalidHandle)
	w.ok(w.CloseHandle(key))
	w.want(w.CloseHandle(key), skf.InvalidHandle)

	w.ok(w.CloseApplication(app)) // and its containers
	w.want(calls["container"](c), skf.InvalidHandle)
	w.ok(w.DisConnectDev(w.dev)) // and everything on it
	w.want(calls["digest"](hash), skf.InvalidHandle)
	w.want(w.DisConnectDev(w.dev), skf.InvalidHandle)
}

func TestHandlesAreBounded(t *testing.T) {
	w := newWorld(t)
	var h Handle
	for range maxHandles - 1 { // one is the device
		w.ok(w.DigestInit(w.dev, skf.SM3, nil, nil, &h))
	}
	w.want(w.DigestInit(w.dev, skf.SM3, nil, nil, &h), skf.MemoryErr)
	w.ok(w.CloseHandle(h))
	w.ok(w.DigestInit(w.dev, skf.SM3, nil, nil, &h))
}

func TestFiles(t *testing.T) {
	w := newWorld(t)
	app := w.app()
	w.ok(w.CreateFile(app, "seal", 100, uint32(token.ByAnyone), uint32(token.ByUser)))
	w.want(w.CreateFile(app, "seal", 100, 0xFF, 0x10), skf.FileAlreadyExists)
	w.want(w.CreateFile(app, "odd", 100, 0x03, 0x10), skf.InvalidParam)
	w.want(w.CreateFile(app, "large", 1<<31, 0xFF, 0x10), skf.NoRoom)
	w.ok(w.WriteFile(app, "seal", 90, []byte("ten octets")))
	w.want(w.WriteFile(app, "seal", 91, []byte("ten octets")), skf.WriteFileErr)
	w.want(w.WriteFile(app, "seal", 1<<32-1, []byte("ten octets")), skf.WriteFileErr)

	var n uint32
	w.ok(w.ReadFile(app, "seal", 90, 1<<32-1, nil, &n))
	out := make([]byte, n)
	w.ok(w.ReadFile(app, "seal", 90, 50, out, &n))
	if string(out) != "ten octets" {
		t.Errorf("read %q", out)
	}
	info := make([]byte, 44)
	w.ok(w.GetFileInfo(app, "seal", info))
	if got := must(skf.ParseFileAttribute(info, skf.Layout{})); got != (skf.FileAttribute{Name: "seal", Size: 100, Read: 0xFF, Write: 0x10}) {
		t.Errorf("%+v", got)
	}
	w.ok(w.ClearSecureState(app))
	w.want(w.WriteFile(app, "seal", 0, []byte("x")), skf.UserNotLoggedIn)
	w.want(w.DeleteFile(app, "seal"), skf.UserNotLoggedIn)
	w.ok(w.ReadFile(app, "seal", 0, 1, out, &n))
	if got := w.list(func(out []byte, n *uint32) skf.Code { return w.EnumFiles(app, out, n) }); !slices.Equal(got, []string{"seal"}) {
		t.Errorf("files %q", got)
	}
	w.want(w.GetFileInfo(app, "other", info), skf.FileNotExist)
}

func TestLifeOfAKey(t *testing.T) {
	w := newWorld(t)
	app := w.app()
	c, signing, encryption := w.container(app, "sign-1")
	var kind uint32
	w.ok(w.GetContainerType(c, &kind))
	if kind != skf.ContainerECC {
		t.Errorf("type %d", kind)
	}
	w.want(w.GenECCKeyPair(c, skf.SM2Sign, make([]byte, 132)), skf.ObjErr)
	w.want(w.GenECCKeyPair(c, 0x10000, make([]byte, 132)), skf.NotSupportYet)

	n := uint32(0)
	w.want(w.ExportCertificate(c, true, nil, &n), skf.CertNotFound)
	der := w.certify(signing)
	w.want(w.ImportCertificate(c, false, der), skf.InDataErr) // it is for the other key
	w.want(w.ImportCertificate(c, true, der[:20]), skf.InDataErr)
	w.ok(w.ImportCertificate(c, true, der))
	out := make([]byte, len(der))
	n = uint32(len(out))
	w.ok(w.ExportCertificate(c, true, out, &n))
	if !bytes.Equal(out, der) {
		t.Error("another certificate comes back")
	}
	n = uint32(len(out))
	w.ok(w.ExportPublicKey(c, false, out, &n))
	if !bytes.Equal(out[:n], encryption) {
		t.Error("another encryption key comes back")
	}

	var e [32]byte
	pub := must(skf.ParsePublicKey(signing, skf.Layout{}))
	e = sm2enc.Digest(pub, []byte("message"))
	sig := make([]byte, skf.SignatureSize)
	w.ok(w.ECCSignData(c, e[:], sig))
	w.want(w.ECCSignData(c, e[:31], sig), skf.InDataLenErr)
	w.ok(w.ECCVerify(w.dev, signing, e[:], sig))
	sig[127] ^= 1
	w.want(w.ECCVerify(w.dev, signing, e[:], sig), skf.Fail)
	w.want(w.ECCVerify(w.dev, signing[:100], e[:], sig), skf.InDataErr)

	if got := w.list(func(out []byte, n *uint32) skf.Code { return w.EnumContainer(app, out, n) }); !slices.Equal(got, []string{"sign-1"}) {
		t.Errorf("containers %q", got)
	}
	w.want(w.CreateContainer(app, "sign-1", &c), skf.ObjErr)
	w.want(w.OpenContainer(app, "sign-2", &c), skf.KeyNotFound)
}

func TestContainersRunOut(t *testing.T) {
	w := newWorld(t)
	app := w.app()
	var h Handle
	code := skf.OK
	for i := 0; code == skf.OK && i < 1000; i++ {
		code = w.CreateContainer(app, strings.Repeat("c", i/26+1)+string(rune('a'+i%26)), &h)
	}
	w.want(code, skf.ReachMaxContainerCount)
}

func TestUnpluggedTokenIsTold(t *testing.T) {
	w := newWorld(t)
	app := w.app()
	w.unplug("key-1")
	w.want(w.GetDevInfo(w.dev, make([]byte, 294)), skf.DeviceRemoved)
	w.want(w.VerifyPIN(app, 1, []byte(userPIN), nil), skf.DeviceRemoved)
	w.ok(w.DisConnectDev(w.dev))
}

func TestEventsOfPlugging(t *testing.T) {
	w := newWorld(t)
	wait := func() (string, uint32) {
		t.Helper()
		name, n, event := make([]byte, 64), uint32(64), uint32(0)
		w.ok(w.WaitForDevEvent(name, &n, &event))
		return string(name[:n]), event
	}
	made := make(chan struct{})
	go func() { time.Sleep(20 * time.Millisecond); w.make("key-2"); close(made) }()
	if name, event := wait(); name != "key-2\x00" || event != skf.DeviceInserted {
		t.Errorf("event %d of %q", event, name)
	}
	<-made // its first file is an event already
	w.unplug("key-2")
	n, event := uint32(3), uint32(0)
	w.want(w.WaitForDevEvent(make([]byte, 3), &n, &event), skf.BufferTooSmall)
	if n != 6 {
		t.Errorf("%d octets are announced", n)
	}
	if name, event := wait(); name != "key-2\x00" || event != skf.DeviceGone { // it was not lost
		t.Errorf("event %d of %q", event, name)
	}
	done := make(chan skf.Code)
	for range 2 {
		go func() {
			name, n, event := make([]byte, 64), uint32(64), uint32(0)
			done <- w.WaitForDevEvent(name, &n, &event)
		}()
	}
	time.Sleep(20 * time.Millisecond)
	w.ok(w.CancelWaitForDevEvent())
	w.want(<-done, skf.NotEvent)
	w.want(<-done, skf.NotEvent)
}

func TestLockKeepsOtherConnectionsOut(t *testing.T) {
	w := newWorld(t)
	var other Handle
	w.ok(w.ConnectDev("key-1", &other))
	w.ok(w.LockDev(w.dev, 0))
	w.ok(w.LockDev(w.dev, 0))
	w.want(w.LockDev(other, 30), skf.Timeout)
	w.want(w.UnlockDev(other), skf.Fail)
	w.ok(w.GetDevInfo(w.dev, make([]byte, 294)))
	waited := make(chan skf.Code)
	go func() { waited <- w.GetDevInfo(other, make([]byte, 294)) }()
	select {
	case code := <-waited:
		t.Fatalf("the other connection got %v", code)
	case <-time.After(50 * time.Millisecond):
	}
	w.ok(w.UnlockDev(w.dev))
	w.ok(<-waited)
	w.ok(w.LockDev(other, forever))
	w.ok(w.DisConnectDev(other)) // which unlocks
	w.ok(w.LockDev(w.dev, 1000))
}

func TestManyThreads(t *testing.T) {
	w := newWorld(t)
	app := w.app()
	c, signing, _ := w.container(app, "c")
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for range 20 {
				var h Handle
				e := [32]byte{byte(i)}
				sig := make([]byte, skf.SignatureSize)
				if code := w.ECCSignData(c, e[:], sig); code != skf.OK {
					t.Error(code)
				}
				if code := w.ECCVerify(w.dev, signing, e[:], sig); code != skf.OK {
					t.Error(code)
				}
				if code := w.DigestInit(w.dev, skf.SM3, nil, nil, &h); code != skf.OK {
					t.Error(code)
				}
				_ = w.CloseHandle(h)
			}
		})
	}
	group.Wait()
	w.ok(w.DisConnectDev(w.dev))
}

func TestPanicsAreAnswered(t *testing.T) {
	if got := Guard(func() skf.Code { var p *Library; return p.events.cancelNothing() }); got != skf.UnknownErr {
		t.Errorf("got %v", got)
	}
}

func (w *watch) cancelNothing() skf.Code { return skf.Code(len(w.seen)) }
