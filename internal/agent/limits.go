package agent

import (
	"sync"
	"time"

	"xinzhang/internal/fault"
)

// Limits of one origin.
const (
	callsPerSecond = 20
	maxPending     = 8  // operations that wait for the person
	maxSockets     = 16 // connections
	maxOrigins     = 512
)

// limits counts what origins do. A flood from many origins of one page cannot
// grow it without bound.
type limits struct {
	now func() time.Time

	mu      sync.Mutex
	origins map[string]*use
}

type use struct {
	tokens  float64
	last    time.Time
	pending int
	sockets int
}

func newLimits(now func() time.Time) *limits {
	return &limits{now: now, origins: map[string]*use{}}
}

// of returns the use of origin; l.mu is held.
func (l *limits) of(origin string) *use {
	u := l.origins[origin]
	if u == nil {
		if len(l.origins) >= maxOrigins {
			l.forget()
		}
		u = &use{tokens: callsPerSecond, last: l.now()}
		l.origins[origin] = u
	}
	return u
}

// forget drops origins that do nothing at the moment.
func (l *limits) forget() {
	for origin, u := range l.origins {
		if u.pending == 0 && u.sockets == 0 && l.now().Sub(u.last) > time.Second {
			delete(l.origins, origin)
		}
	}
}

// take counts one call, or returns [fault.AgentTooMany].
func (l *limits) take(origin string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	u, now := l.of(origin), l.now()
	if len(l.origins) > maxOrigins {
		delete(l.origins, origin)
		return fault.New(fault.AgentTooMany, "limit", maxOrigins)
	}
	u.tokens = min(callsPerSecond, u.tokens+now.Sub(u.last).Seconds()*callsPerSecond)
	u.last = now
	if u.tokens < 1 {
		return fault.New(fault.AgentTooMany, "limit", callsPerSecond)
	}
	u.tokens--
	return nil
}

// wait counts an operation that waits for the person; call done at its end.
func (l *limits) wait(origin string) (done func(), err error) {
	return l.hold(origin, maxPending, func(u *use) *int { return &u.pending })
}

// connect counts a connection; call done at its end.
func (l *limits) connect(origin string) (done func(), err error) {
	return l.hold(origin, maxSockets, func(u *use) *int { return &u.sockets })
}

func (l *limits) hold(origin string, most int, field func(*use) *int) (func(), error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := field(l.of(origin))
	if *n >= most {
		return nil, fault.New(fault.AgentTooMany, "limit", most)
	}
	*n++
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		*n--
	}, nil
}

// pending is how many operations wait.
func (l *limits) pendingAll() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, u := range l.origins {
		n += u.pending
	}
	return n
}
