package agent_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"xinzhang/internal/agent"
	"xinzhang/internal/prompt"
)

func TestAWrongHostGetsNothing(t *testing.T) { // DNS rebinding
	w := newWorld(t, nil)
	_, port, _ := net.SplitHostPort(w.address)
	for _, host := range []string{"evil.example", "evil.example:" + port, "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:" + port, "[::1]:" + port} {
		for _, path := range []string{"/health", "/manager.html", "/v1/manager/keys", "/v1/windows/0123456789abcdef"} {
			if p := w.do("GET", path, nil, nil, map[string]string{"Host": host, "Origin": "http://" + host}); p.Status != 421 || p.Code != "agent.wrong_host" {
				t.Errorf("%s%s: %d %s", host, path, p.Status, p.Code)
			}
		}
	}
	if p := w.do("GET", "/health", nil, nil, map[string]string{"Host": "localhost:" + port}); p.Status != 200 {
		t.Errorf("localhost: %d", p.Status)
	}
}

func TestAHostileOriginGetsNothing(t *testing.T) {
	w := newWorld(t, nil)
	w.plug("person", pin, w.authority.Person)
	w.person = func(_ *world, q prompt.Question) map[string]any { return object{"approve": false} }
	for origin, want := range map[string]string{
		"": "agent.origin_absent", "null": "agent.origin_unfit", "file://": "agent.origin_unfit", "https://evil.example/": "agent.origin_unfit",
		"https://evil.example": "user.refused",
	} {
		header := map[string]string{}
		if origin != "" {
			header["Origin"] = origin
		}
		for _, method := range []string{"keys", "verify"} {
			in := object{"purpose": "sign"}
			if method == "verify" {
				in = object{"message": []byte{1}}
			}
			p := w.do("POST", "/v1/"+method, in, nil, header)
			if p.Code != want && p.Code != "agent.origin_refused" || p.Status < 400 {
				t.Errorf("%q %s: %d %s, want %s", origin, method, p.Status, p.Code, want)
			}
			if strings.Contains(string(p.Body), "测试用户甲") {
				t.Errorf("%q learns a name", origin)
			}
		}
	}
	opened := w.opened()
	header := map[string]string{"Origin": "https://evil.example"}
	if p := w.do("POST", "/v1/sign", signCall("muted", textDoc("x")), nil, header); p.Code != "agent.origin_refused" || w.opened() != opened {
		t.Errorf("a refused origin asks again: %s, %d windows", p.Code, w.opened()-opened)
	}
	for _, path := range []string{"/v1/windows/calls", "/v1/windows/deliver", "/v1/manager/session"} {
		if p := w.do("POST", path, object{}, nil, header); p.Code != "agent.own_pages_only" {
			t.Errorf("%s: %d %s", path, p.Status, p.Code)
		}
	}
	// A form or text/plain needs no preflight: it must not be read.
	req, err := http.NewRequest("POST", "http://"+w.address+"/v1/keys", strings.NewReader(`{"purpose":"sign"}`))
	w.must(err)
	req.Header.Set("Origin", page)
	req.Header.Set("Content-Type", "text/plain")
	res, err := http.DefaultClient.Do(req)
	w.must(err)
	_ = res.Body.Close()
	if res.StatusCode != 415 {
		t.Errorf("text/plain: %d", res.StatusCode)
	}
}

func TestThePreflightOfOldChromesIsAnswered(t *testing.T) {
	w := newWorld(t, nil)
	req, err := http.NewRequest("OPTIONS", "http://"+w.address+"/v1/sign", nil)
	w.must(err)
	req.Header.Set("Origin", page)
	req.Header.Set("Access-Control-Request-Private-Network", "true")
	res, err := http.DefaultClient.Do(req)
	w.must(err)
	_ = res.Body.Close()
	if h := res.Header; res.StatusCode != 204 || h.Get("Access-Control-Allow-Origin") != page || h.Get("Access-Control-Allow-Private-Network") != "true" ||
		h.Get("Access-Control-Allow-Credentials") != "" {
		t.Errorf("%d %v", res.StatusCode, h)
	}
}

