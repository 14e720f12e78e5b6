// Package docs keeps the pages for readers honest: what they name exists, and
// what they tell a reader to type runs.
package docs

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const root = "../.."

// pages returns the pages written by hand, by their path from the root.
func pages(t *testing.T) map[string]string {
	t.Helper()
	names := []string{"README.md", "README.zh-CN.md", "ARCHITECTURE.md", "CHANGELOG.md"}
	inDocs, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range inDocs {
		names = append(names, "docs/"+filepath.Base(n))
	}
	text := map[string]string{}
	for _, n := range names {
		b, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(n)))
		if err != nil {
			t.Fatal(err)
		}
		text[n] = string(b)
	}
	return text
}

// goFiles calls f with every Go file of the module.
func goFiles(t *testing.T, f func(path, text string)) {
	t.Helper()
	for _, top := range []string{"cmd", "internal", "test"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(p) != ".go" {
				if err == nil && d.IsDir() && d.Name() == "node_modules" {
					return filepath.SkipDir
				}
				return err
			}
			b, err := os.ReadFile(p)
			if err == nil {
				f(p, string(b))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

var (
	link     = regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
	testName = regexp.MustCompile("`((?:Test|Fuzz|Example)[A-Za-z0-9_]+)`")
	pageTest = regexp.MustCompile("`(?:web|test/browser)/[a-z/]+\\.test\\.(?:ts|tsx|mjs)`") // of the pages, in their own language
	testFunc = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Example)\w*)\(`)
	goName   = regexp.MustCompile("`([a-z0-9]+)\\.([A-Z][A-Za-z0-9]*(?:\\.[A-Z][A-Za-z0-9]*)?)`")
	repoPath = regexp.MustCompile("`((?:cmd|internal|test|docs|web|\\.ci)/[A-Za-z0-9_./-]+)`")
)

func TestPagesLinkToFilesThatExist(t *testing.T) {
	for page, text := range pages(t) {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			target := filepath.Join(root, filepath.Dir(page), m[1])
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s links to %s, which does not exist", page, m[1])
			}
		}
	}
}

func TestPagesNameFilesThatExist(t *testing.T) {
	for page, text := range pages(t) {
		for _, m := range repoPath.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join(root, m[1])); err != nil {
				t.Errorf("%s names %s, which does not exist", page, m[1])
			}
		}
	}
}

func TestPagesNameTestsThatExist(t *testing.T) {
	have := map[string]bool{}
	goFiles(t, func(_, text string) {
		for _, m := range testFunc.FindAllStringSubmatch(text, -1) {
			have[m[1]] = true
		}
	})
	for page, text := range pages(t) {
		for _, m := range testName.FindAllStringSubmatch(text, -1) {
			if !have[m[1]] {
				t.Errorf("%s names the test %s, which does not exist", page, m[1])
			}
		}
	}
}

func TestPagesNameGoIdentifiersThatExist(t *testing.T) {
	sources := map[string]string{} // package → its text, without tests
	goFiles(t, func(p, text string) {
		if !strings.HasSuffix(p, "_test.go") {
			sources[filepath.Base(filepath.Dir(p))] += text
		}
	})
	for page, text := range pages(t) {
		for _, m := range goName.FindAllStringSubmatch(text, -1) {
			src, ok := sources[m[1]]
			if !ok {
				continue // not one of our packages
			}
			for _, name := range strings.Split(m[2], ".") {
				declared := regexp.MustCompile(`(?m)^(func|type|var|const) (\([^)]*\) )?` + name + `\b|^\t(\w+, )*` + name + `\b`)
				if !declared.MatchString(src) {
					t.Errorf("%s names %s, which does not exist", page, m[0])
				}
			}
		}
	}
}

func TestEveryRoomStandsInArchitecture(t *testing.T) {
	text := pages(t)["ARCHITECTURE.md"]
	rooms := map[string]bool{}
	goFiles(t, func(p, _ string) {
		dir := filepath.ToSlash(filepath.Dir(strings.TrimPrefix(p, filepath.FromSlash(root+"/"))))
		room, ok := strings.CutPrefix(dir, "internal/")
		if ok && !strings.HasSuffix(room, "/gen") && !strings.Contains(room, "/internal/") {
			rooms[room] = true
		}
	})
	if len(rooms) < 5 {
		t.Fatalf("only %d rooms found under internal", len(rooms))
	}
	for room := range rooms {
		if !strings.Contains(text, "| `"+room+"` |") {
			t.Errorf("ARCHITECTURE.md has no row for the room `%s`", room)
		}
	}
}

func TestEveryRequirementHasARow(t *testing.T) {
	text := pages(t)["docs/requirements.md"]
	state := regexp.MustCompile(`\| (done|partly|partly: .+|later) \|$`)
	rows := 0
	for line := range strings.Lines(text) {
		if !regexp.MustCompile(`^\| R\d+ \|`).MatchString(line) {
			continue
		}
		rows++
		line = strings.TrimSpace(line)
		if strings.Count(line, "|") != 7 {
			t.Errorf("not six columns: %s", line)
		}
		if !state.MatchString(line) {
			t.Errorf("no state we know: %s", line)
		}
		if !strings.HasSuffix(line, "| later |") && !testName.MatchString(line) && !pageTest.MatchString(line) {
			t.Errorf("done or partly done without a test: %s", line)
		}
	}
	if rows != 55 {
		t.Errorf("got %d requirements, want R1 to R55", rows)
	}
}
