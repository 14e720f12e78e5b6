package durable

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestTidyRemovesWhatAnInterruptedWriteLeft(t *testing.T) {
	dir := t.TempDir()
	names := []string{".root.key.1234.tmp", "root.key", ".hidden", "x.tmp", ".x.tmp.bak"}
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, ".folder.1.tmp"), 0o700); err != nil {
		t.Fatal(err)
	}
	removed, err := Tidy(dir)
	if err != nil || !slices.Equal(removed, names[:1]) {
		t.Errorf("removed %v, %v", removed, err)
	}
	for _, name := range names[1:] {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Errorf("%s is gone", name)
		}
	}
	if removed, err := Tidy(filepath.Join(dir, "absent")); err != nil || len(removed) > 0 {
		t.Errorf("an absent folder: %v, %v", removed, err)
	}
}

// What Write leaves when it is interrupted has a name that Tidy knows.
func TestTidyKnowsTheNamesOfWrite(t *testing.T) {
	dir := t.TempDir()
	stop := errors.New("stopped")
	err := Write(filepath.Join(dir, "root.key"), 0o600, func(io.Writer) error {
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) != 1 {
			t.Fatalf("%d entries, %v", len(entries), err)
		}
		copied := filepath.Join(dir, entries[0].Name())
		if err := os.Link(copied, copied[:len(copied)-len(".tmp")]+"9.tmp"); err != nil {
			t.Skip("no links here")
		}
		return stop
	})
	if !errors.Is(err, stop) {
		t.Fatal(err)
	}
	if removed, err := Tidy(dir); err != nil || len(removed) != 1 {
		t.Errorf("removed %v, %v", removed, err)
	}
}
