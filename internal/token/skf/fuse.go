package skf

import (
	"sync"
	"time"
)

// A fuse burns while a host is waited for. Setting a timer for every call would wake
// another thread each time, which costs as much as the call: one timer runs on, and
// looks at its end whether something is still waited for.
type fuse struct {
	mu    sync.Mutex
	until time.Time // of what is waited for; zero: nothing
	timer *time.Timer
	ends  time.Time // of the timer; zero: it does not run
	blown bool
}

// light calls over once, unless out comes within limit.
func (f *fuse) light(limit time.Duration, over func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.until = time.Now().Add(limit)
	if !f.ends.IsZero() && !f.ends.After(f.until) {
		return
	}
	f.ends = f.until
	if f.timer == nil {
		f.timer = time.AfterFunc(limit, func() { f.look(over) })
		return
	}
	f.timer.Reset(limit)
}

func (f *fuse) out() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.until = time.Time{}
}

// stop ends the fuse for good.
func (f *fuse) stop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.until, f.ends = time.Time{}, time.Time{}
	if f.timer != nil {
		f.timer.Stop()
	}
}

// passed reports whether the limit was passed.
func (f *fuse) passed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.blown
}

// look is the end of the timer.
func (f *fuse) look(over func()) {
	f.mu.Lock()
	left := time.Until(f.until)
	switch {
	case f.until.IsZero():
		f.ends = time.Time{}
	case left > 0:
		f.ends = f.until
		f.timer.Reset(left)
	default:
		f.ends, f.blown = time.Time{}, true
	}
	blown := f.blown
	f.mu.Unlock()
	if blown {
		over()
	}
}
