package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"xinzhang/internal/beijing"
	"xinzhang/internal/inspect"
)

// word is a text of [words] in the language of the user.
func (a *app) word(key string) string { return words[a.lang][key] }

// say tells the user something that is not a result: words[key] with args in
// place, on standard error.
func (a *app) say(key string, args ...any) {
	_, _ = fmt.Fprintf(a.stderr, "· "+a.word(key)+"\n", args...)
}

// printf writes a part of the result. What standard output does with it is not
// this program's to repair.
func (a *app) printf(format string, args ...any) { _, _ = fmt.Fprintf(a.stdout, format, args...) }

// labelColumn is where the values of a row begin.
const labelColumn = 18

// row writes words[key] and a value; an empty value writes nothing.
func (a *app) row(key, value string) {
	if value == "" {
		return
	}
	label := a.word(key)
	a.printf("  %s%s%s\n", label, strings.Repeat(" ", max(1, labelColumn-inspect.Width(label))), value)
}

// A table is rows of cells in columns as wide as their widest cell; Chinese
// characters count as two.
type table [][]string

func (t table) write(w io.Writer) error {
	var widths []int
	for _, cells := range t {
		for i, cell := range cells {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], inspect.Width(cell))
		}
	}
	var b strings.Builder
	for _, cells := range t {
		var line strings.Builder
		for i, cell := range cells {
			line.WriteString(cell + strings.Repeat(" ", widths[i]-inspect.Width(cell)+2))
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// writeOneOrAll writes JSON: the one result of one file, the list of several.
// When the one file could not be read, the reason is on standard error.
func writeOneOrAll[T any](a *app, all []T, one bool) error {
	switch {
	case !one:
		return writeJSON(a.stdout, all)
	case len(all) == 0:
		return nil
	}
	return writeJSON(a.stdout, all[0])
}

// moment words a time for people, "" for no time.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return beijing.Moment(t).String()
}

func day(t time.Time) string { return beijing.Day(t).String() }

// utc points to a time for JSON; nil for no time.
func utc(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
