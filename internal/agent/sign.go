package agent

import (
	"context"

	"xinzhang/internal/fault"
	"xinzhang/internal/keyring"
	"xinzhang/internal/prompt"
)

// sign makes one signature: read, ask, unlock, sign, wrap, note.
func (s *Server) sign(ctx context.Context, in *SignParams) (*Signed, error) {
	return run(ctx, s, in.Operation, in, func(ctx context.Context) (*Signed, error) {
		b := &BatchParams{Action: in.Action, Purpose: in.Purpose, Key: in.Key, Documents: []Document{in.Document}, Format: in.Format}
		work, err := s.prepare(ctx, b)
		if err != nil {
			return nil, err
		}
		if err := work.unlock(ctx); err != nil {
			return nil, err
		}
		defer work.close()
		value, e, err := work.signOne(ctx, 0)
		if err != nil {
			return nil, err
		}
		f := work.session.Key
		return &Signed{Value: value, Certificate: f.Signing.Raw, Key: s.describe(ctx, f, in.Purpose), Digest: e[:]}, nil
	})
}

// A work is documents on their way to signatures.
type work struct {
	server  *Server
	in      *BatchParams
	papers  []*paper
	leftOut []bool // by paper: the person took it out
	digests [][32]byte
	session *keyring.Session
	window  string // that asked, when it stays open
}

// prepare judges everything that needs no person.
func (s *Server) prepare(ctx context.Context, in *BatchParams) (*work, error) {
	if err := s.listed(ctx, in.Purpose, in.Action); err != nil {
		return nil, err
	}
	w := &work{server: s, in: in}
	for i, d := range in.Documents {
		p, err := read(d, in.Format, i+1, s.cfg.Now())
		if err != nil {
			return nil, err
		}
		if p.shown.OnlyHash && !s.bareDigests(ctx) {
			return nil, fault.New(fault.AgentDigestOnly)
		}
		w.papers = append(w.papers, p)
	}
	return w, nil
}

// bareDigests reports whether the caller may have a digest signed that nobody can
// look behind.
func (s *Server) bareDigests(ctx context.Context) bool {
	if p := s.cfg.Systems.Lookup(callerOf(ctx).origin); p.System != nil {
		return p.System.DigestOnly
	}
	return s.settings.get().DigestOnly != "refuse"
}

func (w *work) wish() wish {
	shown := make([]prompt.Shown, len(w.papers))
	for i, p := range w.papers {
		shown[i] = p.shown
	}
	return wish{purpose: w.in.Purpose, action: plainText(w.in.Action), key: w.in.Key, pin: true, unfit: notInSeal(w.papers), shown: shown}
}

// unlock asks the person and opens a session for the documents that stay.
func (w *work) unlock(ctx context.Context) error {
	session, err := w.server.unlock(ctx, w.wish(), func(f *keyring.Found, a prompt.Answer) ([][32]byte, error) {
		w.window = a.Window
		w.digests, w.leftOut = nil, nil
		for i, p := range w.papers {
			e, err := p.digest(f.Signing)
			if err != nil {
				return nil, err
			}
			w.digests = append(w.digests, e)
			w.leftOut = append(w.leftOut, !a.Keeps(i))
		}
		return w.kept(), nil
	})
	if err != nil {
		for i := range w.papers {
			w.note(ctx, i, nil, err)
		}
		return err
	}
	w.session = session
	return nil
}

// kept are the digests of the documents that stay.
func (w *work) kept() [][32]byte {
	var kept [][32]byte
	for i, e := range w.digests {
		if !w.leftOut[i] {
			kept = append(kept, e)
		}
	}
	return kept
}

func (w *work) close() { _ = w.session.Close() }

func (w *work) signOne(ctx context.Context, i int) (value []byte, e [32]byte, err error) {
	e = w.digests[i]
	if err := ctx.Err(); err != nil {
		return nil, e, fault.Wrap(fault.OperationCancelled, err)
	}
	value, err = w.session.Sign(ctx, e)
	if err == nil {
		value, err = w.papers[i].finish(w.session.Key.Signing, value)
	}
	w.note(ctx, i, w.session.Key, err)
	return value, e, err
}

// note writes to the log what was done, or why it was not.
func (w *work) note(ctx context.Context, i int, f *keyring.Found, err error) {
	entry := LogEntry{Purpose: string(w.in.Purpose), Action: plainText(w.in.Action), Title: w.papers[i].shown.Title}
	if i < len(w.digests) {
		entry.Digest = hexOf(w.digests[i][:])
	}
	w.server.write(ctx, entry, f, err)
}
