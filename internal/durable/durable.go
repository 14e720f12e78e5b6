// Package durable writes files that are whole or absent: a reader, a crash or a
// power cut sees either the old file or the new one, never a part.
package durable

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// WriteFile puts data in the file name, readable as perm says: a temporary file
// beside it is written, synced and renamed over it, and the folder is synced.
// On return the change survives a power cut.
func WriteFile(name string, data []byte, perm fs.FileMode) error {
	return Write(name, perm, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// Write is WriteFile for content that fill produces piece by piece. When fill
// returns an error the old file stays as it was and that error is returned.
func Write(name string, perm fs.FileMode, fill func(io.Writer) error) (err error) {
	dir := filepath.Dir(name)
	f, err := os.CreateTemp(dir, "."+filepath.Base(name)+".*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	if err = fill(f); err != nil {
		return err
	}
	if err = f.Chmod(perm); err != nil && runtime.GOOS != "windows" {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return replace(f.Name(), name)
}
