package home

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"xinzhang/internal/fault"
)

func TestSecretsLieInFoldersOfTheirOwnerOnly(t *testing.T) {
	d := Dir(filepath.Join(t.TempDir(), "a", "b"))
	for range 2 { // the second time everything is there
		if err := d.Create(); err != nil {
			t.Fatal(err)
		}
	}
	for _, folder := range []string{string(d), d.Keys(), d.Tokens(), d.Trust(), d.CRL(), d.Seals()} {
		info, err := os.Stat(folder)
		if err != nil {
			t.Fatal(err)
		}
		secret := folder == d.Keys() || folder == d.Tokens() || folder == string(d)
		if runtime.GOOS != "windows" && secret && info.Mode().Perm() != 0o700 {
			t.Errorf("%s has mode %v", folder, info.Mode())
		}
	}
}

func TestOneHoldsTheLock(t *testing.T) {
	d := Dir(t.TempDir())
	unlock, err := d.Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := d.Lock(ctx); err == nil || fault.Of(err).Code != fault.CABusy {
		t.Errorf("a second one: %v", err)
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	unlock, err = d.Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_ = unlock()
}

func TestAFolderThatIsAbsentCannotBeLocked(t *testing.T) {
	if _, err := Dir(filepath.Join(t.TempDir(), "absent")).Lock(t.Context()); err == nil || fault.Of(err).Code != fault.FileUnwritable {
		t.Errorf("got %v", err)
	}
}
