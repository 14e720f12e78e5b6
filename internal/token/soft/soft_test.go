package soft

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm4"
	"github.com/gofrs/flock"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/token"
	"xinzhang/internal/token/soft/internal/cost"
	"xinzhang/test/interop"
)

func TestShippedTokensCostWhatTheyShould(t *testing.T) {
	d := New(t.TempDir())
	if d.cost != (cost.Cost{Passes: 3, KiB: 64 << 10, Lanes: 4}) {
		t.Errorf("a guess costs %+v", d.cost)
	}
	// What is read may be dearer, not ruinous.
	for _, c := range []cost.Cost{
		{}, {Passes: 1, KiB: 1 << 20, Lanes: 1}, {Passes: 1 << 20, KiB: 64, Lanes: 1}, {Passes: 1, KiB: 7, Lanes: 1},
		{Passes: 1, KiB: 64}, {Passes: 1, KiB: 1 << 10, Lanes: 17}, {KiB: 64, Lanes: 1},
	} {
		if c.Check() == nil {
			t.Errorf("%+v is taken", c)
		}
	}
	if err := cost.Shipped().Check(); err != nil {
		t.Error(err)
	}
}

func TestANewPINIsWrappedAtTheCostOfTheDriver(t *testing.T) {
	w := newWorld(t)
	app, err := w.open(NewWithCost(w.dir, cost.Cost{Passes: 2, KiB: 16, Lanes: 2}))
	w.must(err)
	w.must(app.ChangePIN(w.ctx, token.UserPIN, pin(user), pin(other)))
	s, err := decode(w.read(mainSuffix))
	w.must(err)
	if got := s.Apps[0].User.Cost; got != (cost.Cost{Passes: 2, KiB: 16, Lanes: 2}) {
		t.Errorf("the changed PIN costs %+v", got)
	}
	w.must(w.signs(other))
}

func TestNamesOfTokens(t *testing.T) {
	d := cheap(filepath.Join(t.TempDir(), "not", "there"))
	if names, err := d.Devices(t.Context()); err != nil || len(names) != 0 {
		t.Errorf("a folder that is not there holds %q, %v", names, err)
	}
	for _, name := range []string{"", ".", "..", "a.b", "a/b", `a\b`, "../x", "a b", "-\x00", "名\n", strings.Repeat("x", 65)} {
		if _, err := d.Create(t.Context(), Spec{Name: name}); !errors.Is(err, fault.TokenName) {
			t.Errorf("%q gives %v", name, err)
		}
		if _, err := d.Connect(t.Context(), name); !errors.Is(err, fault.TokenName) {
			t.Errorf("%q gives %v", name, err)
		}
	}
	want := []string{"A-1", "key_2", "测试用户甲的很长的名字它比标签还要长"}
	for _, name := range want {
		dev, err := d.Create(t.Context(), Spec{Name: name})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Create(t.Context(), Spec{Name: name}); !errors.Is(err, fault.TokenExists) {
			t.Errorf("%q again gives %v", name, err)
		}
		if info, err := dev.Info(t.Context()); err != nil || info.Label == "" || !strings.HasPrefix(name, info.Label) {
			t.Errorf("%q is labelled %+v, %v", name, info, err)
		}
	}
	if err := os.Remove(filepath.Join(d.dir, "A-1"+mainSuffix)); err != nil { // the copy is enough to be there
		t.Fatal(err)
	}
	if names, err := d.Devices(t.Context()); err != nil || !slices.Equal(names, want) {
		t.Errorf("the folder holds %q, %v", names, err)
	}
}

func TestUnderTheFactoryDeviceKeyNothingIsCreated(t *testing.T) {
	dev, err := cheap(t.TempDir()).Create(t.Context(), Spec{Name: "key-1"})
	if err != nil {
		t.Fatal(err)
	}
	if err := dev.Authenticate(t.Context(), token.DefaultAuthKey()); err != nil {
		t.Fatal(err)
	}
	spec := token.ApplicationSpec{Name: "APP", UserPIN: pin(user), AdminPIN: pin(admin)}
	if _, err := dev.CreateApplication(t.Context(), spec); !errors.Is(err, fault.TokenAuthDefault) {
		t.Errorf("got error %v, want %s", err, fault.TokenAuthDefault)
	}
	if err := dev.ChangeAuthKey(t.Context(), deviceKey()); err != nil {
		t.Fatal(err)
	}
	if err := dev.Authenticate(t.Context(), deviceKey()); err != nil {
		t.Fatal(err)
	}
	if _, err := dev.CreateApplication(t.Context(), spec); err != nil {
		t.Error(err)
	}
}

