package agent

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// An outbox holds the events that a page was not told yet. Answers do not wait in
// it: who made one writes what waits, and then the answer.
type outbox struct {
	events  chan []byte // nil stands for what batches holds
	batches progress
	waiting chan struct{} // something waits
	sending sync.Mutex
}

// maxUnread is how many events a page may leave unread.
const maxUnread = 64

func newOutbox() outbox {
	return outbox{events: make(chan []byte, maxUnread), waiting: make(chan struct{}, 1)}
}

func (k *socket) answer(ctx context.Context, a SocketAnswer) {
	b, err := json.Marshal(a)
	if err != nil {
		return
	}
	if k.flush(ctx, b) != nil {
		k.end()
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
	case k.events <- b:
	default:
		k.end()
	}
	select {
	case k.waiting <- struct{}{}:
	default: // it was said before
	}
}

// write tells the page what waits, and looks whether the page is there.
func (k *socket) write(ctx context.Context) {
	defer k.end()
	ping := time.NewTicker(pingTime)
	defer ping.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-k.waiting:
			err = k.flush(ctx, nil)
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

// flush writes the events that wait, and then the answer if there is one.
func (k *socket) flush(ctx context.Context, answer []byte) error {
	k.sending.Lock()
	defer k.sending.Unlock()
	for {
		select {
		case b := <-k.events:
			if err := k.send(ctx, b); err != nil {
				return err
			}
		default:
			if answer == nil {
				return nil
			}
			return k.send(ctx, answer)
		}
	}
}

// send writes one message of events.
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
