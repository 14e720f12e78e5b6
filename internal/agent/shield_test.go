package agent_test

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
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
// file has lost.
func spentAt(t *testing.T, p *program.Program, name string) int {
	t.Helper()
	r := p.Run(t, "--json", "token", "show", name)
	var shown struct {
		PIN struct{ Left, Max int }
	}
	if err := json.Unmarshal([]byte(r.Stdout), &shown); err != nil || shown.PIN.Max == 0 {
		t.Fatalf("token show: %v\n%s%s", err, r.Stdout, r.Stderr)
	}
	return shown.PIN.Max - shown.PIN.Left
}

// clicks is how many random clicks are made: 10,000 by make soak.
func clicks() int {
	if os.Getenv("XINZHANG_SOAK") == "1" {
		return 10000
	}
	return 150
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
	if spent := spentAt(t, p, "person"); spent != 1 {
		t.Errorf("three fast clicks on a batch with a wrong PIN spent %d", spent)
	}
	if again := answer(id, read(id), "111222", true); again.Code != "pin.already_tried" {
		t.Errorf("the same wrong PIN: %s", again.Code)
	}
	if spent := spentAt(t, p, "person"); spent != 1 {
		t.Errorf("the same wrong PIN twice spent %d", spent)
	}
	w.must2(answer(id, read(id), pin, true))
	w.must2(<-done)
	if spent := spentAt(t, p, "person"); spent != 0 {
		t.Errorf("after the right PIN %d are spent", spent)
	}

	random := rand.New(rand.NewSource(1))
	for made := 0; made < clicks(); {
		id, done := batch(fmt.Sprintf("click%06d", made))
		q := read(id)
		for open := true; open && made < clicks(); made++ {
			switch random.Intn(6) {
			case 0: // 确定, once or twice
				go answer(id, q, pin, true)
				answer(id, q, pin, true)
				open = false
			case 1: // 拒绝
				answer(id, q, "", false)
				open = false
			case 2: // an old window
				old := q
				old.Operation = operation("old")
				answer(id, old, pin, true)
			case 3: // a key that is not there: the window closes
				other := q
				other.Selected = strings.Repeat("0", 64)
				answer(id, other, pin, true)
				open = false
			case 4: // nothing typed
				answer(id, q, "", true)
				q = read(id)
			case 5: // reload
				q = read(id)
			}
			ahead.Add(int64(100 * time.Millisecond)) // the rate of calls of one origin
		}
		answer(id, q, "", false)
		<-done
		if made%100 < 5 {
			if spent := spentAt(t, p, "person"); spent != 0 {
				t.Fatalf("after %d clicks %d tries are spent", made, spent)
			}
		}
	}
	if spent := spentAt(t, p, "person"); spent != 0 {
		t.Errorf("%d random clicks spent %d tries", clicks(), spent)
	}
}
