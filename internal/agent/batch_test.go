package agent_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"xinzhang/internal/agent"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/keyring"
	"xinzhang/internal/prompt"
	"xinzhang/internal/token"
	"xinzhang/internal/token/soft/softtest"
)

// A counting driver calls before ahead of each signature, with its number from 1.
type counting struct {
	token.Driver
	before func(n int)
	made   atomic.Int64
}

type countingDevice struct {
	token.Device
	c *counting
}

type countingApp struct {
	token.Application
	c *counting
}

type countingContainer struct {
	token.Container
	c *counting
}

func (c *counting) Connect(ctx context.Context, name string) (token.Device, error) {
	d, err := c.Driver.Connect(ctx, name)
	return countingDevice{d, c}, err
}

func (d countingDevice) OpenApplication(ctx context.Context, name string) (token.Application, error) {
	a, err := d.Device.OpenApplication(ctx, name)
	return countingApp{a, d.c}, err
}

func (a countingApp) OpenContainer(ctx context.Context, name string) (token.Container, error) {
	c, err := a.Application.OpenContainer(ctx, name)
	return countingContainer{c, a.c}, err
}

func (k countingContainer) SignDigest(ctx context.Context, e [32]byte) ([]byte, error) {
	k.c.before(int(k.c.made.Add(1)))
	return k.Container.SignDigest(ctx, e)
}

// A desk is a world with a batch of twelve documents on it, and a clock that can
// be pushed on.
type desk struct {
	*world
	key    *counting
	signer *cert.Certificate
	ahead  atomic.Int64
	done   chan problem
	got    agent.Batch
}

const twelve = 12

func newDesk(t *testing.T) *desk {
	d := &desk{key: &counting{before: func(int) {}}, done: make(chan problem, 1)}
	d.world = newWorld(t, func(c *agent.Config) {
		d.key.Driver = softtest.Driver(t, c.Home.Tokens())
		c.Ring = keyring.New(keyring.Config{Sleep: func(context.Context, time.Duration) error { return nil }}, keyring.Soft(d.key, c.Home.Tokens()))
		c.Now = func() time.Time { return time.Now().Add(time.Duration(d.ahead.Load())) }
	})
	_, d.signer, _ = d.plug("person", pin, d.authority.Person)
	d.person = approves
	return d
}

func content(i int) string { return strings.Repeat("x", i+1) }

// begin has the page ask for a batch.
func (d *desk) begin() {
	var docs []object
	for i := range twelve {
		docs = append(docs, textDoc(content(i)))
	}
	in := object{"operation": operation("batch"), "action": "批准", "purpose": "sign", "format": "raw", "documents": docs}
	go func() { d.done <- d.call("batch", in, &d.got) }()
}

// end waits for the answer of the page.
func (d *desk) end() *agent.Batch {
	d.t.Helper()
	d.must2(<-d.done)
	return &d.got
}

// window is the id of the window that asked.
func (d *desk) window() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, id, _ := strings.Cut(d.windows[len(d.windows)-1], "#")
	return id
}

func (d *desk) steer(do string) problem {
	return d.own("POST", "/v1/windows/"+d.window()+"/steer", object{"do": do}, nil)
}

// listen is a page of the agent that hears the events of the window, until leave.
func (d *desk) listen() (progress <-chan agent.WindowProgress, leave func()) {
	d.t.Helper()
	ctx, cancel := context.WithCancel(d.t.Context())
	req, err := http.NewRequestWithContext(ctx, "GET", "http://"+d.address+"/v1/windows/"+d.window()+"/events", nil)
	d.must(err)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := http.DefaultClient.Do(req)
	d.must(err)
	told := make(chan agent.WindowProgress, 100)
	go func() {
		defer func() { _ = res.Body.Close() }()
		event := ""
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				event = name
			}
			var p agent.WindowProgress
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok && event == "progress" && json.Unmarshal([]byte(data), &p) == nil {
				told <- p
			}
		}
	}()
	return told, cancel
}

