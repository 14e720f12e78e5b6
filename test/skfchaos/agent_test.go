//go:build linux

package skfchaos_test

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"xinzhang/internal/keyring"
	"xinzhang/internal/prompt"
	"xinzhang/internal/token"
	"xinzhang/internal/token/skf/skftest"
	"xinzhang/test/program"
	"xinzhang/test/skfchaos"
)

// A victim is a UKey behind a library of its own, and the page that signs with it.
type victim struct {
	*client
	agent       *program.Agent
	key, origin string
	calls       int

	mu    *sync.Mutex
	heard map[string]int // of all victims
}

// The real agent, in a process of its own and as it ships, with many libraries that
// crash and hang at every place while pages sign. It lives and answers all along,
// every UKey works again, no try of a PIN is spent, and nothing piles up. After
// crashes in a row a library rests for 10 s: that is why there are many.
// XINZHANG_SOAK=1: 1,000 faults.
func TestTheAgentOutlivesAThousandCrashesAndHangs(t *testing.T) {
	libraries, rounds, settle := 4, 4, time.Second
	if os.Getenv("XINZHANG_SOAK") == "1" {
		libraries, rounds, settle = 40, 26, 130*time.Second // Go gives memory back within two minutes of rest
	}
	skftest.Host(t)
	a := program.BuildAgent(t)
	victims := makeVictims(t, a, libraries)
	var flags []string
	for _, v := range victims {
		a.Run(t, "origins", "allow", v.origin)
		flags = append(flags, "--skf", v.library)
	}
	a.Start(t, nil, append(flags, "--window", "page")...)
	asked, stop := health(t, a)

	faults := eachVictim(t, victims, 0, rounds/4)
	time.Sleep(settle)
	before, files := a.Resident(t), a.Descriptors(t)
	faults += eachVictim(t, victims, rounds/4, rounds/2)
	t.Logf("resident memory %.1f MiB after half of them, at once", float64(a.Resident(t))/(1<<20))
	faults += eachVictim(t, victims, rounds/2, rounds)
	t.Logf("resident memory %.1f MiB after all of them, at once", float64(a.Resident(t))/(1<<20))
	time.Sleep(settle)
	after := a.Resident(t)

	stop()
	t.Logf("%d faults in %d libraries; pages heard %v; /health answered %d times", faults, libraries, victims[0].heard, asked.Load())
	t.Logf("resident memory %.1f MiB after a quarter of them, %.1f MiB in the end; %d and %d descriptors", float64(before)/(1<<20), float64(after)/(1<<20), files, a.Descriptors(t))
	if faults < libraries*rounds*9/10 || victims[0].heard["skf.crashed"]+victims[0].heard["skf.hung"] == 0 {
		t.Error("the faults did not happen")
	}
	if after > before+before/4+(4<<20) {
		t.Error("memory grew")
	}
	if now := a.Descriptors(t); now > files+2*libraries {
		t.Error("descriptors pile up")
	}
	for _, v := range victims {
		if left := v.tries(); left != token.Tries {
			t.Errorf("%s: %d tries are left: we spent the rest", v.origin, left)
		}
	}
}

// makeVictims makes libraries that differ in their paths, each with a token beside
// it, which another process than the agent made and reads.
func makeVictims(t *testing.T, a *program.Agent, n int) []*victim {
	t.Helper()
	library, err := os.ReadFile(skfchaos.Build(t, skfchaos.Layouts[0]))
	if err != nil {
		t.Fatal(err)
	}
	mu, heard := new(sync.Mutex), map[string]int{}
	var all []*victim
	for i := range n {
		path := filepath.Join(t.TempDir(), "libskfchaos.so")
		c := &client{T: t, dir: path + ".d", name: fmt.Sprintf("CHAOS-%d", i), library: path}
		c.must(os.WriteFile(path, library, 0o755))
		c.must(os.Mkdir(c.dir, 0o755))
		c.switches("")
		c.restart()
		id := keyring.ID(c.prepare())
		c.changePIN()
		t.Cleanup(func() { _ = c.Close() })
		all = append(all, &victim{client: c, agent: a, key: id, origin: fmt.Sprintf("https://page-%d.example", i), mu: mu, heard: heard})
	}
	return all
}

// changed is the PIN of a person who changed the first one.
const changed = "Kd4-7261"

func (c *client) changePIN() {
	c.Helper()
	dev, err := c.Connect(c.Context(), c.name)
	c.must(err)
	app, err := dev.OpenApplication(c.Context(), "APP")
	c.must(err)
	c.must(app.ChangePIN(c.Context(), token.UserPIN, pin(user), pin(changed)))
	c.must(dev.Close())
}

