package skfabi

import (
	"context"
	"math"
	"slices"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/skf"
	"xinzhang/internal/token"
)

// CreateFile makes a file of zeros; who may is the application's choice.
func (l *Library) CreateFile(h Handle, name string, size, read, write uint32) skf.Code {
	return onToken(l, h, func(ctx context.Context, a *application) error {
		reads, err := rightsOf(read)
		if err != nil {
			return err
		}
		writes, err := rightsOf(write)
		if err != nil {
			return err
		}
		if size > math.MaxInt32 {
			return skf.NoRoom
		}
		return a.CreateFile(ctx, token.FileInfo{Name: name, Size: int(size), Read: reads, Write: writes})
	})
}

// DeleteFile destroys a file.
func (l *Library) DeleteFile(h Handle, name string) skf.Code {
	return onToken(l, h, func(ctx context.Context, a *application) error { return a.DeleteFile(ctx, name) })
}

// EnumFiles lists the files.
func (l *Library) EnumFiles(h Handle, out []byte, n *uint32) skf.Code {
	return onToken(l, h, func(ctx context.Context, a *application) error {
		files, err := a.Files(ctx)
		if err != nil {
			return err
		}
		var names []string
		for _, f := range files {
			names = append(names, f.Name)
		}
		return hand(out, n, skf.MarshalNames(names))
	})
}

// GetFileInfo fills a FILEATTRIBUTE.
func (l *Library) GetFileInfo(h Handle, name string, out []byte) skf.Code {
	return onToken(l, h, func(ctx context.Context, a *application) error {
		if err := fits(out, l.layout.FileAttributeSize()); err != nil {
			return err
		}
		files, err := a.Files(ctx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(files, func(f token.FileInfo) bool { return f.Name == name })
		if i < 0 {
			return fault.New(fault.TokenFileAbsent, "file", name)
		}
		f := files[i]
		fill(out, skf.FileAttribute{Name: f.Name, Size: uint32(f.Size), Read: uint32(f.Read), Write: uint32(f.Write)}.Marshal(l.layout))
		return nil
	})
}

// ReadFile gives up to size octets from offset on, fewer at the end of the file.
func (l *Library) ReadFile(h Handle, name string, offset, size uint32, out []byte, n *uint32) skf.Code {
	return onToken(l, h, func(ctx context.Context, a *application) error {
		data, err := a.ReadFile(ctx, name, int(min(offset, math.MaxInt32)), int(min(size, math.MaxInt32)))
		if err != nil {
			return err
		}
		return hand(out, n, data)
	})
}

// WriteFile puts data at offset.
func (l *Library) WriteFile(h Handle, name string, offset uint32, data []byte) skf.Code {
	return onToken(l, h, func(ctx context.Context, a *application) error {
		return a.WriteFile(ctx, name, int(min(offset, math.MaxInt32)), data)
	})
}