func TestUnknownFieldsAndHugeBodiesAreRefused(t *testing.T) {
	w := newWorld(t, nil)
	in := signCall("strict", textDoc("x"))
	in["pin"] = "482915"
	if p := w.call("sign", in, nil); p.Code != "request.invalid" || strings.Contains(string(p.Body), "482915") {
		t.Errorf("%d %s", p.Status, p.Body)
	}
	if p := w.call("keys", object{"purpose": strings.Repeat("x", 70<<10)}, nil); p.Status != 413 {
		t.Errorf("%d %s", p.Status, p.Code)
	}
	if p := w.call("sign", signCall("large", object{"title": "t", "type": "data", "data": make([]byte, 33<<20)}), nil); p.Code != "input.too_large" {
		t.Errorf("%d %s", p.Status, p.Code)
	}
}

func TestAFloodIsCutOff(t *testing.T) {
	w := newWorld(t, nil)
	refused := 0
	for range 60 {
		if p := w.call("hello", object{"sdk": "1", "api": 1}, nil); p.Code == "agent.too_many" {
			refused++
		}
	}
	if refused < 20 {
		t.Errorf("%d of 60 calls were refused", refused)
	}
	if p := w.do("POST", "/v1/hello", object{"sdk": "1", "api": 1}, nil, map[string]string{"Origin": "https://other.example"}); p.Code != "" {
		t.Errorf("another origin suffers: %s", p.Code)
	}
}

func TestOnlySoManyOperationsWait(t *testing.T) {
	w := newWorld(t, nil)
	w.plug("person", pin, w.authority.Person)
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	defer func() { cancel(); all.Wait() }()
	for i := range 8 {
		all.Go(func() {
			b, _ := json.Marshal(signCall(fmt.Sprintf("wait%d", i), textDoc("x")))
			req, _ := http.NewRequestWithContext(ctx, "POST", "http://"+w.address+"/v1/sign", strings.NewReader(string(b)))
			req.Header.Set("Origin", page)
			req.Header.Set("Content-Type", "application/json")
			if res, err := http.DefaultClient.Do(req); err == nil {
				_ = res.Body.Close()
			}
		})
	}
	for deadline := time.Now().Add(30 * time.Second); w.opened() < 8 && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
	if p := w.call("sign", signCall("ninth", textDoc("x")), nil); p.Code != "agent.too_many" {
		t.Errorf("%d %s", p.Status, p.Code)
	}
}

func TestASlowClientIsCutOff(t *testing.T) {
	w := newWorld(t, nil)
	c, err := net.Dial("tcp", w.address)
	w.must(err)
	defer func() { _ = c.Close() }()
	_, err = c.Write([]byte("POST /v1/keys HTTP/1.1\r\nHost: "))
	w.must(err)
	w.must(c.SetReadDeadline(time.Now().Add(30 * time.Second)))
	buf := make([]byte, 512)
	for {
		if _, err := c.Read(buf); err != nil {
			if ne, ok := err.(net.Error); ok && ne.Timeout() {
				t.Error("the connection is kept open")
			}
			return
		}
	}
}

func TestAnotherUserIsRefused(t *testing.T) {
	var same atomic.Bool // the server asks from goroutines of its own
	same.Store(true)
	w := newWorld(t, func(c *agent.Config) {
		c.SameUser = func(net.Addr, net.Addr) (bool, error) { return same.Load(), nil }
	})
	if p := w.call("hello", object{"sdk": "1", "api": 1}, nil); p.Code != "" {
		t.Fatalf("%s", p.Body)
	}
	same.Store(false)
	http.DefaultClient.CloseIdleConnections()
	if p := w.call("hello", object{"sdk": "1", "api": 1}, nil); p.Code != "agent.other_user" {
		t.Errorf("%d %s", p.Status, p.Code)
	}
	var h agent.Health
	w.must2(w.do("GET", "/health", nil, &h, nil))
	if h.UserMatches {
		t.Error("another user is told to be the own one")
	}
}

func TestAnApprovalInTheFirstHalfSecondIsNotTaken(t *testing.T) { // guard 9
	w := newWorld(t, nil)
	w.plug("person", pin, w.authority.Person)
	done := make(chan problem, 1)
	go func() { done <- w.call("sign", signCall("early", textDoc("x")), nil) }()
	for w.opened() == 0 {
		time.Sleep(5 * time.Millisecond)
	}
	_, id, _ := strings.Cut(w.windows[0], "#")
	var q prompt.Question
	answer := func() problem {
		return w.own("POST", "/v1/windows/"+id+"/answer", object{"operation": q.Operation, "approve": true, "pin": pin, "key": q.Selected}, nil)
	}
	w.must2(w.own("GET", "/v1/windows/"+id, nil, &q))
	if p := answer(); p.Code != "agent.too_early" {
		t.Errorf("%d %s", p.Status, p.Code)
	}
	time.Sleep(600 * time.Millisecond)
	w.must2(answer())
	if p := answer(); p.Status < 400 {
		t.Error("a window answers twice")
	}
	w.must2(<-done)
}

