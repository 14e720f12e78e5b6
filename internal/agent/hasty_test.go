package agent_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"maps"
	"math/rand"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"xinzhang/internal/agent"
	"xinzhang/internal/fault"
	"xinzhang/internal/keyring"
	"xinzhang/internal/prompt"
	"xinzhang/internal/systems"
	"xinzhang/test/program"
)

// A hasty person knows the PIN and clicks everywhere at once: two business pages
// and two windows of the manager are open, and the UKey is pulled out and plugged in
// meanwhile.
type hasty struct {
	*world
	t      *testing.T
	key    string
	ahead  atomic.Int64 // the clock is pushed on: nobody waits for guard 9
	clicks atomic.Int64
	pulls  atomic.Int64
	most   int64

	// Only who has the PIN in mind types it: hands hold typing to read while what they
	// typed is under way, and to write while the PIN is changed.
	typing sync.RWMutex
	pin    string

	mu    sync.Mutex
	heard map[string]int
	asked map[string]chan string // windows, by the origin that has them opened
}

// hastyClicks is how many random clicks are made: 10,000 by make soak.
const allClicks = 10_000

func hastyClicks() int64 {
	if os.Getenv("XINZHANG_SOAK") == "1" {
		return allClicks
	}
	return 400
}

var hastyPages = []string{"https://case.example", "https://office.example"}

// TestRandomClicksOfAPersonWhoKnowsThePINSpendNothing counts in the token file, by
// another process, all the time. A success gives spent tries back: so no answer may
// say that a PIN was wrong, either.
func TestRandomClicksOfAPersonWhoKnowsThePINSpendNothing(t *testing.T) {
	h := &hasty{t: t, pin: pin, most: hastyClicks(), heard: map[string]int{}, asked: map[string]chan string{}}
	var who *systems.Directory
	h.world = newWorld(t, func(c *agent.Config) {
		c.Now = func() time.Time { return time.Now().Add(time.Duration(h.ahead.Load())) }
		c.OpenWindow = h.window
		who = c.Systems
	})
	for _, origin := range hastyPages {
		h.must(who.Allow(origin))
	}
	h.key, _, _ = h.plug("person", pin, h.authority.Person)
	p := program.Build(t)
	p.Home = string(h.home)
	var hands sync.WaitGroup
	for _, origin := range hastyPages {
		h.asked[origin] = make(chan string, 64)
	}
	for i, origin := range hastyPages {
		random := rand.New(rand.NewSource(int64(i)))
		hands.Go(func() { h.atPage(origin, random) })
	}
	for i := range 2 {
		random := rand.New(rand.NewSource(int64(10 + i)))
		hands.Go(func() { h.atManager(fmt.Sprintf("manager%d", i), random) })
	}
	hands.Go(func() { h.plugging(rand.New(rand.NewSource(20))) })

	reads := 0
	for h.more() {
		if spent, there := spentAt(t, p, "person"); there {
			if reads++; spent != 0 {
				t.Errorf("after %d clicks %d tries are spent", h.clicks.Load(), spent)
			}
		}
	}
	hands.Wait()
	if spent, there := spentAt(t, p, "person"); spent != 0 || !there {
		t.Errorf("in the end %d tries are spent, plugged in: %v", spent, there)
	}
	t.Logf("%d clicks, %d times pulled out, %d readings; heard %v", h.clicks.Load(), h.pulls.Load(), reads+1, h.heard)
	for _, code := range []string{"pin.incorrect", "pin.already_tried", "pin.locked", "pin.few_left", "pin.last_confirm", "internal.error"} {
		if h.heard[code] > 0 {
			t.Errorf("%d answers say %s", h.heard[code], code)
		}
	}
	done := []string{"", "operation.done"}
	if h.most == allClicks { // few clicks may leave one out
		done = append(done, "user.refused", "operation.cancelled", "agent.too_early", "pin.length", "agent.no_key")
	}
	for _, code := range done {
		if h.heard[code] == 0 {
			t.Errorf("no answer says %q: the person did not do all that a hasty one does; heard %v", code, slices.Sorted(maps.Keys(h.heard)))
		}
	}
}

