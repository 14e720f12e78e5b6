package tokentest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/token"
)

func withoutPIN(t *testing.T, b *bench) {
	app := b.unlocked()
	c, pub := b.signer(app, "sign-1")
	encryption := b.newKey()
	b.must(c.ImportEncryptionKey(b.ctx, b.envelope(pub, encryption)))

	asks := map[string]func(app token.Application, c token.Container) error{
		"create a container": func(app token.Application, _ token.Container) error {
			_, err := app.CreateContainer(b.ctx, "x")
			return err
		},
		"delete a container": func(app token.Application, _ token.Container) error { return app.DeleteContainer(b.ctx, "sign-1") },
		"make a key":         func(_ token.Application, c token.Container) error { _, err := c.GenerateSigningKey(b.ctx); return err },
		"import an encryption key": func(_ token.Application, c token.Container) error {
			return c.ImportEncryptionKey(b.ctx, b.envelope(pub, encryption))
		},
		"import a certificate": func(_ token.Application, c token.Container) error {
			return c.ImportCertificate(b.ctx, token.Signing, b.certify(pub))
		},
		"sign": func(_ token.Application, c token.Container) error {
			_, err := c.SignDigest(b.ctx, [32]byte{})
			return err
		},
		"create a file of the user": func(app token.Application, _ token.Container) error {
			err := app.CreateFile(b.ctx, token.FileInfo{Name: "f", Size: 1, Read: token.ByUser, Write: token.ByUser})
			if errors.Is(err, fault.TokenFileDenied) {
				return fault.New(fault.PINNotVerified)
			}
			return err
		},
	}
	situations := map[string]func() (token.Application, token.Container){
		"on a new handle": func() (token.Application, token.Container) {
			app := b.open("XINZHANG")
			c, err := app.OpenContainer(b.ctx, "sign-1")
			b.must(err)
			return app, c
		},
		"with only the admin PIN": func() (token.Application, token.Container) {
			app := b.open("XINZHANG")
			b.must(app.VerifyPIN(b.ctx, token.AdminPIN, pin(admin)))
			c, err := app.OpenContainer(b.ctx, "sign-1")
			b.must(err)
			return app, c
		},
		"after a wrong PIN": func() (token.Application, token.Container) {
			app := b.open("XINZHANG")
			b.must(app.VerifyPIN(b.ctx, token.UserPIN, pin(user)))
			b.refused(app.VerifyPIN(b.ctx, token.UserPIN, pin(wrongUser)), fault.PINIncorrect)
			c, err := app.OpenContainer(b.ctx, "sign-1")
			b.must(err)
			return app, c
		},
		"after ClearSecureState": func() (token.Application, token.Container) {
			app := b.open("XINZHANG")
			b.must(app.VerifyPIN(b.ctx, token.UserPIN, pin(user)))
			c, err := app.OpenContainer(b.ctx, "sign-1")
			b.must(err)
			b.signs(c, pub, "while it is open")
			b.must(app.ClearSecureState(b.ctx))
			return app, c
		},
	}
	for situation, begin := range situations {
		app, c := begin()
		for what, ask := range asks {
			if err := ask(app, c); !errors.Is(err, fault.PINNotVerified) {
				t.Errorf("%s, %s: got error %v, want %s", situation, what, err, fault.PINNotVerified)
			}
		}
	}
}

func tries(t *testing.T, b *bench) {
	app := b.personal()
	info, err := app.PINInfo(b.ctx, token.UserPIN)
	b.must(err)
	if info != (token.PINInfo{Max: token.Tries, Left: token.Tries}) {
		t.Errorf("after changing the first PIN: %+v", info)
	}
	b.left(app.VerifyPIN(b.ctx, token.UserPIN, pin(wrongUser)), fault.PINIncorrect, 9)
	b.left(app.VerifyPIN(b.ctx, token.UserPIN, pin(wrongUser)), fault.PINIncorrect, 8)
	b.left(app.VerifyPIN(b.ctx, token.UserPIN, pin(admin)), fault.PINIncorrect, 7)
	b.tries(app, token.UserPIN, 7)
	b.tries(app, token.AdminPIN, token.Tries)
	b.must(app.VerifyPIN(b.ctx, token.UserPIN, pin(user)))
	b.tries(app, token.UserPIN, token.Tries)
	b.left(app.VerifyPIN(b.ctx, token.AdminPIN, pin(user)), fault.PINAdminIncorrect, 9)
	b.tries(app, token.UserPIN, token.Tries)
	b.must(app.VerifyPIN(b.ctx, token.AdminPIN, pin(admin)))
	b.tries(app, token.AdminPIN, token.Tries)
}