func TestTheAnswerToAChallengeAuthenticates(t *testing.T) {
	w := newWorld(t)
	dev := w.app().device
	challenge := [8]byte([]byte("8 octets"))
	answer := func(key token.AuthKey, plain string) (out [16]byte) {
		must(sm4.NewCipher(key.Bytes())).Encrypt(out[:], []byte(plain))
		return out
	}
	for _, plain := range []string{"8 octets\x00\x00\x00\x00\x00\x00\x00\x00", "8 octets and all"} {
		w.must(dev.AuthenticateAnswer(w.ctx, challenge, answer(deviceKey(), plain)))
		w.must(dev.ChangeAuthKey(w.ctx, deviceKey())) // needs it, and ends it
	}
	err := dev.AuthenticateAnswer(w.ctx, challenge, answer(token.DefaultAuthKey(), "8 octets and all"))
	if !errors.Is(err, fault.TokenAuthIncorrect) || fault.Of(err).Args["left"] != 9 {
		t.Errorf("the answer of another key gives %v", err)
	}
	err = dev.AuthenticateAnswer(w.ctx, challenge, answer(deviceKey(), "7 octets and all"))
	if !errors.Is(err, fault.TokenAuthIncorrect) || fault.Of(err).Args["left"] != 8 {
		t.Errorf("the answer to another challenge gives %v", err)
	}
	if err := dev.DeleteApplication(w.ctx, "APP"); !errors.Is(err, fault.TokenAuthRequired) {
		t.Errorf("after wrong answers: %v", err)
	}
}

func TestAnotherProgramKeepsUsOut(t *testing.T) {
	w := newWorld(t)
	app := w.app()
	w.must(app.VerifyPIN(w.ctx, token.UserPIN, pin(user)))
	theirs := flock.New(w.path(lockSuffix))
	w.must(theirs.Lock())

	soon, cancel := context.WithTimeout(w.ctx, 30*time.Millisecond)
	defer cancel()
	err := app.VerifyPIN(soon, token.UserPIN, pin(user))
	if !errors.Is(err, fault.TokenBusy) || !fault.Lookup(fault.TokenBusy).Retryable {
		t.Errorf("got error %v, want %s", err, fault.TokenBusy)
	}
	if _, err := cheap(w.dir).Connect(soon, "key-1"); !errors.Is(err, fault.TokenBusy) {
		t.Errorf("connecting: got error %v, want %s", err, fault.TokenBusy)
	}
	gone, leave := context.WithCancel(w.ctx)
	time.AfterFunc(20*time.Millisecond, leave)
	if err := app.VerifyPIN(gone, token.UserPIN, pin(user)); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want %v", err, context.Canceled)
	}

	time.AfterFunc(30*time.Millisecond, func() { _ = theirs.Unlock() })
	w.must(app.VerifyPIN(w.ctx, token.UserPIN, pin(user))) // waits, as long as need be
	if got := w.left(token.UserPIN); got != token.Tries {
		t.Errorf("%d tries left", got)
	}
}

func TestAFullTokenStillCountsTries(t *testing.T) {
	w := newWorld(t)
	app := w.app()
	w.must(app.VerifyPIN(w.ctx, token.UserPIN, pin(user)))
	w.change(func(s *state) { // 1.5 MiB of files, a third more in the file
		s.Apps[0].Files = []fileRecord{{Name: "f", Size: capacity * 7 / 10, Data: make([]byte, capacity*7/10)}}
	})
	err := app.CreateFile(w.ctx, token.FileInfo{Name: "g", Size: 150_000, Read: token.ByUser, Write: token.ByUser})
	if !errors.Is(err, fault.TokenFull) {
		t.Fatalf("got error %v, want %s", err, fault.TokenFull)
	}
	if info, err := app.device.Info(w.ctx); err != nil || info.Free > 200_000 || info.Total != capacity {
		t.Errorf("says %+v, %v", info, err)
	}
	if err := app.CreateFile(w.ctx, token.FileInfo{Name: "large", Size: 1 << 40}); !errors.Is(err, fault.TokenFull) {
		t.Errorf("got error %v, want %s", err, fault.TokenFull)
	}
	w.guess(3)
	if got := w.left(token.UserPIN); got != 7 {
		t.Errorf("%d tries left, want 7", got)
	}
	w.must(w.signs(user))
}

func TestCountsAreLimited(t *testing.T) {
	w := newWorld(t)
	app := w.app()
	w.must(app.VerifyPIN(w.ctx, token.UserPIN, pin(user)))
	w.change(func(s *state) {
		a := &s.Apps[0]
		for i := len(a.Containers); i < maxContainers; i++ {
			a.Containers = append(a.Containers, containerRecord{ID: random(16), Name: fmt.Sprint("c", i)})
		}
		for i := range maxFiles {
			a.Files = append(a.Files, fileRecord{Name: fmt.Sprint("f", i), Data: []byte{}})
		}
	})
	if _, err := app.CreateContainer(w.ctx, "one more"); !errors.Is(err, fault.TokenFull) {
		t.Errorf("one container more: %v", err)
	}
	if err := app.CreateFile(w.ctx, token.FileInfo{Name: "one more"}); !errors.Is(err, fault.TokenFull) {
		t.Errorf("one file more: %v", err)
	}
	c, err := app.OpenContainer(w.ctx, "sign-1")
	w.must(err)
	if err := c.ImportCertificate(w.ctx, token.Signing, make([]byte, maxCertificate+1)); !errors.Is(err, fault.TokenFull) {
		t.Errorf("a large certificate: %v", err)
	}
}

