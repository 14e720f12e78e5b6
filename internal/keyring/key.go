package keyring

import (
	"time"

	"xinzhang/internal/fault"
)

// A Purpose is what a key is wanted for.
type Purpose string

// Purposes.
const (
	Login   Purpose = "login"   // a person proves who it is
	Sign    Purpose = "sign"    // a person signs by hand
	Seal    Purpose = "seal"    // an organisation seals
	Decrypt Purpose = "decrypt" // an envelope is opened with the encryption pair
)

// A Kind says for whom a key stands.
type Kind string

// Kinds.
const (
	Person       Kind = "person"
	Organisation Kind = "organisation"
	Other        Kind = "other"
)

// A State says what stands in the way of using a key, whatever the purpose.
type State string

// States.
const (
	Ready       State = "ready"
	PINLocked   State = "pin_locked"
	PINFirst    State = "pin_first" // the first PIN must be changed before it signs
	Expired     State = "expired"
	NotYetValid State = "not_yet_valid"
)

// A Key is one container of a UKey that has a signing certificate, as a business
// page may see it: no number of a person stands in it.
type Key struct {
	ID         string    `json:"id" doc:"SM3 of the signing certificate, hex" pattern:"^[0-9a-f]{64}$"`
	Kind       Kind      `json:"kind" enum:"person,organisation,other"`
	Holder     string    `json:"holder" doc:"name of the person or organisation"`
	Unit       string    `json:"unit,omitempty" doc:"organisation"`
	Department string    `json:"department,omitempty"`
	SerialTail string    `json:"serial_tail" doc:"last four characters of the certificate's serial number"`
	NotBefore  time.Time `json:"not_before"`
	NotAfter   time.Time `json:"not_after"`
	Device     Device    `json:"device"`
	Suited     bool      `json:"suited" doc:"may be used for the purpose asked for"`
	Reason     *Reason   `json:"reason,omitempty" doc:"why it is not suited"`
	State      State     `json:"state" enum:"ready,pin_locked,pin_first,expired,not_yet_valid"`
}

// A Device names the UKey a key sits in.
type Device struct {
	Name   string `json:"name" doc:"what people call it"`
	Kind   string `json:"kind" enum:"soft,skf"`
	Vendor string `json:"vendor,omitempty"`
}

// A Reason is a code in words.
type Reason struct {
	Code  string         `json:"code" doc:"code of internal/fault/codes.yaml"`
	Args  map[string]any `json:"args,omitempty"`
	Title string         `json:"title"`
}

// Why words err for a person.
func Why(err error, lang fault.Lang) *Reason {
	e := fault.Of(err)
	return &Reason{string(e.Code), e.Args, fault.Describe(err, lang).Title}
}

// Tries is what a key says of its PIN.
type Tries struct {
	Left  int  `json:"left" doc:"tries left; 0 is locked"`
	Max   int  `json:"max" doc:"tries after a right entry"`
	Known bool `json:"known" doc:"false: the key cannot tell, and counts as having two per run of the agent"`
	First bool `json:"first" doc:"it is still the PIN the key was delivered with"`
}
