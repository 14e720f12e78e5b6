// Package soft is the UKey in a file: the whole of token, without hardware.
//
//	driver := soft.New(dir)
//	device, err := driver.Create(ctx, soft.Spec{Name: "key-1", AuthKey: key})
//	device, err := driver.Connect(ctx, "key-1")
//
// # What lies on the disk
//
// A token is one record, its state, kept twice: NAME.ukey and NAME.ukey.copy,
// each with a checksum (SM3). A change writes the one and then the other, each
// through a temporary file, fsync and rename, and counts only when both are
// down. Whoever reads takes the newer, and brings the other up to it before
// anything is answered; so no answer is ever taken back by later damage to
// either. One copy that is cut, changed or missing is made again from the
// other, and costs the user PIN a try. Without any whole copy the token is
// [fault.TokenBroken]. NAME.ukey.lock keeps other programs out.
//
// # What guards the keys
//
// Private keys are sealed with SM4-GCM under a random data key. The data key is
// sealed twice, under the user PIN and under the admin PIN, by way of Argon2id
// with 64 MiB; that it opens is the comparison of a PIN. The try is spent, and
// the state with one try less is down in both copies, before that. A right PIN
// restores the tries; nothing else raises them but UnblockPIN.
//
// # What it cannot do
//
// It is no certified module. Whoever can copy the files can put old ones back,
// and with them the tries, or guess elsewhere, at the price of Argon2id for each
// guess: against that there are chips. The device key stands readable in the
// file; it guards against mistakes, not against whoever owns the file. Keys are
// overwritten in memory after use as far as Go and gmsm allow.
package soft

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"xinzhang/internal/fault"
	"xinzhang/internal/token"
	"xinzhang/internal/token/soft/internal/cost"
)

// A Driver finds the software UKeys of one folder.
type Driver struct {
	dir   string
	cost  cost.Cost // of a PIN that is set
	hooks hooks
}

// hooks let a test stand between two steps. The zero value does nothing.
type hooks struct {
	step      func(point string) error // an error ends the call there, as a crash would
	comparing func()                   // a PIN or device key is about to be compared
}

// New returns the driver of the tokens in dir, which need not exist yet.
func New(dir string) *Driver { return NewWithCost(dir, cost.Shipped()) }

// NewWithCost is New with another price for guessing a PIN. Only softtest can
// name a Cost.
func NewWithCost(dir string, c cost.Cost) *Driver { return &Driver{dir: dir, cost: c} }

// A Spec says what a new token shall be.
type Spec struct {
	Name    string        // letters of any script, digits, - and _; names the files
	Label   string        // for people; empty is Name
	AuthKey token.AuthKey // zero is [token.DefaultAuthKey], to be changed
}

// Create makes a token without applications and connects to it. A name that is
// taken is [fault.TokenExists], one that cannot be a file's [fault.TokenName].
func (d *Driver) Create(ctx context.Context, spec Spec) (*Device, error) {
	if err := checkFileName(spec.Name); err != nil {
		return nil, err
	}
	s, err := newState(spec)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(d.dir, 0o700); err != nil {
		return nil, fault.Wrap(fault.FileUnwritable, err, "file", d.dir)
	}
	dev := d.device(spec.Name)
	err = dev.locked(ctx, func() error {
		present, err := dev.copies.present()
		if err != nil {
			return err
		}
		if present {
			return fault.New(fault.TokenExists, "token", spec.Name)
		}
		return dev.copies.write(s)
	})
	if err != nil {
		return nil, err
	}
	dev.id = s.ID
	return dev, nil
}

func newState(spec Spec) (*state, error) {
	label := spec.Label
	if label == "" {
		label = shorten(spec.Name, token.MaxLabel)
	}
	if err := token.CheckName(label, token.MaxLabel); err != nil {
		return nil, err
	}
	key := spec.AuthKey
	if len(key.Bytes()) == 0 {
		key = token.DefaultAuthKey()
	}
	return &state{
		ID: random(16), Version: 1, Label: label, Serial: "XZ" + strings.ToUpper(hex.EncodeToString(random(8))),
		Auth: authRecord{Key: bytes.Clone(key.Bytes()), counter: counter{Max: token.Tries, Left: token.Tries}},
	}, nil
}

// Devices returns the names of the tokens in the folder.
func (d *Driver) Devices(context.Context) ([]string, error) {
	entries, err := os.ReadDir(d.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fault.Wrap(fault.FileUnreadable, err, "file", d.dir)
	}
	var names []string
	for _, e := range entries {
		name, isMain := strings.CutSuffix(e.Name(), mainSuffix)
		if !isMain {
			name, isMain = strings.CutSuffix(e.Name(), copySuffix)
		}
		if isMain && checkFileName(name) == nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// Connect opens the token name.
func (d *Driver) Connect(ctx context.Context, name string) (token.Device, error) {
	if err := checkFileName(name); err != nil {
		return nil, err
	}
	dev := d.device(name)
	present, err := dev.copies.present()
	if err != nil {
		return nil, err
	}
	if !present {
		return nil, fault.New(fault.TokenAbsent, "token", name)
	}
	err = dev.locked(ctx, func() error {
		dev.copies.tidy()
		s, err := dev.copies.load()
		if errors.Is(err, fs.ErrNotExist) {
			return fault.Wrap(fault.TokenAbsent, err, "token", name)
		}
		if err != nil {
			return err
		}
		dev.id = s.ID
		return nil
	})
	if err != nil {
		return nil, err
	}
	return dev, nil
}

// checkFileName keeps names to what is a file name everywhere. A point is left
// out: what follows it would tell the files of a token apart.
func checkFileName(name string) error {
	odd := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '_' }
	if token.CheckName(name, maxFileName) != nil || strings.ContainsFunc(name, odd) || !filepath.IsLocal(name) {
		return token.BadName(name, maxFileName)
	}
	return nil
}

const maxFileName = 64

// random returns n random octets.
func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: the runtime ends the program instead
	return b
}
