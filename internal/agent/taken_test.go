package agent_test

import (
	"context"
	"testing"
	"time"

	"xinzhang/internal/agent"
	"xinzhang/internal/keyring"
	"xinzhang/internal/token"
	"xinzhang/internal/token/soft/softtest"
)

// newSlow is a world whose UKey looks at the PIN for as long as during runs, and
// cannot be called back.
func newSlow(t *testing.T, during func(w *world)) *world {
	l := &loose{}
	w := newWorld(t, func(c *agent.Config) {
		l.Driver = softtest.Driver(t, c.Home.Tokens())
		c.Ring = keyring.New(keyring.Config{}, keyring.Soft(l, c.Home.Tokens()))
	})
	l.verify = func(ctx context.Context, app token.Application, typed token.PIN) error {
		during(w)
		return app.VerifyPIN(context.WithoutCancel(ctx), token.UserPIN, typed)
	}
	w.plug("person", pin, w.authority.Person)
	w.person = approves
	return w
}

// cancels is a page that takes operation id back, and is heard.
func cancels(id string) func(w *world) {
	return func(w *world) {
		w.must2(w.call("cancel", object{"operation": operation(id)}, nil))
		time.Sleep(200 * time.Millisecond) // until the agent noticed
	}
}

// The PIN of a batch is right, and the page went meanwhile: the window, which was
// told to stay, must hear of the end.
func TestABatchTakenBackDuringThePINTellsItsWindow(t *testing.T) {
	var told <-chan agent.WindowProgress
	d := &desk{}
	d.world = newSlow(t, func(w *world) {
		told, _ = d.listen()
		cancels("batch")(w)
	})
	in := object{"operation": operation("batch"), "action": "批准", "purpose": "sign", "format": "raw", "documents": []object{textDoc("x"), textDoc("xx")}}
	var got agent.Batch
	d.must2(d.call("batch", in, &got))
	if len(got.Results) != 0 || got.Stopped == nil || got.Stopped.Reason.Code != "operation.cancelled" {
		t.Errorf("the page was told %+v", got)
	}
	if p := d.until(told, agent.Ended); p.Done != 0 || p.Stopped == nil || p.Stopped.Reason.Code != "operation.cancelled" {
		t.Errorf("the window was told %+v", p)
	}
}

// Nothing is signed of one document then: neither may hear that it was.
func TestADocumentTakenBackDuringThePINIsToldToBoth(t *testing.T) {
	w := newSlow(t, cancels("back"))
	if p := w.call("sign", signCall("back", textDoc("x")), nil); p.Code != "operation.cancelled" {
		t.Errorf("the page was told %q", p.Code)
	}
	if told := w.told(); told != "agent.window_closed" {
		t.Errorf("the window was told %q", told)
	}
}

// The line to the window breaks before the last document: when it is there again
// the batch has ended, and the window hears how.
func TestAWindowThatMissedTheEndOfItsBatchHearsOfIt(t *testing.T) {
	d := newDesk(t)
	d.key.before = func(n int) {
		if n == twelve {
			_, leave := d.listen()
			leave()
		}
	}
	d.begin()
	if b := d.end(); len(b.Results) != twelve {
		t.Fatalf("%d results", len(b.Results))
	}
	again, _ := d.listen()
	if p := d.until(again, agent.Ended); p.Done != twelve || p.Total != twelve || p.Stopped != nil {
		t.Errorf("the window was told %+v", p)
	}
	// What ended does not hold the window up.
	go func() {
		for d.own("GET", "/v1/windows/"+d.window(), nil, nil).Code != "" {
			time.Sleep(5 * time.Millisecond)
		}
		d.sit(d.window(), approves)
	}()
	next := object{"origin": page, "method": "sign", "params": signCall("next", textDoc("x")), "window": d.window()}
	d.must2(d.own("POST", "/v1/windows/calls", next, nil))
}
