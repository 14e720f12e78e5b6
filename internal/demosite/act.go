package demosite

import (
	"encoding/base64"
	"net/http"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/verify"
)

// documentJSON is a document as the page shows it.
type documentJSON struct {
	ID         string          `json:"id"`
	Title      string          `json:"title"`
	Pages      int             `json:"pages"`
	Version    int             `json:"version"`
	Size       int             `json:"size"`
	Acts       []actJSON       `json:"acts"`
	Verdict    verify.Verdict  `json:"verdict"`
	Signatures []signatureJSON `json:"signatures"`
}

// actJSON is a button: what it needs, and who pressed it.
type actJSON struct {
	Act     Act    `json:"act"`
	Purpose string `json:"purpose"` // as the agent calls it: sign or seal
	Done    *Done  `json:"done"`
}

// signatureJSON is a signature as the verifier judges it.
type signatureJSON struct {
	Holder  string         `json:"holder"`
	Kind    string         `json:"kind"`
	Page    int            `json:"page"`
	At      time.Time      `json:"at"`
	Verdict verify.Verdict `json:"verdict"`
}

func (s *Site) getDocuments(w http.ResponseWriter, r *http.Request, _ *session) error {
	list := []documentJSON{}
	for _, f := range s.files {
		d, err := s.describe(r, f)
		if err != nil {
			return err
		}
		list = append(list, d)
	}
	return writeJSON(w, map[string]any{"documents": list})
}

func (s *Site) getDocument(w http.ResponseWriter, r *http.Request, _ *session) error {
	f, err := s.file(r)
	if err != nil {
		return err
	}
	d, err := s.describe(r, f)
	if err != nil {
		return err
	}
	return writeJSON(w, d)
}

// describe tells what a document is and how its signatures stand, judged anew
// every time: a state that is remembered could be wrong.
func (s *Site) describe(r *http.Request, f *file) (documentJSON, error) {
	content, version := s.newest(f)
	judged, err := s.judge(r.Context(), content)
	if err != nil {
		return documentJSON{}, err
	}
	d := documentJSON{ID: f.ID, Title: f.Title, Pages: judged.Pages, Version: version, Size: len(content),
		Acts: []actJSON{}, Verdict: judged.Verdict, Signatures: []signatureJSON{}}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, act := range []Act{Sign, Approve, Seal} {
		if _, ok := f.Places[act]; !ok {
			continue
		}
		a := actJSON{Act: act, Purpose: "sign"}
		if act.bySeal() {
			a.Purpose = "seal"
		}
		for _, done := range f.done {
			if done.Act == act {
				a.Done = &done
			}
		}
		d.Acts = append(d.Acts, a)
	}
	for _, sig := range judged.Signatures {
		d.Signatures = append(d.Signatures, signatureOf(sig))
	}
	return d, nil
}

// preparedJSON is a signature that waits for its value, with what the agent shows.
type preparedJSON struct {
	Pending string `json:"pending"`
	ToSign  []byte `json:"to_sign"` // TBS_Sign
	Title   string `json:"title"`
	Size    int    `json:"size"`
	Page    int    `json:"page"`
	Picture string `json:"picture"` // of that page, as it is before the signature
}

// postPrepare answers with what the agent is to show and to sign.
func (s *Site) postPrepare(w http.ResponseWriter, r *http.Request, who *session) error {
	f, err := s.file(r)
	if err != nil {
		return err
	}
	var in struct {
		Act         Act    `json:"act"`
		Certificate []byte `json:"certificate"`
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	c, err := cert.Parse(in.Certificate)
	if err != nil {
		return err
	}
	p, err := s.prepare(r.Context(), who, f, in.Act, c)
	if err != nil {
		return err
	}
	id, err := s.keep(p)
	if err != nil {
		return err
	}
	content, _ := s.newest(f)
	page, err := s.draw(r.Context(), content, p.prepared.Stamps[0].Page)
	if err != nil {
		return err
	}
	return writeJSON(w, preparedJSON{
		Pending: id, ToSign: p.prepared.TBS, Title: f.Title, Size: len(content), Page: page.Number,
		Picture: "data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString(page.SVG),
	})
}

// keep holds a pending signature under a fresh identifier.
func (s *Site) keep(p *pending) (string, error) {
	id, err := randomID()
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for old, q := range s.pending {
		if s.cfg.Now().After(q.until) {
			delete(s.pending, old)
		}
	}
	if len(s.pending) >= maxPending {
		return "", fault.New(fault.CaseBusy)
	}
	s.pending[id] = p
	return id, nil
}

// postComplete takes the signature value back.
func (s *Site) postComplete(w http.ResponseWriter, r *http.Request, who *session) error {
	var in struct {
		Pending string `json:"pending"`
		Value   []byte `json:"value"`
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	s.mu.Lock()
	p := s.pending[in.Pending]
	delete(s.pending, in.Pending)
	s.mu.Unlock()
	if p == nil || p.session != who || s.cfg.Now().After(p.until) {
		return fault.New(fault.CasePendingGone)
	}
	if err := s.complete(p, in.Value); err != nil {
		return err
	}
	return s.getDocument(w, r, who)
}

func signatureOf(sig verify.SignatureReport) signatureJSON {
	out := signatureJSON{Kind: string(sig.Kind), Verdict: sig.Verdict}
	if sig.Signer != nil {
		out.Holder = sig.Signer.Holder
	}
	if sig.Time != nil {
		out.At = *sig.Time
	}
	if len(sig.Places) > 0 {
		out.Page = sig.Places[0].Page
	}
	return out
}