func (h *hasty) more() bool { return h.clicks.Load() < h.most && !h.t.Failed() }

// click counts a click. The clock goes on a little, or so far that a window is not
// inert any more.
func (h *hasty) click(r *rand.Rand) {
	h.clicks.Add(1)
	step := 100 * time.Millisecond
	if r.Intn(3) > 0 {
		step = 600 * time.Millisecond
	}
	h.ahead.Add(int64(step))
}

// hear notes an answer.
func (h *hasty) hear(p problem) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	code := p.Code
	if strings.HasPrefix(code, "transport: ") { // the page left
		code = "left"
	}
	h.heard[code]++
	if spent := p.Args["spent"]; spent == keyring.SpentOne.Words(fault.ZH) || spent == keyring.SpentOne.Words(fault.EN) {
		h.t.Errorf("a try was spent: %s", p.Body)
	}
	return code
}

// window is the browser, which shows a window to whom it belongs.
func (h *hasty) window(_ context.Context, url string) error {
	_, id, _ := strings.Cut(url, "#")
	var q prompt.Question
	if p := h.own("GET", "/v1/windows/"+id, nil, &q); p.Code == "" {
		h.asked[q.Origin] <- id
	}
	return nil
}

// atPage clicks in a business page, and in the windows that come of it.
func (h *hasty) atPage(origin string, r *rand.Rand) {
	header := map[string]string{"Origin": origin}
	document := object{"title": "关于减刑的建议书", "type": "text", "data": base64.StdEncoding.EncodeToString([]byte("同意"))}
	for n := 0; h.more(); n++ {
		id := fmt.Sprintf("page-%012d", n)
		method, in := "sign", object{"operation": id, "action": "签字", "purpose": "sign", "format": "raw", "document": document}
		if r.Intn(3) == 0 {
			method = "batch"
			delete(in, "document")
			in["documents"] = []object{document, document, {"title": "第二份", "type": "text", "data": document["data"]}}
		}
		ctx, leave := context.WithCancel(h.t.Context())
		cancel := func() { h.hear(h.send(ctx, "POST", "/v1/cancel", object{"operation": id}, nil, header)) }
		var calls sync.WaitGroup
		for range 1 + r.Intn(2) { // the button of the page, clicked once or twice
			h.click(r)
			calls.Go(func() { h.hear(h.send(ctx, "POST", "/v1/"+method, in, nil, header)) })
		}
		ended := make(chan struct{})
		go func() { calls.Wait(); close(ended) }()
		h.inWindows(origin, ended, r, cancel, leave)
		leave()
	}
}

// inWindows clicks in the windows of origin until the calls behind them ended.
func (h *hasty) inWindows(origin string, ended <-chan struct{}, r *rand.Rand, cancel, leave func()) {
	for {
		select {
		case id := <-h.asked[origin]:
			h.inWindow(id, r, cancel, leave)
		case <-ended:
			return
		}
	}
}

// inWindow clicks in one window until it is closed.
func (h *hasty) inWindow(id string, r *rand.Rand, cancel, leave func()) {
	path := "/v1/windows/" + id
	var q prompt.Question
	answer := func(change object, times int) {
		h.typing.RLock()
		defer h.typing.RUnlock()
		in := object{"operation": q.Operation, "approve": true, "pin": h.pin}
		if q.Selected != "" {
			in["key"] = q.Selected
		}
		maps.Copy(in, change)
		var all sync.WaitGroup
		for range times {
			h.click(r)
			all.Go(func() { h.hear(h.own("POST", path+"/answer", in, nil)) })
		}
		all.Wait()
	}
	for {
		if p := h.own("GET", path, nil, &q); p.Code != "" { // it closed
			h.hear(p)
			return
		}
		switch r.Intn(12) {
		case 0, 1, 2: // 确定
			answer(nil, 1)
		case 3, 4: // 确定, twice or three times
			answer(nil, 2+r.Intn(2))
		case 5: // 拒绝
			answer(object{"approve": false}, 1+r.Intn(2))
		case 6: // in a window that was left open
			answer(object{"operation": operation("old")}, 1)
		case 7: // a key that is not there
			answer(object{"key": strings.Repeat("0", 64)}, 1)
		case 8: // nothing is typed
			answer(object{"pin": ""}, 1)
		case 9: // the window is opened again
			h.click(r)
		case 10: // the page takes it back, while the person says yes
			var both sync.WaitGroup
			both.Go(cancel)
			answer(nil, 1)
			both.Wait()
		case 11: // the page is closed, while the person says yes
			var both sync.WaitGroup
			both.Go(leave)
			answer(nil, 1)
			both.Wait()
		}
	}
}

