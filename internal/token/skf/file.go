package skf

import (
	"context"
	"fmt"
	"math"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/skf"
	"xinzhang/internal/token"
)

// onFile words an answer about a file.
func (a *application) onFile(s *session, function string, code skf.Code, file string) error {
	err := a.dev.explain(s, function, code, "file", file, "name", file, "max", token.MaxName, "limit", untold{})
	return as(err, fault.TokenFileDenied, []fault.Code{fault.PINNotVerified}, "file", file)
}

// fileInfo asks for the attributes of a file.
func (a *application) fileInfo(s *session, listed string) (token.FileInfo, error) {
	const function = "SKF_GetFileInfo"
	name := readable(listed)
	out := room(infoRoom)
	code, err := s.call(function, quick, word(a.handle), text(listed), out)
	if err != nil {
		return token.FileInfo{}, err
	}
	if err := a.onFile(s, function, code, name); err != nil {
		return token.FileInfo{}, err
	}
	f, err := skf.ParseFileAttribute(out.data, s.layout)
	if err != nil || f.Size > math.MaxInt32 {
		return token.FileInfo{}, s.garbled(function, fmt.Errorf("%d octets, %w", f.Size, err))
	}
	return token.FileInfo{Name: name, Size: int(f.Size), Read: token.Rights(f.Read), Write: token.Rights(f.Write)}, nil
}

// Files lists the files.
func (a *application) Files(ctx context.Context) ([]token.FileInfo, error) {
	var files []token.FileInfo
	err := a.do(ctx, func(s *session) error {
		files = nil
		names, err := s.list("SKF_EnumFiles", word(a.handle))
		if err != nil {
			return a.dev.again(s, "SKF_EnumFiles", err)
		}
		for _, name := range names {
			f, err := a.fileInfo(s, name)
			if err != nil {
				return err
			}
			files = append(files, f)
		}
		return nil
	})
	return files, err
}

// CreateFile makes a file.
func (a *application) CreateFile(ctx context.Context, file token.FileInfo) error {
	if err := token.CheckName(file.Name, token.MaxName); err != nil {
		return err
	}
	if !file.Read.Valid() || !file.Write.Valid() {
		return errRights
	}
	if file.Size < 0 || file.Size > math.MaxInt32 {
		return fault.New(fault.TokenFull, "limit", untold{})
	}
	return a.do(ctx, func(s *session) error {
		code, err := s.call("SKF_CreateFile", quick, word(a.handle), text(file.Name), word(file.Size), word(file.Read), word(file.Write))
		if err != nil {
			return err
		}
		return a.onFile(s, "SKF_CreateFile", code, file.Name)
	})
}

// onNamed runs f with the file of a name, as the library knows it.
func (a *application) onNamed(ctx context.Context, name string, f func(s *session, listed string) error) error {
	return a.do(ctx, func(s *session) error {
		listed, err := s.asListed(name, "SKF_EnumFiles", word(a.handle))
		if err != nil {
			return a.dev.again(s, "SKF_EnumFiles", err)
		}
		return f(s, listed)
	})
}

// most is what one SKF_ReadFile is asked for.
const most = 512 << 10

// ReadFile reads, in pieces where it is much.
func (a *application) ReadFile(ctx context.Context, name string, offset, n int) ([]byte, error) {
	if offset < 0 || n < 0 {
		return nil, fmt.Errorf("skf: read file %s: negative offset or length", name)
	}
	var data []byte
	err := a.onNamed(ctx, name, func(s *session, listed string) error {
		data = nil
		info, err := a.fileInfo(s, listed)
		if err != nil {
			return err
		}
		end := min(offset, info.Size) + min(n, info.Size-min(offset, info.Size))
		for at := min(offset, info.Size); at < end; {
			piece := min(end-at, most)
			out, length := room(max(piece, dataRoom)), &slot{uint64(piece)}
			code, err := s.call("SKF_ReadFile", quick, word(a.handle), text(listed), word(at), word(piece), out, length)
			if err != nil {
				return err
			}
			if err := a.onFile(s, "SKF_ReadFile", code, name); err != nil {
				return err
			}
			if got := int(length.number()); got == 0 || got > piece {
				return s.garbled("SKF_ReadFile", fmt.Errorf("%d of %d octets", got, piece))
			}
			data = append(data, out.data[:length.number()]...)
			at += int(length.number())
		}
		return nil
	})
	return data, err
}

// WriteFile writes.
func (a *application) WriteFile(ctx context.Context, name string, offset int, data []byte) error {
	return a.onNamed(ctx, name, func(s *session, listed string) error {
		info, err := a.fileInfo(s, listed)
		if err != nil {
			return err
		}
		if offset < 0 || offset > info.Size || len(data) > info.Size-offset {
			return fault.New(fault.TokenFileSize, "file", name)
		}
		code, err := s.call("SKF_WriteFile", slow, word(a.handle), text(listed), word(offset), input(data), word(len(data)))
		if err != nil {
			return err
		}
		return a.onFile(s, "SKF_WriteFile", code, name)
	})
}

// DeleteFile destroys a file.
func (a *application) DeleteFile(ctx context.Context, name string) error {
	return a.onNamed(ctx, name, func(s *session, listed string) error {
		code, err := s.call("SKF_DeleteFile", quick, word(a.handle), text(listed))
		if err != nil {
			return err
		}
		return a.onFile(s, "SKF_DeleteFile", code, name)
	})
}
