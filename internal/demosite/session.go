package demosite

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"time"

	"xinzhang/internal/fault"
)

// A session is somebody logged in at one browser.
type session struct {
	person Person
	until  time.Time
}

const (
	sessionCookie = "xinzhang-demo"
	sessionFor    = 8 * time.Hour
)

// begin logs a person in under a fresh identifier, so that one planted before is
// worth nothing.
func (s *Site) begin(w http.ResponseWriter, p Person) error {
	id, err := randomID()
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, old := range s.sessions {
		if s.cfg.Now().After(old.until) {
			delete(s.sessions, id)
		}
	}
	s.sessions[id] = &session{p, s.cfg.Now().Add(sessionFor)}
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: id, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	return nil
}

// end logs out.
func (s *Site) end(w http.ResponseWriter, r *http.Request) {
	if c, err := r.Cookie(sessionCookie); err == nil {
		s.mu.Lock()
		delete(s.sessions, c.Value)
		s.mu.Unlock()
	}
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Path: "/", MaxAge: -1})
}

// who returns the session of a request or [fault.CaseNotLoggedIn].
func (s *Site) who(r *http.Request) (*session, error) {
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return nil, fault.New(fault.CaseNotLoggedIn)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found := s.sessions[c.Value]
	if found == nil || s.cfg.Now().After(found.until) {
		return nil, fault.New(fault.CaseNotLoggedIn)
	}
	return found, nil
}

func randomID() (string, error) {
	var b [16]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", fault.Wrap(fault.InternalError, err)
	}
	return hex.EncodeToString(b[:]), nil
}
