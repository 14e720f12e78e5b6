package main

import (
	"errors"
	"io/fs"
	"os"

	"xinzhang/internal/fault"
)

// plainer says why a file cannot be read, where that is known: three causes in one
// message send people looking for two that are not theirs.
func plainer(e *fault.Error) *fault.Error {
	name, ok := e.Args["file"].(string)
	if !ok || e.Code != fault.FileUnreadable {
		return e
	}
	info, err := os.Stat(name)
	switch {
	case errors.Is(e.Err, fs.ErrNotExist):
		return fault.New(fault.FileMissing, "file", name)
	case errors.Is(e.Err, fs.ErrPermission):
		return fault.New(fault.FileForbidden, "file", name)
	case err == nil && info.IsDir():
		return fault.New(fault.FileIsFolder, "file", name)
	}
	return e
}