func lengths(_ *testing.T, b *bench) {
	app := b.personal()
	for _, p := range []string{"", "12345", "12345678901234567"} {
		b.refused(app.VerifyPIN(b.ctx, token.UserPIN, pin(p)), fault.PINLength)
		b.refused(app.VerifyPIN(b.ctx, token.AdminPIN, pin(p)), fault.PINLength)
		b.refused(app.ChangePIN(b.ctx, token.UserPIN, pin(p), pin(otherUser)), fault.PINLength)
		b.refused(app.ChangePIN(b.ctx, token.UserPIN, pin(user), pin(p)), fault.PINLength)
		b.refused(app.UnblockPIN(b.ctx, pin(p), pin(otherUser)), fault.PINLength)
		b.refused(app.UnblockPIN(b.ctx, pin(admin), pin(p)), fault.PINLength)
	}
	b.tries(app, token.UserPIN, token.Tries)
	b.tries(app, token.AdminPIN, token.Tries)
	b.must(app.VerifyPIN(b.ctx, token.UserPIN, pin(user)))
}

// spendAll gives a wrong PIN until it is locked, on a new connection each time.
func (b *bench) spendAll(kind token.PINKind, incorrect, locked fault.Code) token.Application {
	b.Helper()
	var app token.Application
	for left := token.Tries - 1; left >= 0; left-- {
		b.reconnect()
		app = b.open("XINZHANG")
		err := app.VerifyPIN(b.ctx, kind, pin(wrongUser))
		if left == 0 {
			b.refused(err, locked)
		} else {
			b.left(err, incorrect, left)
		}
		b.tries(app, kind, left)
	}
	return app
}

func locking(_ *testing.T, b *bench) {
	app := b.unlocked()
	c, pub := b.signer(app, "sign-1")
	b.signs(c, pub, "before")
	app = b.spendAll(token.UserPIN, fault.PINIncorrect, fault.PINLocked)
	for range 2 {
		b.refused(app.VerifyPIN(b.ctx, token.UserPIN, pin(user)), fault.PINLocked)
		b.refused(app.VerifyPIN(b.ctx, token.UserPIN, pin(wrongUser)), fault.PINLocked)
		b.refused(app.ChangePIN(b.ctx, token.UserPIN, pin(user), pin(otherUser)), fault.PINLocked)
		b.reconnect()
		app = b.open("XINZHANG")
		b.tries(app, token.UserPIN, 0)
	}
	b.tries(app, token.AdminPIN, token.Tries)
}

func unblocking(t *testing.T, b *bench) {
	app := b.unlocked()
	_, pub := b.signer(app, "sign-1")
	app = b.spendAll(token.UserPIN, fault.PINIncorrect, fault.PINLocked)
	b.left(app.UnblockPIN(b.ctx, pin(wrongUser), pin(otherUser)), fault.PINAdminIncorrect, 9)
	b.tries(app, token.UserPIN, 0)
	b.refused(app.UnblockPIN(b.ctx, pin(admin), pin("222222")), fault.PINWeak)
	b.tries(app, token.AdminPIN, 9)

	b.must(app.UnblockPIN(b.ctx, pin(admin), pin(otherUser)))
	b.reconnect()
	app = b.open("XINZHANG")
	b.tries(app, token.UserPIN, token.Tries)
	b.tries(app, token.AdminPIN, token.Tries)
	b.left(app.VerifyPIN(b.ctx, token.UserPIN, pin(user)), fault.PINIncorrect, 9)
	b.must(app.VerifyPIN(b.ctx, token.UserPIN, pin(otherUser)))
	c, err := app.OpenContainer(b.ctx, "sign-1")
	b.must(err)
	b.signs(c, pub, "the keys are still there")

	b.must(app.UnblockPIN(b.ctx, pin(admin), pin(user))) // also when it is not locked
	b.must(app.VerifyPIN(b.ctx, token.UserPIN, pin(user)))
	if info, err := app.PINInfo(b.ctx, token.UserPIN); err != nil || info.First {
		t.Errorf("unblocking made the PIN a first one: %+v, %v", info, err)
	}
}

