// Package report shows a verification report to people: as text for a terminal
// and as a printable page. It adds nothing to the report and leaves nothing out
// that a reader needs to judge: the same data set stands behind both.
package report

import (
	"fmt"
	"io"
	"strings"

	"xinzhang/internal/beijing"
	"xinzhang/internal/fault"
	"xinzhang/internal/verify"
)

var marks = map[verify.Level]string{
	verify.LevelOK: "✓", verify.LevelNote: "·", verify.LevelWarning: "!",
	verify.LevelIndeterminate: "?", verify.LevelFailed: "✗",
}

// Text writes r for a terminal: the verdict, each signature with its findings.
// Findings that are as they should be are listed only when all is set.
func Text(w io.Writer, r *verify.Report, lang fault.Lang, all bool) error {
	t := words[lang]
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s  %s\n", verdictMark(r.Verdict), t.verdict(r), r.File)
	lines(&b, "  ", r.Document, all, t)
	for _, s := range r.Signatures {
		fmt.Fprintf(&b, "\n%s %d. %s  %s\n", verdictMark(s.Verdict), s.Number, headline(s, t), t.verdicts[s.Verdict])
		if s.Time != nil {
			fmt.Fprintf(&b, "    %s%s (%s)\n", t.time, beijing.Moment(*s.Time), t.sources[s.TimeSource])
		}
		lines(&b, "    ", s.Checks, all, t)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func verdictMark(v verify.Verdict) string {
	return map[verify.Verdict]string{
		verify.Passed: "✓", verify.Failed: "✗", verify.Indeterminate: "?", verify.Unsigned: "○",
	}[v]
}

// headline names a signature: who, what and on which pages.
func headline(s verify.SignatureReport, t *text) string {
	who := t.unknownSigner
	if s.Signer != nil {
		who = s.Signer.Holder
	}
	what := t.kinds[s.Kind]
	if s.Seal != nil {
		what = s.Seal.Name
		if s.Seal.Kind != "" {
			what += " (" + t.sealKind(s.Seal.Kind) + ")"
		}
	}
	return strings.TrimSpace(who + "  " + what + "  " + t.pages(s.Places))
}

func lines(b *strings.Builder, indent string, checks []verify.Check, all bool, t *text) {
	for _, c := range checks {
		if c.Level == verify.LevelOK && !all {
			continue
		}
		fmt.Fprintf(b, "%s%s %s  [%s]\n", indent, marks[c.Level], c.Message, c.Code)
		if c.Level == verify.LevelOK || c.Level == verify.LevelNote && !all {
			continue
		}
		if c.Cause != "" {
			fmt.Fprintf(b, "%s    %s%s\n", indent, t.cause, c.Cause)
		}
		if c.Next != "" {
			fmt.Fprintf(b, "%s    %s%s\n", indent, t.next, c.Next)
		}
	}
}
