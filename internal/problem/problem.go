// Package problem answers HTTP calls that failed: problem+json (RFC 9457) made
// from the one table of codes, in the caller's language, and an API of huma that
// answers nothing else.
//
//	api := problem.API(mux, "Xinzhang agent", "1")
//	return nil, problem.Of(ctx, err)
//
// What a caller sent is never repeated in a problem: it may have been a PIN.
package problem

import (
	"encoding/json"
	"net/http"

	"xinzhang/internal/fault"
)

// ContentType is the media type of a [Problem].
const ContentType = "application/problem+json"

// A Problem is the body of every answer that is no success.
type Problem struct {
	Type   string         `json:"type" doc:"urn:xinzhang:code; says the same as code" example:"urn:xinzhang:pin.incorrect"`
	Title  string         `json:"title" doc:"what happened, in the language asked for"`
	Status int            `json:"status" doc:"HTTP status"`
	Detail string         `json:"detail,omitempty" doc:"why"`
	Code   string         `json:"code" doc:"code of internal/fault/codes.yaml; never renamed" example:"pin.incorrect"`
	Args   map[string]any `json:"args,omitempty" doc:"what the texts of the code speak of"`
	Next   string         `json:"next,omitempty" doc:"what to do now"`
}

// From words err in lang. An error without a code says nothing of itself.
func From(err error, lang fault.Lang) *Problem {
	e := fault.Of(err)
	row, text := fault.Lookup(e.Code), fault.Describe(err, lang)
	return &Problem{
		Type: "urn:xinzhang:" + string(row.Code), Status: row.HTTPStatus, Code: string(row.Code),
		Title: text.Title, Detail: text.Cause, Next: text.Next, Args: plain(e.Args, lang),
	}
}

// plain makes values of arguments that any JSON reader takes.
func plain(args fault.Args, lang fault.Lang) map[string]any {
	if len(args) == 0 {
		return nil
	}
	out := make(map[string]any, len(args))
	for name, v := range args {
		switch v := v.(type) {
		case fault.Worded:
			out[name] = v.Words(lang)
		case fault.Code:
			out[name] = string(v)
		default:
			out[name] = v
		}
	}
	return out
}

// Error is the code, so that a log line stays short.
func (p *Problem) Error() string { return p.Code }

// GetStatus is the HTTP status, for huma.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is the media type of the answer, for huma.
func (p *Problem) ContentType(string) string { return ContentType }

// Write answers w with err in the language that r asks for.
func Write(w http.ResponseWriter, r *http.Request, err error) {
	p := From(err, Language(r.Header.Get("Accept-Language")))
	w.Header().Set("Content-Type", ContentType)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the caller is gone
}