// atManager clicks in the manager.
func (h *hasty) atManager(name string, r *rand.Rand) {
	session := h.manager()
	key := "/v1/manager/keys/" + h.key
	last := operation(name)
	post := func(what string, in object, times int) (code string) {
		codes := make(chan string, times)
		for range times {
			h.click(r)
			go func() { codes <- h.hear(h.do("POST", key+what, in, nil, session)) }()
		}
		for i := range times {
			c := <-codes
			if i > 0 && c != code {
				h.t.Errorf("%s: clicks of one dialog are answered %q and %q", what, code, c)
			}
			code = c
		}
		return code
	}
	for n := 0; h.more(); n++ {
		fresh := fmt.Sprintf("%s-%012d", name, n)
		switch r.Intn(9) {
		case 0, 1: // 开始校验
			h.typing.RLock()
			post("/verify-pin", object{"operation": fresh, "pin": h.pin}, 1+r.Intn(3))
			last = fresh
			h.typing.RUnlock()
		case 2: // the same dialog once more
			h.typing.RLock()
			post("/verify-pin", object{"operation": last, "pin": h.pin}, 1)
			h.typing.RUnlock()
		case 3: // 测试签名: a second click gets no second signature
			h.typing.RLock()
			post("/test-signature", object{"operation": fresh, "pin": h.pin}, 1)
			h.hear(h.do("POST", key+"/test-signature", object{"operation": fresh, "pin": h.pin}, nil, session))
			h.typing.RUnlock()
		case 4, 5: // 修改密码
			h.typing.Lock()
			next := fmt.Sprintf("%06d", 385172+1009*r.Intn(500))
			in := object{"operation": fresh, "old": h.pin, "new": next, "repeat": next}
			if post("/change-pin", in, 1+r.Intn(2)) == "" {
				h.pin = next
			}
			h.typing.Unlock()
		case 6: // a new PIN that is none
			h.typing.RLock()
			in := object{"operation": fresh, "old": h.pin, "new": "123456", "repeat": "123457"}
			post("/change-pin", in, 1)
			h.typing.RUnlock()
		case 7: // another language
			h.click(r)
			language := []string{"zh", "en", "auto"}[r.Intn(3)]
			h.hear(h.do("PUT", "/v1/manager/settings", object{"language": language, "theme": "system", "digest_only": "ask"}, nil, session))
			session["Accept-Language"] = language
		case 8: // reload
			h.click(r)
			h.hear(h.do("GET", "/v1/manager/keys", nil, nil, session))
		}
	}
}

// plugging pulls the UKey out and plugs it in, between two calls of whatever is
// under way; what becomes of a PIN that is being compared is for the tests of guard
// 7. The agent sees it at once, or later.
func (h *hasty) plugging(r *rand.Rand) {
	for h.more() {
		for next := h.clicks.Load() + int64(10+r.Intn(60)); h.clicks.Load() < next && h.more(); {
			time.Sleep(time.Millisecond)
		}
		h.typing.RLock() // not while the PIN is changed: nobody knows then which one is right
		h.out("person")
		if r.Intn(2) == 0 {
			h.ring.Refresh(h.t.Context())
		}
		h.pulls.Add(1)
		h.typing.RUnlock()
		time.Sleep(time.Duration(r.Intn(20)) * time.Millisecond)
		h.in("person")
		h.ring.Refresh(h.t.Context())
	}
}
