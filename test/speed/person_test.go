//go:build linux

package speed

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"xinzhang/internal/agent"
	"xinzhang/internal/fixture"
	"xinzhang/internal/home"
	"xinzhang/internal/keyring"
	"xinzhang/internal/prompt"
	"xinzhang/internal/token"
	"xinzhang/internal/token/soft"
	"xinzhang/internal/token/soft/softtest"
	"xinzhang/test/program"
)

// What a person notices of the real agent, in a process of its own. Here time on the
// clock counts, and there is no floor but the person's patience: goals are in
// docs/benchmarks.md.

const (
	firstPIN  = "482915"
	personPIN = "730261"
)

// agentOfAPerson is a built agent whose data directory holds one software UKey as
// shipped: its PIN costs 64 MiB to compare.
func agentOfAPerson(b *testing.B) (a *program.Agent, tokens, key string) {
	b.Helper()
	a = program.BuildAgent(b)
	dir := home.Dir(a.Home)
	must(b, dir.Create())
	authority := fixture.New(b, time.Now().Add(-time.Hour).UTC().Truncate(time.Second))
	signing, _ := softtest.UKey(b, dir.Tokens(), "person", firstPIN, authority.Person)
	device, err := soft.New(dir.Tokens()).Connect(b.Context(), "person")
	must(b, err)
	app, err := device.OpenApplication(b.Context(), "XINZHANG")
	must(b, err)
	must(b, app.ChangePIN(b.Context(), token.UserPIN, token.NewPIN([]byte(firstPIN)), token.NewPIN([]byte(personPIN))))
	must(b, device.Close())
	a.Run(b, "origins", "allow", origin)
	return a, dir.Tokens(), keyring.ID(signing.Raw)
}

// listen returns the events of a stream as they come, by name.
func listen(b *testing.B, a *program.Agent, path string, cookie *http.Cookie) <-chan string {
	b.Helper()
	res, err := a.Send("GET", path, a.URL, cookie, nil)
	must(b, err)
	if res.StatusCode != http.StatusOK {
		b.Fatalf("%s: %s", path, res.Status)
	}
	events := make(chan string, 64)
	go func() {
		defer close(events)
		defer func() { _ = res.Body.Close() }()
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				events <- name
			}
		}
	}()
	return events
}

func await(b *testing.B, events <-chan string, name string) {
	b.Helper()
	for deadline := time.After(time.Minute); ; {
		select {
		case e, ok := <-events:
			if !ok {
				b.Fatalf("the stream ended before %q", name)
			}
			if e == name {
				return
			}
		case <-deadline:
			b.Fatalf("no event %q", name)
		}
	}
}

// shown reports whether the manager's list has n keys.
func shown(b *testing.B, a *program.Agent, cookie *http.Cookie, n int) bool {
	b.Helper()
	var keys agent.ManagedKeys
	code, err := a.Call("GET", "/v1/manager/keys", a.URL, cookie, nil, &keys)
	must(b, err)
	if code != "" {
		b.Fatal(code)
	}
	return len(keys.Keys) == n
}

// idle is measured once: a minute is a minute, however often the benchmark is run.
var idle struct {
	sync.Once
	fresh, after, used float64
}

// An agent that nobody calls: its memory after a start and again after a PIN was
// compared, and the processor time of a minute with one window of the manager open.
func BenchmarkAgentIdle(b *testing.B) {
	idle.Do(func() {
		a, _, key := agentOfAPerson(b)
		a.Start(b, nil, "--window", "page", "--skf", "none")
		cookie := a.Manager(b)
		for !shown(b, a, cookie, 1) {
			time.Sleep(10 * time.Millisecond)
		}
		await(b, listen(b, a, "/v1/manager/events", cookie), "keys")
		time.Sleep(5 * time.Second)
		idle.fresh = float64(a.Resident(b)) / (1 << 20)
		before := a.CPU(b)
		time.Sleep(time.Minute)
		idle.used = float64((a.CPU(b) - before).Microseconds()) / 1000
		code, err := a.Call("POST", "/v1/manager/keys/"+key+"/verify-pin", a.URL, cookie, agent.PINParams{Operation: "bench-0123456789abcdef", PIN: personPIN}, nil)
		must(b, err)
		if code != "" {
			b.Fatal(code)
		}
		time.Sleep(5 * time.Second)
		idle.after = float64(a.Resident(b)) / (1 << 20)
	})
	b.ReportMetric(idle.fresh, "MiB")
	b.ReportMetric(idle.after, "MiB-after-PIN")
	b.ReportMetric(idle.used, "CPU-ms/min")
	b.ReportMetric(0, "ns/op")
}