// health asks again and again whether the agent is there.
func health(t *testing.T, a *program.Agent) (asked *atomic.Int64, stop func()) {
	asked = new(atomic.Int64)
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-end:
				return
			case <-time.After(100 * time.Millisecond):
			}
			began := time.Now()
			code, err := a.Call("GET", "/health", "https://anybody.example", nil, nil, nil)
			if took := time.Since(began); err != nil || code != "" || took > 10*time.Second {
				t.Errorf("/health: %s %v after %v", code, err, took)
			}
			asked.Add(1)
		}
	}()
	return asked, func() { close(end); <-ended }
}

// eachVictim does rounds of faults with all victims at once and returns how many
// faults happened.
func eachVictim(t *testing.T, victims []*victim, from, to int) int {
	t.Helper()
	var happened atomic.Int64
	var all sync.WaitGroup
	for i, v := range victims {
		all.Go(func() {
			for round := from; round < to && !t.Failed(); round++ {
				happened.Add(int64(v.round(i, round)))
			}
		})
	}
	all.Wait()
	return int(happened.Load())
}

// round injects a fault, and has the page sign until it works again.
func (v *victim) round(library, n int) (faults int) {
	functions := []string{"SKF_OpenContainer", "SKF_ECCSignData", "SKF_EnumDev", "SKF_ConnectDev", "SKF_GetDevInfo", "SKF_OpenApplication", "SKF_GetPINInfo", "SKF_VerifyPIN", "SKF_ExportCertificate"}
	kinds := []string{"crash", "crash-late", "abort", "quick-exit", "crash", "crash-late", "crash"}
	where, what := functions[(library+n)%len(functions)], kinds[(library+n)%len(kinds)]
	if (n+15*library)%20 == 0 { // the first library at once, each now and then; a call has 15 s, a signature a minute
		what = "hang"
	}
	v.switches(fmt.Sprintf("%s@%s#1", what, where))
	began := time.Now()
	for healed := false; !healed; {
		if time.Since(began) > 3*time.Minute {
			v.Errorf("%s in %s: not healed", what, where)
			return 0
		}
		code, err := v.sign()
		if err != nil {
			v.Errorf("%s in %s: %v", what, where, err)
			return 0
		}
		v.mu.Lock()
		v.heard[code]++
		v.mu.Unlock()
		counted, _ := filepath.Glob(filepath.Join(v.dir, "count-*"))
		faults = len(counted)
		if healed = code == "" && faults > 0; !healed {
			time.Sleep(200 * time.Millisecond) // of 20 calls a second
		}
	}
	return faults
}

// sign is a page that lists the keys and has one sign, in a window in which a person
// types the PIN. It returns the code of what the page was told.
func (v *victim) sign() (string, error) {
	v.calls++
	if code, err := v.agent.Call("POST", "/v1/keys", v.origin, nil, map[string]any{"purpose": "sign"}, nil); code != "" || err != nil {
		return code, err
	}
	id := fmt.Sprintf("window-%s-%08d", v.key[:16], v.calls)
	params := map[string]any{
		"operation": id, "action": "签字", "purpose": "sign", "format": "raw", "key": v.key,
		"document": map[string]any{"title": "建议书", "type": "text", "data": base64.StdEncoding.EncodeToString([]byte("同意"))},
	}
	type told struct {
		code string
		err  error
	}
	done := make(chan told, 1)
	go func() {
		code, err := v.agent.Call("POST", "/v1/windows/calls", v.agent.URL, nil, map[string]any{"origin": v.origin, "method": "sign", "params": params, "window": id}, nil)
		done <- told{code, err}
	}()
	for {
		select {
		case d := <-done:
			return d.code, d.err
		case <-time.After(20 * time.Millisecond):
		}
		var q prompt.Question
		if code, err := v.agent.Call("GET", "/v1/windows/"+id, v.agent.URL, nil, nil, &q); err != nil || code != "" {
			continue // not open yet, or closed
		}
		time.Sleep(510 * time.Millisecond) // guard 9
		answer := map[string]any{"operation": q.Operation, "approve": true, "key": v.key, "pin": changed}
		if code, err := v.agent.Call("POST", "/v1/windows/"+id+"/answer", v.agent.URL, nil, answer, nil); err != nil {
			return code, err
		}
		d := <-done
		return d.code, d.err
	}
}
