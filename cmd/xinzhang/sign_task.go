package main

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"xinzhang/internal/fault"
	"xinzhang/internal/sign"
)

// A signTask is what `sign` is to do on one document: signatures one after the
// other, all of them or none. The command line states a task of one; --plan
// reads one from a file:
//
//	{"signatures": [
//	  {"token": "person", "seal": "99000000000002", "places": [{"keyword": "审批人", "offset": "25,0"}]},
//	  {"token": "unit", "seal": "99000000000001", "pin_file": "unit.pin",
//	   "places": [{"pages": "1", "at": "150,200"}, {"cross_page": "right", "from": 100}]}
//	]}
type signTask struct {
	Signatures []signStep `json:"signatures"`
}

// A signStep is one signature of a task, in the words of the command line.
type signStep struct {
	Token     string      `json:"token"`
	Container string      `json:"container"`
	Seal      string      `json:"seal"`
	PINFile   string      `json:"pin_file"`
	Places    []placeSpec `json:"places"`
}

// A placeSpec is a [sign.Place] as people write it.
type placeSpec struct {
	Pages     string   `json:"pages"`      // "1-3,5"; "2-" to the last
	At        string   `json:"at"`         // "X,Y"
	Keyword   string   `json:"keyword"`    //
	Nth       string   `json:"nth"`        // a number, "last" or "all"
	Offset    string   `json:"offset"`     // "DX,DY"
	CrossPage string   `json:"cross_page"` // an edge
	From      *float64 `json:"from"`
	Parts     int      `json:"parts"`
}

// maxTask bounds a file of --plan.
const maxTask = 1 << 20

func readTask(name string) (*signTask, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fault.Wrap(fault.FileUnreadable, err, "file", name)
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(io.LimitReader(f, maxTask+1))
	if err != nil {
		return nil, fault.Wrap(fault.FileUnreadable, err, "file", name)
	}
	if len(raw) > maxTask {
		return nil, fault.New(fault.InputTooLarge, "what", name, "limit", "1 MiB")
	}
	var t signTask
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&t); err != nil {
		return nil, wrongUse("u_plan_file", name, err)
	}
	if len(t.Signatures) == 0 {
		return nil, wrongUse("u_plan_empty", name)
	}
	for i, s := range t.Signatures {
		if s.Token == "" || s.Seal == "" {
			return nil, wrongUse("u_plan_step", name, i+1)
		}
	}
	return &t, nil
}

// places reads the places of a step, on a document of so many pages.
func (s signStep) places(pages int) ([]sign.Place, error) {
	out := make([]sign.Place, 0, len(s.Places))
	for _, spec := range s.Places {
		p, err := spec.place(pages)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

func (p placeSpec) place(pages int) (sign.Place, error) {
	out := sign.Place{Keyword: p.Keyword, Edge: sign.Edge(p.CrossPage), From: p.From, Parts: p.Parts}
	kinds := 0
	for _, given := range []bool{p.At != "", p.Keyword != "", p.CrossPage != ""} {
		if given {
			kinds++
		}
	}
	switch {
	case kinds == 0:
		return out, fault.New(fault.SignNoPlace)
	case kinds > 1:
		return out, wrongUse("u_one_place")
	case p.Keyword == "" && p.Nth+p.Offset != "":
		return out, wrongUse("u_needs", "--nth, --offset", "--keyword")
	case p.CrossPage == "" && (p.From != nil || p.Parts != 0):
		return out, wrongUse("u_needs", "--from, --parts", "--cross-page")
	}
	var err error
	if out.Pages, err = parsePages(p.Pages, pages); err != nil {
		return out, err
	}
	if out.X, out.Y, err = parsePair("--at", p.At); err != nil {
		return out, err
	}
	if out.DX, out.DY, err = parsePair("--offset", p.Offset); err != nil {
		return out, err
	}
	out.Nth, err = parseNth(p.Nth)
	return out, err
}

// parsePages reads "1-3,5" and "2-", the latter up to the last of count pages. A
// page beyond it stays in the list, for the refusal to name it.
func parsePages(s string, count int) ([]int, error) {
	if s == "" {
		return nil, nil
	}
	var out []int
	for part := range strings.SplitSeq(s, ",") {
		first, last, isRange := strings.Cut(strings.TrimSpace(part), "-")
		if isRange && last == "" {
			last = strconv.Itoa(count)
		}
		if !isRange {
			last = first
		}
		a, errA := strconv.Atoi(first)
		b, errB := strconv.Atoi(last)
		if errA != nil || errB != nil || a < 1 || b < a && isRange {
			return nil, wrongUse("u_write", "--pages", s, "1-3,5")
		}
		for n := a; n <= min(b, count); n++ {
			out = append(out, n)
		}
		if b > count {
			out = append(out, b)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// parsePair reads two lengths in millimetres, "" as none.
func parsePair(flag, s string) (x, y float64, err error) {
	if s == "" {
		return 0, 0, nil
	}
	a, b, ok := strings.Cut(s, ",")
	x, errX := strconv.ParseFloat(strings.TrimSpace(a), 64)
	y, errY := strconv.ParseFloat(strings.TrimSpace(b), 64)
	if !ok || errX != nil || errY != nil || math.IsNaN(x+y) || math.IsInf(x+y, 0) {
		return 0, 0, wrongUse("u_pair", flag, s)
	}
	return x, y, nil
}

func parseNth(s string) (int, error) {
	switch s {
	case "", "last":
		return sign.Last, nil
	case "all":
		return sign.All, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return 0, wrongUse("u_nth", s)
	}
	return n, nil
}
