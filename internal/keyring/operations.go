package keyring

import (
	"context"
	"time"

	"xinzhang/internal/fault"
)

// An operations remembers which operation ids have run, and how they ended: a
// second click of the same dialog is told the first one's answer and touches no
// UKey. The shield's mutex guards it.
type operations struct {
	all   map[string]*outcome
	order []string // ids, oldest first
}

type outcome struct {
	ended chan struct{} // closed when err is there
	err   error
	began time.Time
}

// operationMemory is how long an id is remembered: longer than any dialog lives.
const operationMemory = time.Hour

// once runs f for operation, or waits for the run that is under way and returns
// its answer; first says which.
func (r *Ring) once(ctx context.Context, operation string, f func() error) (first bool, err error) {
	s := r.shield
	now := r.cfg.Now()
	s.mu.Lock()
	s.done.forget(now)
	if o := s.done.all[operation]; o != nil {
		s.mu.Unlock()
		select {
		case <-ctx.Done():
			return false, fault.Wrap(fault.OperationCancelled, ctx.Err())
		case <-o.ended:
			return false, o.err
		}
	}
	o := &outcome{ended: make(chan struct{}), began: now}
	s.done.all[operation] = o
	s.done.order = append(s.done.order, operation)
	s.mu.Unlock()
	defer close(o.ended)
	o.err = fault.New(fault.InternalError) // if f does not return
	o.err = f()
	return true, o.err
}

// forget drops what began long ago.
func (ops *operations) forget(now time.Time) {
	n := 0
	for n < len(ops.order) && now.Sub(ops.all[ops.order[n]].began) > operationMemory {
		delete(ops.all, ops.order[n])
		n++
	}
	ops.order = ops.order[n:]
}
