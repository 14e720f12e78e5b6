package agent

import (
	"context"
	"sync"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/keyring"
	"xinzhang/internal/problem"
)

// A course is a batch on its way. The window that asked for it shows it, and
// there the person may hold it and stop it.
type course struct {
	windows *windows
	id      string // of the window; "" when none can show it
	session *keyring.Session
	wake    chan struct{}
	seen    time.Time // when the window was last known to be open; only the signer touches it
	over    bool      // windows.mu guards it

	mu  sync.Mutex
	now WindowProgress
}

const (
	// lookTime is how often a batch that is held looks if it may still wait.
	lookTime = 500 * time.Millisecond
	// goneTime is how long a window may be gone while it holds a batch: a page that
	// is loaded again is back sooner.
	goneTime = 5 * time.Second
	// endTime is how long a window that did not listen then may hear how its batch
	// ended.
	endTime = time.Minute
)

// start shows a batch of session in window id, which asked for it.
func (ws *windows) start(id string, session *keyring.Session, first WindowProgress) *course {
	first.State, first.Until = Signing, session.Until().UTC().Truncate(time.Second)
	c := &course{windows: ws, id: id, session: session, wake: make(chan struct{}, 1), now: first}
	if id != "" {
		ws.mu.Lock()
		ws.courses[id] = c
		ws.mu.Unlock()
	}
	return c
}

// course returns the batch that window id shows, or showed until a while ago.
func (ws *windows) course(id string) (*course, error) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if c := ws.courses[id]; c != nil {
		return c, nil
	}
	return nil, fault.New(fault.AgentWindowClosed)
}

// next returns when a document, the index-th of all, may be signed. An error says
// why it and what follows may not.
func (c *course) next(ctx context.Context, index int, title string) error {
	c.change(func(p *WindowProgress) { p.Index, p.Title = index, title })
	c.seen = c.clock()
	for {
		held, err := c.look(ctx)
		if err != nil || !held {
			return err
		}
		select {
		case <-ctx.Done():
		case <-c.wake:
		case <-time.After(lookTime):
		}
	}
}

// look judges whether the batch goes on, waits, or ends.
func (c *course) look(ctx context.Context) (held bool, err error) {
	state, now := c.progress().State, c.clock()
	switch {
	case ctx.Err() != nil:
		return false, fault.Wrap(fault.OperationCancelled, ctx.Err())
	case state == Stopping:
		return false, fault.New(fault.OperationStopped)
	case now.After(c.session.Until()):
		return false, fault.New(fault.PINSessionOver)
	case state == Pausing:
		c.change(func(p *WindowProgress) {
			if p.State == Pausing { // no stop came between
				p.State = Paused
			}
		})
	case state != Paused:
		return false, nil
	}
	if c.windows.watched(c.id) {
		c.seen = now
	} else if now.Sub(c.seen) > goneTime {
		return false, fault.New(fault.OperationStopped) // nobody is there to let it go on
	}
	_, err = c.windows.server.cfg.Ring.Find(c.session.Key.ID)
	return true, err
}

func (c *course) clock() time.Time { return c.windows.server.cfg.Now() }

// steer does what the person wants. A stop cannot be taken back.
func (c *course) steer(do SteerAct) WindowProgress {
	now := c.change(func(p *WindowProgress) {
		switch {
		case p.State == Stopping || p.State == Ended:
		case do == Pause && p.State == Signing:
			p.State = Pausing
		case do == Resume:
			p.State = Signing
		case do == Stop:
			p.State = Stopping
		}
	})
	select {
	case c.wake <- struct{}{}:
	default: // it is awake
	}
	return now
}

// signed counts a document.
func (c *course) signed() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now.Done++ // told with the next document, or the end
	return c.now.Done
}

// end shows how the batch ended: stopped says where and why before its end.
func (c *course) end(stopped *Stopped) {
	c.change(func(p *WindowProgress) {
		p.State, p.Stopped = Ended, stopped
	})
	c.windows.mu.Lock()
	defer c.windows.mu.Unlock()
	c.over = true
	time.AfterFunc(endTime, func() { c.windows.forget(c) })
}

func (ws *windows) forget(c *course) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if ws.courses[c.id] == c { // no other batch came in this window
		delete(ws.courses, c.id)
	}
}

// change changes what is shown, and shows it.
func (c *course) change(do func(*WindowProgress)) WindowProgress {
	c.mu.Lock()
	defer c.mu.Unlock()
	do(&c.now)
	c.windows.push(c.id, c.now) // inside the lock: what is shown last must be what is so
	return c.now
}

func (c *course) progress() WindowProgress {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// stopped words the reason why document index and what follows were not signed.
func stopped(ctx context.Context, index int, err error) *Stopped {
	return &Stopped{index, *keyring.Why(err, problem.LanguageOf(ctx))}
}
