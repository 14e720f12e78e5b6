// Package home is the data directory: where each thing lies under XINZHANG_HOME.
//
//	ca.db    the register of the authority, the key centre and the seal makers (SQLite)
//	ca.lock  held by the one program that issues; empty
//	keys/    private keys of the services, encrypted, one file each
//	trust/   root.pem, the anchor, and sub.pem, which only helps to build chains
//	crl/     the current CRL of each issuer, DER
//	tokens/  software UKeys
//	seals/   seals that were made, DER
//	agent/   what the agent of this PC keeps
//
// Folders that hold secrets or personal data are readable by their owner only.
package home

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"xinzhang/internal/fault"
)

// A Dir is the path of a data directory.
type Dir string

// Locate returns the data directory: the one named, else ~/.xinzhang.
func Locate(named string) (Dir, error) {
	if named != "" {
		return Dir(named), nil
	}
	user, err := os.UserHomeDir()
	if err != nil {
		return "", fault.Wrap(fault.UsageWrong, err, "what", "XINZHANG_HOME")
	}
	return Dir(filepath.Join(user, ".xinzhang")), nil
}

// Database is the file of the register.
func (d Dir) Database() string { return d.file("ca.db") }

// Keys is the folder of the services' private keys.
func (d Dir) Keys() string { return d.file("keys") }

// Trust is the folder of trust anchors and of the certificates below them.
func (d Dir) Trust() string { return d.file("trust") }

// CRL is the folder of the current CRLs.
func (d Dir) CRL() string { return d.file("crl") }

// Tokens is the folder of the software UKeys.
func (d Dir) Tokens() string { return d.file("tokens") }

// Agent is the folder of the agent of this user: its port, secret, allowed
// origins, settings, log.
func (d Dir) Agent() string { return d.file("agent") }

// Seals is the folder of the seals that were made.
func (d Dir) Seals() string { return d.file("seals") }

func (d Dir) file(name string) string { return filepath.Join(string(d), name) }

// Create makes the folders that are absent.
func (d Dir) Create() error {
	for _, folder := range []struct {
		path string
		perm os.FileMode
	}{
		{string(d), 0o700}, // first: the others would make it readable
		{d.Keys(), 0o700}, {d.Tokens(), 0o700},
		{d.Trust(), 0o755}, {d.CRL(), 0o755}, {d.Seals(), 0o755},
	} {
		if err := os.MkdirAll(folder.path, folder.perm); err != nil {
			return fault.Wrap(fault.FileUnwritable, err, "file", folder.path)
		}
	}
	return nil
}

// lockWait is how long [Dir.Lock] waits for another program: longer than one
// command of the command line takes.
const lockWait = 10 * time.Second

// Lock makes the caller the only program that issues from d, until unlock is
// called or the process ends, however it ends. While another program holds the
// lock it waits, then returns [fault.CABusy].
func (d Dir) Lock(ctx context.Context) (unlock func() error, err error) {
	ctx, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	l := flock.New(d.file("ca.lock"))
	locked, err := l.TryLockContext(ctx, 20*time.Millisecond)
	if locked {
		return l.Close, nil
	}
	if ctx.Err() != nil {
		return nil, fault.New(fault.CABusy, "folder", string(d))
	}
	return nil, fault.Wrap(fault.FileUnwritable, err, "file", l.Path())
}
