package agent_test

import (
	"bufio"
	"net/http"
	"strings"
	"testing"
	"time"
)

// A window calls before it listens, so that a person waits less: the question that is
// asked by then must reach it all the same.
func TestAWindowThatListensLateIsToldOfItsQuestion(t *testing.T) {
	w := newWorld(t, nil)
	w.plug("person", pin, w.authority.Person)
	id := operation("late-window")
	done := make(chan problem, 1)
	go func() {
		done <- w.own("POST", "/v1/windows/calls", object{"origin": page, "method": "sign", "params": signCall("late", textDoc("x")), "window": id}, nil)
	}()
	for limit := time.Now().Add(time.Minute); w.own("GET", "/v1/windows/"+id, nil, nil).Code != ""; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatal("nothing was asked")
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+w.address+"/v1/windows/"+id+"/events", nil)
	w.must(err)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := http.DefaultClient.Do(req)
	w.must(err)
	defer func() { _ = res.Body.Close() }()
	told := false
	for lines := bufio.NewScanner(res.Body); !told && lines.Scan(); {
		told = strings.HasPrefix(lines.Text(), "event: question")
	}
	if !told {
		t.Error("a window that listened late was not told of its question")
	}
	w.must2(w.call("cancel", object{"operation": operation("late")}, nil))
	if p := <-done; p.Code != "operation.cancelled" {
		t.Errorf("%s", p.Code)
	}
}
