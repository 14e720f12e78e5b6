package agent_test

import (
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"xinzhang/internal/agent"
	"xinzhang/internal/fixture"
)

// manager opens a session as xinzhang-agent open does.
func (w *world) manager() map[string]string {
	w.t.Helper()
	ticket, err := agent.Ticket(filepath.Join(w.home.Agent(), "secret"), time.Now())
	w.must(err)
	req, err := http.NewRequest("POST", "http://"+w.address+"/v1/manager/session", strings.NewReader(`{"ticket":"`+ticket+`"}`))
	w.must(err)
	req.Header.Set("Origin", "http://"+w.address)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	w.must(err)
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != 200 || len(res.Cookies()) != 1 {
		b, _ := io.ReadAll(res.Body)
		w.t.Fatalf("%d %s", res.StatusCode, b)
	}
	c := res.Cookies()[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode {
		w.t.Errorf("cookie %v", c)
	}
	if p := w.own("POST", "/v1/manager/session", object{"ticket": ticket}, nil); p.Code != "agent.ticket" {
		w.t.Errorf("the ticket is good twice: %s", p.Code)
	}
	return map[string]string{"Origin": "http://" + w.address, "Cookie": c.Name + "=" + c.Value}
}

func TestTheManagerNeedsItsSession(t *testing.T) {
	w := newWorld(t, nil)
	id, _, _ := w.plug("person", pin, w.authority.Person)
	for _, path := range []string{"/v1/manager/keys", "/v1/manager/origins", "/v1/manager/settings", "/v1/manager/log", "/v1/manager/status", "/v1/manager/keys/" + id + "/certificate"} {
		if p := w.own("GET", path, nil, nil); p.Status != 401 || p.Code != "agent.no_session" {
			t.Errorf("%s: %d %s", path, p.Status, p.Code)
		}
		if p := w.do("GET", path, nil, nil, map[string]string{"Origin": page}); p.Status != 403 {
			t.Errorf("%s from a page: %d %s", path, p.Status, p.Code)
		}
	}
	if p := w.own("POST", "/v1/manager/session", object{"ticket": strings.Repeat("A", 75)}, nil); p.Code != "agent.ticket" {
		t.Errorf("%s", p.Code)
	}
}

func TestTheOldestOfManySessionsGivesWay(t *testing.T) {
	w := newWorld(t, nil)
	first := w.manager()
	second := w.manager()
	for range 63 {
		w.manager()
	}
	if p := w.do("GET", "/v1/manager/status", nil, nil, first); p.Code != "agent.no_session" {
		t.Errorf("the first of 65 sessions: %d %s", p.Status, p.Code)
	}
	w.must2(w.do("GET", "/v1/manager/status", nil, nil, second))
}

func TestTheManagerShowsAndServesKeys(t *testing.T) {
	w := newWorld(t, nil)
	id, c, _ := w.plug("person", pin, w.authority.Person)
	s := w.manager()
	p := w.do("GET", "/v1/manager/keys", nil, nil, s)
	w.must2(p)
	if strings.Contains(string(p.Body), fixture.IDNumber) || !strings.Contains(string(p.Body), "9900**********0017") {
		t.Error("the ID number is not masked")
	}
	var number agent.IDNumber
	w.must2(w.do("POST", "/v1/manager/keys/"+id+"/id-number", nil, &number, s))
	if number.IDNumber != fixture.IDNumber {
		t.Error(number.IDNumber)
	}
	var log agent.SignedLog
	p = w.do("GET", "/v1/manager/log", nil, &log, s)
	if w.must2(p); len(log.Entries) != 1 || log.Entries[0].Purpose != "reveal" || strings.Contains(string(p.Body), fixture.IDNumber) {
		t.Errorf("log %s", p.Body)
	}
	var cmp agent.Comparison
	w.must2(w.do("POST", "/v1/manager/keys/"+id+"/compare", object{"number": "990000 19900102 0017"}, &cmp, s))
	if cmp.Equal || len(cmp.Parts) != 4 || !cmp.Parts[0].Equal || cmp.Parts[1].Equal || !cmp.Parts[2].Equal {
		t.Errorf("%+v", cmp)
	}
	if p := w.do("GET", "/v1/manager/keys/"+id+"/certificate?use=signing&form=cer", nil, nil, s); string(p.Body) != string(c.Raw) {
		t.Errorf("exported %d octets", len(p.Body))
	}
	if p := w.do("GET", "/v1/manager/keys/"+id+"/certificate?form=pem", nil, nil, s); !strings.HasPrefix(string(p.Body), "-----BEGIN CERTIFICATE-----") {
		t.Errorf("%s", p.Body)
	}
}

func TestTheManagerVerifiesAndChangesThePIN(t *testing.T) {
	w := newWorld(t, nil)
	id, _, _ := w.plug("person", pin, w.authority.Person)
	s := w.manager()
	post := func(what string, in object, out any) problem {
		return w.do("POST", "/v1/manager/keys/"+id+"/"+what, in, out, s)
	}
	if p := post("verify-pin", object{"operation": operation("v1"), "pin": "111222"}, nil); p.Code != "pin.incorrect" || p.Args["left"] != 9.0 {
		t.Errorf("%d %s %v", p.Status, p.Code, p.Args)
	}
	if p := post("verify-pin", object{"operation": operation("v2"), "pin": "111222"}, nil); p.Code != "pin.already_tried" {
		t.Errorf("%s", p.Code)
	}
	var ok agent.PINResult
	w.must2(post("verify-pin", object{"operation": operation("v3"), "pin": pin}, &ok))
	if ok.Tries.Left != 10 {
		t.Errorf("%+v", ok)
	}
	change := object{"operation": operation("c1"), "old": pin, "new": "730261", "repeat": "730261"}
	w.must2(post("change-pin", change, nil))
	w.must2(post("change-pin", change, nil)) // clicked twice
	if w.left("person") != 10 {
		t.Errorf("%d tries left", w.left("person"))
	}
	var sig agent.TestSignature
	w.must2(post("test-signature", object{"operation": operation("t1"), "pin": "730261"}, &sig))
	if !sig.Valid {
		t.Error("not valid")
	}
	if p := post("test-signature", object{"operation": operation("t1"), "pin": "730261"}, nil); p.Code != "operation.done" {
		t.Errorf("%s", p.Code)
	}
}