// until waits for an event of a state.
func (d *desk) until(told <-chan agent.WindowProgress, state agent.CourseState) agent.WindowProgress {
	d.t.Helper()
	for limit := time.After(time.Minute); ; {
		select {
		case p := <-told:
			if p.State == state {
				return p
			}
		case <-limit:
			d.t.Fatalf("the window was never told of %q", state)
		}
	}
}

// signedTo checks that the first n documents were signed and none after them.
func (d *desk) signedTo(b *agent.Batch, n int, code string) {
	d.t.Helper()
	if len(b.Results) != n || int(d.key.made.Load()) != n {
		d.t.Fatalf("%d results of %d signatures, want %d", len(b.Results), d.key.made.Load(), n)
	}
	for i, r := range b.Results {
		if r.Index != i || !sm2enc.Verify(d.signer.PublicKey, []byte(content(i)), r.Value) {
			d.t.Errorf("result %d is of document %d, or wrong", i, r.Index)
		}
	}
	if b.Stopped == nil || b.Stopped.Index != n || b.Stopped.Reason.Code != code {
		d.t.Errorf("stopped: %+v, want %s", b.Stopped, code)
	}
}

func TestWhatIsLeftOutIsNeverSignedNorCounted(t *testing.T) {
	d := newDesk(t)
	d.person = func(w *world, q prompt.Question) map[string]any {
		answer := approves(w, q)
		answer["documents"] = []int{11, 0, 1, 3, 4, 5, 6, 8, 9, 10} // not 2, not 7; in any order
		return answer
	}
	var told <-chan agent.WindowProgress
	d.key.before = func(n int) {
		if n == 1 {
			told, _ = d.listen()
		}
	}
	d.begin()
	b := d.end()
	if len(b.Results) != twelve || b.Stopped != nil || d.key.made.Load() != 10 {
		t.Fatalf("%d results of %d signatures, stopped %v", len(b.Results), d.key.made.Load(), b.Stopped)
	}
	for i, r := range b.Results {
		out := i == 2 || i == 7
		switch {
		case r.Index != i:
			t.Errorf("result %d is of document %d", i, r.Index)
		case out && (r.Error == nil || r.Error.Code != "user.left_out" || r.Value != nil || r.Digest != nil):
			t.Errorf("left out: %+v", r)
		case !out && !sm2enc.Verify(d.signer.PublicKey, []byte(content(i)), r.Value):
			t.Errorf("signature %d is wrong", i)
		}
	}
	if p := d.until(told, agent.Ended); p.Done != 10 || p.Total != 10 || p.LeftOut != 2 || p.Stopped != nil {
		t.Errorf("told %+v", p)
	}
	log, err := os.ReadFile(filepath.Join(d.home.Agent(), "signed.jsonl"))
	d.must(err)
	if n := strings.Count(string(log), "user.left_out"); n != 2 {
		t.Errorf("%d documents are noted as left out", n)
	}
}

func TestIndicesThatFitNoDocumentAreRefused(t *testing.T) {
	d := newDesk(t)
	bad := []any{[]int{12}, []int{-1}, []int{0, 0}, []int{}, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 11}, "all"}
	asked := 0
	d.person = func(w *world, q prompt.Question) map[string]any {
		for _, documents := range bad {
			answer := approves(w, q)
			answer["documents"], answer["operation"] = documents, q.Operation
			if p := w.own("POST", "/v1/windows/"+q.ID+"/answer", answer, nil); p.Code != "request.invalid" {
				t.Errorf("%v: %d %s", documents, p.Status, p.Code)
			}
		}
		asked++
		return approves(w, q) // the question is still there, and the PIN was not tried
	}
	d.begin()
	if b := d.end(); len(b.Results) != twelve || asked != 1 || d.left("person") != 10 {
		t.Errorf("%d results, asked %d times, %d tries left", len(b.Results), asked, d.left("person"))
	}
}

