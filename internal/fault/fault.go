// Package fault is the one table of what can go wrong, and of what a check can
// find, in words a person can act on: a code, the cause and the next step, in
// Chinese and English.
//
// codes.yaml is the source. `go generate ./internal/fault` writes the constants
// and the table (codes_gen.go) and the page docs/errors.md from it.
//
// A room that meets a problem returns
//
//	fault.New(fault.PINIncorrect, "left", 4)
//	fault.Wrap(fault.DocBroken, err, "place", "OFD.xml")
//
// its callers ask errors.Is(err, fault.PINIncorrect), and the edge (command
// line, HTTP, page) turns the error into words once, with [Describe].
//
// An argument is shown to people and written to logs: it must never hold a PIN,
// a private key or an unmasked ID number.
package fault

//go:generate go run ./gen

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Code names one kind of problem or finding as "area.what". Codes are never
// renamed and never used for something else. A Code is an error, so that
// errors.Is(err, fault.PINLocked) works.
type Code string

// Error returns the code itself.
func (c Code) Error() string { return string(c) }

// A Lang is a language of the table.
type Lang string

// The languages every code is worded in. Chinese comes first.
const (
	ZH Lang = "zh"
	EN Lang = "en"
)

// A Severity says how bad a finding is when no policy says otherwise.
type Severity string

// Severities from harmless to bad.
const (
	OK      Severity = "ok"
	Note    Severity = "note"
	Warning Severity = "warning"
	Problem Severity = "error"
)

// A Text is what a person reads: what happened, why, and what to do next.
// Cause and Next may be empty for codes of severity OK and Note.
type Text struct {
	Title string `json:"title"`
	Cause string `json:"cause,omitempty"`
	Next  string `json:"next,omitempty"`
}

// An Entry is one row of the table. Texts hold {name} for each argument.
type Entry struct {
	Code       Code
	Severity   Severity
	Retryable  bool // the same call may work later without a change
	HTTPStatus int
	ExitStatus int // of the command line; see codes.yaml
	Args       []string
	ZH, EN     Text
}

// Args are the values that the texts of a code speak of.
type Args map[string]any

// An Error is a Code with its arguments and, for the log only, its cause.
type Error struct {
	Code Code
	Args Args
	Err  error // what was seen inside; not shown to people
}

// New returns an error of code; kv are argument names and values in turn.
func New(code Code, kv ...any) *Error { return Wrap(code, nil, kv...) }

// Wrap is New with the inner error kept for errors.Is, errors.As and the log.
func Wrap(code Code, err error, kv ...any) *Error {
	args := make(Args, len(kv)/2)
	for i := 0; i+1 < len(kv); i += 2 {
		name, _ := kv[i].(string)
		args[name] = kv[i+1]
	}
	return &Error{Code: code, Args: args, Err: err}
}

// Error gives the code, the arguments in order of name, and the inner error.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Code))
	for i, name := range slices.Sorted(maps.Keys(e.Args)) {
		if i == 0 {
			b.WriteString(" (")
		} else {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s=%v", name, e.Args[name])
	}
	if len(e.Args) > 0 {
		b.WriteString(")")
	}
	if e.Err != nil {
		b.WriteString(": ")
		b.WriteString(e.Err.Error())
	}
	return b.String()
}

// Unwrap returns the inner error.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is this error's code.
func (e *Error) Is(target error) bool {
	c, ok := target.(Code)
	return ok && c == e.Code
}

// Of finds the outermost coded error in err. An error without a code becomes
// [InternalError], whose texts say nothing of err.
func Of(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	var c Code
	if errors.As(err, &c) {
		return &Error{Code: c}
	}
	return &Error{Code: InternalError, Err: err}
}

// Lookup returns the row of c; an unknown code gets the row of [InternalError].
func Lookup(c Code) Entry {
	if e, ok := table[c]; ok {
		return e
	}
	return table[InternalError]
}

// Codes returns every code of the table, sorted.
func Codes() []Code { return slices.Sorted(maps.Keys(table)) }

// Text words c in lang with args put in place. A missing argument reads "?".
func (c Code) Text(lang Lang, args Args) Text {
	e := Lookup(c)
	t := e.ZH
	if lang == EN {
		t = e.EN
	}
	pairs := make([]string, 0, 2*len(e.Args))
	for _, name := range e.Args {
		v := "?"
		if a, ok := args[name]; ok {
			v = worded(a, lang)
		}
		pairs = append(pairs, "{"+name+"}", v)
	}
	r := strings.NewReplacer(pairs...)
	return Text{r.Replace(t.Title), r.Replace(t.Cause), r.Replace(t.Next)}
}

// A Worded value words itself; arguments that differ by language implement it
// (a page list, the name of a role).
type Worded interface{ Words(Lang) string }

func worded(v any, lang Lang) string {
	switch v := v.(type) {
	case Worded:
		return v.Words(lang)
	case Code:
		return v.Text(lang, nil).Title
	default:
		return fmt.Sprint(v)
	}
}

// Describe words err for a person.
func Describe(err error, lang Lang) Text {
	e := Of(err)
	return e.Code.Text(lang, e.Args)
}
