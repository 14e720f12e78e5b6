// Package prompt asks the person in front of the screen: may this page have this
// signature, with which key, and the PIN. A PIN is typed nowhere else.
//
//	answer, err := prompter.Confirm(ctx, question)
//
// A refusal is [fault.UserRefused], a person who does not answer before the
// question's deadline [fault.UserAbsent].
package prompt

import (
	"time"

	"xinzhang/internal/keyring"
)

// A Kind says what a Question asks for.
type Kind string

// Kinds.
const (
	Allow  Kind = "allow"  // may this origin speak to the agent at all?
	Choose Kind = "choose" // which key?
	Act    Kind = "act"    // may it sign, seal, log in, decrypt? Asks for the PIN.
)

// A Question is everything a person needs to decide.
type Question struct {
	ID        string          `json:"id" doc:"of the window, good once"`
	Operation string          `json:"operation" doc:"one-time id; to be sent with the answer"`
	Kind      Kind            `json:"kind" enum:"allow,choose,act"`
	Origin    string          `json:"origin" doc:"who asks, as the browser said"`
	Secure    bool            `json:"secure" doc:"the origin is https or on this machine"`
	System    *System         `json:"system,omitempty" doc:"by the administrator's signed list"`
	AskOrigin bool            `json:"ask_origin" doc:"the origin itself is new; remember may be offered"`
	Purpose   keyring.Purpose `json:"purpose,omitempty" enum:"login,sign,seal,decrypt"`
	Action    string          `json:"action,omitempty" doc:"word on the button: 签字, 签章, 批准"`
	Documents []Shown         `json:"documents" doc:"what is signed, in order; empty for login"`
	Keys      []Choice        `json:"keys" doc:"suited ones first"`
	Selected  string          `json:"selected,omitempty" doc:"id of the key that alone fits, or that the page named"`
	NeedPIN   bool            `json:"need_pin"`
	Deadline  time.Time       `json:"deadline" doc:"the question closes by itself then"`
}

// A System is a business system that an administrator has listed.
type System struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// A Choice is a key with the tries of its PIN.
type Choice struct {
	keyring.Key
	Tries keyring.Tries `json:"tries"`
}

// Shown is what is known of a thing to be signed.
type Shown struct {
	Title     string     `json:"title"`
	Type      string     `json:"type" enum:"ofd,pdf,text,data"`
	Pages     int        `json:"pages,omitempty"`
	Page      int        `json:"page,omitempty" doc:"where the signature stands, from 1"`
	Size      int64      `json:"size,omitempty" doc:"octets"`
	Place     string     `json:"place,omitempty" doc:"words of the page: 「审批人」处"`
	Picture   string     `json:"picture,omitempty" doc:"data URI; show in an img only"`
	Text      string     `json:"text,omitempty" doc:"the data itself when it is short text"`
	Digest    string     `json:"digest" doc:"e, the 32 octets that are signed, hex"`
	OnlyHash  bool       `json:"only_hash" doc:"the page gave a digest and nothing to show: mark in red"`
	Seal      *SealFacts `json:"seal,omitempty" doc:"read by the agent from TBS_Sign"`
	Signature bool       `json:"signature" doc:"a seal signature (TBS_Sign); seal holds its facts"`
}

// SealFacts are read from a TBS_Sign (GB/T 38540).
type SealFacts struct {
	Name     string    `json:"name"`
	ID       string    `json:"id"`
	Kind     string    `json:"kind,omitempty" doc:"公章, 手写签名 …, when the seal says so"`
	Time     time.Time `json:"time" doc:"of signing, by the maker of the TBS_Sign"`
	DataHash string    `json:"data_hash" doc:"SM3 of the protected part, hex"`
	Property string    `json:"property,omitempty" doc:"place of Signature.xml in the document"`
	Picture  string    `json:"picture,omitempty" doc:"data URI"`
	NotAfter time.Time `json:"not_after"`
}
