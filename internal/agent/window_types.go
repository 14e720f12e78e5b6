package agent

import "encoding/json"

// WindowAnswer is what the person decided.
type WindowAnswer struct {
	Operation string `json:"operation" doc:"of the question" pattern:"^[A-Za-z0-9_-]{16,64}$"`
	Approve   bool   `json:"approve"`
	Key       string `json:"key,omitempty" pattern:"^[0-9a-f]{64}$"`
	PIN       string `json:"pin,omitempty" writeOnly:"true" maxLength:"64"`
	Remember  bool   `json:"remember,omitempty" doc:"allow the origin from now on"`
}

// WindowDone says that the window may close.
type WindowDone struct {
	Done bool `json:"done"`
}

// WindowCall is a call that a business page made through a window of the agent.
type WindowCall struct {
	Origin string          `json:"origin" doc:"MessageEvent.origin, or the origin of return_url" minLength:"8" maxLength:"256"`
	Method string          `json:"method" enum:"hello,keys,certificate,login,sign,batch,decrypt,verify,cancel"`
	Params json.RawMessage `json:"params"`
	Window string          `json:"window,omitempty" doc:"made by the page, once: the questions of this call are asked under /v1/windows/{window}; listen to its events first" pattern:"^[A-Za-z0-9_-]{16,64}$"`
}

// WindowResult is the result of the method that was called.
type WindowResult struct {
	Result any `json:"result"`
}

// Delivery is an answer that the agent brings to the page's server.
type Delivery struct {
	Origin string          `json:"origin" minLength:"8" maxLength:"256"`
	URL    string          `json:"url" doc:"deliver_url, of the same origin" minLength:"8" maxLength:"2048"`
	Body   json.RawMessage `json:"body" doc:"{state, result|error}"`
}

// Delivered is empty.
type Delivered struct{}
