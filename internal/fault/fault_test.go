package fault

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/goccy/go-yaml"
)

func TestEveryCodeIsWordedInBothLanguages(t *testing.T) {
	for _, c := range Codes() {
		e := Lookup(c)
		for lang, text := range map[Lang]Text{ZH: e.ZH, EN: e.EN} {
			if text.Title == "" {
				t.Errorf("%s has no title in %s", c, lang)
			}
			if (e.Severity == Warning || e.Severity == Problem) && (text.Cause == "" || text.Next == "") {
				t.Errorf("%s has no cause or no next step in %s", c, lang)
			}
		}
		if !strings.ContainsFunc(e.ZH.Title, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			t.Errorf("%s: the Chinese title %q is not Chinese", c, e.ZH.Title)
		}
		if all := e.EN.Title + e.EN.Cause + e.EN.Next; strings.ContainsFunc(all, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			t.Errorf("%s: the English text holds Chinese: %q", c, all)
		}
	}
}

var placeholder = regexp.MustCompile(`\{(\w+)\}`)

func TestTextsSpeakOfTheSameArguments(t *testing.T) {
	for _, c := range Codes() {
		e := Lookup(c)
		want := slices.Sorted(slices.Values(e.Args))
		for lang, text := range map[Lang]Text{ZH: e.ZH, EN: e.EN} {
			var got []string
			for _, m := range placeholder.FindAllStringSubmatch(text.Title+text.Cause+text.Next, -1) {
				if !slices.Contains(got, m[1]) {
					got = append(got, m[1])
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("%s in %s speaks of %v, its args are %v", c, lang, got, want)
			}
		}
	}
}

func TestEveryCodeHasACaller(t *testing.T) {
	constants := map[string]Code{}
	src, err := os.ReadFile("codes_gen.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^\t(\w+)\s+Code = "([^"]+)"$`).FindAllStringSubmatch(string(src), -1) {
		constants[m[1]] = Code(m[2])
	}
	if len(constants) != len(Codes()) {
		t.Fatalf("%d constants for %d codes", len(constants), len(Codes()))
	}
	use := regexp.MustCompile(`\bfault\.(\w+)`)
	err = filepath.WalkDir("../..", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git" || d.Name() == "build") {
			return filepath.SkipDir
		}
		if filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		b, err := os.ReadFile(name)
		for _, m := range use.FindAllSubmatch(b, -1) {
			delete(constants, string(m[1]))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	sdk := raisedBySDK(t)
	maps.DeleteFunc(constants, func(_ string, c Code) bool { return slices.Contains(sdk, c) })
	delete(constants, "InternalError") // given by Of to whatever has no code
	for name, c := range constants {
		t.Errorf("%s (%s) is returned by nobody", name, c)
	}
}

// raisedBySDK returns the codes marked "by: sdk", each of which must stand in a
// module of the page SDK.
func raisedBySDK(t *testing.T) []Code {
	t.Helper()
	var rows []struct{ Code, By string }
	src, err := os.ReadFile("codes.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(src, &rows); err != nil {
		t.Fatal(err)
	}
	modules, err := filepath.Glob("../../web/sdk/src/*.ts")
	if err != nil {
		t.Fatal(err)
	}
	var sdk strings.Builder
	for _, m := range modules {
		if strings.HasSuffix(m, ".gen.ts") || strings.HasSuffix(m, ".test.ts") {
			continue
		}
		b, err := os.ReadFile(m)
		if err != nil {
			t.Fatal(err)
		}
		sdk.Write(b)
	}
	var codes []Code
	for _, r := range rows {
		if r.By != "sdk" {
			continue
		}
		codes = append(codes, Code(r.Code))
		if !strings.Contains(sdk.String(), `"`+r.Code+`"`) {
			t.Errorf("%s is marked as raised by the SDK and stands in no module of it", r.Code)
		}
	}
	return codes
}

func TestErrorIsFoundByItsCode(t *testing.T) {
	inner := errors.New("disk full")
	err := fmt.Errorf("store certificate: %w", Wrap(FileUnwritable, inner, "file", "a.db"))
	if !errors.Is(err, FileUnwritable) || !errors.Is(err, inner) || errors.Is(err, FileUnreadable) {
		t.Errorf("errors.Is does not find the code and the cause of %v", err)
	}
	if got, want := err.Error(), "store certificate: file.unwritable (file=a.db): disk full"; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
	if got := Describe(err, EN).Title; got != "cannot write a.db" {
		t.Errorf("title = %q", got)
	}
}

func TestAnErrorWithoutACodeSaysNothingOfItself(t *testing.T) {
	text := Describe(errors.New("pin=123456"), ZH)
	if all := text.Title + text.Cause + text.Next; strings.Contains(all, "123456") {
		t.Errorf("an inner error shows: %q", all)
	}
}

type reason struct{}

func (reason) Words(lang Lang) string { return "why in " + string(lang) }

func TestArgumentsWordThemselves(t *testing.T) {
	if got := UsageWrong.Text(EN, Args{"what": reason{}}).Title; got != "wrong use: why in en" {
		t.Errorf("title = %q", got)
	}
	if got := UsageWrong.Text(EN, nil).Title; got != "wrong use: ?" {
		t.Errorf("a missing argument reads %q", got)
	}
}
