package report

import (
	_ "embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"

	"xinzhang/internal/beijing"
	"xinzhang/internal/fault"
	"xinzhang/internal/verify"
)

//go:embed report.html
var page string

var pageTemplate = template.Must(template.New("report").Funcs(template.FuncMap{
	"beijing": func(t any) string { return beijing.Moment(asTime(t)).String() },
	"day":     func(t any) string { return beijing.Day(asTime(t)).String() },
	"mark":    func(l verify.Level) string { return marks[l] },
	"groups":  groups,
	"size":    size,
	"dict":    func(v *view, checks []verify.Check) checkList { return checkList{v, checks} },
}).Parse(page))

// HTML writes r as one page without outside parts, laid out for the screen and
// for A4 paper, with the given pages of the document. Seal pictures of signatures
// that did not pass are drawn grey and struck out: no picture of a seal may look
// genuine for being in a report.
func HTML(w io.Writer, r *verify.Report, lang fault.Lang, sheets ...Sheet) error {
	return pageTemplate.Execute(w, &view{Report: r, T: words[lang].html(), t: words[lang], Sheets: sheets})
}

// A view is what the template sees.
type view struct {
	*verify.Report
	T      map[string]string
	Sheets []Sheet
	t      *text
}

// A checkList is what the table of checks sees.
type checkList struct {
	V      *view
	Checks []verify.Check
}

// VerdictText words a verdict.
func (v *view) VerdictText(x verify.Verdict) string { return v.t.verdicts[x] }

// VerdictMark is the sign of a verdict.
func (v *view) VerdictMark(x verify.Verdict) string { return verdictMark(x) }

// Summary is the document's verdict in one sentence.
func (v *view) Summary() string {
	s := v.t.sentences[v.Verdict]
	if v.Verdict == verify.Passed && v.Warnings() > 0 {
		s += fmt.Sprintf(v.t.warnings, v.Warnings())
	}
	return s
}

// Reasons are the findings that decided the verdict, each message once.
func (v *view) Reasons() []string {
	var out []string
	add := func(checks []verify.Check) {
		for _, c := range checks {
			if c.Verdict == v.Verdict && v.Verdict != verify.Passed && !slices.Contains(out, c.Message) {
				out = append(out, c.Message)
			}
		}
	}
	add(v.Document)
	for _, s := range v.Signatures {
		add(s.Checks)
	}
	return out
}

// Caption says what a struck out picture means.
func (v *view) Caption(s verify.SignatureReport) string { return v.t.captions[s.Verdict] }

// What says which kind of signature s is.
func (v *view) What(s verify.SignatureReport) string {
	if s.Seal != nil && s.Seal.Kind != "" {
		return v.t.sealKind(s.Seal.Kind)
	}
	return v.t.kinds[s.Kind]
}

// PagesOf says on which pages s shows.
func (v *view) PagesOf(s verify.SignatureReport) string { return v.t.pages(s.Places) }

// TimeSource words where the time of signing is from.
func (v *view) TimeSource(s verify.SignatureReport) string { return v.t.sources[s.TimeSource] }

// Label names a question.
func (v *view) Label(check string) string { return v.t.checks[check] }

// Role words a certificate's role.
func (v *view) Role(role string) string { return v.t.roles[role] }

func asTime(t any) time.Time {
	switch t := t.(type) {
	case time.Time:
		return t
	case *time.Time:
		return *t
	}
	return time.Time{}
}

// groups writes octets in hexadecimal, in groups of four digits.
func groups(h verify.Hex) string {
	s := strings.ToUpper(hex.EncodeToString(h))
	var parts []string
	for ; len(s) > 4; s = s[4:] {
		parts = append(parts, s[:4])
	}
	return strings.Join(append(parts, s), " ")
}

func size(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.1f KB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%d B", n)
}