func TestAStopKeepsWhatWasSigned(t *testing.T) {
	d := newDesk(t)
	d.key.before = func(n int) {
		if n == 5 {
			d.must2(d.steer("stop")) // the present one is finished
			d.must2(d.steer("resume"))
		}
	}
	d.begin()
	d.signedTo(d.end(), 5, "operation.stopped")
	if p := d.steer("pause"); p.Code != "agent.window_closed" {
		t.Errorf("a batch that ended is steered: %d %s", p.Status, p.Code)
	}
	d.begin() // a page that lost the answer asks again
	d.signedTo(d.end(), 5, "operation.stopped")
	if d.opened() != 1 {
		t.Error("asked twice")
	}
}

// held begins a batch and holds it after n documents.
func (d *desk) held(n int) (told <-chan agent.WindowProgress, leave func()) {
	d.t.Helper()
	ready := make(chan struct{})
	d.key.before = func(now int) {
		if now == n {
			told, leave = d.listen()
			d.must2(d.steer("pause"))
			close(ready)
		}
	}
	d.begin()
	<-ready
	if p := d.until(told, agent.Paused); p.Done != n {
		d.t.Errorf("paused after %d, want %d", p.Done, n)
	}
	return told, leave
}

func TestAPauseHoldsAndGoesOn(t *testing.T) {
	d := newDesk(t)
	told, leave := d.held(4)
	leave() // the page is loaded again
	again, _ := d.listen()
	if p := d.until(again, agent.Paused); p.Done != 4 || p.Index != 4 || p.Title == "" || p.Origin != page || p.Action != "批准" {
		t.Errorf("a page that comes back is told %+v", p)
	}
	_ = told
	if p := d.own("GET", "/v1/windows/"+d.window(), nil, nil); p.Code != "agent.window_closed" {
		t.Errorf("the question is asked again: %d %s", p.Status, p.Code)
	}
	d.must2(d.steer("resume"))
	if b := d.end(); len(b.Results) != twelve || b.Stopped != nil {
		t.Errorf("%d results, stopped %v", len(b.Results), b.Stopped)
	}
}

func TestAPauseEndsWithWhatItHolds(t *testing.T) {
	for name, c := range map[string]struct {
		code string
		end  func(d *desk, leave func())
	}{
		"the UKey is pulled": {"key.not_plugged_in", func(d *desk, _ func()) {
			files, err := filepath.Glob(filepath.Join(d.home.Tokens(), "*.ukey*"))
			d.must(err)
			for _, f := range files {
				d.must(os.Rename(f, f+".out"))
			}
			d.ring.Refresh(d.t.Context())
		}},
		"the time of the PIN is over": {"pin.session_over", func(d *desk, _ func()) { d.ahead.Store(int64(11 * time.Minute)) }},
		"the page cancels": {"operation.cancelled", func(d *desk, _ func()) {
			d.must2(d.call("cancel", object{"operation": operation("batch")}, nil))
		}},
		"the window is closed": {"operation.stopped", func(d *desk, leave func()) {
			leave()
			time.Sleep(time.Second) // until the server notices
			d.ahead.Store(int64(10 * time.Second))
		}},
		"the person stops": {"operation.stopped", func(d *desk, _ func()) { d.must2(d.steer("stop")) }},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			_, leave := d.held(3)
			defer leave()
			c.end(d, leave)
			d.signedTo(d.end(), 3, c.code)
		})
	}
}

func TestAWrongPINOnABatchSpendsOneTryAndKeepsTheChoice(t *testing.T) {
	d := newDesk(t)
	tries := 0
	d.person = func(w *world, q prompt.Question) map[string]any {
		answer := approves(w, q)
		answer["documents"] = []int{0, 1, 2}
		if tries++; tries == 1 {
			answer["pin"] = "111222"
			answer["documents"] = []int{0}
		} else if left := w.left("person"); left != 9 {
			t.Errorf("%d tries left after one wrong PIN", left)
		}
		return answer
	}
	d.begin()
	signed := 0
	for _, r := range d.end().Results {
		if r.Error == nil {
			signed++
		}
	}
	if signed != 3 || d.key.made.Load() != 3 || tries != 2 {
		t.Errorf("%d signed by %d signatures after %d answers", signed, d.key.made.Load(), tries)
	}
}
