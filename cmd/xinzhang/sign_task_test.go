package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"xinzhang/internal/fault"
)

func TestPagesAreReadAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string][]int{
		"": nil, "3": {3}, "1-3,5": {1, 2, 3, 5}, " 5, 1 ": {1, 5}, "4-": {4, 5, 6}, "2-2": {2}, "1-3,2": {1, 2, 3},
		"5-999999999": {5, 6, 999999999}, "9": {9},
	} {
		if got, err := parsePages(text, 6); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"0", "-1", "3-1", "a", "1,,2", "1-2-3", "9-", "99999999999999999999"} {
		if got, err := parsePages(text, 6); !errors.Is(err, fault.UsageWrong) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}

func TestLengthsAndHitsAreReadAsPeopleWriteThem(t *testing.T) {
	if x, y, err := parsePair("--at", " 12.5, -3"); x != 12.5 || y != -3 || err != nil {
		t.Errorf("%v, %v, %v", x, y, err)
	}
	for _, text := range []string{"1", "1,2,3", "a,1", "NaN,1", "1,Inf", "1，2"} {
		if x, y, err := parsePair("--at", text); !errors.Is(err, fault.UsageWrong) {
			t.Errorf("%q: %v, %v, %v", text, x, y, err)
		}
	}
	for text, want := range map[string]int{"": 0, "last": 0, "all": -1, "3": 3} {
		if got, err := parseNth(text); got != want || err != nil {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"0", "-1", "first"} {
		if got, err := parseNth(text); !errors.Is(err, fault.UsageWrong) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}

func TestATaskIsReadStrictly(t *testing.T) {
	const step = `"token": "a", "seal": "b"`
	for name, tt := range map[string]struct {
		text string
		ok   bool
	}{
		"whole":                    {`{"signatures": [{` + step + `, "places": [{"at": "1,2", "pages": "1"}]}]}`, true},
		"a member that is unknown": {`{"signatures": [{` + step + `, "keywrod": "x"}]}`, false},
		"no signature":             {`{"signatures": []}`, false},
		"no seal":                  {`{"signatures": [{"token": "a"}]}`, false},
		"no JSON":                  {`signatures`, false},
		"too large":                {strings.Repeat(" ", maxTask) + `{}`, false},
	} {
		file := filepath.Join(t.TempDir(), "task.json")
		if err := os.WriteFile(file, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		task, err := readTask(file)
		if (err == nil) != tt.ok {
			t.Errorf("%s: %v, %v", name, task, err)
		}
	}
}

func TestAPlaceIsOneThing(t *testing.T) {
	for name, spec := range map[string]placeSpec{
		"nothing":                   {Pages: "1"},
		"two things":                {At: "1,2", Keyword: "x"},
		"an offset from a point":    {At: "1,2", Offset: "3,4"},
		"the second hit of an edge": {CrossPage: "left", Nth: "2"},
		"a keyword from an end":     {Keyword: "x", From: new(1.0)},
		"parts of a point":          {At: "1,2", Parts: 3},
		"a point that is none":      {At: "1"},
		"pages that are none":       {At: "1,2", Pages: "x"},
	} {
		if p, err := spec.place(3); fault.Lookup(fault.Of(err).Code).ExitStatus != exitUnreadable {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
}
