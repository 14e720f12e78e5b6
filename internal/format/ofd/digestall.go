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
	p.mu.Lock()
	var unknown []string
	seen := make(map[string]bool, min(len(names), len(p.byName))) // several signatures protect mostly the same files
	for _, name := range names {
		if _, ok := p.digests[name]; !ok && !seen[name] && p.byName[name] != nil {
			seen[name] = true
			unknown = append(unknown, name)
		}
	}
	p.mu.Unlock()
	p.onAll(unknown, func(name string) {
		if ctx.Err() == nil {
			_, _ = p.Digest(name) // asked again, and judged, by the caller
		}
	})
	return ctx.Err()
}

// scanAll scans the pages of a document ahead, on all processors. Large ones are
// left for their turn: they are held whole, and one at a time is enough.
func (p *Package) scanAll(base string, tree *node) {
	const most = 4 << 20
	var names []string
	for _, pages := range tree.all("Pages") {
		for _, n := range pages.all("Page") {
			name, _, ok := p.Resolve(base, n.attr("BaseLoc"))
			if ok && p.byName[name].size <= most && len(names) < p.lim.Pages {
				names = append(names, name)
			}
		}
	}
	p.onAll(names, func(name string) {
		_, _ = p.scanPage(name) // asked again when the page is read
	})
}

// onAll works on files of the package on all processors, each file once. The
// largest come first, so that no processor is left alone with one at the end.
func (p *Package) onAll(names []string, work func(name string)) {
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(p.byName[b].size, p.byName[a].size), cmp.Compare(a, b))
	})
	names = slices.Compact(names)
	queue := make(chan string)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(names)) {
		workers.Go(func() {
			for name := range queue {
				work(name)
			}
		})
	}
	for _, name := range names {
		queue <- name
	}
	close(queue)
	workers.Wait()
}
