package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// A record says what fuzzing one target came to.
type record struct {
	Package          string    `json:"package"`
	Target           string    `json:"target"`
	Property         string    `json:"property"`
	Tree             string    `json:"tree"` // the content of the package, as git names it; empty: it had changes
	Began            time.Time `json:"began"`
	Seconds          float64   `json:"seconds"`
	ProcessorSeconds float64   `json:"processor_seconds"` // with the build
	Executions       int       `json:"executions"`
	PerSecond        float64   `json:"executions_per_second"`
	NewInputs        int       `json:"new_inputs"`            // found in this run
	Corpus           int       `json:"corpus"`                // seeds and all that was found, in this run and before
	SeedCoverage     float64   `json:"seed_coverage_percent"` // statements of the package
	Coverage         float64   `json:"coverage_percent"`
	Failure          string    `json:"failure,omitempty"`
}

func (r record) String() string {
	if r.Failure != "" {
		return "FAILED"
	}
	return fmt.Sprintf("%d executions, %.0f/s, %d new inputs of %d, %.0f s of processor", r.Executions, r.PerSecond, r.NewInputs, r.Corpus, r.ProcessorSeconds)
}

func (r record) key() string { return r.Package + " " + r.Target }

// file is internal-format-ofd.FuzzOpen.json.
func (r record) file() string {
	_, within, _ := strings.Cut(r.Package, "/")
	return strings.ReplaceAll(within, "/", "-") + "." + r.Target + ".json"
}

// A shelf keeps records in a folder, one file each, and README.md, their table.
type shelf struct {
	dir     string // empty: nothing is kept
	mu      sync.Mutex
	records map[string]record
}

func (s *shelf) load() error {
	s.records = map[string]record{}
	if s.dir == "" {
		return nil
	}
	if err := os.MkdirAll(s.dir, 0o750); err != nil {
		return err
	}
	names, err := filepath.Glob(filepath.Join(s.dir, "*.json"))
	if err != nil {
		return err
	}
	for _, name := range names {
		b, err := os.ReadFile(name) //nolint:gosec // a folder the person named
		if err != nil {
			return err
		}
		var r record
		if err := json.Unmarshal(b, &r); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		s.records[r.key()] = r
	}
	return s.list() // records of another machine may have been added
}

// longestUnprovenFirst sorts targets: those without a record, then by their age.
func (s *shelf) longestUnprovenFirst(targets []target) {
	slices.SortStableFunc(targets, func(a, b target) int {
		return s.records[a.String()].Began.Compare(s.records[b.String()].Began)
	})
}

// proven reports whether the target has run for that long with the package as it is.
func (s *shelf) proven(t target, tree string, length time.Duration) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.records[t.String()]
	return ok && r.Failure == "" && tree != "" && r.Tree == tree && r.Seconds >= length.Seconds()
}

// put keeps a record and writes the table anew.
func (s *shelf) put(r record) error {
	if s.dir == "" {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.records[r.key()] = r
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(s.dir, r.file()), append(b, '\n'), 0o600); err != nil {
		return err
	}
	return s.list()
}

// list writes the table.
func (s *shelf) list() error {
	return os.WriteFile(filepath.Join(s.dir, "README.md"), []byte(s.table()), 0o600)
}

func (s *shelf) table() string {
	var b strings.Builder
	b.WriteString(tableHead)
	for _, key := range slices.Sorted(func(yield func(string) bool) {
		for k := range s.records {
			if !yield(k) {
				return
			}
		}
	}) {
		r := s.records[key]
		result := "held"
		if r.Failure != "" {
			result = "**FAILED**"
		}
		_, within, _ := strings.Cut(r.Package, "/")
		fmt.Fprintf(&b, "| `%s` `%s` | %s | %s | %.0f | %d | %.0f | %d | %d | %.0f | %.1f → %.1f | %s |\n", within, r.Target, r.Property, result,
			r.Seconds, r.Executions, r.PerSecond, r.NewInputs, r.Corpus, r.ProcessorSeconds, r.SeedCoverage, r.Coverage, r.Began.Format(time.DateOnly))
	}
	return b.String()
}

const tableHead = `# Every fuzz target at full length

Written by ` + "`make soak`" + ` from the records beside it. New: inputs found in this run that reach something new. Corpus: seeds
and everything found, in this run and before. Coverage: statements of the package, in percent, that the seeds alone
reach, and that the corpus reaches; a package has other tests too. Processor seconds count the build.

| target | property | result | seconds | executions | per second | new | corpus | processor s | coverage % | date |
|---|---|---|---|---|---|---|---|---|---|---|
`