func adminLocking(t *testing.T, b *bench) {
	app := b.unlocked()
	_, pub := b.signer(app, "sign-1")
	app = b.spendAll(token.AdminPIN, fault.PINAdminIncorrect, fault.PINAdminLocked)
	b.refused(app.UnblockPIN(b.ctx, pin(admin), pin(otherUser)), fault.PINAdminLocked)
	b.refused(app.VerifyPIN(b.ctx, token.AdminPIN, pin(admin)), fault.PINAdminLocked)
	b.refused(app.ChangePIN(b.ctx, token.AdminPIN, pin(admin), pin("Other+5519")), fault.PINAdminLocked)

	b.must(app.VerifyPIN(b.ctx, token.UserPIN, pin(user))) // the holder goes on
	c, err := app.OpenContainer(b.ctx, "sign-1")
	b.must(err)
	b.signs(c, pub, "after the admin PIN is locked")

	// The way back: the application is made anew, without what was in it.
	b.must(b.device.Authenticate(b.ctx, b.AuthKey))
	b.must(b.device.DeleteApplication(b.ctx, "XINZHANG"))
	app = b.personal()
	b.tries(app, token.AdminPIN, token.Tries)
	if names, err := app.Containers(b.ctx); err != nil || len(names) != 0 {
		t.Errorf("containers outlived their application: %q, %v", names, err)
	}
}

func changing(t *testing.T, b *bench) {
	app := b.unlocked()
	_, pub := b.signer(app, "sign-1")
	b.left(app.ChangePIN(b.ctx, token.UserPIN, pin(wrongUser), pin(otherUser)), fault.PINIncorrect, 9)
	b.must(app.VerifyPIN(b.ctx, token.UserPIN, pin(user)))
	b.must(app.ChangePIN(b.ctx, token.UserPIN, pin(user), pin(otherUser)))
	b.reconnect()
	app = b.open("XINZHANG")
	b.left(app.VerifyPIN(b.ctx, token.UserPIN, pin(user)), fault.PINIncorrect, 9)
	b.must(app.VerifyPIN(b.ctx, token.UserPIN, pin(otherUser)))
	c, err := app.OpenContainer(b.ctx, "sign-1")
	b.must(err)
	b.signs(c, pub, "under the new PIN")

	const otherAdmin = "Other+5519"
	b.left(app.ChangePIN(b.ctx, token.AdminPIN, pin(otherUser), pin(otherAdmin)), fault.PINAdminIncorrect, 9)
	b.must(app.ChangePIN(b.ctx, token.AdminPIN, pin(admin), pin(otherAdmin)))
	b.left(app.UnblockPIN(b.ctx, pin(admin), pin(user)), fault.PINAdminIncorrect, 9)
	b.must(app.UnblockPIN(b.ctx, pin(otherAdmin), pin(user)))
	b.must(app.VerifyPIN(b.ctx, token.UserPIN, pin(user)))
	if info, err := app.PINInfo(b.ctx, token.AdminPIN); err != nil || info.First {
		t.Errorf("the changed admin PIN is still a first one: %+v, %v", info, err)
	}
}

func weakPINs(_ *testing.T, b *bench) {
	app := b.personal()
	for _, weak := range []string{"111111", "345678", "876543", "abcdef", "a123456", user} {
		b.refused(app.ChangePIN(b.ctx, token.UserPIN, pin(user), pin(weak)), fault.PINWeak)
		b.refused(app.ChangePIN(b.ctx, token.UserPIN, pin(weak), pin(weak)), fault.PINWeak)
	}
	b.refused(app.ChangePIN(b.ctx, token.AdminPIN, pin(admin), pin("111111")), fault.PINWeak)
	b.refused(app.UnblockPIN(b.ctx, pin(admin), pin("111111")), fault.PINWeak)
	b.tries(app, token.UserPIN, token.Tries)
	b.tries(app, token.AdminPIN, token.Tries)
	b.must(app.VerifyPIN(b.ctx, token.UserPIN, pin(user)))
}

