package soft

import (
	"bytes"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/emmansun/gmsm/sm2"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/token"
)

func TestDamageNeverGivesATryBack(t *testing.T) {
	const spent = 4 // before the damage
	remove := func(w *world, suffix string) { w.must(os.Remove(w.path(suffix))) }
	cut := func(w *world, suffix string) { b := w.read(suffix); w.write(suffix, b[:len(b)/2]) }
	flip := func(w *world, suffix string) { b := w.read(suffix); b[len(b)/2] ^= 4; w.write(suffix, b) }
	tests := []struct {
		name   string
		damage func(w *world)
		left   int        // of the user PIN afterwards
		want   fault.Code // or this error
	}{
		{"nothing happened", func(*world) {}, 6, ""},
		{"the main file is gone", func(w *world) { remove(w, mainSuffix) }, 5, ""},
		{"the copy is gone", func(w *world) { remove(w, copySuffix) }, 5, ""},
		{"the main file is cut", func(w *world) { cut(w, mainSuffix) }, 5, ""},
		{"the copy is cut", func(w *world) { cut(w, copySuffix) }, 5, ""},
		{"the main file is empty", func(w *world) { w.write(mainSuffix, nil) }, 5, ""},
		{"a bit of the main file flipped", func(w *world) { flip(w, mainSuffix) }, 5, ""},
		{"a bit of the copy flipped", func(w *world) { flip(w, copySuffix) }, 5, ""},
		{"the main file is endless", func(w *world) { w.write(mainSuffix, make([]byte, capacity+spare+100)) }, 5, ""},
		{"the lock file is gone", func(w *world) { remove(w, lockSuffix) }, 6, ""},
		{"both are cut", func(w *world) { cut(w, mainSuffix); cut(w, copySuffix) }, 0, fault.TokenBroken},
		{"both are flipped alike", func(w *world) { flip(w, mainSuffix); flip(w, copySuffix) }, 0, fault.TokenBroken},
		{"one is cut, the other is gone", func(w *world) { cut(w, mainSuffix); remove(w, copySuffix) }, 0, fault.TokenBroken},
		{"both are gone", func(w *world) { remove(w, mainSuffix); remove(w, copySuffix) }, 0, fault.TokenAbsent},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.guess(spent)
			tt.damage(w)
			_, err := w.open(cheap(w.dir))
			if tt.want != "" {
				if !errors.Is(err, tt.want) {
					t.Fatalf("got error %v, want %s", err, tt.want)
				}
				return
			}
			w.must(err)
			if got := w.left(token.UserPIN); got != tt.left {
				t.Errorf("%d tries left, want %d", got, tt.left)
			}
			if got := w.left(token.AdminPIN); got != token.Tries {
				t.Errorf("%d tries of the admin PIN left", got)
			}
			if !bytes.Equal(w.read(mainSuffix), w.read(copySuffix)) {
				t.Error("the copies still differ")
			}
			w.must(w.signs(user))
		})
	}
}

func TestDamageWithOneTryLeftLocks(t *testing.T) {
	w := newWorld(t)
	w.guess(9)
	w.must(os.Remove(w.path(copySuffix)))
	if err := w.signs(user); !errors.Is(err, fault.PINLocked) {
		t.Errorf("got error %v, want %s", err, fault.PINLocked)
	}
	w.must(w.app().UnblockPIN(w.ctx, pin(admin), pin(other)))
	w.must(w.signs(other))
}

func TestAnOldCopyBesideANewOneIsNotBelieved(t *testing.T) {
	for _, suffix := range []string{mainSuffix, copySuffix} {
		t.Run(suffix, func(t *testing.T) {
			w := newWorld(t)
			old := w.read(suffix)
			w.must(w.app().ChangePIN(w.ctx, token.UserPIN, pin(user), pin(other)))
			w.guess(3)
			w.write(suffix, old)
			if got := w.left(token.UserPIN); got != 7 {
				t.Errorf("%d tries left, want 7", got)
			}
			w.write(suffix, old)
			if err := w.signs(user); !errors.Is(err, fault.PINIncorrect) {
				t.Errorf("the old PIN gives %v", err)
			}
			w.must(w.signs(other))
		})
	}
}

