package agent

import (
	"net/http"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// FuzzSocketMessage: whatever a page sends, reading it ends in a call with an id
// that fits, or in an error; and what the schema let through fits the limits.
func FuzzSocketMessage(f *testing.F) {
	f.Add([]byte(`{"id":"7","method":"sign","params":{"operation":"0123456789abcdef","action":"签字","purpose":"sign","format":"raw","document":{"title":"t","type":"text","data":"eA=="}}}`))
	f.Add([]byte(`{"id":"1","method":"hello","params":{"sdk":"1","api":1}}`))
	f.Add([]byte(`{"id":"","method":"keys","params":null}`))
	s := &Server{}
	s.byName = s.pageMethods()
	s.api(http.NewServeMux())
	f.Fuzz(func(t *testing.T, b []byte) {
		call, err := readCall(websocket.MessageText, b)
		if len(call.ID) > maxCallID {
			t.Fatalf("an id of %d octets comes back", len(call.ID))
		}
		if err != nil {
			return
		}
		m := s.method(call.Method)
		if m == nil || call.Method != "sign" {
			return
		}
		in := new(SignParams)
		if m.decode(call.Params, in) != nil {
			return
		}
		if n := len([]rune(in.Action)); n < 1 || n > 16 || len(in.Operation) < 16 || len(in.Operation) > 64 {
			t.Fatalf("let through: action of %d characters, operation %q", n, in.Operation)
		}
		if p, err := read(in.Document, in.Format, 1, time.Time{}); err == nil && p.bare == nil && p.signed == nil {
			t.Fatal("a document without content was let through")
		}
	})
}
