package soft

import (
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"xinzhang/internal/token"
	"xinzhang/internal/token/soft/internal/cost"
)

// state is all that a token knows, as it stands in the file. Octets are base64.
type state struct {
	ID      []byte      `json:"id"`      // 16 random octets; another token has another
	Version uint64      `json:"version"` // one more with every change
	Label   string      `json:"label"`
	Serial  string      `json:"serial"`
	Auth    authRecord  `json:"auth"`
	Apps    []appRecord `json:"apps"`
}

// A counter counts the tries of a PIN or of the device key.
type counter struct {
	Max  int `json:"max"`
	Left int `json:"left"`
}

// authRecord is the device key.
type authRecord struct {
	Key []byte `json:"key"`
	counter
	Setting uint64 `json:"setting"` // one more with every key that is set
}

type appRecord struct {
	ID           []byte            `json:"id"` // 16 random octets
	Name         string            `json:"name"`
	KeepFirstPIN bool              `json:"keepFirstPin"`
	CreateFiles  token.Rights      `json:"createFiles"`
	User         pinRecord         `json:"user"`
	Admin        pinRecord         `json:"admin"`
	Containers   []containerRecord `json:"containers"`
	Files        []fileRecord      `json:"files"`
}

// pinRecord is a PIN: its counter, and the data key under it.
type pinRecord struct {
	counter
	First   bool      `json:"first"`
	Setting uint64    `json:"setting"` // one more with every PIN that is set
	Cost    cost.Cost `json:"cost"`
	Salt    []byte    `json:"salt"`
	Sealed  []byte    `json:"sealed"` // the data key
}

type containerRecord struct {
	ID         []byte     `json:"id"` // 16 random octets
	Name       string     `json:"name"`
	Signing    *keyRecord `json:"signing,omitempty"`
	Encryption *keyRecord `json:"encryption,omitempty"`
	// Request is the digest that was signed under the first PIN: the proof of
	// possession. It may be signed again, and no other.
	Request []byte `json:"request,omitempty"`
}

type keyRecord struct {
	Public      []byte `json:"public"` // 04 ‖ X ‖ Y
	Sealed      []byte `json:"sealed"` // d, 32 octets
	Certificate []byte `json:"certificate,omitempty"`
}

type fileRecord struct {
	Name   string       `json:"name"`
	Size   int          `json:"size"`
	Read   token.Rights `json:"read"`
	Write  token.Rights `json:"write"`
	Sealed bool         `json:"sealed"` // Data is under the data key
	Data   []byte       `json:"data"`
}

// What a token holds at most, in pieces.
const (
	maxApps       = 8
	maxContainers = 64
	maxFiles      = 64
)

// check refuses what no program of ours writes, so that the rest may rely on it.
func (s *state) check() error {
	if len(s.ID) != 16 || s.Version == 0 || s.Version > 1<<62 || len(s.Auth.Key) != 16 || len(s.Serial) > 64 {
		return errors.New("head")
	}
	if err := errors.Join(token.CheckName(s.Label, token.MaxLabel), s.Auth.check()); err != nil {
		return fmt.Errorf("head: %w", err)
	}
	if len(s.Apps) > maxApps || repeats(s.Apps, func(a appRecord) string { return a.Name }) {
		return errors.New("applications")
	}
	for i := range s.Apps {
		if err := s.Apps[i].check(); err != nil {
			return fmt.Errorf("application %d: %w", i+1, err)
		}
	}
	return nil
}

func (r *appRecord) check() error {
	if len(r.ID) != 16 || !r.CreateFiles.Valid() {
		return errors.New("head")
	}
	if err := errors.Join(token.CheckName(r.Name, token.MaxName), r.User.check(), r.Admin.check()); err != nil {
		return err
	}
	if len(r.Containers) > maxContainers || repeats(r.Containers, func(c containerRecord) string { return c.Name }) {
		return errors.New("containers")
	}
	if len(r.Files) > maxFiles || repeats(r.Files, func(f fileRecord) string { return f.Name }) {
		return errors.New("files")
	}
	for i := range r.Containers {
		if err := r.Containers[i].check(); err != nil {
			return fmt.Errorf("container %d: %w", i+1, err)
		}
	}
	for i := range r.Files {
		if err := r.Files[i].check(); err != nil {
			return fmt.Errorf("file %d: %w", i+1, err)
		}
	}
	return nil
}

func (c counter) check() error {
	if c.Max < 1 || c.Max > token.Tries || c.Left < 0 || c.Left > c.Max {
		return errors.New("counter is out of range")
	}
	return nil
}

func (p *pinRecord) check() error {
	if len(p.Salt) != saltSize || len(p.Sealed) != dataKeySize+sealOverhead {
		return errors.New("pin: sizes")
	}
	return errors.Join(p.counter.check(), p.Cost.Check())
}

func (c *containerRecord) check() error {
	if len(c.ID) != 16 || len(c.Request) != 0 && len(c.Request) != 32 {
		return errors.New("head")
	}
	for _, k := range []*keyRecord{c.Signing, c.Encryption} {
		if k != nil && (len(k.Public) != 65 || len(k.Sealed) != 32+sealOverhead) {
			return errors.New("key: sizes")
		}
	}
	return token.CheckName(c.Name, token.MaxContainerName)
}

func (f *fileRecord) check() error {
	stored := f.Size
	if f.Sealed {
		stored += sealOverhead
	}
	if f.Size < 0 || f.Size > capacity || len(f.Data) != stored || !f.Read.Valid() || !f.Write.Valid() || f.Sealed && !f.maySeal() {
		return errors.New("sizes or rights")
	}
	return token.CheckName(f.Name, token.MaxName)
}

func repeats[T any](list []T, name func(T) string) bool {
	seen := make(map[string]bool, len(list))
	return slices.ContainsFunc(list, func(v T) bool {
		twice := seen[name(v)]
		seen[name(v)] = true
		return twice
	})
}

// shorten cuts s to limit octets without breaking a character.
func shorten(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}