func TestFilesAreForTheirOwnerOnly(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows keeps access in lists that the folder hands down")
	}
	w := newWorld(t)
	w.guess(1) // writes all of them
	for _, suffix := range []string{mainSuffix, copySuffix, lockSuffix} {
		info, err := os.Stat(w.path(suffix))
		w.must(err)
		if suffix != lockSuffix && info.Mode().Perm() != 0o600 || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", suffix, info.Mode())
		}
	}
}

// No secret stands readable in the file.
func TestTheFileShowsNoSecret(t *testing.T) {
	w := newWorld(t)
	app := w.app()
	w.must(app.VerifyPIN(w.ctx, token.UserPIN, pin(user)))
	const content = "the content of a file that only the user reads"
	w.must(app.CreateFile(w.ctx, token.FileInfo{Name: "f", Size: len(content), Read: token.ByUser, Write: token.ByUser}))
	w.must(app.WriteFile(w.ctx, "f", 0, []byte(content)))
	s, err := decode(w.read(mainSuffix))
	w.must(err)
	a := &s.Apps[0]
	key, err := a.Containers[0].Signing.private(app.user.dataKey, desk{&transaction{state: s}, a, &a.Containers[0], nil}.keyPlace(token.Signing))
	w.must(err)
	d := key.D.FillBytes(make([]byte, 32))
	everything := []byte(string(w.read(mainSuffix)) + string(a.Files[0].Data) + string(a.User.Sealed) + string(a.Admin.Sealed) + string(a.Containers[0].Signing.Sealed))
	for name, secret := range map[string][]byte{"user PIN": []byte(user), "admin PIN": []byte(admin), "data key": app.user.dataKey, "private key": d, "file": []byte(content)} {
		if strings.Contains(string(everything), string(secret)) {
			t.Errorf("the %s stands in the file", name)
		}
	}
}

func TestAnUnreadableFileIsNotMended(t *testing.T) {
	w := newWorld(t)
	app := w.app()
	w.must(os.Remove(w.path(copySuffix)))
	w.must(os.Mkdir(w.path(copySuffix), 0o700)) // cannot be read, and is there
	before := w.read(mainSuffix)
	if _, err := app.Containers(w.ctx); !errors.Is(err, fault.FileUnreadable) {
		t.Errorf("got error %v, want %s", err, fault.FileUnreadable)
	}
	if string(w.read(mainSuffix)) != string(before) {
		t.Error("the readable copy was changed")
	}
}

func TestAFullDiskSpendsNoComparison(t *testing.T) {
	w := newWorld(t)
	d := cheap(w.dir)
	compared := false
	d.hooks.comparing = func() { compared = true }
	app, err := w.open(d)
	w.must(err)
	d.hooks.step = func(string) error { return fs.ErrPermission }
	if err := app.VerifyPIN(w.ctx, token.UserPIN, pin(user)); !errors.Is(err, fs.ErrPermission) || compared {
		t.Errorf("compared is %v after %v", compared, err)
	}
	d.hooks.step = nil
	w.must(app.VerifyPIN(w.ctx, token.UserPIN, pin(user)))
	if !compared {
		t.Error("the hook does not see comparisons: the test proves nothing")
	}
}

// Several handles of several drivers, as several programs have them.
func TestHandlesOfSeveralProgramsCountTogether(t *testing.T) {
	w := newWorld(t)
	var (
		group sync.WaitGroup
		mu    sync.Mutex
		wrong int
	)
	apps := make([]*Application, 4)
	for i := range apps {
		apps[i] = w.app()
	}
	for _, app := range apps {
		group.Go(func() {
			for range 4 {
				if err := app.VerifyPIN(w.ctx, token.UserPIN, pin("guess-1234567")); errors.Is(err, fault.PINIncorrect) {
					mu.Lock()
					wrong++
					mu.Unlock()
				}
			}
		})
	}
	group.Wait()
	if wrong != token.Tries-1 || w.left(token.UserPIN) != 0 {
		t.Errorf("%d wrong guesses heard of tries left; %d are left", wrong, w.left(token.UserPIN))
	}
}

func TestOpenSSLVerifiesASignature(t *testing.T) {
	w := newWorld(t)
	app := w.app()
	w.must(app.VerifyPIN(w.ctx, token.UserPIN, pin(user)))
	c, err := app.OpenContainer(w.ctx, "sign-1")
	w.must(err)
	message := []byte("a message from a software UKey")
	value, err := c.SignDigest(w.ctx, sm2enc.Digest(w.pub, message))
	w.must(err)

	public := interop.PublicKeyPEM(sm2enc.MarshalSPKI(w.pub))
	if ok, said := interop.Signature(t, public, message, value); !ok {
		t.Errorf("openssl refuses the signature: %s", said)
	}
	message[0] ^= 1
	if ok, _ := interop.Signature(t, public, message, value); ok {
		t.Error("openssl takes the signature for another message")
	}
}
