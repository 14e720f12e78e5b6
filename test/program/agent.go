//go:build linux

package program

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"xinzhang/internal/agent"
)

// An Agent is the real xinzhang-agent in a process of its own, which ends with the
// test.
type Agent struct {
	Home string // its data directory
	URL  string

	program string
	process *os.Process
	log     bytes.Buffer // whole when the process ended
}

// BuildAgent builds the agent. It does not run yet: there is time to allow origins.
func BuildAgent(tb testing.TB) *Agent {
	tb.Helper()
	dir := tb.TempDir()
	a := &Agent{Home: filepath.Join(dir, "home"), program: filepath.Join(dir, "xinzhang-agent")}
	if out, err := exec.Command("go", "build", "-o", a.program, "xinzhang/cmd/xinzhang-agent").CombinedOutput(); err != nil {
		tb.Fatalf("build: %v\n%s", err, out)
	}
	return a
}

// Run runs a command of the agent to its end.
func (a *Agent) Run(tb testing.TB, args ...string) {
	tb.Helper()
	if out, err := exec.Command(a.program, append([]string{"--home", a.Home}, args...)...).CombinedOutput(); err != nil {
		tb.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// Start runs the agent on a free port, with env beside the environment.
func (a *Agent) Start(tb testing.TB, env []string, args ...string) {
	tb.Helper()
	cmd := exec.Command(a.program, append([]string{"--home", a.Home, "run", "--port", "0"}, args...)...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = &a.log
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	a.process = cmd.Process
	tb.Cleanup(func() {
		_ = a.process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil || tb.Failed() {
			tb.Logf("the agent: %v\n%s", err, a.log.Bytes())
		}
	})
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		var running struct{ Port int }
		b, err := os.ReadFile(filepath.Join(a.Home, "agent", "agent.json"))
		if err == nil && json.Unmarshal(b, &running) == nil && running.Port > 0 {
			a.URL = fmt.Sprintf("http://127.0.0.1:%d", running.Port)
			return
		}
		if time.Now().After(deadline) {
			tb.Fatal("the agent does not listen")
		}
	}
}

// Manager returns the cookie of a manager's session.
func (a *Agent) Manager(tb testing.TB) *http.Cookie {
	tb.Helper()
	ticket, err := agent.Ticket(filepath.Join(a.Home, "agent", "secret"), time.Now())
	if err != nil {
		tb.Fatal(err)
	}
	res, err := a.Send("POST", "/v1/manager/session", a.URL, nil, agent.ManagerTicket{Ticket: ticket})
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if len(res.Cookies()) != 1 {
		tb.Fatalf("no session: %s", res.Status)
	}
	return res.Cookies()[0]
}

// Send sends a request as a browser does for a page of origin; cookie and in may be
// nil.
func (a *Agent) Send(method, path, origin string, cookie *http.Cookie, in any) (*http.Response, error) {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequest(method, a.URL+path, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Origin", origin)
	req.Header.Set("Content-Type", "application/json")
	if cookie != nil {
		req.AddCookie(cookie)
	}
	return http.DefaultClient.Do(req)
}

// Call sends a request and reads the answer into out, which may be nil. What the
// agent refuses has the code of its problem.
func (a *Agent) Call(method, path, origin string, cookie *http.Cookie, in, out any) (code string, err error) {
	res, err := a.Send(method, path, origin, cookie, in)
	if err != nil {
		return "", err
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return "", err
	}
	if res.StatusCode >= 300 {
		var problem struct{ Code string }
		err := json.Unmarshal(b, &problem)
		return problem.Code, err
	}
	if out == nil {
		return "", nil
	}
	return "", json.Unmarshal(b, out)
}

// Resident is the resident memory of the process now, in octets.
func (a *Agent) Resident(tb testing.TB) int64 {
	tb.Helper()
	status, err := os.ReadFile(a.proc("status"))
	if err != nil {
		tb.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
			if err != nil {
				tb.Fatal(err)
			}
			return kib << 10
		}
	}
	tb.Fatal("the system does not tell what is resident")
	return 0
}

// CPU is the processor time of all its threads so far, from their schedules: the
// ticks of a process are too coarse for one that sleeps.
func (a *Agent) CPU(tb testing.TB) time.Duration {
	tb.Helper()
	threads, err := filepath.Glob(a.proc("task/*/schedstat"))
	if err != nil || len(threads) == 0 {
		tb.Fatalf("no schedules of threads: %v", err)
	}
	var sum int64
	for _, thread := range threads {
		b, err := os.ReadFile(thread)
		if err != nil {
			continue // it ended
		}
		ns, _, _ := strings.Cut(string(b), " ")
		n, err := strconv.ParseInt(ns, 10, 64)
		if err != nil {
			tb.Fatal(err)
		}
		sum += n
	}
	return time.Duration(sum)
}

// Descriptors is how many files and pipes the process holds open.
func (a *Agent) Descriptors(tb testing.TB) int {
	tb.Helper()
	open, err := os.ReadDir(a.proc("fd"))
	if err != nil {
		tb.Fatal(err)
	}
	return len(open)
}

func (a *Agent) proc(name string) string { return fmt.Sprintf("/proc/%d/%s", a.process.Pid, name) }
