package agent

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"xinzhang/internal/fault"
)

// operations remembers what pages asked for under an id of their own: the id
// runs once, and a repeat (a page that reloads, a reply that was lost) gets the
// first answer.
type operations struct {
	now func() time.Time

	mu   sync.Mutex
	all  map[string]*operation // by origin and id
	past []*operation          // those that have ended, in that order
}

type operation struct {
	key    string // in operations.all
	origin string
	params [sm3.Size]byte
	cancel context.CancelFunc
	ended  chan struct{} // closed when result and err are there
	at     time.Time     // when it ended
	result result
	err    error
}

// How long and how much is remembered.
const (
	operationMemory = 10 * time.Minute
	maxRemembered   = 64      // operations of one origin
	maxRepeat       = 3 << 20 // octets of a result that can be given again
)

func newOperations(now func() time.Time) *operations {
	return &operations{now: now, all: map[string]*operation{}}
}

// A result tells how much it holds, roughly.
type result interface{ octets() int }

// run runs do once for the caller's operation id.
func run[R result](ctx context.Context, s *Server, id string, params any, do func(context.Context) (R, error)) (out R, err error) {
	raw, err := json.Marshal(params)
	if err != nil {
		return out, err
	}
	running, cancel := context.WithCancel(ctx)
	defer cancel()
	o, first := s.ops.begin(callerOf(ctx).origin, id, sm3.Sum(raw), cancel)
	if o == nil {
		return out, fault.New(fault.AgentOperationReused)
	}
	if !first {
		return again[R](ctx, o)
	}
	defer s.ops.end(o)
	o.err = fault.New(fault.InternalError) // if do does not return
	done, err := s.limits.wait(o.origin)
	if err != nil {
		o.err = err
		return out, err
	}
	defer done()
	out, err = do(running)
	if errors.Is(err, context.Canceled) {
		err = fault.Wrap(fault.OperationCancelled, err)
	}
	o.err = err
	if err == nil && out.octets() <= maxRepeat {
		o.result = out
	}
	return out, err
}

func again[R result](ctx context.Context, o *operation) (out R, err error) {
	select {
	case <-ctx.Done():
		return out, fault.Wrap(fault.OperationCancelled, ctx.Err())
	case <-o.ended:
	}
	if o.err != nil {
		return out, o.err
	}
	out, ok := o.result.(R)
	if !ok {
		return out, fault.New(fault.OperationDone)
	}
	return out, nil
}

// begin returns the operation of origin and id, made now when first; nil when
// the id was used with other parameters.
func (ops *operations) begin(origin, id string, params [sm3.Size]byte, cancel context.CancelFunc) (o *operation, first bool) {
	ops.mu.Lock()
	defer ops.mu.Unlock()
	ops.tidy()
	key := origin + " " + id
	if o := ops.all[key]; o != nil {
		if !bytes.Equal(o.params[:], params[:]) {
			return nil, false
		}
		return o, false
	}
	o = &operation{key: key, origin: origin, params: params, ended: make(chan struct{}), cancel: cancel}
	ops.all[key] = o
	return o, true
}

// tidy forgets what ended long ago; ops.mu is held.
func (ops *operations) tidy() {
	now, n := ops.now(), 0
	for n < len(ops.past) && now.Sub(ops.past[n].at) > operationMemory {
		delete(ops.all, ops.past[n].key)
		n++
	}
	ops.past = slices.Delete(ops.past, 0, n)
}

// end notes that o has ended, and forgets the oldest of an origin that has many.
func (ops *operations) end(o *operation) {
	ops.mu.Lock()
	defer ops.mu.Unlock()
	close(o.ended)
	o.at, o.cancel = ops.now(), func() {} // with what it ran in it goes
	ops.past = append(ops.past, o)
	count, oldest := 0, -1
	for i, p := range ops.past {
		if p.origin != o.origin {
			continue
		}
		if count++; oldest < 0 {
			oldest = i
		}
	}
	if count > maxRemembered {
		delete(ops.all, ops.past[oldest].key)
		ops.past = slices.Delete(ops.past, oldest, oldest+1)
	}
}

// cancel ends an operation of origin that still runs.
func (ops *operations) cancel(origin, id string) {
	ops.mu.Lock()
	defer ops.mu.Unlock()
	if o := ops.all[origin+" "+id]; o != nil {
		o.cancel()
	}
}
