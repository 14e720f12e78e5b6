package problem

import (
	"context"
	"net/http"

	"golang.org/x/text/language"

	"xinzhang/internal/fault"
)

var languages = language.NewMatcher([]language.Tag{language.SimplifiedChinese, language.English})

// Language reads an Accept-Language header. Chinese comes first, and for
// whatever cannot be read.
func Language(accept string) fault.Lang {
	tags, _, err := language.ParseAcceptLanguage(accept)
	if err != nil || len(tags) == 0 {
		return fault.ZH
	}
	if _, i, confidence := languages.Match(tags...); i == 1 && confidence != language.No {
		return fault.EN
	}
	return fault.ZH
}

type languageKey struct{}

// WithLanguage keeps the language that err is to be worded in.
func WithLanguage(ctx context.Context, lang fault.Lang) context.Context {
	return context.WithValue(ctx, languageKey{}, lang)
}

// LanguageOf is the language kept in ctx, else Chinese.
func LanguageOf(ctx context.Context) fault.Lang {
	if lang, ok := ctx.Value(languageKey{}).(fault.Lang); ok {
		return lang
	}
	return fault.ZH
}

// Of words err in the language of ctx; nil stays nil.
func Of(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	return From(err, LanguageOf(ctx))
}

// Speaking is next with the language of each request in its context.
func Speaking(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lang := Language(r.Header.Get("Accept-Language"))
		next.ServeHTTP(w, r.WithContext(WithLanguage(r.Context(), lang)))
	})
}
