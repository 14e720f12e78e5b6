package agent

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"os"
	"slices"
	"sync"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/keyring"
)

// A record is the log of what was signed for whom: lines of JSON, for the holder
// to look at. It holds no PIN and no ID number, not even inside a title.
type record struct {
	file string
	mu   sync.Mutex
	out  *os.File    // stays open from one entry to the next; nil: not yet
	is   os.FileInfo // of out
}

// maxRecord is when the log begins anew; the file before it is kept.
const maxRecord = 8 << 20

func (r *record) add(e LogEntry) error {
	e.Title, e.Action = cert.MaskIDNumbers(e.Title), cert.MaskIDNumbers(e.Action)
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.ready(); err != nil {
		return err
	}
	_, err = r.out.Write(append(line, '\n'))
	return err
}

// ready opens the file, a new one when it is full or somebody took it away; r.mu is
// held.
func (r *record) ready() error {
	now, err := os.Stat(r.file)
	if r.out != nil {
		if err == nil && os.SameFile(r.is, now) && now.Size() <= maxRecord {
			return nil
		}
		if err := r.shut(); err != nil {
			return err
		}
	}
	if err == nil && now.Size() > maxRecord {
		if err := os.Rename(r.file, r.file+".1"); err != nil {
			return err
		}
	}
	if r.out, err = os.OpenFile(r.file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600); err == nil {
		r.is, err = r.out.Stat()
	}
	return err
}

// shut closes the file; r.mu is held.
func (r *record) shut() error {
	if r.out == nil {
		return nil
	}
	err := r.out.Close()
	r.out = nil
	return err
}

func (r *record) close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.shut()
}

// last returns up to n entries, newest first. A line that was cut by a power
// failure is passed over.
func (r *record) last(n int) ([]LogEntry, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	entries := []LogEntry{}
	for _, file := range []string{r.file + ".1", r.file} {
		b, err := os.ReadFile(file)
		if missing(err) {
			continue
		}
		if err != nil {
			return nil, fault.Wrap(fault.FileUnreadable, err, "file", file)
		}
		lines := bufio.NewScanner(bytes.NewReader(b))
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var e LogEntry
			if json.Unmarshal(lines.Bytes(), &e) == nil {
				entries = append(entries, e)
			}
		}
	}
	slices.Reverse(entries)
	return entries[:min(n, len(entries))], nil
}

// write completes e and adds it to the log. A signature that was made is not
// taken back because the log could not be written: the operator's log says so.
func (s *Server) write(ctx context.Context, e LogEntry, f *keyring.Found, err error) {
	e.Time, e.Origin, e.Code = s.cfg.Now().UTC().Truncate(time.Second), callerOf(ctx).origin, "ok"
	if err != nil {
		e.Code = string(fault.Of(err).Code)
	}
	if f != nil {
		e.Key, e.Holder = f.ID, f.Holder()
	}
	if err := s.record.add(e); err != nil {
		s.cfg.Log.ErrorContext(ctx, "the log of signatures was not written", "error", err)
	}
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }
