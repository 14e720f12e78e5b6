package agent

import (
	"context"
	"fmt"
	"mime"
	"net"
	"net/http"
	"strings"

	"xinzhang/internal/fault"
	"xinzhang/internal/problem"
	"xinzhang/internal/systems"
)

// A caller is who stands behind a request.
type caller struct {
	origin string // of a business page
	own    bool   // a page of the agent itself
	window string // of the agent, through which a business page calls
	socket *socket
	remote string
}

type callerKey struct{}

func withCaller(ctx context.Context, c caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

func callerOf(ctx context.Context) caller {
	c, _ := ctx.Value(callerKey{}).(caller)
	return c
}

type sameUserKey struct{}

// connected asks once per connection who opened it.
func (s *Server) connected(ctx context.Context, c net.Conn) context.Context {
	if s.cfg.SameUser == nil {
		return ctx
	}
	same, err := s.cfg.SameUser(c.LocalAddr(), c.RemoteAddr())
	if err != nil {
		s.cfg.Log.DebugContext(ctx, "user of a connection unknown", "error", err)
	}
	return context.WithValue(ctx, sameUserKey{}, same && err == nil)
}

// sameUser also holds where the system cannot be asked, see docs/threat-model.md.
func (s *Server) sameUser(ctx context.Context) bool {
	same, _ := ctx.Value(sameUserKey{}).(bool)
	return same || s.cfg.SameUser == nil
}

// gate lets nobody in before host, user and origin are judged.
func (s *Server) gate(next http.Handler) http.Handler {
	return problem.Speaking(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if !s.hostFits(r.Host) {
			problem.Write(w, r, fault.New(fault.AgentWrongHost))
			return
		}
		c, err := s.judge(r)
		if c.origin != "" && pageAPI(r.URL.Path) {
			s.allowReading(h, c.origin)
		}
		if err == nil && r.Method == http.MethodOptions {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		if err == nil && r.Method != http.MethodGet && r.Method != http.MethodDelete && !isJSON(r) {
			err = fault.New(fault.AgentMediaType)
		}
		if err != nil {
			problem.Write(w, r, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(withCaller(r.Context(), c)))
	}))
}

// hostFits is the guard against DNS rebinding: a name that an attacker pointed
// at this PC is not ours.
func (s *Server) hostFits(host string) bool {
	return host == fmt.Sprintf("127.0.0.1:%d", s.port) || host == fmt.Sprintf("localhost:%d", s.port)
}

func (s *Server) isOwn(origin string) bool {
	host, ok := strings.CutPrefix(origin, "http://")
	return ok && s.hostFits(host)
}

func pageAPI(path string) bool {
	return path == "/health" || strings.HasPrefix(path, "/v1/") &&
		!strings.HasPrefix(path, "/v1/windows/") && !strings.HasPrefix(path, "/v1/manager/")
}

// judge tells who calls, and refuses who may not call this path at all. Consent
// comes later: it takes a person.
func (s *Server) judge(r *http.Request) (caller, error) {
	c := caller{remote: r.RemoteAddr}
	origin := r.Header.Get("Origin")
	switch {
	case origin != "" && s.isOwn(origin):
		c.own = true
	case origin != "":
		c.origin = origin
	case r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Site") == "same-origin":
		c.own = true // browsers send no Origin with such a GET, and no page can forge this header
	}
	path := r.URL.Path
	api := strings.HasPrefix(path, "/v1/")
	if path == "/health" {
		return c, nil
	}
	if !s.sameUser(r.Context()) {
		return c, fault.New(fault.AgentOtherUser)
	}
	switch {
	case !api:
		return c, nil // pages hold nothing secret
	case !pageAPI(path) && !c.own:
		return c, fault.New(fault.AgentOwnPagesOnly)
	case !pageAPI(path):
		if strings.HasPrefix(path, "/v1/manager/") && path != "/v1/manager/session" && !s.sessions.good(r) {
			return c, fault.New(fault.AgentNoSession)
		}
		return c, nil
	case c.origin == "":
		return c, fault.New(fault.AgentOriginAbsent)
	}
	if err := systems.CheckOrigin(c.origin); err != nil {
		return caller{}, err
	}
	return c, s.limits.take(c.origin)
}

// allowReading lets the page read the answer: which is a refusal, until the
// person allowed its origin. The last header is for Chrome before 142.
func (s *Server) allowReading(h http.Header, origin string) {
	h.Set("Access-Control-Allow-Origin", origin)
	h.Add("Vary", "Origin")
	h.Set("Access-Control-Allow-Methods", "GET, POST")
	h.Set("Access-Control-Allow-Headers", "Content-Type, Accept-Language")
	h.Set("Access-Control-Allow-Private-Network", "true")
	h.Set("Access-Control-Max-Age", "600")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
}

// isJSON also keeps out forms and text/plain, which pages of any site may send
// without being asked first by the browser.
func isJSON(r *http.Request) bool {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && media == "application/json" || r.ContentLength == 0
}
