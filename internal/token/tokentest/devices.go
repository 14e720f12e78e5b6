package tokentest

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"xinzhang/internal/fault"
	"xinzhang/internal/token"
)

const newAuthKey = "16 other octets!"

func deviceKey(t *testing.T, b *bench) {
	_, err := b.device.CreateApplication(b.ctx, spec("XINZHANG"))
	b.refused(err, fault.TokenAuthRequired)
	b.refused(b.device.ChangeAuthKey(b.ctx, key(newAuthKey)), fault.TokenAuthRequired)
	b.must(b.device.Authenticate(b.ctx, b.AuthKey))
	_, err = b.device.CreateApplication(b.ctx, spec("XINZHANG"))
	b.must(err)
	_, err = b.device.CreateApplication(b.ctx, spec("XINZHANG"))
	b.refused(err, fault.AppExists)

	b.reconnect() // authenticated was the handle
	b.refused(b.device.DeleteApplication(b.ctx, "XINZHANG"), fault.TokenAuthRequired)
	b.must(b.device.Authenticate(b.ctx, b.AuthKey))
	b.refused(b.device.ChangeAuthKey(b.ctx, token.DefaultAuthKey()), fault.TokenAuthDefault)
	b.must(b.device.ChangeAuthKey(b.ctx, key(newAuthKey)))
	b.refused(b.device.DeleteApplication(b.ctx, "XINZHANG"), fault.TokenAuthRequired)
	b.authLeft(b.device.Authenticate(b.ctx, b.AuthKey), 9)
	b.must(b.device.Authenticate(b.ctx, key(newAuthKey)))
	b.refused(b.device.DeleteApplication(b.ctx, "other"), fault.AppAbsent)
	b.must(b.device.DeleteApplication(b.ctx, "XINZHANG"))
	if names, err := b.device.Applications(b.ctx); err != nil || len(names) != 0 {
		t.Errorf("applications are %q, %v", names, err)
	}
	b.must(b.device.ChangeAuthKey(b.ctx, b.AuthKey)) // as it was found
}

func deviceKeyTries(t *testing.T, b *bench) {
	b.personal()
	wrong := key("sixteen wrong oc")
	b.authLeft(b.device.Authenticate(b.ctx, wrong), 9)
	b.refused(b.device.DeleteApplication(b.ctx, "XINZHANG"), fault.TokenAuthRequired) // a wrong key ends the right one
	b.reconnect()
	b.authLeft(b.device.Authenticate(b.ctx, wrong), 8)
	b.authLeft(b.device.Authenticate(b.ctx, token.AuthKey{}), 7)
	b.must(b.device.Authenticate(b.ctx, b.AuthKey))
	b.authLeft(b.device.Authenticate(b.ctx, wrong), 9)
	if !b.MayLock {
		b.must(b.device.Authenticate(b.ctx, b.AuthKey))
		t.Skip("this device must not be locked")
	}
	for left := token.Tries - 2; left > 0; left-- {
		b.reconnect()
		b.authLeft(b.device.Authenticate(b.ctx, wrong), left)
	}
	b.refused(b.device.Authenticate(b.ctx, wrong), fault.TokenAuthLocked)
	b.reconnect()
	b.refused(b.device.Authenticate(b.ctx, b.AuthKey), fault.TokenAuthLocked)
	b.refused(b.device.DeleteApplication(b.ctx, "XINZHANG"), fault.TokenAuthRequired)
	app := b.open("XINZHANG") // what was made still works
	b.must(app.VerifyPIN(b.ctx, token.UserPIN, pin(user)))
}

func applications(t *testing.T, b *bench) {
	first := b.unlocked()
	b.signer(first, "sign-1")
	s := spec("OTHER")
	s.UserPIN, s.AdminPIN, s.UserTries, s.AdminTries = pin(otherUser), pin("Other+5519"), 3, 5
	second, err := b.device.CreateApplication(b.ctx, s)
	b.must(err)
	if names, err := b.device.Applications(b.ctx); err != nil || !slices.Equal(names, []string{"XINZHANG", "OTHER"}) {
		t.Errorf("applications are %q, %v", names, err)
	}
	if first.Name() != "XINZHANG" || second.Name() != "OTHER" {
		t.Errorf("they call themselves %q and %q", first.Name(), second.Name())
	}
	if info, err := second.PINInfo(b.ctx, token.AdminPIN); err != nil || info != (token.PINInfo{Max: 5, Left: 5, First: true}) {
		t.Errorf("the admin PIN is %+v, %v", info, err)
	}
	b.left(second.VerifyPIN(b.ctx, token.UserPIN, pin(user)), fault.PINIncorrect, 2)
	b.tries(first, token.UserPIN, token.Tries)
	_, err = second.OpenContainer(b.ctx, "sign-1")
	b.refused(err, fault.ContainerAbsent)
	_, err = second.CreateContainer(b.ctx, "sign-1")
	b.refused(err, fault.PINNotVerified)

	// An application made anew under the name is not the one the handle was for.
	b.must(b.device.DeleteApplication(b.ctx, "XINZHANG"))
	_, err = first.Containers(b.ctx)
	b.refused(err, fault.AppAbsent)
	b.blank()
	_, err = first.CreateContainer(b.ctx, "x")
	b.refused(err, fault.AppAbsent)
	_, err = second.PINInfo(b.ctx, token.UserPIN)
	b.must(err)
}