func firstPIN(t *testing.T, b *bench) {
	if b.Lacks.MustChange {
		firstPINIsOnlyTold(t, b)
		return
	}
	app := b.blank()
	for _, kind := range []token.PINKind{token.UserPIN, token.AdminPIN} {
		if info, err := app.PINInfo(b.ctx, kind); err != nil || !info.First {
			t.Errorf("a new PIN is no first one: %+v, %v", info, err)
		}
	}
	b.must(app.VerifyPIN(b.ctx, token.UserPIN, pin(firstUser)))
	c := b.container(app, "sign-1")
	pub, err := c.GenerateSigningKey(b.ctx)
	b.must(err)

	// The request may be signed, again if need be, and nothing else.
	b.signs(c, pub, "the request")
	_, err = c.SignDigest(b.ctx, [32]byte{1})
	b.refused(err, fault.PINMustChange)
	b.reconnect()
	app = b.open("XINZHANG")
	b.must(app.VerifyPIN(b.ctx, token.UserPIN, pin(firstUser)))
	c, err = app.OpenContainer(b.ctx, "sign-1")
	b.must(err)
	_, err = c.SignDigest(b.ctx, [32]byte{1})
	b.refused(err, fault.PINMustChange)
	b.signs(c, pub, "the request")

	// With the certificate, nothing at all, whether or not there was a request.
	encryption := b.newKey()
	b.must(c.ImportCertificate(b.ctx, token.Signing, b.certify(pub)))
	b.must(c.ImportEncryptionKey(b.ctx, b.envelope(pub, encryption)))
	_, err = c.SignDigest(b.ctx, sm2enc.Digest(pub, []byte("the request")))
	b.refused(err, fault.PINMustChange)
	other, _ := b.signer(app, "sign-2")
	_, err = other.SignDigest(b.ctx, [32]byte{1})
	b.refused(err, fault.PINMustChange)
	if d, ok := c.(token.Decrypter); ok {
		_, err = d.Decrypt(b.ctx, b.envelope(&encryption.PublicKey, b.newKey()).Wrapped)
		b.refused(err, fault.PINMustChange)
	}

	// Unblocking is not changing; changing is.
	b.must(app.UnblockPIN(b.ctx, pin(admin), pin(otherUser)))
	b.must(app.VerifyPIN(b.ctx, token.UserPIN, pin(otherUser)))
	_, err = c.SignDigest(b.ctx, [32]byte{1})
	b.refused(err, fault.PINMustChange)
	b.must(app.ChangePIN(b.ctx, token.UserPIN, pin(otherUser), pin(user)))
	b.must(app.VerifyPIN(b.ctx, token.UserPIN, pin(user)))
	b.signs(c, pub, "a document")
	if d, ok := c.(token.Decrypter); ok {
		decrypts(b, d, &encryption.PublicKey)
	}
}

// firstPINIsOnlyTold is firstPIN for devices that leave changing it to others.
func firstPINIsOnlyTold(t *testing.T, b *bench) {
	app := b.blank()
	first := func(want bool) {
		t.Helper()
		if info, err := app.PINInfo(b.ctx, token.UserPIN); err != nil || info.First != want {
			t.Errorf("PINInfo says %+v, %v, want First %v", info, err, want)
		}
	}
	first(true)
	b.must(app.VerifyPIN(b.ctx, token.UserPIN, pin(firstUser)))
	c, pub := b.signer(app, "sign-1")
	b.signs(c, pub, "the request")
	b.signs(c, pub, "a document")
	b.must(app.UnblockPIN(b.ctx, pin(admin), pin(otherUser)))
	first(true)
	b.must(app.ChangePIN(b.ctx, token.UserPIN, pin(otherUser), pin(user)))
	first(false)
	b.must(app.VerifyPIN(b.ctx, token.UserPIN, pin(user)))
	b.signs(c, pub, "another document")
}

func firstPINStays(_ *testing.T, b *bench) {
	b.must(b.device.Authenticate(b.ctx, b.AuthKey))
	s := spec("XINZHANG")
	s.KeepFirstPIN = true
	app, err := b.device.CreateApplication(b.ctx, s)
	b.must(err)
	b.must(app.VerifyPIN(b.ctx, token.UserPIN, pin(firstUser)))
	c, pub := b.signer(app, "sign-1")
	b.signs(c, pub, "one document")
	b.signs(c, pub, "another document")
}

