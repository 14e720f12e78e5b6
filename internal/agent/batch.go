package agent

import (
	"context"

	"xinzhang/internal/fault"
	"xinzhang/internal/keyring"
	"xinzhang/internal/problem"
)

// batch makes several signatures under one PIN, which holds for the documents
// that the person kept and for nothing else.
func (s *Server) batch(ctx context.Context, in *BatchParams) (*Batch, error) {
	return run(ctx, s, in.Operation, in, func(ctx context.Context) (*Batch, error) {
		work, err := s.prepare(ctx, in)
		if err != nil {
			return nil, err
		}
		if err := work.unlock(ctx); err != nil {
			return nil, err
		}
		defer work.close()
		return work.signAll(ctx), nil
	})
}

// signAll signs what was kept, in order. It stops at the first refusal: what a
// UKey refused once it would refuse again, and a person must look. What was
// signed until then is kept.
func (w *work) signAll(ctx context.Context) *Batch {
	f := w.session.Key
	key := w.server.describe(ctx, f, w.in.Purpose)
	out := &Batch{Results: []BatchResult{}, Certificate: f.Signing.Raw, Key: &key}
	kept := len(w.kept())
	c := w.server.windows.start(w.window, w.session, WindowProgress{
		ProgressEvent: ProgressEvent{Operation: w.in.Operation, Total: kept},
		Origin:        callerOf(ctx).origin, Action: plainText(w.in.Action), LeftOut: len(w.papers) - kept,
	})
	defer func() { c.end(out.Stopped) }()
	for i, p := range w.papers {
		switch {
		case w.leftOut[i]:
			err := fault.New(fault.UserLeftOut)
			w.note(ctx, i, f, err)
			out.Results = append(out.Results, BatchResult{Index: i, Error: keyring.Why(err, problem.LanguageOf(ctx))})
		case out.Stopped == nil:
			r, err := w.signNext(ctx, c, i, p.shown.Title)
			if err != nil {
				out.Stopped = stopped(ctx, i, err)
				continue
			}
			out.Results = append(out.Results, r)
			callerOf(ctx).socket.advance(ProgressEvent{w.in.Operation, c.signed(), kept})
		}
	}
	return out
}

// signNext signs document i as soon as the course lets it.
func (w *work) signNext(ctx context.Context, c *course, i int, title string) (BatchResult, error) {
	if err := c.next(ctx, i, title); err != nil {
		w.note(ctx, i, w.session.Key, err)
		return BatchResult{}, err
	}
	value, e, err := w.signOne(ctx, i)
	return BatchResult{Index: i, Value: value, Digest: e[:]}, err
}