func TestThreeFastClicksSpendOneTry(t *testing.T) {
	w := newWorld(t, nil)
	w.plug("person", pin, w.authority.Person)
	go w.call("sign", signCall("clicks", textDoc("x")), nil)
	for w.opened() == 0 {
		time.Sleep(5 * time.Millisecond)
	}
	_, id, _ := strings.Cut(w.windows[0], "#")
	var q prompt.Question
	w.must2(w.own("GET", "/v1/windows/"+id, nil, &q))
	time.Sleep(600 * time.Millisecond)
	var clicks sync.WaitGroup
	for range 3 {
		clicks.Go(func() {
			w.own("POST", "/v1/windows/"+id+"/answer", object{"operation": q.Operation, "approve": true, "pin": "111222", "key": q.Selected}, nil)
		})
	}
	clicks.Wait()
	if w.left("person") != 9 {
		t.Errorf("%d tries left", w.left("person"))
	}
	w.own("POST", "/v1/windows/"+id+"/answer", object{"operation": "0123456789abcdef", "approve": false}, nil)
}

// socket connects as a page does.
func (w *world) socket(origin string) (*websocket.Conn, *http.Response, error) {
	return websocket.Dial(w.t.Context(), "ws://"+w.address+"/v1/socket", &websocket.DialOptions{HTTPHeader: http.Header{"Origin": {origin}}})
}

func TestTheSocketTakesCallsInOrderAndSurvivesRubbish(t *testing.T) {
	w := newWorld(t, nil)
	w.plug("person", pin, w.authority.Person)
	w.person = approves
	c, _, err := w.socket(page)
	w.must(err)
	defer func() { _ = c.CloseNow() }()
	say := func(message string) (a struct {
		ID     string
		Result json.RawMessage
		Error  *problem
		Event  string
	}) {
		w.must(c.Write(t.Context(), websocket.MessageText, []byte(message)))
		for {
			_, b, err := c.Read(t.Context())
			w.must(err)
			a.Event = ""
			w.must(json.Unmarshal(b, &a))
			if a.Event == "" {
				return a
			}
		}
	}
	if a := say(`{"id":"1","method":"keys","params":{"purpose":"sign"}}`); a.Error == nil || a.Error.Code != "agent.hello_first" || a.ID != "1" {
		t.Errorf("%+v", a.Error)
	}
	for _, rubbish := range []string{``, `{`, `[]`, `null`, `{"id":"1"}x`, `{"id":"1","method":"hello","params":{},"more":1}`, `{"id":1}`} {
		if a := say(rubbish); a.Error == nil {
			t.Errorf("%q was taken", rubbish)
		}
	}
	if a := say(`{"id":"2","method":"hello","params":{"sdk":"1.0.0","api":2}}`); a.Error == nil || a.Error.Code != "agent.api_version" {
		t.Errorf("%+v", a.Error)
	}
	if a := say(`{"id":"3","method":"hello","params":{"sdk":"1.0.0","api":1}}`); a.Error != nil {
		t.Errorf("%+v", a.Error)
	}
	if a := say(`{"id":"4","method":"keys","params":{"purpose":"sign","more":true}}`); a.Error == nil || a.Error.Code != "request.invalid" {
		t.Errorf("%+v", a.Error)
	}
	if a := say(`{"id":"5","method":"keys","params":{"purpose":"sign"}}`); a.Error != nil || !strings.Contains(string(a.Result), "测试用户甲") {
		t.Errorf("%+v %s", a.Error, a.Result)
	}
	if a := say(`{"id":"6","method":"format","params":{}}`); a.Error == nil || a.Error.Code != "agent.no_such_method" {
		t.Errorf("%+v", a.Error)
	}
	if _, res, err := w.socket("null"); err == nil || res.StatusCode != 403 {
		t.Error("an origin that is none was let in")
	}
}
