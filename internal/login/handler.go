package login

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"xinzhang/internal/fault"
	"xinzhang/internal/problem"
)

//go:generate go run ./gen

type body[T any] struct{ Body T }

// Nonce is a question to be answered once.
type Nonce struct {
	Nonce string    `json:"nonce" doc:"base64 text; hand it to the page as it is"`
	Until time.Time `json:"until"`
}

// VerifyRequest holds a token and what it must be an answer to.
type VerifyRequest struct {
	Token    Token  `json:"token"`
	Origin   string `json:"origin" doc:"of your own site, from your configuration and not from the request" minLength:"8" maxLength:"256"`
	Nonce    string `json:"nonce" doc:"as you handed it to the page" minLength:"44" maxLength:"256"`
	IDNumber string `json:"id_number,omitempty" doc:"on record, to be compared" writeOnly:"true" maxLength:"64"`
}

// VerifyResult is who logged in.
type VerifyResult struct {
	Person
	Kind  string `json:"kind" enum:"person"`
	Equal *bool  `json:"id_number_equal,omitempty" doc:"whether id_number is the certificate's"`
}

// Handler serves POST /v1/login/nonce and POST /v1/login/verify, for back ends in
// other languages; only they may reach it.
func (v *Verifier) Handler() http.Handler {
	mux := http.NewServeMux()
	v.api(mux)
	return problem.Speaking(mux)
}

// Describe writes the API as OpenAPI 3.1, in YAML.
func Describe() ([]byte, error) {
	return (&Verifier{}).api(http.NewServeMux()).OpenAPI().YAML()
}

func (v *Verifier) api(mux *http.ServeMux) huma.API {
	api := problem.API(mux, "xinzhang login-server", "1", "登录验证 · judges login tokens, for back ends in any language. See docs/design/agent.md.")
	op := func(id, path, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: "POST", Path: path, Summary: summary, MaxBodyBytes: 64 << 10, BodyReadTimeout: 10 * time.Second, Errors: []int{403}}
	}
	problem.Handle(api, op("nonce", "/v1/login/nonce", "随机数 · a nonce, good once, for five minutes"), v.nonce)
	problem.Handle(api, op("verify", "/v1/login/verify", "验证 · judge a token"), v.verify)
	return api
}

func (v *Verifier) nonce(context.Context, *struct{}) (*body[Nonce], error) {
	if v.Nonces == nil {
		return nil, fault.New(fault.LoginNonce)
	}
	nonce, until := v.Nonces.Issue()
	return &body[Nonce]{Nonce{nonce, until.UTC()}}, nil
}

func (v *Verifier) verify(_ context.Context, in *body[VerifyRequest]) (*body[VerifyResult], error) {
	p, err := v.Verify(in.Body.Token, in.Body.Origin, in.Body.Nonce)
	if err != nil {
		return nil, err
	}
	out := VerifyResult{Person: *p, Kind: "person"}
	if in.Body.IDNumber != "" {
		equal := p.SameIDNumber(in.Body.IDNumber)
		out.Equal = &equal
	}
	return &body[VerifyResult]{out}, nil
}
