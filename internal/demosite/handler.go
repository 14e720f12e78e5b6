package demosite

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/emmansun/gmsm/sm3"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/login"
	"xinzhang/internal/problem"
	"xinzhang/internal/report"
)

// Handler serves the pages under / and the back end under /api.
func (s *Site) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", s.cfg.Pages)
	for pattern, do := range map[string]func(http.ResponseWriter, *http.Request) error{
		"GET /api/session":                     s.getSession,
		"POST /api/login/nonce":                s.postNonce,
		"POST /api/login":                      s.postLogin,
		"POST /api/logout":                     s.postLogout,
		"POST /api/restart":                    s.loggedIn(s.postRestart),
		"GET /api/documents":                   s.loggedIn(s.getDocuments),
		"GET /api/documents/{id}":              s.loggedIn(s.getDocument),
		"GET /api/documents/{id}/pages/{page}": s.loggedIn(s.getPage),
		"GET /api/documents/{id}/file":         s.loggedIn(s.getFile),
		"GET /api/documents/{id}/report":       s.loggedIn(s.getReport),
		"POST /api/documents/{id}/prepare":     s.loggedIn(s.postPrepare),
		"POST /api/documents/{id}/complete":    s.loggedIn(s.postComplete),
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "no-store")
			if err := s.sameSite(r); err != nil {
				problem.Write(w, r, err)
			} else if err := do(w, r); err != nil {
				problem.Write(w, r, err)
			}
		})
	}
	return mux
}

// sameSite refuses changes that a page of another origin asks for.
func (s *Site) sameSite(r *http.Request) error {
	if r.Method != http.MethodGet && r.Header.Get("Origin") != s.cfg.Origin {
		return fault.New(fault.CaseOtherOrigin)
	}
	return nil
}

func (s *Site) loggedIn(do func(http.ResponseWriter, *http.Request, *session) error) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		who, err := s.who(r)
		if err != nil {
			return err
		}
		return do(w, r, who)
	}
}

// sessionJSON is who is logged in, if anybody.
type sessionJSON struct {
	Person *personJSON `json:"person"`
	Hints  []Hint      `json:"hints"`
}

// personJSON is who is logged in; the ID number stays masked.
type personJSON struct {
	Name     string `json:"name"`
	Unit     string `json:"unit"`
	Post     string `json:"post"`
	IDMasked string `json:"id_masked"`
}

func personOf(p Person) personJSON {
	return personJSON{p.Name, p.Unit, p.Post, cert.MaskIDNumber(p.IDNumber)}
}

func (s *Site) getSession(w http.ResponseWriter, r *http.Request) error {
	who, err := s.who(r)
	if errors.Is(err, fault.CaseNotLoggedIn) {
		return writeJSON(w, sessionJSON{Hints: s.cfg.Hints})
	}
	if err != nil {
		return err
	}
	p := personOf(who.person)
	return writeJSON(w, sessionJSON{Person: &p, Hints: s.cfg.Hints})
}

func (s *Site) postNonce(w http.ResponseWriter, _ *http.Request) error {
	nonce, _ := s.nonces.Issue()
	return writeJSON(w, map[string]any{"nonce": nonce})
}

func (s *Site) postLogin(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Nonce string      `json:"nonce"`
		Token login.Token `json:"token"`
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	p, err := s.logIn(in.Token, in.Nonce)
	if err != nil {
		return err
	}
	if err := s.begin(w, p); err != nil {
		return err
	}
	return writeJSON(w, map[string]any{"person": personOf(p)})
}

func (s *Site) postLogout(w http.ResponseWriter, r *http.Request) error {
	s.end(w, r)
	return writeJSON(w, map[string]any{"person": nil})
}

// postRestart puts every document back as it was: the demo can be played again.
func (s *Site) postRestart(w http.ResponseWriter, _ *http.Request, _ *session) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.files {
		f.versions, f.done = f.versions[:1], nil
	}
	clear(s.pending)
	return writeJSON(w, map[string]any{})
}

func (s *Site) getFile(w http.ResponseWriter, r *http.Request, _ *session) error {
	f, err := s.file(r)
	if err != nil {
		return err
	}
	content, version := s.newest(f)
	w.Header().Set("Content-Type", "application/ofd")
	w.Header().Set("Content-Disposition", `attachment; filename="`+f.ID+"-v"+strconv.Itoa(version)+`.ofd"`)
	_, err = w.Write(content)
	return err
}

func (s *Site) getReport(w http.ResponseWriter, r *http.Request, _ *session) error {
	f, err := s.file(r)
	if err != nil {
		return err
	}
	content, _ := s.newest(f)
	judged, err := s.judge(r.Context(), content)
	if err != nil {
		return err
	}
	sum := sm3.Sum(content)
	judged.File, judged.Size, judged.SM3 = f.Title+".ofd", int64(len(content)), sum[:]
	lang := language(r)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	return report.HTML(w, judged.Word(lang), lang)
}

// file finds the document that a request names.
func (s *Site) file(r *http.Request) (*file, error) {
	for _, f := range s.files {
		if f.ID == r.PathValue("id") {
			return f, nil
		}
	}
	return nil, fault.New(fault.CaseNoDocument, "document", r.PathValue("id"))
}

func (s *Site) newest(f *file) ([]byte, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return f.newest()
}

// language is the one the page asks for, Chinese first.
func language(r *http.Request) fault.Lang {
	if r.FormValue("lang") == "en" {
		return fault.EN
	}
	return fault.ZH
}

func writeJSON(w http.ResponseWriter, v any) error {
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(v)
}

// maxBody is more than any certificate or signature needs.
const maxBody = 64 << 10

func readJSON(w http.ResponseWriter, r *http.Request, v any) error {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fault.Wrap(fault.CaseBadRequest, err)
	}
	return nil
}
