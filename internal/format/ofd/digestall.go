package ofd

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"sync"
)

// DigestAll hashes the named files ahead, on all processors: one stream of SM3
// cannot be split, but entries are independent. What it learns is kept for
// [Package.Digest], which also reports, for each file that was asked for, why it
// could not be read. The error is that of ctx.
func (p *Package) DigestAll(ctx context.Context, names []string) error {
	names = p.unknown(names)
	// The largest first, so that no processor is left alone with one at the end.
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(p.sizeOf(b), p.sizeOf(a)) })
	names = slices.Compact(names)
	queue := make(chan string)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(names)) {
		workers.Go(func() {
			for name := range queue {
				_, _ = p.Digest(name) // asked again, and judged, by the caller
			}
		})
	}
	for _, name := range names {
		if ctx.Err() != nil {
			break
		}
		queue <- name
	}
	close(queue)
	workers.Wait()
	return ctx.Err()
}

// unknown returns those of names that have not been hashed yet: several
// signatures protect mostly the same files.
func (p *Package) unknown(names []string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []string
	for _, name := range names {
		if _, ok := p.digests[name]; !ok && p.byName[name] != nil {
			out = append(out, name)
		}
	}
	return out
}

func (p *Package) sizeOf(name string) int64 {
	if m := p.byName[name]; m != nil {
		return m.size
	}
	return 0
}
