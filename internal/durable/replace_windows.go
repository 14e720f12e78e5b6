package durable

import "golang.org/x/sys/windows"

// replace renames from to name and waits until the disk has it: a folder cannot
// be synced here, and os.Rename does not write through.
func replace(from, name string) error {
	oldName, err := windows.UTF16PtrFromString(from)
	if err != nil {
		return err
	}
	newName, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return err
	}
	return windows.MoveFileEx(oldName, newName, windows.MOVEFILE_REPLACE_EXISTING|windows.MOVEFILE_WRITE_THROUGH)
}
