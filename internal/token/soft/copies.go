package soft

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"xinzhang/internal/durable"
	"xinzhang/internal/fault"
)

const (
	mainSuffix = ".ukey"
	copySuffix = ".ukey.copy"
	lockSuffix = ".ukey.lock"
)

// copies are the two files of a token. Whoever calls holds its lock.
type copies struct {
	dir, token string
	hooks      *hooks
}

// paths are in the order of writing.
func (c copies) paths() [2]string {
	return [2]string{filepath.Join(c.dir, c.token+mainSuffix), filepath.Join(c.dir, c.token+copySuffix)}
}

// present reports whether there is a copy, whole or not.
func (c copies) present() (bool, error) {
	for _, path := range c.paths() {
		switch _, err := os.Stat(path); {
		case err == nil:
			return true, nil
		case !errors.Is(err, fs.ErrNotExist):
			return false, fault.Wrap(fault.FileUnreadable, err, "file", path)
		}
	}
	return false, nil
}

// write makes s the state: durable in both files on return. After an error it
// is the state or it is not.
func (c copies) write(s *state) error {
	b, err := encode(s)
	if err != nil {
		return err
	}
	if len(b) > capacity+spare { // a file that cannot be read again is worse
		return full()
	}
	for _, path := range c.paths() {
		if err := c.hooks.at("write " + filepath.Ext(path)); err != nil {
			return err
		}
		if err := durable.WriteFile(path, b, 0o600); err != nil {
			return fault.Wrap(fault.FileUnwritable, err, "file", path)
		}
	}
	return c.hooks.at("written")
}

// at stands between two steps.
func (h *hooks) at(point string) error {
	if h.step == nil {
		return nil
	}
	return h.step(point)
}

// load returns the newest state, after both files hold it. Where neither exists
// the error is [fs.ErrNotExist].
func (c copies) load() (*state, error) {
	var (
		raw [2][]byte
		err [2]error
	)
	for i, path := range c.paths() {
		raw[i], err[i] = readCopy(path)
		if err[i] != nil && !errors.Is(err[i], fs.ErrNotExist) {
			return nil, fault.Wrap(fault.FileUnreadable, err[i], "file", path)
		}
	}
	if err[0] != nil && err[1] != nil {
		return nil, errors.Join(err[0], err[1])
	}
	if err[0] == nil && err[1] == nil && bytes.Equal(raw[0], raw[1]) {
		s, err := decode(raw[0])
		if err != nil {
			return nil, c.broken(bothDamaged, err)
		}
		return s, nil
	}
	var states [2]*state
	for i := range states {
		if err[i] == nil {
			states[i], err[i] = decode(raw[i])
		}
	}
	return c.mend(states, err)
}

// mend chooses between two files that differ and makes both the same.
func (c copies) mend(s [2]*state, errs [2]error) (*state, error) {
	var newest *state
	switch {
	case errs[0] != nil && errs[1] != nil:
		return nil, c.broken(bothDamaged, errors.Join(errs[0], errs[1]))
	case errs[0] != nil:
		newest = s[1].afterDamage()
	case errs[1] != nil:
		newest = s[0].afterDamage()
	case !bytes.Equal(s[0].ID, s[1].ID):
		return nil, c.broken(twoTokens, nil)
	case s[0].Version == s[1].Version:
		return nil, c.broken(contradiction, nil)
	case s[0].Version > s[1].Version:
		newest = s[0]
	default:
		newest = s[1]
	}
	if err := c.write(newest); err != nil {
		return nil, fmt.Errorf("mend the copies of %s: %w", c.token, err)
	}
	return newest, nil
}

// afterDamage is the state when the other copy is lost. That one may have been
// newer, by one change that nobody was told of: a try that was spent and not yet
// used for a comparison. So a try is spent here. The counters of the admin PIN
// and of the device key stay, which no everyday entry would restore: damage now
// and then would lock them for good, and no comparison was made. The version
// passes over that of the lost copy, should it come back.
func (s *state) afterDamage() *state {
	s.Version += 2
	for i := range s.Apps {
		s.Apps[i].User.Left = max(0, s.Apps[i].User.Left-1)
	}
	return s
}

// damage names what is wrong with the files, for people.
type damage struct{ zh, en string }

// Words words the damage.
func (d damage) Words(lang fault.Lang) string {
	if lang == fault.ZH {
		return d.zh
	}
	return d.en
}

// String is for the log.
func (d damage) String() string { return d.en }

var (
	bothDamaged   = damage{"两份数据都被截断或改动", "both copies are cut or changed"}
	twoTokens     = damage{"两份数据属于不同的 UKey", "the two copies belong to different tokens"}
	contradiction = damage{"两份数据互相矛盾", "the two copies contradict each other"}
	sealDamaged   = damage{"密钥数据被改动", "a sealed key was changed"}
)

func (c copies) broken(what damage, err error) error {
	return fault.Wrap(fault.TokenBroken, err, "token", c.token, "what", what)
}

// readCopy reads no more than a token may be long.
func readCopy(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(io.LimitReader(f, capacity+spare+1))
}

// tidy removes what a write that was cut short left behind.
func (c copies) tidy() {
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "."+c.token+mainSuffix+".") && strings.HasSuffix(e.Name(), ".tmp") {
			_ = os.Remove(filepath.Join(c.dir, e.Name())) // it may stay, it only takes room
		}
	}
}
