package docs

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"xinzhang/internal/fault"
	"xinzhang/internal/verify"
)

var update = flag.Bool("update", false, "write the verdict table of docs/standards.md anew")

var (
	codeConst  = regexp.MustCompile(`(?m)^\t(\w+)\s+Code = "([a-z0-9_.]+)"`)
	policyLine = regexp.MustCompile(`(?m)^\tfault\.(\w+):\s+\{(\w), (\w)\},`)
)

// levels spells the short names of the policy's table.
var levels = map[string]string{"n": "note", "w": "warning", "u": "indeterminate", "f": "failed"}

// verdictTable words the table of internal/verify/policy.go, in its order.
func verdictTable(t *testing.T) string {
	t.Helper()
	read := func(name string) string {
		b, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	codes := map[string]fault.Code{}
	for _, m := range codeConst.FindAllStringSubmatch(read("internal/fault/codes_gen.go"), -1) {
		codes[m[1]] = fault.Code(m[2])
	}
	var b strings.Builder
	b.WriteString("| finding | code | `gbt38540` | `strict` |\n|---|---|---|---|\n")
	var seen []fault.Code
	for _, m := range policyLine.FindAllStringSubmatch(read("internal/verify/policy.go"), -1) {
		code := codes[m[1]]
		seen = append(seen, code)
		fmt.Fprintf(&b, "| %s | `%s` | %s | %s |\n", strings.ReplaceAll(code.Text(fault.EN, nil).Title, "?", "…"), code, levels[m[2]], levels[m[3]])
	}
	slices.Sort(seen)
	if !slices.Equal(seen, verify.Table()) {
		t.Fatalf("read %d findings from policy.go, the policy names %d", len(seen), len(verify.Table()))
	}
	return b.String()
}

func TestTheVerdictTableIsThatOfThePolicy(t *testing.T) {
	const begin, end = "<!-- verdicts: written by go test ./test/docs -update -->\n", "<!-- end -->\n"
	page := filepath.Join(root, "docs", "standards.md")
	b, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(b), begin)
	got, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatal("docs/standards.md lacks the marks of the verdict table")
	}
	want := verdictTable(t)
	if got == want {
		return
	}
	if !*update {
		t.Fatal("the verdict table of docs/standards.md is not that of internal/verify/policy.go: go test ./test/docs -update")
	}
	if err := os.WriteFile(page, []byte(before+begin+want+end+after), 0o644); err != nil {
		t.Fatal(err)
	}
}