func names(t *testing.T, b *bench) {
	app := b.unlocked()
	b.must(b.device.Authenticate(b.ctx, b.AuthKey))
	bad := []string{"", " ", "a ", "line\nfeed", "nul\x00", "a/b", `a\b`, "\xff\xfe", "\u202e", strings.Repeat("名", 22)}
	for _, name := range bad {
		_, err := app.CreateContainer(b.ctx, name)
		b.refused(err, fault.TokenName)
		_, err = b.device.CreateApplication(b.ctx, spec(name))
		b.refused(err, fault.TokenName)
		b.refused(app.CreateFile(b.ctx, token.FileInfo{Name: name, Read: token.ByUser, Write: token.ByUser}), fault.TokenName)
		b.refused(b.device.SetLabel(b.ctx, name), fault.TokenName)
	}
	for _, name := range []string{"a", "容器 1", "{0A1B2C3D-0000-4000-8000-0123456789AB}", strings.Repeat("c", token.MaxContainerName)} {
		b.container(app, name)
	}
	s := spec("XINZHANG-2")
	s.UserTries = 11
	if _, err := b.device.CreateApplication(b.ctx, s); err == nil {
		t.Error("made an application with eleven tries")
	}
	s = spec("XINZHANG-2")
	s.UserPIN = pin("short")
	_, err := b.device.CreateApplication(b.ctx, s)
	b.refused(err, fault.PINLength)
}

func absent(_ *testing.T, b *bench) {
	_, err := b.Driver.Connect(b.ctx, "no-such-device")
	b.refused(err, fault.TokenAbsent)
	_, err = b.device.OpenApplication(b.ctx, "XINZHANG")
	b.refused(err, fault.AppAbsent)
	app := b.unlocked()
	_, err = app.OpenContainer(b.ctx, "sign-1")
	b.refused(err, fault.ContainerAbsent)
	c := b.container(app, "sign-1")
	_, err = c.SignDigest(b.ctx, [32]byte{})
	b.refused(err, fault.KeyAbsent)
	for _, use := range []token.KeyUse{token.Signing, token.Encryption} {
		_, err = c.ExportPublicKey(b.ctx, use)
		b.refused(err, fault.KeyAbsent)
		_, err = c.ExportCertificate(b.ctx, use)
		b.refused(err, fault.ContainerNoCertificate)
	}
	_, err = token.SigningKey(b.ctx, c)
	b.refused(err, fault.ContainerNoCertificate)
	if d, ok := c.(token.Decrypter); ok {
		_, err = d.Decrypt(b.ctx, b.envelope(&b.newKey().PublicKey, b.newKey()).Wrapped)
		b.refused(err, fault.KeyAbsent)
	}
	_, err = app.ReadFile(b.ctx, "f", 0, 1)
	b.refused(err, fault.TokenFileAbsent)
	b.refused(app.WriteFile(b.ctx, "f", 0, nil), fault.TokenFileAbsent)
	b.refused(app.DeleteFile(b.ctx, "f"), fault.TokenFileAbsent)
}

func closedHandles(t *testing.T, b *bench) {
	app := b.unlocked()
	c, _ := b.signer(app, "sign-1")
	b.must(app.Close())
	if _, err := c.SignDigest(b.ctx, [32]byte{}); !errors.Is(err, token.ErrClosed) {
		t.Errorf("a container of a closed application gives %v", err)
	}
	if err := app.VerifyPIN(b.ctx, token.UserPIN, pin(user)); !errors.Is(err, token.ErrClosed) {
		t.Errorf("a closed application gives %v", err)
	}
	app = b.open("XINZHANG")
	b.must(b.device.Close())
	if _, err := app.Containers(b.ctx); !errors.Is(err, token.ErrClosed) {
		t.Errorf("an application of a closed device gives %v", err)
	}
	if _, err := b.device.Applications(b.ctx); !errors.Is(err, token.ErrClosed) {
		t.Errorf("a closed device gives %v", err)
	}
	b.connect()
	b.tries(b.open("XINZHANG"), token.UserPIN, token.Tries)
}

func information(t *testing.T, b *bench) {
	if names, err := b.Driver.Devices(b.ctx); err != nil || !slices.Contains(names, b.Name) {
		t.Errorf("devices are %q, %v", names, err)
	}
	before, err := b.device.Info(b.ctx)
	b.must(err)
	if before.Name != b.Name || before.Serial == "" || before.Label == "" {
		t.Errorf("says %+v", before)
	}
	b.must(b.device.SetLabel(b.ctx, "示例监狱公章"))
	b.reconnect()
	after, err := b.device.Info(b.ctx)
	b.must(err)
	if after.Label != "示例监狱公章" || after.Serial != before.Serial {
		t.Errorf("was %+v, is %+v", before, after)
	}
}

