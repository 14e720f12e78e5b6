package skfabi

import (
	"context"
	"slices"
	"sync"
	"time"

	"xinzhang/internal/format/skf"
	"xinzhang/internal/token"
)

// watch sees devices come and go by asking again and again.
type watch struct {
	driver token.Driver
	every  time.Duration

	mu     *sync.Mutex
	seen   []string      // that were told of, or were there at the start; guarded by mu
	cancel chan struct{} // closed to wake those who wait; guarded by mu
}

func newWatch(driver token.Driver, every time.Duration) watch {
	seen, _ := driver.Devices(context.Background()) // an unreadable folder has no devices yet
	return watch{driver: driver, every: every, mu: new(sync.Mutex), seen: seen, cancel: make(chan struct{})}
}

// WaitForDevEvent waits until a device comes or goes since the library was
// loaded or since the last event. Each event is told once; with several waiting
// threads, to one of them.
func (l *Library) WaitForDevEvent(name []byte, n, event *uint32) skf.Code {
	if n == nil || event == nil {
		return skf.InvalidParam
	}
	w := &l.events
	w.mu.Lock()
	cancel := w.cancel
	w.mu.Unlock()
	ticker := time.NewTicker(w.every)
	defer ticker.Stop()
	for {
		if found, err := w.next(name, n, event); found || err != nil {
			return codeOf(err)
		}
		select {
		case <-cancel:
			return skf.NotEvent
		case <-ticker.C:
		}
	}
}

// next tells one event, if there is any. An event whose name does not fit stays.
func (w *watch) next(name []byte, n, event *uint32) (bool, error) {
	present, err := w.driver.Devices(context.Background())
	if err != nil {
		return false, nil // it may be readable next time
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	device, what, seen := difference(w.seen, present)
	if what == 0 {
		return false, nil
	}
	if err := hand(name, n, append([]byte(device), 0)); err != nil || name == nil {
		return name == nil, err
	}
	*event, w.seen = what, seen
	return true, nil
}

// difference returns the first device that went or came, and seen after that.
func difference(seen, present []string) (device string, event uint32, after []string) {
	for _, name := range seen {
		if !slices.Contains(present, name) {
			return name, skf.DeviceGone, slices.DeleteFunc(slices.Clone(seen), func(s string) bool { return s == name })
		}
	}
	for _, name := range present {
		if !slices.Contains(seen, name) {
			return name, skf.DeviceInserted, append(slices.Clone(seen), name)
		}
	}
	return "", 0, seen
}

// CancelWaitForDevEvent wakes all who wait; they answer SAR_NOT_EVENTERR.
func (l *Library) CancelWaitForDevEvent() skf.Code {
	w := &l.events
	w.mu.Lock()
	defer w.mu.Unlock()
	close(w.cancel)
	w.cancel = make(chan struct{})
	return skf.OK
}
