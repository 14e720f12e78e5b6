package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"xinzhang/internal/beijing"
	"xinzhang/internal/durable"
	"xinzhang/internal/fault"
	"xinzhang/internal/format/ofd"
	"xinzhang/internal/inspect"
	"xinzhang/internal/report"
	"xinzhang/internal/trust"
	"xinzhang/internal/verify"
)

// verifyCmd verifies documents. Its exit status is 0 passed, 1 failed, 2
// indeterminate, 3 unsigned, 4 could not be read; of several files the worst
// counts, in the order failed, unreadable, indeterminate, unsigned, passed.
type verifyCmd struct {
	Files       []string `arg:"" name:"file" help:"${h_verify_files}" type:"path"`
	Trust       []string `help:"${h_trust}" type:"path" placeholder:"PATH" sep:"none"`
	CRL         []string `name:"crl" help:"${h_crl}" type:"path" placeholder:"PATH" sep:"none"`
	At          string   `help:"${h_at_time}" placeholder:"TIME"`
	Policy      string   `help:"${h_policy}" default:"gbt38540" enum:"gbt38540,strict"`
	HTML        string   `name:"html" help:"${h_html}" type:"path" placeholder:"FILE"`
	Diagnostics string   `help:"${h_diagnostics}" type:"path" placeholder:"FILE"`
	All         bool     `short:"a" help:"${h_all}"`
}

const (
	exitFailed        = 1
	exitIndeterminate = 2
	exitUnsigned      = 3
	exitUnreadable    = 4
)

func (c *verifyCmd) Run(a *app) error {
	opt, err := c.options(a)
	if err != nil {
		return asWrongUse(err)
	}
	if (c.HTML != "" || c.Diagnostics != "") && len(c.Files) > 1 {
		return wrongUse("u_one_file", "--html, --diagnostics")
	}
	var reports []*verify.Report
	exit := 0
	for _, name := range c.Files {
		r, sheets, err := verifySheets(a, name, opt, c.HTML != "")
		if err != nil {
			_ = a.fail(err)
			exit = worseExit(exit, exitUnreadable)
			continue
		}
		exit = worseExit(exit, exitOf(r.Verdict))
		reports = append(reports, r)
		if !a.json {
			if err := report.Text(a.stdout, r, a.lang, c.All); err != nil {
				return err
			}
		}
		if c.Diagnostics != "" {
			if err := c.writeDiagnostics(r, a.lang); err != nil {
				return err
			}
		}
		if c.HTML != "" {
			if err := writeHTML(c.HTML, r, sheets, a.lang); err != nil {
				return err
			}
		}
	}
	if a.json {
		if err := writeReports(a.stdout, reports, len(c.Files) == 1); err != nil {
			return err
		}
	}
	if exit != 0 {
		return status(exit)
	}
	return nil
}

// asWrongUse gives errors of --trust, --crl and --at the status of wrong use: 1
// is kept for signatures that fail.
func asWrongUse(err error) error {
	if fault.Lookup(fault.Of(err).Code).ExitStatus == exitUnreadable {
		return err
	}
	return fault.Wrap(fault.UsageWrong, err, "what", err.Error())
}

func (c *verifyCmd) options(a *app) (verify.Options, error) {
	opt := verify.Options{At: a.now(), Diagnose: c.Diagnostics != ""}
	var err error
	if opt.Policy, err = verify.LookupPolicy(c.Policy); err != nil {
		return opt, err
	}
	if c.At != "" {
		if opt.At, err = parseTime(c.At); err != nil {
			return opt, err
		}
	}
	opt.Trust, err = loadTrust(a.home, c.Trust, c.CRL)
	return opt, err
}

// loadTrust reads the trusted certificates and revocation lists: those named,
// else the data directory's.
func loadTrust(home string, trusted, lists []string) (*trust.Set, error) {
	set := new(trust.Set)
	if len(trusted) == 0 {
		trusted = existing(filepath.Join(home, "trust"))
	}
	for _, path := range trusted {
		if err := set.Load(path); err != nil {
			return nil, otherKind(err, path, inspect.KindCertificate, inspect.KindCRL)
		}
	}
	// A certificate that lies among the lists is trusted by nobody.
	for _, path := range append(lists, existing(filepath.Join(home, "crl"))...) {
		if err := set.LoadLists(path); err != nil {
			return nil, otherKind(err, path, inspect.KindCRL)
		}
	}
	return set, nil
}

