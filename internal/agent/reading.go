package agent

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"sync"
	"sync/atomic"

	"github.com/coder/websocket"

	"xinzhang/internal/fault"
	"xinzhang/internal/problem"
)

// A crew takes the calls of one page. Who reads a call leaves the reading to the
// next and runs the call itself: a signature that waits for a person holds up no
// cancel, and no call waits until another goroutine wakes, or grows its stack.
type crew struct {
	reading sync.Mutex // whose turn it is to read
	hired   int32      // goroutines; only who reads touches it
	busy    atomic.Int32
	all     sync.WaitGroup
}

// read takes calls until the page goes.
func (s *Server) read(ctx context.Context, k *socket) {
	c := &crew{hired: 1}
	c.all.Go(func() { s.work(ctx, k, c) })
	c.all.Wait()
}

func (s *Server) work(ctx context.Context, k *socket, c *crew) {
	for {
		call, ok := s.take(ctx, k, c)
		if !ok {
			return
		}
		k.answer(ctx, s.serve(ctx, call))
		c.busy.Add(-1)
	}
}

// take reads until there is a call that may run; false when the page is gone.
func (s *Server) take(ctx context.Context, k *socket, c *crew) (SocketCall, bool) {
	c.reading.Lock()
	defer c.reading.Unlock()
	for {
		kind, message, err := k.conn.Read(ctx)
		if err != nil {
			k.end() // and with it the calls that run
			return SocketCall{}, false
		}
		call, err := readCall(kind, message)
		if err == nil {
			err = s.limits.take(k.origin)
		}
		if err == nil {
			err = k.order(call.Method)
		}
		if err == nil && c.busy.Load() == maxAtOnce {
			err = fault.New(fault.AgentTooMany, "limit", maxAtOnce)
		}
		if err != nil {
			k.answer(ctx, SocketAnswer{ID: call.ID, Error: problem.From(err, problem.LanguageOf(ctx))})
			continue
		}
		if c.busy.Add(1) == c.hired { // nobody is left to read
			c.hired++
			c.all.Go(func() { s.work(ctx, k, c) })
		}
		return call, true
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