// A write that was cut short left the copy one change behind; then the main file
// is damaged and mended from the copy; then the damaged one comes back.
func TestALostCopyThatComesBackIsNotBelieved(t *testing.T) {
	w := newWorld(t)
	behind := w.read(copySuffix)
	w.must(w.app().device.SetLabel(w.ctx, "ahead"))
	ahead := w.read(mainSuffix)
	w.write(copySuffix, behind)
	w.must(os.Remove(w.path(mainSuffix)))
	if got := w.left(token.UserPIN); got != 9 {
		t.Errorf("%d tries left, want 9", got)
	}
	w.write(mainSuffix, ahead)
	w.guess(1)
	if got := w.left(token.UserPIN); got != 8 {
		t.Errorf("%d tries left, want 8", got)
	}
}

func TestCopiesThatDoNotBelongTogetherAreRefused(t *testing.T) {
	w, stranger := newWorld(t), makeToken().file
	w.write(copySuffix, stranger)
	if _, err := w.open(cheap(w.dir)); !errors.Is(err, fault.TokenBroken) || fault.Of(err).Args["what"] != twoTokens {
		t.Errorf("copies of two tokens give %v", err)
	}

	w = newWorld(t)
	s, err := decode(w.read(mainSuffix))
	w.must(err)
	s.Label = "changed by hand"
	b, err := encode(s)
	w.must(err)
	w.write(copySuffix, b)
	if _, err := w.open(cheap(w.dir)); !errors.Is(err, fault.TokenBroken) || fault.Of(err).Args["what"] != contradiction {
		t.Errorf("copies of one version that differ give %v", err)
	}
}

func TestATokenReplacedUnderAHandleIsAnotherToken(t *testing.T) {
	w, stranger := newWorld(t), makeToken().file
	app := w.app()
	w.must(app.VerifyPIN(w.ctx, token.UserPIN, pin(user)))
	for _, suffix := range []string{mainSuffix, copySuffix} {
		w.write(suffix, stranger)
	}
	if _, err := app.Containers(w.ctx); !errors.Is(err, fault.TokenRemoved) {
		t.Errorf("another token under the handle gives %v", err)
	}
	w.must(os.Remove(w.path(mainSuffix)))
	w.must(os.Remove(w.path(copySuffix)))
	if err := app.VerifyPIN(w.ctx, token.UserPIN, pin(user)); !errors.Is(err, fault.TokenRemoved) {
		t.Errorf("no token under the handle gives %v", err)
	}
	w.must(os.RemoveAll(w.dir))
	if err := app.VerifyPIN(w.ctx, token.UserPIN, pin(user)); !errors.Is(err, fault.TokenRemoved) {
		t.Errorf("no folder under the handle gives %v", err)
	}
}

// Every cut and every flipped bit is seen, so that mending is all there is to test
// above. The long run asks it of the files too.
func TestEveryCutAndEveryFlippedBitIsSeen(t *testing.T) {
	w := newWorld(t)
	w.guess(4)
	whole := w.read(mainSuffix)
	for i := range whole {
		if _, err := decode(whole[:i]); err == nil {
			t.Errorf("cut at %d it is still a token", i)
		}
		for bit := range 8 {
			b := slices.Clone(whole)
			b[i] ^= 1 << bit
			if _, err := decode(b); err == nil {
				t.Errorf("with bit %d of octet %d flipped it is still a token", bit, i)
			}
		}
	}
	if _, err := decode(append(slices.Clone(whole), '\n')); err == nil {
		t.Error("with an octet more it is still a token")
	}
}

func TestFilesCutOrFlippedAnywhere(t *testing.T) {
	w := newWorld(t)
	w.guess(4)
	whole := w.read(mainSuffix)
	step := len(whole)/12 + 1
	if soak() {
		step = 1
	}
	for i := 0; i < len(whole); i += step {
		flipped := slices.Clone(whole)
		flipped[i] ^= 0x10
		for _, damaged := range [][]byte{whole[:i], flipped} {
			for _, suffix := range []string{mainSuffix, copySuffix} {
				w.write(mainSuffix, whole)
				w.write(copySuffix, whole)
				w.write(suffix, damaged)
				if got := w.left(token.UserPIN); got > 6 {
					t.Fatalf("%s damaged at %d: %d tries left, there were 6", suffix, i, got)
				}
				w.write(suffix, damaged)
				if err := w.signs(wrong); !errors.Is(err, fault.PINIncorrect) {
					t.Fatalf("%s damaged at %d: a wrong PIN gives %v", suffix, i, err)
				}
			}
			w.write(mainSuffix, damaged)
			w.write(copySuffix, damaged)
			if _, err := w.open(cheap(w.dir)); !errors.Is(err, fault.TokenBroken) {
				t.Fatalf("both damaged at %d: %v", i, err)
			}
		}
	}
}