func files(t *testing.T, b *bench) {
	app := b.unlocked()
	content := bytes.Repeat([]byte("印章图片"), 100)
	for _, f := range []token.FileInfo{
		{Name: "open", Size: 8, Read: token.ByAnyone, Write: token.ByAnyone},
		{Name: "seal.esl", Size: len(content), Read: token.ByAnyone, Write: token.ByUser},
		{Name: "secret", Size: len(content), Read: token.ByUser, Write: token.ByUser},
		{Name: "for the admin", Size: 4, Read: token.ByUser | token.ByAdmin, Write: token.ByAdmin},
		{Name: "for nobody", Size: 4, Read: token.ByNobody, Write: token.ByNobody},
	} {
		b.must(app.CreateFile(b.ctx, f))
		b.refused(app.CreateFile(b.ctx, f), fault.TokenFileExists)
	}
	if err := app.CreateFile(b.ctx, token.FileInfo{Name: "odd", Size: 1, Read: 0x77, Write: token.ByUser}); err == nil {
		t.Error("took rights without a meaning")
	}
	b.must(app.WriteFile(b.ctx, "seal.esl", 0, content))
	b.must(app.WriteFile(b.ctx, "secret", 5, content[5:]))
	b.refused(app.WriteFile(b.ctx, "for the admin", 0, []byte{1}), fault.TokenFileDenied)
	b.refused(app.WriteFile(b.ctx, "for nobody", 0, []byte{1}), fault.TokenFileDenied)
	b.refused(app.WriteFile(b.ctx, "open", 1, make([]byte, 8)), fault.TokenFileSize)
	b.refused(app.WriteFile(b.ctx, "open", -1, make([]byte, 2)), fault.TokenFileSize)
	b.refused(app.WriteFile(b.ctx, "open", int(^uint(0)>>1), make([]byte, 2)), fault.TokenFileSize)
	_, err := app.ReadFile(b.ctx, "for nobody", 0, 1)
	b.refused(err, fault.TokenFileDenied)

	b.reconnect()
	app = b.open("XINZHANG")
	readable(b, app, "seal.esl", content)
	b.must(app.WriteFile(b.ctx, "open", 3, []byte("abc")))
	readable(b, app, "open", []byte("\x00\x00\x00abc\x00\x00"))
	_, err = app.ReadFile(b.ctx, "secret", 0, 10)
	b.refused(err, fault.TokenFileDenied)
	b.refused(app.WriteFile(b.ctx, "seal.esl", 0, content), fault.TokenFileDenied)
	b.refused(app.DeleteFile(b.ctx, "open"), fault.TokenFileDenied)

	b.must(app.VerifyPIN(b.ctx, token.AdminPIN, pin(admin)))
	b.must(app.WriteFile(b.ctx, "for the admin", 0, []byte("1234")))
	_, err = app.ReadFile(b.ctx, "secret", 0, 10)
	b.refused(err, fault.TokenFileDenied)
	b.must(app.ClearSecureState(b.ctx))
	b.refused(app.WriteFile(b.ctx, "for the admin", 0, []byte("1")), fault.TokenFileDenied)

	b.must(app.VerifyPIN(b.ctx, token.UserPIN, pin(user)))
	readable(b, app, "for the admin", []byte("1234"))
	readable(b, app, "secret", append(make([]byte, 5), content[5:]...))
	b.must(app.DeleteFile(b.ctx, "open"))
	list, err := app.Files(b.ctx)
	b.must(err)
	want := []token.FileInfo{
		{Name: "seal.esl", Size: len(content), Read: token.ByAnyone, Write: token.ByUser},
		{Name: "secret", Size: len(content), Read: token.ByUser, Write: token.ByUser},
		{Name: "for the admin", Size: 4, Read: token.ByUser | token.ByAdmin, Write: token.ByAdmin},
		{Name: "for nobody", Size: 4},
	}
	if !slices.Equal(list, want) {
		t.Errorf("files are %+v", list)
	}
}

// readable reads a file whole, in pieces and past its end.
func readable(b *bench, app token.Application, name string, want []byte) {
	b.Helper()
	for _, r := range []struct{ offset, n int }{{0, len(want)}, {0, 1 << 30}, {3, 4}, {len(want) - 1, 9}, {len(want), 1}, {1 << 30, 1}, {2, 0}} {
		got, err := app.ReadFile(b.ctx, name, r.offset, r.n)
		b.must(err)
		from := min(r.offset, len(want))
		if w := want[from:min(from+r.n, len(want))]; !bytes.Equal(got, w) {
			b.Errorf("%s: %d octets from %d are %q, want %q", name, r.n, r.offset, got, w)
		}
	}
}
