package agent_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"xinzhang/internal/agent"
	"xinzhang/internal/prompt"
	"xinzhang/test/program"
)

// spentAt asks the real program, in a process of its own, how many tries a token
// file has lost; false while it is not plugged in.
func spentAt(t *testing.T, p *program.Program, name string) (spent int, there bool) {
	t.Helper()
	r := p.Run(t, "--json", "token", "show", name)
	var shown struct {
		PIN struct{ Left, Max int }
	}
	if err := json.Unmarshal([]byte(r.Stdout), &shown); err == nil && shown.PIN.Max > 0 {
		return shown.PIN.Max - shown.PIN.Left, true
	}
	if !strings.Contains(r.Stderr, "token.absent") && !strings.Contains(r.Stderr, "token.removed") {
		t.Fatalf("token show: %s%s", r.Stdout, r.Stderr)
	}
	return 0, false
}

// TestTheShieldCountedAtTheFile counts tries in the token file, by another process.
func TestTheShieldCountedAtTheFile(t *testing.T) {
	var ahead atomic.Int64 // a clock that can be pushed on, so that nobody waits for guard 9
	w := newWorld(t, func(c *agent.Config) {
		c.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	})
	p := program.Build(t)
	p.Home = string(w.home)
	w.plug("person", pin, w.authority.Person)
	docs := []object{}
	for i := range 50 {
		docs = append(docs, textDoc(fmt.Sprint(i)))
	}
	batch := func(op string) (id string, done chan problem) {
		before := w.opened()
		done = make(chan problem, 1)
		go func() {
			done <- w.call("batch", object{"operation": operation(op), "action": "批准", "purpose": "sign", "format": "raw", "documents": docs[:1+len(op)%50]}, nil)
		}()
		for w.opened() == before {
			time.Sleep(time.Millisecond)
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		_, id, _ = strings.Cut(w.windows[len(w.windows)-1], "#")
		return id, done
	}
	read := func(id string) (q prompt.Question) {
		w.must2(w.own("GET", "/v1/windows/"+id, nil, &q))
		ahead.Add(int64(600 * time.Millisecond))
		return q
	}
	answer := func(id string, q prompt.Question, typed string, yes bool) problem {
		return w.own("POST", "/v1/windows/"+id+"/answer", object{"operation": q.Operation, "approve": yes, "pin": typed, "key": q.Selected}, nil)
	}

	id, done := batch("fifty-documents-under-one-wrong-pin")
	q := read(id)
	var three sync.WaitGroup
	for range 3 {
		three.Go(func() { answer(id, q, "111222", true) })
	}
	three.Wait()
	if spent, _ := spentAt(t, p, "person"); spent != 1 {
		t.Errorf("three fast clicks on a batch with a wrong PIN spent %d", spent)
	}
	if again := answer(id, read(id), "111222", true); again.Code != "pin.already_tried" {
		t.Errorf("the same wrong PIN: %s", again.Code)
	}
	if spent, _ := spentAt(t, p, "person"); spent != 1 {
		t.Errorf("the same wrong PIN twice spent %d", spent)
	}
	w.must2(answer(id, read(id), pin, true))
	w.must2(<-done)
	if spent, _ := spentAt(t, p, "person"); spent != 0 {
		t.Errorf("after the right PIN %d are spent", spent)
	}
}
