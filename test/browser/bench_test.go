package browser

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"xinzhang/internal/fixture"
	"xinzhang/internal/home"
	"xinzhang/test/roundtrip"
)

// From a click on a business page to the focus in the PIN field of the agent's
// window, in Debian's Chromium, against a window that holds one field and nothing
// else. Time on the clock, in which the browser makes a window and draws a page:
// fifteen rounds, however long the benchmark is to run.
func BenchmarkClickToPIN(b *testing.B) {
	need(b)
	var took struct{ Times, Floor []float64 }
	run(b, &took, realAgent(b), "click.mjs", "15")
	latency(b, took.Times, took.Floor)
}

// From a call on a business page to its signature, in Debian's Chromium: the agent
// with a key in memory and a person who answers at once, against the bare server that
// answers with a signature, called alike by the same page in turn. Time on the clock
// of the page, in which the browser has its part on both sides.
func BenchmarkPageToSignature(b *testing.B) {
	need(b)
	authority := fixture.New(b, time.Now().Add(-time.Hour).UTC().Truncate(time.Second))
	person := authority.Person(nil)
	there := listen(b)
	roundtrip.ServeAgent(b, there, authority, home.Dir(b.TempDir()), roundtrip.Flash(person))
	floor, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	roundtrip.ServeFloor(b, floor, roundtrip.Beside(b, there.Addr().String()), func() ([]byte, error) { return person.SignDigest(b.Context(), [32]byte{1}) })
	var took struct{ FloorPOST, AgentPOST, FloorSocket, AgentSocket, AgentSDK []float64 }
	run(b, &took, nil, "trip.mjs", port(there), port(floor), "500")
	b.Run("POST", func(b *testing.B) { latency(b, took.AgentPOST, took.FloorPOST) })
	b.Run("WebSocket", func(b *testing.B) { latency(b, took.AgentSocket, took.FloorSocket) })
	b.Run("SDK", func(b *testing.B) { latency(b, took.AgentSDK, took.FloorSocket) })
}

func port(l net.Listener) string { return fmt.Sprint(l.Addr().(*net.TCPAddr).Port) }

// run runs a program of Node.js, with env beside the environment, and reads what it
// prints into out.
func run(b *testing.B, out any, env []string, args ...string) {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), "node", args...)
	cmd.Env, cmd.Stderr = append(os.Environ(), env...), os.Stderr
	printed, err := cmd.Output()
	if err != nil {
		b.Fatal(err)
	}
	if err := json.Unmarshal(printed, out); err != nil {
		b.Fatalf("%v\n%s", err, printed)
	}
}

// latency reports the medians of milliseconds, and how they compare.
func latency(b *testing.B, ours, floor []float64) {
	b.Helper()
	o, f := median(ours), median(floor)
	b.ReportMetric(o, "ms")
	b.ReportMetric(f, "ms-floor")
	b.ReportMetric(o/f, "×floor")
	b.ReportMetric(0, "ns/op")
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