// From the moment the files of a software UKey are there to the moment the manager's
// list shows its key, which its page asks for when the event comes.
func BenchmarkPluggingIsShown(b *testing.B) {
	a, tokens, _ := agentOfAPerson(b)
	drawer := b.TempDir()
	move := func(from, to string) {
		for _, file := range []string{"person.ukey.copy", "person.ukey"} {
			must(b, os.Rename(filepath.Join(from, file), filepath.Join(to, file)))
		}
	}
	a.Start(b, nil, "--window", "page", "--skf", "none")
	cookie := a.Manager(b)
	events := listen(b, a, "/v1/manager/events", cookie)
	until := func(n int) {
		for !shown(b, a, cookie, n) {
			await(b, events, "keys")
		}
	}
	until(1)
	var in, out []float64
	for i := range max(b.N, 15) {
		time.Sleep(time.Duration(37*i%250) * time.Millisecond) // at any moment between two looks
		begin := time.Now()
		move(tokens, drawer)
		until(0)
		out = append(out, milliseconds(begin))
		time.Sleep(time.Duration(91*i%250) * time.Millisecond)
		begin = time.Now()
		move(drawer, tokens)
		until(1)
		in = append(in, milliseconds(begin))
	}
	report(b, in, "in")
	report(b, out, "out")
}

// From the call of a page to the question in a window that the page opened, as its
// page reads it; what the browser needs to draw it is measured by test/browser.
func BenchmarkClickToWindow(b *testing.B) {
	a, _, _ := agentOfAPerson(b)
	a.Start(b, nil, "--window", "page", "--skf", "none")
	ready(b, a)
	var times []float64
	for i := range max(b.N, 15) {
		id := fmt.Sprintf("bench-window-%08d", i)
		events := listen(b, a, "/v1/windows/"+id+"/events", nil)
		await(b, events, "keys") // the page of the window listens
		begin := time.Now()
		done := click(b, a, "/v1/windows/calls", a.URL, agent.WindowCall{Origin: origin, Method: "sign", Params: []byte(signParams(int64(i))), Window: id})
		await(b, events, "question")
		var q prompt.Question
		code, err := a.Call("GET", "/v1/windows/"+id, a.URL, nil, nil, &q)
		times = append(times, milliseconds(begin))
		must(b, err)
		if code != "" || !q.NeedPIN {
			b.Fatalf("no question for a PIN: %s", code)
		}
		_, err = a.Call("POST", "/v1/windows/"+id+"/answer", a.URL, nil, agent.WindowAnswer{Operation: q.Operation}, nil)
		must(b, err)
		refused(b, done)
	}
	report(b, times, "page")
}

// From the call of a page to the start of the program that shows the PIN window of
// the desktop. A stand-in for zenity tells when it runs and says no: what zenity
// itself needs to draw is not in it.
func BenchmarkClickToDesktopWindow(b *testing.B) {
	a, _, _ := agentOfAPerson(b)
	bin := b.TempDir()
	began := filepath.Join(bin, "began")
	must(b, syscall.Mkfifo(began, 0o600))
	must(b, os.WriteFile(filepath.Join(bin, "zenity"), []byte("#!/bin/sh\necho \"$1\" > '"+began+"'\nexit 1\n"), 0o755))
	a.Start(b, []string{"PATH=" + bin + ":" + os.Getenv("PATH"), "DISPLAY=:0"}, "--window", "native", "--skf", "none")
	ready(b, a)
	told, err := os.OpenFile(began, os.O_RDWR, 0)
	must(b, err)
	b.Cleanup(func() { _ = told.Close() })
	windows := bufio.NewScanner(told)
	var times []float64
	for i := range max(b.N, 15) {
		begin := time.Now()
		done := click(b, a, "/v1/sign", origin, json.RawMessage(signParams(int64(i))))
		if !windows.Scan() || windows.Text() != "--entry" {
			b.Fatalf("no window for a PIN: %q", windows.Text())
		}
		times = append(times, milliseconds(begin))
		refused(b, done)
	}
	report(b, times, "desktop")
}

// ready waits until the UKey is there and a page can have it.
func ready(b *testing.B, a *program.Agent) {
	b.Helper()
	for cookie := a.Manager(b); !shown(b, a, cookie, 1); {
		time.Sleep(10 * time.Millisecond)
	}
}

// click makes a call of a page, whose answer comes later.
func click(b *testing.B, a *program.Agent, path, from string, in any) <-chan string {
	done := make(chan string, 1)
	go func() {
		code, err := a.Call("POST", path, from, nil, in, nil)
		if err != nil {
			code = err.Error()
		}
		done <- code
	}()
	return done
}

func refused(b *testing.B, done <-chan string) {
	b.Helper()
	if code := <-done; code != "user.refused" {
		b.Fatalf("the page was told %q", code)
	}
}

func milliseconds(begin time.Time) float64 { return float64(time.Since(begin).Microseconds()) / 1000 }

// report tells the median and the worst.
func report(b *testing.B, times []float64, what string) {
	b.ReportMetric(median(times), "ms-"+what)
	b.ReportMetric(times[len(times)-1], "ms-"+what+"-worst") // median has sorted them
	b.ReportMetric(0, "ns/op")
}
