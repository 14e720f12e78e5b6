//go:build !windows

package durable

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// replace renames from to name and waits until the folder remembers it.
func replace(from, name string) (err error) {
	if err := os.Rename(from, name); err != nil {
		return err
	}
	folder, err := os.Open(filepath.Dir(name))
	if err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	return folder.Sync()
}
