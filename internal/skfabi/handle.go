package skfabi

import (
	"crypto/rand"
	"encoding/binary"
	"sync"

	"xinzhang/internal/format/skf"
)

// A Handle names an object of the library. It is a number, no address, and is
// never used again: whatever a program hands in, no memory is touched by it.
type Handle uintptr

// An object is what a handle stands for. Its type is the kind of the handle.
type object interface {
	of() *device // the connection it lives on
	wipe()       // the handle is closed
}

// table keeps the objects of all open handles.
type table struct {
	mu      sync.Mutex
	last    Handle            // guarded by mu
	objects map[Handle]object // guarded by mu
}

// maxHandles is far above what a program needs that closes its handles.
const maxHandles = 1 << 16

// newTable starts somewhere, so that handles of an earlier run are unlikely to
// mean anything.
func newTable() table {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	return table{last: Handle(binary.LittleEndian.Uint32(b[:])>>4) &^ 15, objects: make(map[Handle]object)}
}

// add gives an object a handle.
func (t *table) add(o object, h *Handle) error {
	if h == nil {
		o.wipe()
		return skf.InvalidParam
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.objects) >= maxHandles {
		o.wipe()
		return skf.MemoryErr
	}
	t.last += 16
	t.objects[t.last] = o
	*h = t.last
	return nil
}

// find returns the object of a handle that is open and of the kind T.
func find[T object](t *table, h Handle) (T, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	o, ok := t.objects[h].(T)
	if !ok {
		return o, skf.InvalidHandle
	}
	return o, nil
}

// remove closes a handle of the kind T, and those that gone says end with it.
func remove[T object](t *table, h Handle, gone func(o object, closed T) bool) (T, error) {
	t.mu.Lock()
	closed, ok := t.objects[h].(T)
	if !ok {
		t.mu.Unlock()
		return closed, skf.InvalidHandle
	}
	ended := []object{closed}
	delete(t.objects, h)
	for other, o := range t.objects {
		if gone != nil && gone(o, closed) {
			delete(t.objects, other)
			ended = append(ended, o)
		}
	}
	t.mu.Unlock() // wipe may wait for a call that is under way
	for _, o := range ended {
		o.wipe()
	}
	return closed, nil
}

// closable are the kinds that SKF_CloseHandle closes.
type closable interface {
	object
	closable()
}

// CloseHandle closes the handle of a key, digest, MAC or agreement.
func (l *Library) CloseHandle(h Handle) skf.Code {
	_, err := remove[closable](&l.handles, h, nil)
	return codeOf(err)
}
