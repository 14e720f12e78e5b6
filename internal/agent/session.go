package agent

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"xinzhang/internal/durable"
	"xinzhang/internal/fault"
)

// The manager's pages show names and take PINs: they need more than the right
// origin, since any program can send one. Whoever can read the secret of the
// agent's folder, which is the user, gets a ticket; the ticket brings a cookie.
const (
	cookieName  = "xinzhang_manager"
	ticketTime  = time.Minute
	sessionTime = 12 * time.Hour
	maxSessions = 64
	secretSize  = 32
)

// loadSecret reads the secret, or makes it.
func loadSecret(file string) ([]byte, error) {
	b, err := os.ReadFile(file)
	if err == nil && len(b) == secretSize {
		return b, nil
	}
	if err != nil && !missing(err) {
		return nil, fault.Wrap(fault.FileUnreadable, err, "file", file)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, fault.Wrap(fault.FileUnwritable, err, "file", file)
	}
	b = make([]byte, secretSize)
	_, _ = rand.Read(b) // never fails: the runtime ends the program instead
	if err := durable.WriteFile(file, b, 0o600); err != nil {
		return nil, fault.Wrap(fault.FileUnwritable, err, "file", file)
	}
	return b, nil
}

// Ticket makes a ticket from the secret in file: good once, for a minute.
func Ticket(file string, now time.Time) (string, error) {
	secret, err := loadSecret(file)
	if err != nil {
		return "", err
	}
	defer clear(secret)
	t := make([]byte, 24, 24+sm3.Size)
	_, _ = rand.Read(t[:16])
	binary.BigEndian.PutUint64(t[16:], uint64(now.Unix()))
	return base64.RawURLEncoding.EncodeToString(append(t, seal(secret, t)...)), nil
}

func seal(secret, t []byte) []byte {
	m := hmac.New(sm3.New, secret)
	m.Write([]byte("ticket"))
	m.Write(t)
	return m.Sum(nil)
}

// sessions are the browsers that a ticket let in, and the tickets that are used
// up.
type sessions struct {
	now  func() time.Time
	mu   sync.Mutex
	open map[string]time.Time
	used map[string]time.Time
}

func newSessions(now func() time.Time) *sessions {
	return &sessions{now: now, open: map[string]time.Time{}, used: map[string]time.Time{}}
}

// begin exchanges a ticket for a cookie value.
func (ss *sessions) begin(secret []byte, ticket string) (string, error) {
	t, err := base64.RawURLEncoding.DecodeString(ticket)
	if err != nil || len(t) != 24+sm3.Size || !hmac.Equal(t[24:], seal(secret, t[:24])) {
		return "", fault.New(fault.AgentTicket)
	}
	age := ss.now().Sub(time.Unix(int64(binary.BigEndian.Uint64(t[16:24])), 0))
	ss.mu.Lock()
	defer ss.mu.Unlock()
	prune(ss.used, ss.now())
	prune(ss.open, ss.now())
	if _, again := ss.used[ticket]; again || age < -ticketTime || age > ticketTime {
		return "", fault.New(fault.AgentTicket)
	}
	if len(ss.open) >= maxSessions { // the oldest gives way: `status` opens one each time
		delete(ss.open, slices.MinFunc(slices.Collect(maps.Keys(ss.open)), func(a, b string) int { return ss.open[a].Compare(ss.open[b]) }))
	}
	ss.used[ticket] = ss.now().Add(3 * ticketTime)
	id := randomID()
	ss.open[id] = ss.now().Add(sessionTime)
	return id, nil
}

// good reports whether r bears the cookie of an open session.
func (ss *sessions) good(r *http.Request) bool {
	c, err := r.Cookie(cookieName)
	if err != nil {
		return false
	}
	ss.mu.Lock()
	defer ss.mu.Unlock()
	return ss.now().Before(ss.open[c.Value])
}

func (s *Server) openSession(_ context.Context, in *Body[ManagerTicket]) (*session, error) {
	id, err := s.sessions.begin(s.secret, in.Body.Ticket)
	if err != nil {
		return nil, err
	}
	return &session{
		SetCookie: http.Cookie{Name: cookieName, Value: id, Path: "/v1/manager", HttpOnly: true, SameSite: http.SameSiteStrictMode},
		Body:      ManagerSession{s.cfg.Version, s.settings.get()},
	}, nil
}
