package agent

import (
	"strconv"
	"testing"
	"time"
)

// A window that waits for its first question missed nothing, however often its line
// breaks: only another run of the agent lost what it knew.
func TestAnIdleWindowMissesNothing(t *testing.T) {
	s := &Server{started: time.Now()}
	s.windows = newWindows(s)
	for _, last := range []string{"", strconv.Itoa(s.run())} {
		if e := s.missed(&windowStream{ID: "window-0123456789", Last: last}); e != nil {
			t.Errorf("after event %q: %+v", last, e)
		}
	}
	if s.missed(&windowStream{ID: "window-0123456789", Last: "1"}) == nil {
		t.Error("another run: nothing")
	}
}
