package report

import (
	_ "embed"
	"html/template"
	"io"
	"runtime/debug"
	"strings"
	"time"

	"xinzhang/internal/beijing"
	"xinzhang/internal/fault"
	"xinzhang/internal/trust"
	"xinzhang/internal/verify"
)

//go:embed diagnostics.html
var diagnosticsPage string

var diagnosticsTemplate = template.Must(template.New("diagnostics").Funcs(template.FuncMap{
	"groups": groups,
	"mark":   func(l verify.Level) string { return marks[l] },
}).Parse(diagnosticsPage))

// Diagnostics writes what a technician asks for as one page without outside
// parts: structures, certificates, lists, digests, times, every check with its
// code and clause, and the ASN.1 values. It needs a report that was made with
// [verify.Options.Diagnose]. Identity numbers do not show, nor the octets that
// hold them.
func Diagnostics(w io.Writer, r *verify.Report, lang fault.Lang) error {
	return diagnosticsTemplate.Execute(w, &diagnostics{Report: r, lang: lang, t: words[lang]})
}

// diagnostics is what the template sees.
type diagnostics struct {
	*verify.Report
	lang fault.Lang
	t    *text
}

// A checksOf is what the table of checks sees.
type checksOf struct {
	*diagnostics
	List []verify.Check
}

// Checks hands a list of checks to their table.
func (d *diagnostics) Checks(list []verify.Check) checksOf { return checksOf{d, list} }

// P picks a word; both languages stand side by side in the template.
func (d *diagnostics) P(zh, en string) string { return pick(d.lang, zh, en) }

// HTMLLang is the page's language for browsers.
func (d *diagnostics) HTMLLang() string { return pick(d.lang, "zh-CN", "en") }

// VerdictText words a verdict.
func (d *diagnostics) VerdictText(x verify.Verdict) string { return d.t.verdicts[x] }

// Label names a question.
func (d *diagnostics) Label(check string) string { return d.t.checks[check] }

// KindText words a kind of signature.
func (d *diagnostics) KindText(k verify.Kind) string { return d.t.kinds[k] }

// Moment writes t in Beijing time, and as UTC where programs write that.
func (d *diagnostics) Moment(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	return beijing.Moment(t).String() + " (" + t.UTC().Format(time.RFC3339) + ")"
}

// ASN1 is the structure of b.
func (d *diagnostics) ASN1(b verify.Hex) string { return asn1View(b, d.lang) }

// Use says whose certificate it is.
func (d *diagnostics) Use(use string) string {
	if use == "maker" {
		return d.P("制章者", "seal maker")
	}
	return d.P("签署人", "signer")
}

// What names a moment.
func (d *diagnostics) What(what string) string {
	switch what {
	case "signature_xml":
		return d.P("Signature.xml 所写（签名值内另有时间时不采信）", "as Signature.xml says (weighs nothing beside a signed time)")
	case "signed":
		return d.P("签名值内所写（签署人的电脑时间）", "inside the signature value (the signer's clock)")
	case "stamp":
		return d.P("签名值的时间戳", "time stamp over the signature value")
	}
	return d.P("制章者签名的时间戳", "time stamp over the seal maker's signature")
}

// State words what is known of a certificate.
func (d *diagnostics) State(c verify.CertFact) string {
	if !c.Asked {
		return d.P("不需查询或无法查询", "not asked")
	}
	switch c.Status.State {
	case trust.Good:
		return d.P("不在吊销列表中", "not on the list")
	case trust.Stale:
		return d.P("不在列表中，但列表已过期", "not on the list, which is out of date")
	case trust.OnHold:
		return d.P("挂起，自 ", "on hold since ") + d.Moment(c.Status.Since)
	case trust.Revoked:
		return d.P("已吊销，自 ", "revoked since ") + d.Moment(c.Status.Since)
	}
	return d.P("没有其签发者的吊销列表", "no list of its issuer at hand")
}

// Software says which build of the program made the page.
func (d *diagnostics) Software() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "xinzhang"
	}
	out := []string{"xinzhang", info.Main.Version, info.GoVersion}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" || s.Key == "vcs.modified" && s.Value == "true" {
			out = append(out, s.Key+"="+s.Value)
		}
	}
	for _, m := range info.Deps {
		if strings.HasSuffix(m.Path, "/gmsm") {
			out = append(out, m.Path+" "+m.Version)
		}
	}
	return strings.Join(out, " ")
}
