package problem

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"xinzhang/internal/fault"
)

// huma keeps these for the whole program.
func init() {
	huma.DefaultArrayNullable = false
	huma.NewErrorWithContext = func(ctx huma.Context, status int, _ string, errs ...error) huma.StatusError {
		lang := fault.ZH
		if ctx != nil { // nil while the description of the API is written
			lang = LanguageOf(ctx.Context())
		}
		return From(refusal(status, errs), lang)
	}
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return huma.NewErrorWithContext(nil, status, msg, errs...)
	}
}

// refusal is the coded error for what huma refused by itself. Of a value that
// does not fit only the place is told, never the value.
func refusal(status int, errs []error) error {
	switch status {
	case http.StatusRequestEntityTooLarge:
		return fault.New(fault.InputTooLarge, "what", "body", "limit", "—")
	case http.StatusRequestTimeout:
		return fault.New(fault.RequestSlow)
	case http.StatusInternalServerError:
		return errors.Join(errs...)
	}
	return fault.New(fault.RequestInvalid, "places", Places(errs))
}

// Places lists where errs of a validation were found: "body.action, body.format".
func Places(errs []error) string {
	var places []string
	for _, err := range errs {
		var detail *huma.ErrorDetail
		if errors.As(err, &detail) && detail.Location != "" {
			places = append(places, detail.Location)
		}
	}
	if len(places) == 0 {
		return "body"
	}
	return strings.Join(places[:min(len(places), 8)], ", ")
}

// API returns an API on mux which takes and gives JSON, refuses unknown fields,
// adds nothing to the bodies and serves no pages of its own.
func API(mux *http.ServeMux, title, version, description string) huma.API {
	cfg := huma.DefaultConfig(title, version)
	cfg.Info.Description = description
	cfg.OpenAPIPath, cfg.DocsPath, cfg.SchemasPath = "", "", ""
	cfg.CreateHooks = nil // they add $schema to every body
	cfg.Formats = map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat}
	cfg.RejectUnknownQueryParameters = true
	return humago.New(mux, cfg)
}

// Handle registers op with a handler whose errors are worded for the caller.
func Handle[I, O any](api huma.API, op huma.Operation, handle func(context.Context, *I) (*O, error)) {
	huma.Register(api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, in)
		return out, Of(ctx, err)
	})
}
