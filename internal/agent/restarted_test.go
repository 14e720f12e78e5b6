package agent_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"xinzhang/internal/agent"
)

// A heard is an event as a browser hears it.
type heard struct{ id, event, data string }

// hear is a browser that listens to a window again and says which event it heard
// last; it returns the next n events.
func (w *world) hear(window, last string, n int) (events []heard) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), "GET", "http://"+w.address+"/v1/windows/"+window+"/events", nil)
	w.must(err)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	res, err := http.DefaultClient.Do(req)
	w.must(err)
	defer func() { _ = res.Body.Close() }()
	var e heard
	for lines := bufio.NewScanner(res.Body); len(events) < n && lines.Scan(); {
		switch name, value, _ := strings.Cut(lines.Text(), ": "); name {
		case "id":
			e.id = value
		case "event":
			e.event = value
		case "data":
			e.data = value
			events = append(events, e)
		}
	}
	if len(events) < n {
		w.t.Fatalf("heard %v, and no more", events)
	}
	return events
}

// The agent ends in the middle of a batch, and another run of it begins. The
// browser connects the batch's window to it by itself.
func TestAWindowIsToldThatTheAgentWasRestarted(t *testing.T) {
	d := newDesk(t)
	hold, held := make(chan struct{}), make(chan struct{})
	d.key.before = func(n int) {
		if n == 3 {
			close(held)
			<-hold
		}
	}
	d.begin()
	<-held
	before := d.hear(d.window(), "", 2)[1]
	if before.event != "progress" || before.id == "" {
		t.Fatalf("heard %+v", before)
	}
	if again := d.hear(d.window(), before.id, 2)[1]; again.event != "progress" {
		t.Errorf("the same run says %+v after a break of the line", again)
	}
	after := newDesk(t).hear(d.window(), before.id, 2)[1]
	var closed agent.WindowClosed
	if after.event != "closed" || json.Unmarshal([]byte(after.data), &closed) != nil || closed.Reason.Code != "agent.restarted" {
		t.Errorf("the next run says %+v", after)
	}
	close(hold)
	d.end()
}
