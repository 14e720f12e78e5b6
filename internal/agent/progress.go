package agent

import (
	"slices"
	"sync"
)

// A progress holds what a page was not told yet of its batches: of each the newest
// event, which is all that counts. A UKey may be faster than the page reads.
type progress struct {
	mu    sync.Mutex
	queue []ProgressEvent
}

// put keeps e in place of an older one of its batch, and reports whether nothing
// was kept before.
func (p *progress) put(e ProgressEvent) (first bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, older := range p.queue {
		if older.Operation == e.Operation {
			p.queue[i] = e
			return false
		}
	}
	p.queue = append(p.queue, e)
	return len(p.queue) == 1
}

// take returns what is kept, and keeps it no longer.
func (p *progress) take() []ProgressEvent {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := slices.Clone(p.queue)
	p.queue = p.queue[:0]
	return all
}
