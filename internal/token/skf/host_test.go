package skf_test

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/token"
	"xinzhang/internal/token/skf"
	"xinzhang/internal/token/skf/skftest"
)

// A host whose other side is gone ends in the middle of a call that never returns:
// nobody is left to end it.
func TestAHostEndsWithItsParent(t *testing.T) {
	host := skftest.Host(t)
	source := filepath.Join(t.TempDir(), "hang.c")
	if err := os.WriteFile(source, []byte("#include <unistd.h>\nunsigned SKF_Hang(void) { for (;;) pause(); }\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	library := skftest.Compile(t, "hang.so", []string{source})
	cmd := exec.Command(host)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	frame := func(body string) {
		t.Helper()
		if _, err := in.Write(append(binary.LittleEndian.AppendUint32(nil, uint32(len(body))), body...)); err != nil {
			t.Fatal(err)
		}
	}
	frame("L" + library)
	if _, err := io.ReadFull(out, make([]byte, 8+5)); err != nil { // hello, loaded
		t.Fatal(err)
	}
	frame("C\x08SKF_Hang\x00")
	time.Sleep(50 * time.Millisecond) // it is in the call, or will be
	_ = in.Close()
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		_ = cmd.Process.Kill()
		t.Error("the host outlives its parent")
	}
}

// After the host was killed, handles open again by themselves and the PIN must be
// entered anew, by a person.
func TestHandlesOpenAgainAndThePINIsAskedForAgain(t *testing.T) {
	d, _ := ours(t, "")
	ctx := t.Context()
	dev, err := d.Connect(ctx, "key-1")
	if err != nil {
		t.Fatal(err)
	}
	if err := dev.Authenticate(ctx, deviceKey()); err != nil {
		t.Fatal(err)
	}
	pin := func() token.PIN { return token.NewPIN([]byte("Qx7-3058")) }
	app, err := dev.CreateApplication(ctx, token.ApplicationSpec{Name: "APP", UserPIN: pin(), AdminPIN: token.NewPIN([]byte("Admin+60918273"))})
	if err != nil {
		t.Fatal(err)
	}
	if err := app.VerifyPIN(ctx, token.UserPIN, pin()); err != nil {
		t.Fatal(err)
	}
	box, err := app.CreateContainer(ctx, "sign-1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := box.GenerateSigningKey(ctx); err != nil {
		t.Fatal(err)
	}
	skf.KillHost(d)
	if _, err := box.ExportPublicKey(ctx, token.Signing); err != nil {
		t.Errorf("what needs no PIN: %v", err)
	}
	if _, err := box.SignDigest(ctx, [32]byte{1}); !errors.Is(err, fault.PINNotVerified) {
		t.Errorf("signing gives %v, want %s", err, fault.PINNotVerified)
	}
	if err := app.VerifyPIN(ctx, token.UserPIN, pin()); err != nil {
		t.Fatal(err)
	}
	if _, err := box.SignDigest(ctx, [32]byte{1}); err != nil {
		t.Errorf("signing again: %v", err)
	}
}

// Devices come and go while somebody watches.
func TestWatch(t *testing.T) {
	d, dir := ours(t, "")
	events := d.Watch(t.Context())
	next := func(present bool, name string) {
		t.Helper()
		select {
		case e := <-events:
			if e.Present != present || e.Device != name || e.Serial == "" || e.Err != nil {
				t.Fatalf("told %+v", e)
			}
		case <-time.After(time.Minute):
			t.Fatal("nothing is told")
		}
	}
	next(true, "key-1")
	plug(t, dir, "key-2")
	next(true, "key-2")
	unplug(t, dir, "key-1")
	next(false, "key-1")
}

// Without the host, or with a library that is none, the reason is told.
func TestOpenSaysWhatIsWrong(t *testing.T) {
	skftest.Host(t)
	text := filepath.Join(t.TempDir(), "text.so")
	if err := os.WriteFile(text, []byte("no library"), 0o644); err != nil {
		t.Fatal(err)
	}
	for asked, want := range map[string]fault.Code{
		"nobody": fault.SKFVendorUnknown, "./absent.so": fault.SKFLibraryAbsent, text: fault.SKFNotLibrary, "haitai": fault.SKFLibraryAbsent,
	} {
		if _, err := skf.Open(asked); !errors.Is(err, want) {
			t.Errorf("%s gives %v, want %s", asked, err, want)
		}
	}
}
