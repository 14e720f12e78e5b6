package agent

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"

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
	greeted bool // hello was answered; only who reads touches it
	outbox
	end context.CancelFunc
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
	k := &socket{conn: conn, origin: c.origin, outbox: newOutbox(), end: cancel}
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
