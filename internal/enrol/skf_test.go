package enrol_test

import (
	"crypto/rand"
	"errors"
	"os"
	"testing"

	"xinzhang/internal/enrol"
	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/cms"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/home"
	"xinzhang/internal/token"
	"xinzhang/internal/token/skf"
	"xinzhang/internal/token/skf/skftest"
	"xinzhang/internal/token/soft"
	"xinzhang/internal/token/soft/softtest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	skftest.Clean()
	os.Exit(code)
}

// skfApp is the application of a UKey behind our own SKF library, in another
// process, with the user PIN verified.
func skfApp(t *testing.T) token.Application {
	t.Helper()
	skftest.Host(t)
	library := skftest.Library(t, "")
	dir := t.TempDir()
	t.Setenv("XINZHANG_HOME", dir)
	if err := os.MkdirAll(home.Dir(dir).Tokens(), 0o700); err != nil {
		t.Fatal(err)
	}
	key := token.NewAuthKey([16]byte([]byte("0123456789abcdef")))
	made, err := softtest.Driver(t, home.Dir(dir).Tokens()).Create(t.Context(), soft.Spec{Name: "key-1", AuthKey: key})
	if err != nil {
		t.Fatal(err)
	}
	_ = made.Close()
	driver, err := skf.Open(library)
	if err != nil {
		t.Fatal(err)
	}
	device, err := driver.Connect(t.Context(), "key-1")
	if err != nil {
		t.Fatal(err)
	}
	if err := device.Authenticate(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	app, err := device.CreateApplication(t.Context(), token.ApplicationSpec{Name: "XINZHANG", AdminPIN: pin("adm1n-7351"), UserPIN: pin("f1rst-2846")})
	if err != nil {
		t.Fatal(err)
	}
	if err := app.VerifyPIN(t.Context(), token.UserPIN, pin("f1rst-2846")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _, _ = app.Close(), device.Close(), driver.Close() })
	return app
}

// The whole way through an SKF library: key, request, certificates, enveloped key,
// signature; and an envelope that opens inside the UKey.
func TestAPersonGetsAUKeyBehindAnSKFLibrary(t *testing.T) {
	authority, app := newAuthority(t), skfApp(t)
	result, err := enrol.Run(t.Context(), authority, app, plan("2026-0001"))
	if err != nil {
		t.Fatal(err)
	}
	if !result.Tested {
		t.Error("the keys were not tried out")
	}
	checkUKey(t, authority, app, "2026-0001")

	sealed, err := cms.Envelop(rand.Reader, []byte("示例案件材料"), []*cert.Certificate{result.Encryption})
	if err != nil {
		t.Fatal(err)
	}
	envelope, err := cms.ParseEnveloped(sealed)
	if err != nil {
		t.Fatal(err)
	}
	box, err := app.OpenContainer(t.Context(), enrol.DefaultContainer)
	if err != nil {
		t.Fatal(err)
	}
	inside, ok := box.(token.InsideDecrypter)
	if !ok {
		t.Fatal("the container does not decrypt inside")
	}
	got, err := envelope.OpenInside(result.Encryption, func(wrapped sm2enc.Cipher, iv [16]byte, text []byte) ([]byte, error) {
		return inside.DecryptInside(t.Context(), wrapped, iv, text)
	})
	if err != nil || string(got) != "示例案件材料" {
		t.Errorf("opened %q, %v", got, err)
	}
}

// What fails is taken back: here the authority refuses after the key was made.
func TestAFailedEnrolmentLeavesNothingBehindAnSKFLibrary(t *testing.T) {
	authority, app := newAuthority(t), skfApp(t)
	wrong := plan("2026-0002")
	wrong.Subject.IDNumber = "990000199003071230"
	if _, err := enrol.Run(t.Context(), authority, app, wrong); err == nil {
		t.Fatal("issued for a wrong number")
	}
	if names, err := app.Containers(t.Context()); err != nil || len(names) != 0 {
		t.Errorf("containers are %q, %v", names, err)
	}
	if _, err := authority.Issued(t.Context(), "2026-0002"); !errors.Is(err, fault.CertNotFound) {
		t.Errorf("the authority says %v", err)
	}
}
