package soft

import (
	"context"
	"fmt"
	"slices"

	"xinzhang/internal/fault"
	"xinzhang/internal/token"
)

// Files lists the files.
func (a *Application) Files(ctx context.Context) ([]token.FileInfo, error) {
	var list []token.FileInfo
	err := a.do(ctx, func(_ *transaction, r *appRecord) error {
		for _, f := range r.Files {
			list = append(list, token.FileInfo{Name: f.Name, Size: f.Size, Read: f.Read, Write: f.Write})
		}
		return nil
	})
	return list, err
}

// allow checks rights, and returns the data key if a PIN was verified.
func (a *Application) allow(r *appRecord, rights token.Rights, file string) ([]byte, error) {
	user, admin := a.verified(r, token.UserPIN) == nil, a.verified(r, token.AdminPIN) == nil
	if !rights.Allow(user, admin) {
		return nil, fault.New(fault.TokenFileDenied, "file", file)
	}
	if user {
		return a.user.dataKey, nil
	}
	return a.admin.dataKey, nil
}

// CreateFile makes a file.
func (a *Application) CreateFile(ctx context.Context, file token.FileInfo) error {
	if err := token.CheckName(file.Name, token.MaxName); err != nil {
		return err
	}
	if !file.Read.Valid() || !file.Write.Valid() {
		return errRights
	}
	if file.Size < 0 || file.Size > capacity {
		return full()
	}
	return a.do(ctx, func(tx *transaction, r *appRecord) error {
		dataKey, err := a.allow(r, r.CreateFiles, file.Name)
		if err != nil {
			return err
		}
		if r.file(file.Name) != nil {
			return fault.New(fault.TokenFileExists, "file", file.Name)
		}
		if len(r.Files) == maxFiles {
			return fault.New(fault.TokenFull, "limit", maxFiles)
		}
		f := fileRecord{Name: file.Name, Size: file.Size, Read: file.Read, Write: file.Write}
		f.store(make([]byte, file.Size), dataKey, r.filePlace(tx, file.Name))
		r.Files = append(r.Files, f)
		return tx.grow()
	})
}

// ReadFile reads.
func (a *Application) ReadFile(ctx context.Context, name string, offset, n int) ([]byte, error) {
	if offset < 0 || n < 0 {
		return nil, fmt.Errorf("soft: read file %s: negative offset or length", name)
	}
	var data []byte
	err := a.do(ctx, func(tx *transaction, r *appRecord) error {
		f := r.file(name)
		if f == nil {
			return fault.New(fault.TokenFileAbsent, "file", name)
		}
		dataKey, err := a.allow(r, f.Read, name)
		if err != nil {
			return err
		}
		whole, err := f.content(tx, dataKey, r.filePlace(tx, name))
		if err != nil {
			return err
		}
		from := min(offset, len(whole))
		data = whole[from : from+min(n, len(whole)-from)]
		return nil
	})
	return data, err
}

// WriteFile writes.
func (a *Application) WriteFile(ctx context.Context, name string, offset int, data []byte) error {
	return a.do(ctx, func(tx *transaction, r *appRecord) error {
		f := r.file(name)
		if f == nil {
			return fault.New(fault.TokenFileAbsent, "file", name)
		}
		dataKey, err := a.allow(r, f.Write, name)
		if err != nil {
			return err
		}
		if offset < 0 || len(data) > f.Size || offset > f.Size-len(data) {
			return fault.New(fault.TokenFileSize, "file", name, "size", f.Size)
		}
		at := r.filePlace(tx, name)
		whole, err := f.content(tx, dataKey, at)
		if err != nil {
			return err
		}
		copy(whole[offset:], data)
		f.store(whole, dataKey, at)
		return tx.commit()
	})
}

// DeleteFile destroys a file.
func (a *Application) DeleteFile(ctx context.Context, name string) error {
	return a.do(ctx, func(tx *transaction, r *appRecord) error {
		if _, err := a.allow(r, r.CreateFiles, name); err != nil {
			return err
		}
		if r.file(name) == nil {
			return fault.New(fault.TokenFileAbsent, "file", name)
		}
		r.Files = slices.DeleteFunc(r.Files, func(f fileRecord) bool { return f.Name == name })
		return tx.commit()
	})
}

func (r *appRecord) file(name string) *fileRecord {
	i := slices.IndexFunc(r.Files, func(f fileRecord) bool { return f.Name == name })
	if i < 0 {
		return nil
	}
	return &r.Files[i]
}

func (r *appRecord) filePlace(tx *transaction, name string) []byte {
	return place("file", tx.ID, r.ID, []byte(name))
}

// store takes the content. Where nobody reads and nobody writes without a PIN it
// is sealed, from the first writing with a PIN on: whoever has none cannot seal.
func (f *fileRecord) store(content, dataKey, at []byte) {
	f.Data, f.Sealed = content, dataKey != nil && f.maySeal()
	if f.Sealed {
		f.Data = seal(dataKey, content, at)
	}
}

func (f *fileRecord) maySeal() bool {
	return f.Read != token.ByAnyone && f.Write != token.ByAnyone
}

func (f *fileRecord) content(tx *transaction, dataKey, at []byte) ([]byte, error) {
	if !f.Sealed {
		return f.Data, nil
	}
	content, err := open(dataKey, f.Data, at)
	if err != nil {
		return nil, tx.device.copies.broken(sealDamaged, fmt.Errorf("file %s: %w", f.Name, err))
	}
	return content, nil
}
