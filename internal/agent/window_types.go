package agent

import (
	"encoding/json"
	"time"
)

// WindowAnswer is what the person decided.
type WindowAnswer struct {
	Operation string `json:"operation" doc:"of the question" pattern:"^[A-Za-z0-9_-]{16,64}$"`
	Approve   bool   `json:"approve"`
	Key       string `json:"key,omitempty" pattern:"^[0-9a-f]{64}$"`
	PIN       string `json:"pin,omitempty" writeOnly:"true" maxLength:"64"`
	Remember  bool   `json:"remember,omitempty" doc:"allow the origin from now on"`
	Documents []int  `json:"documents,omitempty" nullable:"false" doc:"those to be signed, by index from 0, each once; absent: all" minItems:"1" maxItems:"500"`
}

// WindowDone says whether the window may close.
type WindowDone struct {
	Done bool `json:"done" doc:"false: a batch goes on, stay and show it (event progress)"`
}

// WindowProgress is pushed to the window that asked for a batch, until it ended.
type WindowProgress struct {
	ProgressEvent
	Origin  string      `json:"origin"`
	Action  string      `json:"action"`
	LeftOut int         `json:"left_out" doc:"documents that the person took out; total does not count them"`
	Index   int         `json:"index" doc:"of the document that is signed now, among all, from 0"`
	Title   string      `json:"title" doc:"of that document"`
	State   CourseState `json:"state" enum:"signing,pausing,paused,stopping,ended"`
	Until   time.Time   `json:"until" doc:"when the PIN holds no longer, and a batch that is paused ends"`
	Stopped *Stopped    `json:"stopped,omitempty" doc:"ended, and not all were signed"`
}

// A CourseState says how a batch stands.
type CourseState string

// States of a batch.
const (
	Signing  CourseState = "signing"
	Pausing  CourseState = "pausing" // after the present document
	Paused   CourseState = "paused"
	Stopping CourseState = "stopping" // after the present document
	Ended    CourseState = "ended"
)

// WindowSteer is what the person wants of the batch that the window shows.
type WindowSteer struct {
	Do SteerAct `json:"do" enum:"pause,resume,stop" doc:"pause and stop let the present document be finished"`
}

// A SteerAct holds a batch, lets it go on, or ends it.
type SteerAct string

// Acts.
const (
	Pause  SteerAct = "pause"
	Resume SteerAct = "resume"
	Stop   SteerAct = "stop"
)

// WindowCall is a call that a business page made through a window of the agent.
type WindowCall struct {
	Origin string          `json:"origin" doc:"MessageEvent.origin, or the origin of return_url" minLength:"8" maxLength:"256"`
	Method string          `json:"method" enum:"hello,keys,certificate,login,sign,batch,decrypt,verify,envelope,cancel"`
	Params json.RawMessage `json:"params"`
	Window string          `json:"window,omitempty" doc:"made by the page, once: the questions of this call are asked under /v1/windows/{window}, whose events tell of each, of one that is asked already as they begin" pattern:"^[A-Za-z0-9_-]{16,64}$"`
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
