// Command fuzz runs the fuzz targets of the module, some side by side, and keeps
// one record for each: how long, how many executions, what was found, and which
// statements of the package the found corpus reaches.
//
// A target is found by its name, its property is the doc comment of its function:
// nothing is listed by hand. A run that was cut is resumed by starting it again: a
// target whose record is of full length, for the package as it stands, is left out.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"time"
)

var errFailed = errors.New("a target failed")

func main() {
	length := flag.Duration("time", 5*time.Second, "how long each target is fuzzed")
	lanes := flag.Int("lanes", 1, "how many targets run side by side, each on one processor when more than one")
	keep := flag.String("keep", "", "folder for the records and their table; without it nothing is kept and nothing left out")
	only := flag.String("run", ".", "expression: which targets, by package and name")
	flag.Parse()
	if err := run(*length, *lanes, *keep, *only); err != nil {
		fmt.Fprintln(os.Stderr, "fuzz:", err)
		os.Exit(1)
	}
}

func run(length time.Duration, lanes int, keep, only string) error {
	meant, err := regexp.Compile(only)
	if err != nil {
		return err
	}
	targets, err := findTargets()
	if err != nil {
		return err
	}
	targets = slices.DeleteFunc(targets, func(t target) bool { return !meant.MatchString(t.String()) })
	shelf := &shelf{dir: keep}
	if err := shelf.load(); err != nil {
		return err
	}
	shelf.longestUnprovenFirst(targets)

	waiting := make(chan target)
	var failed error
	var mu sync.Mutex
	var workers sync.WaitGroup
	for range lanes {
		workers.Go(func() {
			for t := range waiting {
				if err := prove(t, length, lanes, shelf); err != nil {
					mu.Lock()
					failed = errors.Join(failed, err)
					mu.Unlock()
				}
			}
		})
	}
	for _, t := range targets {
		waiting <- t
	}
	close(waiting)
	workers.Wait()
	return failed
}

// prove fuzzes one target, unless its record says that this was done, and keeps
// the record, also one of a failure.
func prove(t target, length time.Duration, lanes int, shelf *shelf) error {
	tree, err := treeOf(t.dir)
	if err != nil {
		return err
	}
	if shelf.proven(t, tree, length) {
		fmt.Printf("== %s: proven before\n", t)
		return nil
	}
	fmt.Printf("== %s for %s\n", t, length)
	r, out := fuzz(t, length, lanes)
	r.Tree = tree
	if r.Failure == "" && shelf.dir != "" {
		if r.SeedCoverage, r.Coverage, err = coverage(t); err != nil {
			return fmt.Errorf("%s: %w", t, err)
		}
	}
	fmt.Println("  ", r)
	if err := shelf.put(r); err != nil {
		return err
	}
	if r.Failure != "" {
		fmt.Println(out)
		return fmt.Errorf("%s: %w", t, errFailed)
	}
	return nil
}

// root is the folder of the module: the program is started there, by make.
func root() string {
	dir, err := filepath.Abs(".")
	if err != nil {
		panic(err) // only when the working directory is gone
	}
	return dir
}