// Whoever can write the file can also write the checksum. He gets tries that way,
// as by putting an old file back; he gets no key under another PIN, and no panic.
func TestAForgedFileOpensNoKey(t *testing.T) {
	w := newWorld(t)
	body := w.read(mainSuffix)[headSize:]
	step := 1
	if testing.Short() {
		step = 7
	}
	accepted := 0
	for i := 0; i < len(body); i += step {
		for _, flip := range []byte{1, 3, 0x20} {
			b := slices.Clone(body)
			b[i] ^= flip
			s, err := decode(frame(b))
			if err != nil {
				continue
			}
			accepted++
			if opensWith(s, wrong) {
				t.Fatalf("octet %d changed by %#x: the wrong PIN opens a key", i, flip)
			}
			_ = opensWith(s, user)
		}
	}
	if accepted == 0 {
		t.Error("no forged file was accepted: the test proves nothing")
	}
	if s, err := decode(frame(body)); err != nil || !opensWith(s, user) {
		t.Errorf("the file itself does not open: %v", err)
	}
}

// opensWith reports whether p gives a private key of s.
func opensWith(s *state, p string) bool {
	opened := false
	for i := range s.Apps {
		a := &s.Apps[i]
		for _, kind := range []token.PINKind{token.UserPIN, token.AdminPIN} {
			if a.pin(kind).Cost.KiB > 64 || a.pin(kind).Cost.Passes > 1 {
				continue // a forger may make guessing dearer
			}
			dataKey, err := a.pin(kind).compare(pin(p), a.pinPlace(s.ID, kind))
			if err != nil {
				continue
			}
			for j := range a.Containers {
				desk := desk{&transaction{state: s}, a, &a.Containers[j], dataKey}
				for use, k := range map[token.KeyUse]*keyRecord{token.Signing: a.Containers[j].Signing, token.Encryption: a.Containers[j].Encryption} {
					if k == nil {
						continue
					}
					if key, err := k.private(dataKey, desk.keyPlace(use)); err == nil {
						wipe(key)
						opened = true
					}
				}
			}
		}
	}
	return opened
}

func TestASealedKeyMovedToAnotherPlaceDoesNotOpen(t *testing.T) {
	w := newWorld(t)
	app := w.app()
	w.must(app.VerifyPIN(w.ctx, token.UserPIN, pin(user)))
	c, err := app.CreateContainer(w.ctx, "sign-2")
	w.must(err)
	_, err = c.GenerateSigningKey(w.ctx)
	w.must(err)

	w.change(func(s *state) {
		keys := s.Apps[0].Containers
		keys[0].Signing, keys[1].Signing = keys[1].Signing, keys[0].Signing
	})
	if _, err := c.SignDigest(w.ctx, [32]byte{}); !errors.Is(err, fault.TokenBroken) {
		t.Errorf("a key moved to another container gives %v", err)
	}
}

func TestAKeyThatIsNotThePublicKeyBesideItDoesNotOpen(t *testing.T) {
	dataKey, at := random(dataKeySize), place("key")
	key, stranger := must(sm2.GenerateKey(rand.Reader)), must(sm2.GenerateKey(rand.Reader))
	public := sm2enc.MarshalPublicKey(&stranger.PublicKey)
	wrong := &keyRecord{Public: public, Sealed: seal(dataKey, key.D.FillBytes(make([]byte, 32)), slices.Concat(at, public))}
	if _, err := wrong.private(dataKey, at); err == nil {
		t.Error("it opens")
	}
	if _, err := newKeyRecord(key, dataKey, at).private(dataKey, at); err != nil {
		t.Error(err)
	}
}

func TestConnectRemovesWhatACutWriteLeft(t *testing.T) {
	w := newWorld(t)
	left := []string{".key-1.ukey.123.tmp", ".key-1.ukey.copy.456.tmp"}
	foreign := []string{".key-10.ukey.123.tmp", "key-1.ukey.tmp", ".key-1.txt.tmp"}
	for _, name := range append(left, foreign...) {
		w.must(os.WriteFile(filepath.Join(w.dir, name), []byte("half"), 0o600))
	}
	w.app()
	for _, name := range left {
		if _, err := os.Stat(filepath.Join(w.dir, name)); err == nil {
			t.Errorf("%s is still there", name)
		}
	}
	for _, name := range foreign {
		if _, err := os.Stat(filepath.Join(w.dir, name)); err != nil {
			t.Errorf("%s is gone: %v", name, err)
		}
	}
}