func existing(path string) []string {
	if _, err := os.Stat(path); err != nil {
		return nil
	}
	return []string{path}
}

// verifyFile judges the file of that name.
func verifyFile(a *app, name string, opt verify.Options) (*verify.Report, error) {
	r, _, err := verifySheets(a, name, opt, false)
	return r, err
}

// verifySheets judges the file of that name and, when draw says so, draws its
// pages with seals: from the open file, so that both speak of the same bytes.
func verifySheets(a *app, name string, opt verify.Options, draw bool) (*verify.Report, []report.Sheet, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, fault.Wrap(fault.FileUnreadable, err, "file", name)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil || info.IsDir() {
		return nil, nil, fault.Wrap(fault.FileUnreadable, err, "file", name)
	}
	r, pkg, err := judge(a, f, info.Size(), opt)
	if err != nil {
		return nil, nil, otherKind(err, name, inspect.KindDocument)
	}
	h := sm3.New()
	if _, err := io.Copy(h, io.NewSectionReader(f, 0, info.Size())); err != nil {
		return nil, nil, fault.Wrap(fault.FileUnreadable, err, "file", name)
	}
	r.File, r.Size, r.SM3 = filepath.Base(name), info.Size(), h.Sum(nil)
	r.Word(a.lang)
	if !draw || pkg == nil {
		return r, nil, nil
	}
	return r, report.Sheets(pkg, r), nil
}

// judge verifies an open file. The package is nil when it was refused: the report
// then says that it has failed.
func judge(a *app, f io.ReaderAt, size int64, opt verify.Options) (*verify.Report, *ofd.Package, error) {
	pkg, err := ofd.Open(f, size, ofd.DefaultLimits())
	if err != nil {
		if r, ok := verify.Refused(err, opt); ok {
			return r, nil, nil
		}
		return nil, nil, err
	}
	r, err := verify.OFD(a.ctx, pkg, opt)
	return r, pkg, err
}

func writeReports(w io.Writer, reports []*verify.Report, single bool) error {
	if single && len(reports) == 1 {
		return writeJSON(w, reports[0])
	}
	if single { // the one file could not be read; the reason is on stderr
		return nil
	}
	return writeJSON(w, reports)
}

func writeHTML(name string, r *verify.Report, sheets []report.Sheet, lang fault.Lang) error {
	var page bytes.Buffer
	if err := report.HTML(&page, r, lang, sheets...); err != nil {
		return err
	}
	if err := durable.WriteFile(name, page.Bytes(), 0o644); err != nil {
		return fault.Wrap(fault.FileUnwritable, err, "file", name)
	}
	return nil
}

// writeDiagnostics writes the page for technicians; the printable report leads to
// it by a relative link, so that both can be moved together.
func (c *verifyCmd) writeDiagnostics(r *verify.Report, lang fault.Lang) error {
	var page bytes.Buffer
	if err := report.Diagnostics(&page, r, lang); err != nil {
		return err
	}
	if err := durable.WriteFile(c.Diagnostics, page.Bytes(), 0o644); err != nil {
		return fault.Wrap(fault.FileUnwritable, err, "file", c.Diagnostics)
	}
	if link, err := filepath.Rel(filepath.Dir(c.HTML), c.Diagnostics); err == nil {
		r.Diagnostics = filepath.ToSlash(link)
	}
	return nil
}

func exitOf(v verify.Verdict) int {
	switch v {
	case verify.Passed:
		return 0
	case verify.Indeterminate:
		return exitIndeterminate
	case verify.Unsigned:
		return exitUnsigned
	default:
		return exitFailed
	}
}

// worseExit orders statuses by how much they matter: failed, unreadable,
// indeterminate, unsigned, passed.
func worseExit(a, b int) int {
	order := map[int]int{0: 0, exitUnsigned: 1, exitIndeterminate: 2, exitUnreadable: 3, exitFailed: 4}
	if order[b] > order[a] {
		return b
	}
	return a
}

// parseTime reads a time as people write it; without a zone it is Beijing time.
func parseTime(s string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	for _, layout := range []string{time.DateTime, "2006-01-02 15:04", "2006-01-02T15:04:05", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, s, beijing.Zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, wrongUse("u_time", s)
}
