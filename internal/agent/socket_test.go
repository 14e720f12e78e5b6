package agent

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

// A page that reads nothing while two batches of 500 are signed at once by fast
// UKeys stays connected; then it hears how far they are, what else happened, and the
// answer, in that order.
func TestAPageThatReadsLateHearsTheNewestOfABatch(t *testing.T) {
	const documents = 500
	held := make(chan *socket, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = conn.CloseNow() }()
		ctx, cancel := context.WithCancel(r.Context())
		k := &socket{conn: conn, outbox: newOutbox(), end: cancel}
		for i := range documents {
			k.advance(ProgressEvent{"first", i + 1, documents})
			k.advance(ProgressEvent{"second", i + 1, documents})
			if i == 7 {
				k.push("keys", KeysEvent{1})
			}
		}
		k.answer(ctx, SocketAnswer{ID: "1"})
		if ctx.Err() != nil {
			t.Error("the page was cut off")
		}
		held <- k
		k.write(ctx)
	}))
	t.Cleanup(server.Close)
	conn, _, err := websocket.Dial(t.Context(), server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.CloseNow() }()
	k := <-held
	hear := func(want string) {
		t.Helper()
		_, got, err := conn.Read(t.Context())
		if err != nil || strings.TrimSpace(string(got)) != want {
			t.Fatalf("heard %s %v, want %s", got, err, want)
		}
	}
	progress := func(operation string, done int) string {
		return fmt.Sprintf(`{"event":"progress","data":{"operation":"%s","done":%d,"total":%d}}`, operation, done, documents)
	}
	hear(progress("first", documents))
	hear(progress("second", documents))
	hear(`{"event":"keys","data":{"count":1}}`)
	hear(`{"id":"1"}`)
	k.advance(ProgressEvent{"first", 1, documents}) // and on it goes
	hear(progress("first", 1))
	k.end()
}
