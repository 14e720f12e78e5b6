package agent

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"

	"xinzhang/internal/fault"
	"xinzhang/internal/keyring"
	"xinzhang/internal/problem"
)

// Bounds of one connection.
const (
	writeTime  = 10 * time.Second // a reader that takes longer is cut off
	pingTime   = 30 * time.Second
	maxAtOnce  = 16 // calls of one connection
	maxMessage = largeBody + smallBody
)

// A socket is the WebSocket of one page.
type socket struct {
	conn    *websocket.Conn
	origin  string
	greeted bool        // hello was answered; only the reader touches it
	out     chan []byte // nil stands for what batches holds
	batches progress
	end     context.CancelFunc
}

// socket is GET /v1/socket. The gate has judged the origin.
func (s *Server) socket(w http.ResponseWriter, r *http.Request) {
	c := callerOf(r.Context())
	done, err := s.limits.connect(c.origin)
	if err != nil {
		problem.Write(w, r, err)
		return
	}
	defer done()
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true, CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		return // it has answered
	}
	conn.SetReadLimit(maxMessage)
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	k := &socket{conn: conn, origin: c.origin, out: make(chan []byte, 64), end: cancel}
	c.socket = k
	ctx = withCaller(ctx, c)
	s.sockets.add(k)
	defer s.sockets.remove(k)
	var writing sync.WaitGroup
	writing.Go(func() { k.write(ctx) })
	s.read(ctx, k)
	cancel()
	writing.Wait()
	_ = conn.CloseNow()
}

// read takes calls until the page goes. Each runs by itself: a signature that
// waits for a person holds up no cancel. Who ran one stays for the next: a new
// goroutine would grow its stack each time, which costs a fifth of a call.
func (s *Server) read(ctx context.Context, k *socket) {
	slots := make(chan struct{}, maxAtOnce)
	calls := make(chan SocketCall, maxAtOnce) // never full: a slot comes first
	var workers sync.WaitGroup
	hired := 0
	work := func() {
		for call := range calls {
			k.answer(ctx, s.serve(ctx, call))
			<-slots
		}
	}
	defer workers.Wait()
	defer close(calls)
	defer k.end() // before waiting: it ends the calls
	for {
		kind, message, err := k.conn.Read(ctx)
		if err != nil {
			return
		}
		call, err := readCall(kind, message)
		if err == nil {
			err = s.limits.take(k.origin)
		}
		if err == nil {
			err = k.order(call.Method)
		}
		if err != nil {
			k.answer(ctx, SocketAnswer{ID: call.ID, Error: problem.From(err, problem.LanguageOf(ctx))})
			continue
		}
		select {
		case slots <- struct{}{}:
		default:
			k.answer(ctx, SocketAnswer{ID: call.ID, Error: problem.From(fault.New(fault.AgentTooMany, "limit", maxAtOnce), problem.LanguageOf(ctx))})
			continue
		}
		if calls <- call; hired < len(slots) {
			hired++
			workers.Go(work)
		}
	}
}

// order lets hello come first.
func (k *socket) order(method string) error {
	if method == "hello" {
		k.greeted = true
	}
	if !k.greeted {
		return fault.New(fault.AgentHelloFirst)
	}
	return nil
}

// readCall reads a message strictly. The id is returned as far as it was read, so
// that the page can tell which call failed.
func readCall(kind websocket.MessageType, message []byte) (SocketCall, error) {
	var call SocketCall
	wrong := fault.New(fault.RequestInvalid, "places", "message")
	if kind != websocket.MessageText {
		return call, wrong
	}
	d := json.NewDecoder(bytes.NewReader(message))
	d.DisallowUnknownFields()
	if err := d.Decode(&call); err != nil {
		return SocketCall{ID: bounded(call.ID)}, wrong
	}
	if _, err := d.Token(); err != io.EOF {
		return SocketCall{ID: bounded(call.ID)}, wrong
	}
	if call.ID == "" || len(call.ID) > maxCallID {
		return SocketCall{ID: bounded(call.ID)}, fault.New(fault.RequestInvalid, "places", "id")
	}
	return call, nil
}

const maxCallID = 64

func bounded(id string) string {
	if len(id) > maxCallID {
		return ""
	}
	return id
}

// serve runs one call.
func (s *Server) serve(ctx context.Context, call SocketCall) SocketAnswer {
	m := s.method(call.Method)
	if m == nil {
		return SocketAnswer{ID: call.ID, Error: problem.From(fault.New(fault.AgentNoSuchMethod, "method", bounded(call.Method)), problem.LanguageOf(ctx))}
	}
	out, err := m.call(ctx, call.Params)
	if err != nil {
		return SocketAnswer{ID: call.ID, Error: problem.From(err, problem.LanguageOf(ctx))}
	}
	return SocketAnswer{ID: call.ID, Result: out}
}

func (k *socket) answer(ctx context.Context, a SocketAnswer) {
	b, err := json.Marshal(a)
	if err != nil {
		return
	}
	select {
	case k.out <- b:
	case <-ctx.Done():
	}
}

// push sends an event; a page that does not keep up is cut off, and so knows that
// it missed something, rather than waited for. A nil socket takes none.
func (k *socket) push(event string, data any) {
	if k == nil {
		return
	}
	b, err := json.Marshal(SocketEvent{event, data})
	if err != nil {
		return
	}
	k.post(b)
}

// advance sends how far a batch is. A page that does not keep up is told the newest
// only.
func (k *socket) advance(e ProgressEvent) {
	if k != nil && k.batches.put(e) {
		k.post(nil)
	}
}

func (k *socket) post(b []byte) {
	select {
	case k.out <- b:
	default:
		k.end()
	}
}

func (k *socket) write(ctx context.Context) {
	defer k.end()
	ping := time.NewTicker(pingTime)
	defer ping.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case b := <-k.out:
			err = k.send(ctx, b)
		case <-ping.C:
			limited, cancel := context.WithTimeout(ctx, writeTime)
			err = k.conn.Ping(limited)
			cancel()
		}
		if err != nil {
			return
		}
	}
}

// send writes a message of the queue.
func (k *socket) send(ctx context.Context, b []byte) error {
	limited, cancel := context.WithTimeout(ctx, writeTime)
	defer cancel()
	if b != nil {
		return k.conn.Write(limited, websocket.MessageText, b)
	}
	for _, e := range k.batches.take() {
		b, err := json.Marshal(SocketEvent{"progress", e})
		if err == nil {
			err = k.conn.Write(limited, websocket.MessageText, b)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// sockets are the pages that are connected.
type sockets struct {
	mu  sync.Mutex
	all map[*socket]bool
}

func newSockets() *sockets { return &sockets{all: map[*socket]bool{}} }

func (ss *sockets) add(k *socket) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	ss.all[k] = true
}

func (ss *sockets) remove(k *socket) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	delete(ss.all, k)
}

func (ss *sockets) each(f func(*socket)) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	for k := range ss.all {
		f(k)
	}
}

func (ss *sockets) originChanged(origin string, allowed bool) {
	ss.each(func(k *socket) {
		if k.origin == origin {
			k.push("origin", OriginEvent{allowed})
		}
	})
}

// followKeys tells the pages that are allowed to know that keys came or went.
func (s *Server) followKeys(ctx context.Context, ring *keyring.Ring) {
	changed, stop := ring.Watch()
	defer stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-changed:
		}
		count := len(ring.All())
		s.sockets.each(func(k *socket) {
			if s.allowed(k.origin) {
				k.push("keys", KeysEvent{count})
			}
		})
	}
}
