package skf

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"xinzhang/internal/format/skf"
)

// An Event is a device that came or went.
type Event struct {
	Present bool   // it came; else it went
	Device  string // its name, for Connect
	Serial  string // its serial number; "" where the device does not tell one
	Err     error  // why a device that came cannot be used, nil when it can

	// Library: the library cannot be asked, for the reason in Err; Device is "".
	// Told once until it can be asked again; devices that were there count as gone.
	Library bool
}

// pollEvery is how often devices are looked for. Nobody waits longer for a UKey
// that was plugged in.
const pollEvery = 1500 * time.Millisecond

// Watch tells of devices that come and go, until ctx ends; then the channel is
// closed. The devices that are there already come first. One that is pulled out
// and plugged in again between two looks is told of as gone and come when its
// name changed, and not at all when it did not: handles on it open again by
// themselves.
//
// The library is asked every second and a half. Where it has
// SKF_WaitForDevEvent, a second host waits in it and the look follows at once; it
// is ended with ctx, since the call cannot be relied on to return. The caller must
// read: nothing is dropped, and nothing is looked for while an event waits.
//
//	for event := range driver.Watch(ctx) {
//		…
//	}
func (d *Driver) Watch(ctx context.Context) <-chan Event {
	events := make(chan Event)
	w := &watcher{lib: d.lib, seen: make(map[string]string), events: events, every: pollEvery}
	woken := make(chan struct{}, 1)
	ctx, cancel := context.WithCancel(ctx)
	waiting := make(chan struct{})
	go func() {
		defer close(waiting)
		d.lib.waitForEvents(ctx, woken)
	}()
	go func() {
		defer close(events)
		defer func() { cancel(); <-waiting }()
		w.run(ctx, woken)
	}()
	return events
}

// A watcher compares what is there with what was.
type watcher struct {
	lib    *library
	seen   map[string]string // serial numbers by name as the library lists it
	broken bool              // told that the library cannot be asked
	events chan<- Event
	every  time.Duration
}

func (w *watcher) run(ctx context.Context, woken <-chan struct{}) {
	ticker := time.NewTicker(w.every)
	defer ticker.Stop()
	for {
		if !w.look(ctx) {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-woken:
		case <-ticker.C:
		}
	}
}

// look tells what changed; false when ctx has ended.
func (w *watcher) look(ctx context.Context) bool {
	var names []string
	err := w.lib.do(ctx, func(s *session) (err error) {
		names, err = s.devices()
		return err
	})
	switch {
	case ctx.Err() != nil || errors.Is(err, errClosedLibrary):
		return false
	case err != nil && w.broken:
		return true
	case err != nil:
		w.broken = true
		return w.gone(ctx, nil) && w.tell(ctx, Event{Library: true, Err: err})
	}
	w.broken = false
	return w.gone(ctx, names) && w.come(ctx, names)
}

// gone tells of what is not among names.
func (w *watcher) gone(ctx context.Context, names []string) bool {
	for _, name := range slices.Sorted(maps.Keys(w.seen)) {
		if slices.Contains(names, name) {
			continue
		}
		serial := w.seen[name]
		delete(w.seen, name)
		if !w.tell(ctx, Event{Device: readable(name), Serial: serial}) {
			return false
		}
	}
	return true
}

// come tells of names that are new.
func (w *watcher) come(ctx context.Context, names []string) bool {
	for _, name := range names {
		if _, there := w.seen[name]; there {
			continue
		}
		serial, err := w.serial(ctx, name)
		w.seen[name] = serial
		if !w.tell(ctx, Event{Present: true, Device: readable(name), Serial: serial, Err: err}) {
			return false
		}
	}
	return true
}

// serial asks a device that came for its serial number, unless that is its name.
func (w *watcher) serial(ctx context.Context, name string) (serial string, err error) {
	if w.lib.profile.DeviceName == "serial" {
		return readable(name), nil
	}
	err = w.lib.do(ctx, func(s *session) error {
		d := &device{lib: w.lib, name: name}
		info, err := d.connect(s)
		if err != nil {
			return err
		}
		serial = readable(info.Serial)
		s.release("SKF_DisConnectDev", d.handle)
		return nil
	})
	return serial, err
}

func (w *watcher) tell(ctx context.Context, e Event) bool {
	select {
	case w.events <- e:
		return true
	case <-ctx.Done():
		return false
	}
}

// waitForEvents wakes whenever SKF_WaitForDevEvent returns, in a host of its own. A
// library that cannot wait, or that fails several times in a row, is not asked
// again: looking is enough.
func (l *library) waitForEvents(ctx context.Context, woken chan<- struct{}) {
	for failures := 0; failures < 3 && ctx.Err() == nil; {
		h, err := l.start(ctx)
		if err != nil {
			failures++
			pause(ctx, time.Second)
			continue
		}
		stop := context.AfterFunc(ctx, h.kill)
		for waits(ctx, h) {
			failures = 0
			select {
			case woken <- struct{}{}:
			default: // a look is due already
			}
			pause(ctx, 50*time.Millisecond) // one that returns at once must not keep the machine busy
		}
		stop()
		h.bury()
		failures++
		pause(ctx, time.Second)
	}
}

// waits waits for one event, as long as it takes.
func waits(ctx context.Context, h *host) bool {
	const forever = 24 * time.Hour
	name, length, event := room(listRoom), &slot{listRoom}, &slot{}
	args := []argument{name, length, event}
	answer, err := h.roundTrip(ctx, callFrame("SKF_WaitForDevEvent", args), forever)
	if err != nil {
		return false
	}
	state, result, err := parseReply(answer, args)
	return err == nil && state == done && skf.Code(uint32(result)) == skf.OK
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
