package main

import "testing"

func TestTheEndOfTheTimeIsNoFinding(t *testing.T) {
	const before = "fuzz: elapsed: 5s, execs: 5170 (2106/sec), new interesting: 0 (total: 1446)\n"
	for _, c := range []struct {
		name, out string
		want      bool
	}{
		{"time", before + "--- FAIL: FuzzBytes (5.34s)\n    context deadline exceeded\nFAIL\nexit status 1\n", true},
		{"finding", before + "--- FAIL: FuzzBytes (5.34s)\n    --- FAIL: FuzzBytes (0.00s)\n        text of 3 MB\n    \n    Failing input written to testdata/fuzz/FuzzBytes/0a\nFAIL\n", false},
		{"finding at the very end", before + "--- FAIL: FuzzBytes (5.34s)\n    context deadline exceeded\nFAIL\nFailing input written to testdata/fuzz/FuzzBytes/0a\n", false},
		{"deadline of the target itself", before + "--- FAIL: FuzzBytes (5.34s)\n    --- FAIL: FuzzBytes (0.00s)\n        context deadline exceeded\nFAIL\n", false},
		{"no worker", before + "--- FAIL: FuzzBytes (5.34s)\n    fuzzing process hung or terminated unexpectedly: exit status 2\nFAIL\n", false},
		{"build", "FAIL\txinzhang/internal/inspect [build failed]\n", false},
	} {
		if got := onlyTimeEnded(c.out); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
