package agent

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"xinzhang/internal/fault"
	"xinzhang/internal/problem"
)

// A method is one call of the page API. It comes as POST /v1/NAME, as a message
// on the WebSocket, or through a window of the agent; all three are judged by
// the same schema.
type method struct {
	name     string
	limit    int64 // octets of a body
	register func(huma.API)
	call     func(ctx context.Context, params json.RawMessage) (any, error)
}

func newMethod[P, R any](name, summary string, limit int64, do func(context.Context, *P) (*R, error)) *method {
	m := &method{name: name, limit: limit}
	var schemas huma.Registry
	var schema *huma.Schema
	m.register = func(api huma.API) {
		o := op(name, "POST", "/v1/"+name, "page", summary, 403, 409, 413, 429)
		o.MaxBodyBytes = limit
		if limit > smallBody {
			o.BodyReadTimeout = largeBodyTime
		}
		problem.Handle(api, o, func(ctx context.Context, in *Body[P]) (*Body[R], error) {
			out, err := do(ctx, &in.Body)
			if err != nil {
				return nil, err
			}
			return &Body[R]{*out}, nil
		})
		schemas = api.OpenAPI().Components.Schemas
		schema = schemas.Schema(reflect.TypeFor[P](), true, "")
	}
	m.call = func(ctx context.Context, params json.RawMessage) (any, error) {
		in := new(P)
		if err := decode(schemas, schema, params, limit, in); err != nil {
			return nil, err
		}
		out, err := do(ctx, in)
		if err != nil {
			return nil, err
		}
		return out, nil
	}
	return m
}

// decode reads params as the schema says, which refuses unknown fields.
func decode(schemas huma.Registry, schema *huma.Schema, params json.RawMessage, limit int64, in any) error {
	if int64(len(params)) > limit {
		return fault.New(fault.InputTooLarge, "what", "params", "limit", limit)
	}
	if len(params) == 0 {
		params = json.RawMessage("{}")
	}
	var loose any
	if err := json.Unmarshal(params, &loose); err != nil {
		return fault.New(fault.RequestInvalid, "places", "params")
	}
	var result huma.ValidateResult
	path := huma.NewPathBuffer(nil, 0)
	path.Push("params")
	huma.Validate(schemas, schema, path, huma.ModeWriteToServer, loose, &result)
	if len(result.Errors) > 0 {
		return fault.New(fault.RequestInvalid, "places", problem.Places(result.Errors))
	}
	if err := json.Unmarshal(params, in); err != nil {
		var typ *json.UnmarshalTypeError
		if errors.As(err, &typ) {
			return fault.New(fault.RequestInvalid, "places", "params."+typ.Field)
		}
		return fault.New(fault.RequestInvalid, "places", "params")
	}
	return nil
}

// pageMethods are the methods of the page API.
func (s *Server) pageMethods() []*method {
	return []*method{
		newMethod("hello", "你好 · first call of a page", smallBody, s.hello),
		newMethod("keys", "有哪些 UKey · the keys that are plugged in", smallBody, s.keys),
		newMethod("certificate", "取证书 · a certificate", smallBody, s.certificate),
		newMethod("login", "登录 · a login token", smallBody, s.login),
		newMethod("sign", "签字、签章 · one signature", largeBody, s.sign),
		newMethod("batch", "批量签署 · several signatures under one PIN", largeBody, s.batch),
		newMethod("decrypt", "解密 · open an envelope", largeBody, s.decrypt),
		newMethod("verify", "验签 · what a signature says", largeBody, s.verify),
		newMethod("cancel", "取消 · end an operation that waits", smallBody, s.cancel),
	}
}