func sessions(_ *testing.T, b *bench) {
	app := b.unlocked()
	c, pub := b.signer(app, "sign-1")

	// A lock by whomever ends every session; so does a new PIN by the admin.
	other := b.open("XINZHANG")
	for range token.Tries {
		_ = other.VerifyPIN(b.ctx, token.UserPIN, pin(wrongUser))
	}
	_, err := c.SignDigest(b.ctx, [32]byte{})
	b.refused(err, fault.PINLocked)
	b.must(other.UnblockPIN(b.ctx, pin(admin), pin(otherUser)))
	_, err = c.SignDigest(b.ctx, [32]byte{})
	b.refused(err, fault.PINNotVerified)
	b.must(app.VerifyPIN(b.ctx, token.UserPIN, pin(otherUser)))
	b.signs(c, pub, "after unlocking")
	b.must(other.UnblockPIN(b.ctx, pin(admin), pin(user)))
	_, err = c.SignDigest(b.ctx, [32]byte{})
	b.refused(err, fault.PINNotVerified)

	// A container made anew under the name is not the one the handle was for.
	b.must(app.VerifyPIN(b.ctx, token.UserPIN, pin(user)))
	b.must(app.DeleteContainer(b.ctx, "sign-1"))
	b.signer(app, "sign-1")
	_, err = c.SignDigest(b.ctx, [32]byte{})
	b.refused(err, fault.ContainerAbsent)
}

// guessAtOnce counts what the guessers hear: nine times "wrong, n left" with nine
// different n, and then only "locked".
func guessAtOnce(t *testing.T, b *bench) {
	app := b.personal()
	var (
		mu     sync.Mutex
		heard  = map[any]int{}
		locked int
		group  sync.WaitGroup
	)
	const guessers, each = 4, 4
	for range guessers {
		handle := b.open("XINZHANG")
		group.Go(func() {
			for range each {
				err := handle.VerifyPIN(b.ctx, token.UserPIN, pin(wrongUser))
				mu.Lock()
				switch {
				case errors.Is(err, fault.PINIncorrect):
					heard[fault.Of(err).Args["left"]]++
				case errors.Is(err, fault.PINLocked):
					locked++
				default:
					t.Errorf("a wrong PIN gives %v", err)
				}
				mu.Unlock()
			}
		})
	}
	group.Wait()
	for left := 1; left < token.Tries; left++ {
		if heard[left] != 1 {
			t.Errorf("%d guessers heard that %d tries are left", heard[left], left)
		}
	}
	if len(heard) != token.Tries-1 || locked != guessers*each-(token.Tries-1) {
		t.Errorf("heard %v, and %d times that it is locked", heard, locked)
	}
	b.refused(app.VerifyPIN(b.ctx, token.UserPIN, pin(user)), fault.PINLocked)
}

func cancelled(t *testing.T, b *bench) {
	app := b.unlocked()
	c, _ := b.signer(app, "sign-1")
	over, cancel := context.WithCancel(b.ctx)
	cancel()
	late, cancelLate := context.WithDeadline(b.ctx, time.Now().Add(-time.Second))
	defer cancelLate()
	for _, ctx := range []context.Context{over, late} {
		for name, call := range map[string]func() error{
			"VerifyPIN":       func() error { return app.VerifyPIN(ctx, token.UserPIN, pin(wrongUser)) },
			"ChangePIN":       func() error { return app.ChangePIN(ctx, token.UserPIN, pin(user), pin(otherUser)) },
			"UnblockPIN":      func() error { return app.UnblockPIN(ctx, pin(admin), pin(otherUser)) },
			"SignDigest":      func() error { _, err := c.SignDigest(ctx, [32]byte{}); return err },
			"CreateContainer": func() error { _, err := app.CreateContainer(ctx, "late"); return err },
			"Authenticate":    func() error { return b.device.Authenticate(ctx, b.AuthKey) },
		} {
			if err := call(); err == nil {
				t.Errorf("%s did its work for a caller who had left", name)
			}
		}
	}
	b.tries(app, token.UserPIN, token.Tries)
	b.must(app.VerifyPIN(b.ctx, token.UserPIN, pin(user)))
	if names, err := app.Containers(b.ctx); err != nil || len(names) != 1 {
		t.Errorf("containers are %q, %v", names, err)
	}
}
