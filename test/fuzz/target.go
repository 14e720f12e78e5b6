package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"strings"
)

// A target is one fuzz function.
type target struct {
	pkg      string // import path
	dir      string // folder of the package
	name     string // FuzzParse
	property string // what it asks: the doc comment of the function
}

func (t target) String() string { return t.pkg + " " + t.name }

// findTargets returns the fuzz functions of every package of the module.
func findTargets() ([]target, error) {
	out, err := command("", "go", "list", "-f", `{{$p := .}}{{range .TestGoFiles}}{{$p.ImportPath}} {{$p.Dir}} {{.}}
{{end}}{{range .XTestGoFiles}}{{$p.ImportPath}} {{$p.Dir}} {{.}}
{{end}}`, "./...")
	if err != nil {
		return nil, err
	}
	var targets []target
	for line := range strings.Lines(out) {
		f := strings.Fields(line)
		if len(f) != 3 {
			continue
		}
		found, err := targetsIn(filepath.Join(f[1], f[2]))
		if err != nil {
			return nil, err
		}
		for _, t := range found {
			t.pkg, t.dir = f[0], f[1]
			targets = append(targets, t)
		}
	}
	if len(targets) == 0 {
		return nil, errors.New("no fuzz target found")
	}
	return targets, nil
}

// targetsIn returns the fuzz functions of one file, with their properties.
func targetsIn(file string) ([]target, error) {
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var targets []target
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Recv != nil || !strings.HasPrefix(fn.Name.Name, "Fuzz") {
			continue
		}
		t := target{name: fn.Name.Name, property: strings.Join(strings.Fields(fn.Doc.Text()), " ")}
		if t.property == "" {
			return nil, fmt.Errorf("%s of %s has no comment that says what it asks", t.name, file)
		}
		targets = append(targets, t)
	}
	return targets, nil
}

// treeOf names the content of the package as it stands: the hash of its folder in
// git, which survives a rebase. A package with changes has none.
func treeOf(dir string) (string, error) {
	changed, err := command(dir, "git", "status", "--porcelain", "--", ".")
	if err != nil || changed != "" {
		return "", err
	}
	prefix, err := command(dir, "git", "rev-parse", "--show-prefix")
	if err != nil {
		return "", err
	}
	tree, err := command(dir, "git", "rev-parse", "--short=12", "HEAD:"+strings.TrimSpace(prefix))
	return strings.TrimSpace(tree), err
}

// command runs a program in dir and returns what it printed.
func command(dir, name string, args ...string) (string, error) {
	c := exec.Command(name, args...)
	c.Dir = dir
	out, err := c.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out), nil
}
