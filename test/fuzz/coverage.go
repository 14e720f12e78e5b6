package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

var covered = regexp.MustCompile(`coverage: ([0-9.]+)% of statements`)

// coverage returns how many of a hundred statements of the package the target
// reaches with its seeds, and with everything that fuzzing has found so far.
func coverage(t target) (seeds, found float64, err error) {
	scratch, err := os.MkdirTemp("", "fuzz-coverage-")
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	program := filepath.Join(scratch, "package.test")
	if _, err := command("", "go", "test", "-c", "-cover", "-o", program, t.pkg); err != nil {
		return 0, 0, err
	}
	if seeds, err = replay(program, t.dir, t.name); err != nil {
		return 0, 0, err
	}
	dir, err := mirror(filepath.Join(scratch, "tree"), t)
	if err != nil {
		return 0, 0, err
	}
	found, err = replay(program, dir, t.name)
	return seeds, found, err
}

// replay runs the seeds that stand in the code and below dir.
func replay(program, dir, name string) (float64, error) {
	out, err := command(dir, program, "-test.run", "^"+name+"$", "-test.coverprofile", os.DevNull)
	if err != nil {
		return 0, err
	}
	m := covered.FindStringSubmatch(out)
	if m == nil {
		return 0, fmt.Errorf("no coverage in %q", out)
	}
	return strconv.ParseFloat(m[1], 64)
}

// mirror makes a tree of links below dir that looks like the module to the tests
// of t, but for what was found standing among the seeds: a test reads seeds from
// its own folder only, and ours must stay clean. It returns the folder of the package.
func mirror(dir string, t target) (string, error) {
	within, err := filepath.Rel(root(), t.dir)
	if err != nil {
		return "", err
	}
	from, to := root(), dir
	for _, step := range append(strings.Split(within, string(filepath.Separator)), "testdata", "fuzz") {
		if err := link(from, to, step); err != nil {
			return "", err
		}
		from, to = filepath.Join(from, step), filepath.Join(to, step)
	}
	if err := link(from, to, ""); err != nil {
		return "", err
	}
	cache, err := command("", "go", "env", "GOCACHE")
	if err != nil {
		return "", err
	}
	to = filepath.Join(to, t.name)
	if err := os.RemoveAll(to); err != nil { // a link, when there are seeds in files
		return "", err
	}
	for _, from := range []string{filepath.Join(from, t.name), filepath.Join(strings.TrimSpace(cache), "fuzz", t.pkg, t.name)} {
		if err := link(from, to, ""); err != nil {
			return "", err
		}
	}
	return filepath.Join(dir, within), nil
}

// link makes the folder to with a link to everything in from, if that exists, but
// the entry named except.
func link(from, to, except string) error {
	if err := os.MkdirAll(to, 0o750); err != nil {
		return err
	}
	entries, err := os.ReadDir(from)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	for _, e := range entries {
		if e.Name() == except {
			continue
		}
		if err := os.Symlink(filepath.Join(from, e.Name()), filepath.Join(to, e.Name())); err != nil && !os.IsExist(err) {
			return err
		}
	}
	return nil
}
