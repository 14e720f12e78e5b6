// Package systems says which web pages may call the agent: those of business
// systems that an administrator listed and signed, so that five thousand PCs need
// no click, and those that the user allowed.
//
//	dir := systems.Open(systems.Config{Origins: file, Lists: folders, Trust: load, Now: time.Now})
//	p := dir.Lookup(origin)
//	if !p.Allowed() { … ask the person … dir.Allow(origin) }
//
// An origin is compared exactly: scheme, host and port, as the browser said. A
// list that is not signed by the administrator's certificate beside it, or whose
// certificate is not under a trust anchor, allows nobody and says why.
package systems

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"xinzhang/internal/durable"
	"xinzhang/internal/fault"
	"xinzhang/internal/trust"
)

// Config says where things lie.
type Config struct {
	Origins string   // file of the origins that the user allowed
	Lists   []string // folders to look for a signed list in; the first that has one counts
	Trust   func() (*trust.Set, error)
	Now     func() time.Time
}

// A Directory knows who may call.
type Directory struct {
	cfg Config

	mu      sync.Mutex
	allowed []Allowed
	seen    time.Time // of the file of allowed
	list    *Signed
	listErr error
	stamp   string    // of the files of the list
	looked  time.Time // when the files were looked at for the last time
	changed func(origin string, allowed bool)
}

// Allowed is an origin that the user allowed.
type Allowed struct {
	Origin string    `json:"origin"`
	Since  time.Time `json:"since"`
	Used   time.Time `json:"used,omitzero"`
}

// A Permission says why an origin may call: System, or User, or not at all.
type Permission struct {
	System *System // in the administrator's list
	User   *Allowed
}

// Allowed reports whether the origin may call.
func (p Permission) Allowed() bool { return p.System != nil || p.User != nil }

// Open reads what the user allowed. A file that cannot be read is an error: it
// must not come to allow nobody, or everybody, unnoticed.
func Open(cfg Config) (*Directory, error) {
	d := &Directory{cfg: cfg, changed: func(string, bool) {}}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d, d.reload()
}

// reload reads the file again when another program changed it; d.mu is held.
func (d *Directory) reload() error {
	info, err := os.Stat(d.cfg.Origins)
	if errors.Is(err, fs.ErrNotExist) {
		d.allowed, d.seen = nil, time.Time{}
		return nil
	}
	if err != nil {
		return fault.Wrap(fault.FileUnreadable, err, "file", d.cfg.Origins)
	}
	if info.ModTime().Equal(d.seen) {
		return nil
	}
	d.allowed = nil
	b, err := os.ReadFile(d.cfg.Origins)
	if err == nil {
		err = json.Unmarshal(b, &d.allowed)
	}
	if err != nil {
		return fault.Wrap(fault.FileUnreadable, err, "file", d.cfg.Origins)
	}
	d.seen = info.ModTime()
	return nil
}

// OnChange sets what is told when an origin is allowed or no longer.
func (d *Directory) OnChange(f func(origin string, allowed bool)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.changed = f
}

// Lookup says what is known of origin, which need not be an origin at all.
func (d *Directory) Lookup(origin string) Permission {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.look()
	var p Permission
	if d.list != nil && d.cfg.Now().Before(d.list.ValidUntil) {
		for i, s := range d.list.Systems {
			if slices.Contains(s.Origins, origin) {
				p.System = &d.list.Systems[i]
			}
		}
	}
	if i := d.find(origin); i >= 0 {
		a := d.allowed[i]
		p.User = &a
	}
	return p
}

// fresh is how long files count as they were read. One call of a page asks half a
// dozen times.
const fresh = 100 * time.Millisecond

// look reads what other programs may have changed; d.mu is held.
func (d *Directory) look() {
	if time.Since(d.looked) < fresh {
		return
	}
	d.looked = time.Now()
	d.refresh()
	_ = d.reload() // what cannot be read allows nobody
}

func (d *Directory) find(origin string) int {
	return slices.IndexFunc(d.allowed, func(a Allowed) bool { return a.Origin == origin })
}

// Allow lets origin call from now on. What is no origin is [fault.AgentOriginUnfit].
func (d *Directory) Allow(origin string) error {
	if err := CheckOrigin(origin); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.reload(); err != nil {
		return err
	}
	if d.find(origin) >= 0 {
		return nil
	}
	next := append(slices.Clone(d.allowed), Allowed{Origin: origin, Since: d.cfg.Now().UTC().Truncate(time.Second)})
	return d.save(next, origin, true)
}

// Revoke lets origin call no longer; it may be asked for again. An origin that
// only the administrator's list allows stays: [fault.AgentOriginListed].
func (d *Directory) Revoke(origin string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.reload(); err != nil {
		return err
	}
	i := d.find(origin)
	if i < 0 {
		if d.list != nil && slices.ContainsFunc(d.list.Systems, func(s System) bool { return slices.Contains(s.Origins, origin) }) {
			return fault.New(fault.AgentOriginListed, "origin", origin)
		}
		return fault.New(fault.AgentOriginUnknown, "origin", origin)
	}
	return d.save(slices.Delete(slices.Clone(d.allowed), i, i+1), origin, false)
}

// Used notes that origin was served; once a day is enough to tell old ones.
func (d *Directory) Used(origin string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.cfg.Now().UTC().Truncate(time.Second)
	if i := d.find(origin); i >= 0 && now.Sub(d.allowed[i].Used) > 24*time.Hour {
		next := slices.Clone(d.allowed)
		next[i].Used = now
		if b, err := json.Marshal(next); err == nil && durable.WriteFile(d.cfg.Origins, b, 0o600) == nil {
			d.allowed = next
		}
	}
}

// save makes next durable and tells; d.mu is held.
func (d *Directory) save(next []Allowed, origin string, allowed bool) error {
	b, err := json.MarshalIndent(next, "", "  ")
	if err != nil {
		return err
	}
	if err := durable.WriteFile(d.cfg.Origins, b, 0o600); err != nil {
		return fault.Wrap(fault.FileUnwritable, err, "file", d.cfg.Origins)
	}
	d.allowed = next
	go d.changed(origin, allowed) // listeners may ask the directory
	return nil
}

// User returns the origins that the user allowed, in order of name.
func (d *Directory) User() []Allowed {
	d.mu.Lock()
	defer d.mu.Unlock()
	_ = d.reload() // what cannot be read allows nobody
	out := slices.Clone(d.allowed)
	slices.SortFunc(out, func(a, b Allowed) int { return strings.Compare(a.Origin, b.Origin) })
	return out
}

// List returns the administrator's list, nil when there is none; the error says
// why one that is there is not used.
func (d *Directory) List() (*Signed, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refresh()
	return d.list, d.listErr
}
