package card

import (
	"crypto/cipher"
	"maps"

	"xinzhang/internal/format/apdu"
	"xinzhang/internal/token"
)

// A table holds what has an ID.
type table struct {
	last       uint16 // ID that was given out
	apps       map[apdu.ID]token.Application
	containers map[apdu.ID]*container
	keys       map[apdu.ID]*sessionKey
}

type container struct {
	token.Container
	id, app apdu.ID
}

type sessionKey struct {
	app, container apdu.ID
	block          cipher.Block
	mode           cipher.BlockMode // between DecryptInit and DecryptFinal
}

// Most applications that are open, and session keys, at a time.
const (
	maxApps = 64
	maxKeys = 16
)

func newTable() table {
	return table{apps: make(map[apdu.ID]token.Application), containers: make(map[apdu.ID]*container), keys: make(map[apdu.ID]*sessionKey)}
}

// next gives out an ID that names nothing. There are far fewer things than IDs.
func (t *table) next() apdu.ID {
	for {
		t.last++
		id := apdu.ID{byte(t.last), byte(t.last >> 8)}
		_, app := t.apps[id]
		_, cont := t.containers[id]
		_, key := t.keys[id]
		if id != (apdu.ID{}) && !app && !cont && !key {
			return id
		}
	}
}

func (t *table) openApp(app token.Application) apdu.ID {
	id := t.next()
	t.apps[id] = app
	return id
}

// dropApps closes applications and forgets what was opened in them.
func (t *table) dropApps(which func(token.Application) bool) {
	for id, app := range t.apps {
		if !which(app) {
			continue
		}
		_ = app.Close() // the handle only
		delete(t.apps, id)
		maps.DeleteFunc(t.containers, func(_ apdu.ID, c *container) bool { return c.app == id })
		maps.DeleteFunc(t.keys, func(_ apdu.ID, k *sessionKey) bool { return k.app == id })
	}
}

// openContainer remembers a container under the ID that its name has already, or
// a new one.
func (t *table) openContainer(app apdu.ID, c token.Container) apdu.ID {
	for id, other := range t.containers {
		if other.app == app && other.Name() == c.Name() {
			other.Container = c
			return id
		}
	}
	id := t.next()
	t.containers[id] = &container{c, id, app}
	return id
}

func (t *table) dropContainer(app apdu.ID, name string) {
	for id, c := range t.containers {
		if c.app == app && c.Name() == name {
			delete(t.containers, id)
			maps.DeleteFunc(t.keys, func(_ apdu.ID, k *sessionKey) bool { return k.container == id })
		}
	}
}

func (t *table) wipe() { *t = table{} }

// app finds the application of an ID.
func (t *table) app(id apdu.ID) (token.Application, error) {
	if app, ok := t.apps[id]; ok {
		return app, nil
	}
	return nil, apdu.AppNotOpen
}

// container takes appID ‖ containerID from r.
func (t *table) container(r *apdu.Reader) (*container, error) {
	app, id := r.ID(), r.ID()
	if _, err := t.app(app); err != nil {
		return nil, err
	}
	if c, ok := t.containers[id]; ok && c.app == app {
		return c, nil
	}
	return nil, apdu.ContainerUnknown
}

// key takes appID ‖ containerID ‖ keyID from r.
func (t *table) key(r *apdu.Reader) (apdu.ID, *sessionKey, error) {
	app, cont, id := r.ID(), r.ID(), r.ID()
	if k, ok := t.keys[id]; ok && k.app == app && k.container == cont {
		return id, k, nil
	}
	return id, nil, apdu.KeyHandleAbsent
}
