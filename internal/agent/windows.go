package agent

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"sync"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/keyring"
	"xinzhang/internal/prompt"
)

// windows asks in the agent's own pages: in the window that a business page
// opened and calls through, else in an app window of the browser.
type windows struct {
	server *Server

	mu       sync.Mutex
	open     map[string]*window
	courses  map[string]*course           // batches that an answered window shows, by its id
	watchers map[string]map[chan any]bool // of events, by window id
}

// A window is one question on its way, from the first showing to the end.
type window struct {
	id     string
	build  func() prompt.Question
	decide func(context.Context, prompt.Answer) error
	ctx    context.Context // of the call that asks; a window belongs to one call

	mu       sync.Mutex // one answer at a time
	question prompt.Question
	seen     time.Time // when a page first read the question
	ended    chan struct{}
	outcome  error
	closed   bool
	stays    bool // answered, and the page goes on to show the batch
}

// inert is guard 9: how long after its appearance a window takes no approval,
// against an Enter typed ahead and against click-jacking.
const inert = 500 * time.Millisecond

// appearTime is how long a browser may take to show an app window.
const appearTime = 30 * time.Second

func newWindows(s *Server) *windows {
	return &windows{server: s, open: map[string]*window{}, courses: map[string]*course{}, watchers: map[string]map[chan any]bool{}}
}

// randomID is 128 random bits.
func randomID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: the runtime ends the program instead
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Name is "page".
func (ws *windows) Name() string { return "page" }

// Ask is [prompt.Prompter]'s.
func (ws *windows) Ask(ctx context.Context, build func() prompt.Question, decide func(context.Context, prompt.Answer) error) (err error) {
	w := &window{id: callerOf(ctx).window, build: build, decide: decide, ctx: ctx, ended: make(chan struct{})}
	app := w.id == ""
	if app {
		w.id = randomID()
	}
	w.renew()
	ws.mu.Lock()
	if c := ws.courses[w.id]; ws.open[w.id] != nil || c != nil && !c.over {
		ws.mu.Unlock()
		return fault.New(fault.AgentTooMany, "limit", 1)
	}
	delete(ws.courses, w.id)
	ws.open[w.id] = w
	ws.mu.Unlock()
	defer func() { err = ws.close(w, err) }()
	ws.push(w.id, WindowOpened{w.operation()})
	if app {
		if err := ws.server.cfg.OpenWindow(ctx, fmt.Sprintf("http://127.0.0.1:%d/confirm.html?lang=%s#%s", ws.server.port, ws.server.settings.get().Language, w.id)); err != nil {
			return fault.Wrap(fault.AgentNoWindow, err)
		}
	}
	return ws.await(ctx, w)
}

func (ws *windows) await(ctx context.Context, w *window) error {
	changed, stop := ws.server.cfg.Ring.Watch()
	defer stop()
	appeared := time.NewTimer(appearTime)
	defer appeared.Stop()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-w.ended:
			return w.outcome
		case <-appeared.C:
			if w.firstSeen().IsZero() {
				return fault.New(fault.AgentNoWindow)
			}
		case <-changed:
			ws.push(w.id, WindowKeys{len(ws.server.cfg.Ring.All())})
		}
	}
}

// close ends w, which ended as err says, and returns how it ended in truth: an
// answer that was taken counts, whatever else came while the UKey looked at it.
func (ws *windows) close(w *window, err error) error {
	ws.mu.Lock()
	delete(ws.open, w.id)
	ws.mu.Unlock()
	w.mu.Lock()
	defer w.mu.Unlock()
	reason := error(fault.New(fault.AgentWindowClosed))
	if w.closed {
		if err = w.outcome; err != nil {
			reason = err
		}
	} else if !errors.Is(err, context.Canceled) {
		reason = err
	}
	w.closed = true
	if !w.stays {
		ws.push(w.id, WindowClosed{*keyring.Why(reason, fault.ZH)})
	}
	return err
}

func (ws *windows) find(id string) (*window, error) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if w := ws.open[id]; w != nil {
		return w, nil
	}
	return nil, fault.New(fault.AgentWindowClosed)
}

// renew makes the question anew, with an operation id that is good once.
func (w *window) renew() {
	q := w.build()
	if !w.question.Deadline.IsZero() {
		q.Deadline = w.question.Deadline
	}
	q.ID = w.id
	w.question = q
}

func (w *window) firstSeen() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.seen
}

// show returns the question as it stands now: keys that came or went since are
// in it. The operation id stays, so that a second reader uses up no other.
func (w *window) show(now time.Time) prompt.Question {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.seen.IsZero() {
		w.seen = now
	}
	operation := w.question.Operation
	w.renew()
	w.question.Operation = operation
	return w.question
}

// operation is the one that an answer must name now.
func (w *window) operation() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.question.Operation
}

// answer hands what the person decided to the call that asks; stays says that
// the window is to show how it goes on.
func (w *window) answer(a prompt.Answer, now time.Time) (stays bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.closed || w.ctx.Err() != nil:
		return false, fault.New(fault.AgentWindowClosed)
	case a.Operation != w.question.Operation:
		return false, fault.New(fault.OperationDone)
	case a.Approve && (w.seen.IsZero() || now.Sub(w.seen) < inert):
		return false, fault.New(fault.AgentTooEarly)
	case !chosenFrom(a.Documents, len(w.question.Documents)):
		return false, fault.New(fault.RequestInvalid, "places", "documents")
	}
	several := len(w.question.Documents) > 1
	if several {
		a.Window = w.id
	}
	err = w.decide(w.ctx, a)
	ended := w.ctx.Err()
	if err == nil && !several && errors.Is(ended, context.Canceled) {
		err = ended // nothing will be done with this yes; of several, the window shows it
	}
	// The page took its call back while the UKey was waited for. That a try may be
	// spent must be told all the same.
	if ended != nil && errors.Is(err, ended) && !errors.Is(err, fault.PINOutcomeUnknown) {
		err = fault.Wrap(fault.AgentWindowClosed, err)
	}
	if prompt.MayRetry(err) {
		w.renew()
		return false, err
	}
	w.outcome, w.closed, w.stays = err, true, several && err == nil
	close(w.ended)
	return w.stays, err
}

// chosenFrom reports whether documents are indices of count documents, each once
// and at least one; nil is all of them.
func chosenFrom(documents []int, count int) bool {
	seen := map[int]bool{}
	for _, i := range documents {
		if i < 0 || i >= count || seen[i] {
			return false
		}
		seen[i] = true
	}
	return documents == nil || len(seen) > 0
}

// watch returns events of window id, which need not be open yet: a window that
// calls listens first.
func (ws *windows) watch(id string) (<-chan any, func()) {
	c := make(chan any, 16)
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if ws.watchers[id] == nil {
		ws.watchers[id] = map[chan any]bool{}
	}
	ws.watchers[id][c] = true
	return c, func() {
		ws.mu.Lock()
		defer ws.mu.Unlock()
		delete(ws.watchers[id], c)
		if len(ws.watchers[id]) == 0 {
			delete(ws.watchers, id)
		}
	}
}

// watched reports whether a page listens to window id.
func (ws *windows) watched(id string) bool {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	return len(ws.watchers[id]) > 0
}

// push tells whoever listens; one who does not keep up misses the oldest events:
// each tells how things stand now, and the last must not be lost.
func (ws *windows) push(id string, event any) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	for c := range ws.watchers[id] {
		for sent := false; !sent; {
			select {
			case c <- event:
				sent = true
			default:
				select {
				case <-c:
				default: // it was read meanwhile
				}
			}
		}
	}
}
