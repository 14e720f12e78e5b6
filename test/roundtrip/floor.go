package roundtrip

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// Beside is what the agent at address gives with a signature: its certificate, the
// key in words, the digest. It is the fields of a JSON object, without its braces.
func Beside(tb testing.TB, address string) []byte {
	tb.Helper()
	const call = `{"operation":"beside-0123456789","action":"签字","purpose":"sign","format":"raw","document":{"title":"t","type":"data","data":"eHh4"}}`
	req, err := http.NewRequestWithContext(tb.Context(), http.MethodPost, "http://"+address+"/v1/sign", strings.NewReader(call))
	must(tb, err)
	req.Header.Set("Origin", "https://beside.example")
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	must(tb, err)
	var answer map[string]json.RawMessage
	must(tb, json.NewDecoder(res.Body).Decode(&answer))
	must(tb, res.Body.Close())
	if answer["value"] == nil {
		tb.Fatalf("%s", answer)
	}
	delete(answer, "value")
	fields, err := json.Marshal(answer)
	must(tb, err)
	return fields[1 : len(fields)-1]
}

// ServeFloor runs the least that answers a signature on l until the test ends: POST
// /v1/sign and the WebSocket /v1/socket, which both read the params of the agent's
// method sign. An answer is as long as the agent's, which a browser takes longer to
// read than the signature alone: beside it stands what [Beside] gave. Browsers hear
// the same about other origins as from the agent.
func ServeFloor(tb testing.TB, l net.Listener, beside []byte, sign func() ([]byte, error)) {
	tb.Helper()
	answer := func(body []byte) ([]byte, error) {
		var in struct{ Document struct{ Data []byte } }
		if err := json.Unmarshal(body, &in); err != nil {
			return nil, err
		}
		value, err := sign()
		if err != nil {
			return nil, err
		}
		return fmt.Appendf(nil, `{%s,"value":"%s"}`, beside, base64.StdEncoding.EncodeToString(value)), nil
	}
	mux := http.NewServeMux()
	mux.HandleFunc("OPTIONS /v1/sign", func(w http.ResponseWriter, r *http.Request) {
		allowReading(w.Header(), r.Header.Get("Origin"))
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("POST /v1/sign", func(w http.ResponseWriter, r *http.Request) {
		allowReading(w.Header(), r.Header.Get("Origin"))
		out, err := io.ReadAll(r.Body)
		if err == nil {
			out, err = answer(out)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_, _ = w.Write(out)
	})
	mux.HandleFunc("GET /v1/socket", func(w http.ResponseWriter, r *http.Request) {
		c, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
		if err != nil {
			return
		}
		defer func() { _ = c.CloseNow() }()
		for {
			_, m, err := c.Read(r.Context())
			if err == nil {
				m, err = answer(m)
			}
			if err == nil {
				err = c.Write(r.Context(), websocket.MessageText, m)
			}
			if err != nil {
				return // the page went, or finds that nothing comes
			}
		}
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Second}
	tb.Cleanup(func() { _ = server.Close() })
	go func() { _ = server.Serve(l) }()
}

// allowReading is what the agent tells browsers.
func allowReading(h http.Header, origin string) {
	h.Set("Access-Control-Allow-Origin", origin)
	h.Add("Vary", "Origin")
	h.Set("Access-Control-Allow-Methods", "GET, POST")
	h.Set("Access-Control-Allow-Headers", "Content-Type, Accept-Language")
	h.Set("Access-Control-Allow-Private-Network", "true")
	h.Set("Access-Control-Max-Age", "600")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Cache-Control", "no-store")
}
