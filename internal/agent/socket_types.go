package agent

import (
	"encoding/json"

	"xinzhang/internal/keyring"
	"xinzhang/internal/problem"
)

// SocketCall is what a page sends on the WebSocket; the first method is hello.
type SocketCall struct {
	ID     string          `json:"id" doc:"of the page's own; comes back with the answer" minLength:"1" maxLength:"64"`
	Method string          `json:"method" enum:"hello,keys,certificate,login,sign,batch,decrypt,verify,envelope,cancel"`
	Params json.RawMessage `json:"params"`
}

// SocketAnswer answers a SocketCall with a result or an error.
type SocketAnswer struct {
	ID     string           `json:"id"`
	Result any              `json:"result,omitempty"`
	Error  *problem.Problem `json:"error,omitempty"`
}

// SocketEvent is pushed without being asked.
type SocketEvent struct {
	Event string `json:"event" enum:"keys,progress,origin"`
	Data  any    `json:"data" doc:"KeysEvent, ProgressEvent or OriginEvent"`
}

// KeysEvent says that a UKey came or went; ask keys anew.
type KeysEvent struct {
	Count int `json:"count" doc:"keys that are plugged in"`
}

// ProgressEvent tells of a batch.
type ProgressEvent struct {
	Operation string `json:"operation"`
	Done      int    `json:"done" doc:"documents that were signed"`
	Total     int    `json:"total" doc:"documents that the person kept"`
}

// OriginEvent says that the page's origin was allowed or is no longer.
type OriginEvent struct {
	Allowed bool `json:"allowed"`
}

// ManagedKeys is the state of all UKeys, for the pages of the agent.
type ManagedKeys struct {
	Keys    []ManagedKey    `json:"keys"`
	Devices []ManagedDevice `json:"devices" doc:"plugged in, but without a usable certificate"`
}

// WindowOpened is pushed to a window when there is a question: GET it.
type WindowOpened struct {
	Operation string `json:"operation" doc:"of the question"`
}

// WindowKeys is pushed to an open window when a UKey comes or goes.
type WindowKeys struct {
	Count int `json:"count"`
}

// WindowTries is pushed to an open window after a refused PIN.
type WindowTries struct {
	Key   string        `json:"key"`
	Tries keyring.Tries `json:"tries"`
}

// WindowClosed is pushed when a window has nothing more to ask.
type WindowClosed struct {
	Reason keyring.Reason `json:"reason"`
}
