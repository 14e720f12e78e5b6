package hsm

import (
	"context"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"github.com/emmansun/gmsm/sm2"

	"xinzhang/internal/durable"
	"xinzhang/internal/fault"
	"xinzhang/internal/format/sm2enc"
)

const (
	suffix  = ".key"
	pemType = "ENCRYPTED PRIVATE KEY"
	maxFile = 64 << 10 // octets; a real file has about 500
)

// MinPassphrase is how many octets a passphrase must have when a key is made.
const MinPassphrase = 8

// A Folder holds keys as files "NAME.key", readable by their owner only, all
// under one passphrase. Several goroutines may use it at once; only one program
// at a time may create keys in it.
type Folder struct {
	dir  string
	pass Passphrase
	cost int // PBKDF2 rounds of new files

	mu   sync.Mutex
	open map[string]Key // keys opened so far: deriving the file key is slow on purpose
}

// NewFolder returns the keys in the folder dir. Nothing is read or written yet.
func NewFolder(dir string, pass Passphrase) *Folder {
	return &Folder{dir: dir, pass: pass, cost: sm2enc.DefaultCost, open: map[string]Key{}}
}

// Names returns the names of the keys in the folder, sorted.
func (f *Folder) Names() ([]string, error) {
	entries, err := os.ReadDir(f.dir) // sorted
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fault.Wrap(fault.FileUnreadable, err, "file", f.dir)
	}
	var names []string
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), suffix)
		if ok && isName(name) && e.Type().IsRegular() {
			names = append(names, name)
		}
	}
	return names, nil
}

// Create makes the key name and stores it; on return it survives a power cut.
// It returns [fault.KeyExists] and changes nothing when the folder holds a key
// of that name, [fault.KeyPassphraseShort] for a passphrase of fewer than 8
// octets and [fault.KeyPassphraseWrong] when other keys of the folder have
// another passphrase.
func (f *Folder) Create(ctx context.Context, name string) (Key, error) {
	if !isName(name) {
		return nil, fmt.Errorf("create key: %q is not a name", name)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.mayCreate(ctx, name); err != nil {
		return nil, err
	}
	private, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("create key %s: %w", name, err)
	}
	sealed, err := sm2enc.MarshalEncryptedKey(rand.Reader, private, f.pass.octets(), f.cost)
	if err != nil {
		return nil, fmt.Errorf("create key %s: %w", name, err)
	}
	file := f.file(name)
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return nil, fault.Wrap(fault.FileUnwritable, err, "file", f.dir)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: pemType, Bytes: sealed})
	if err := durable.WriteFile(file, text, 0o600); err != nil {
		return nil, fault.Wrap(fault.FileUnwritable, err, "file", file)
	}
	f.open[name] = newFileKey(private)
	return f.open[name], nil
}

func (f *Folder) mayCreate(ctx context.Context, name string) error {
	if _, err := os.Lstat(f.file(name)); err == nil {
		return fault.New(fault.KeyExists, "name", name)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return fault.Wrap(fault.FileUnreadable, err, "file", f.file(name))
	}
	if len(f.pass.octets()) < MinPassphrase {
		return fault.New(fault.KeyPassphraseShort, "min", MinPassphrase)
	}
	others, err := f.Names()
	if err != nil || len(others) == 0 || len(f.open) > 0 {
		return err
	}
	_, err = f.openLocked(ctx, others[0]) // a folder with two passphrases serves nobody
	return err
}

// Open opens the key name. It returns [fault.KeyMissing] when there is no such
// key and [fault.KeyPassphraseWrong] when the passphrase does not open it. The
// Key is a [Decrypter] too.
func (f *Folder) Open(ctx context.Context, name string) (Key, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.openLocked(ctx, name)
}

func (f *Folder) openLocked(ctx context.Context, name string) (Key, error) {
	if k, ok := f.open[name]; ok {
		return k, nil
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !isName(name) {
		return nil, fault.New(fault.KeyMissing, "name", name)
	}
	text, err := readFile(f.file(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.Wrap(fault.KeyMissing, err, "name", name)
	}
	if err != nil {
		return nil, fault.Wrap(fault.FileUnreadable, err, "file", f.file(name))
	}
	private, err := sm2enc.ParseEncryptedKey(text, f.pass.octets())
	if err != nil {
		return nil, fmt.Errorf("open key %s: %w", name, err)
	}
	f.open[name] = newFileKey(private)
	return f.open[name], nil
}

func (f *Folder) file(name string) string { return filepath.Join(f.dir, name+suffix) }

func readFile(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxFile {
		return nil, errors.New("not a key file: too large or not a regular file")
	}
	return os.ReadFile(name)
}

// isName reports whether name can be the name of a key: lower-case letters,
// digits and hyphens, so that it is a file name everywhere and never a path.
func isName(name string) bool { return nameForm.MatchString(name) }

var nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)
