package token

import "context"

// Rights say who may do a thing; the values are SKF's.
type Rights uint32

// The rights. ByUser|ByAdmin is either of the two.
const (
	ByNobody Rights = 0x00
	ByAdmin  Rights = 0x01 // after the admin PIN
	ByUser   Rights = 0x10 // after the user PIN
	ByAnyone Rights = 0xFF // without a PIN
)

// Valid reports whether r is one of the values above.
func (r Rights) Valid() bool {
	return r == ByAnyone || r&^(ByAdmin|ByUser) == 0
}

// Allow reports whether r lets somebody in for whom user or admin is verified.
func (r Rights) Allow(user, admin bool) bool {
	return r == ByAnyone || user && r&ByUser != 0 || admin && r&ByAdmin != 0
}

// A FileInfo describes a file of an application (FILEATTRIBUTE).
type FileInfo struct {
	Name  string // at most [MaxName] octets
	Size  int    // in octets; fixed when the file is created
	Read  Rights
	Write Rights
}

// Files are the files of an application: seals and their pictures live here.
// What the caller's rights do not reach is [fault.TokenFileDenied], a file that
// is not there [fault.TokenFileAbsent].
type Files interface {
	// Files returns the files, in the order of their making.
	Files(ctx context.Context) ([]FileInfo, error)

	// CreateFile makes a file of zeros. Errors: [fault.TokenFileExists],
	// [fault.TokenName], [fault.TokenFull].
	CreateFile(ctx context.Context, file FileInfo) error

	// ReadFile returns up to n octets from offset on, fewer at the end of the
	// file, none behind it.
	ReadFile(ctx context.Context, name string, offset, n int) ([]byte, error)

	// WriteFile puts data at offset; all of it must lie inside the file, else
	// [fault.TokenFileSize].
	WriteFile(ctx context.Context, name string, offset int, data []byte) error

	// DeleteFile destroys a file; whoever may create files may do so.
	DeleteFile(ctx context.Context, name string) error
}
