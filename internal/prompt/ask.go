package prompt

import (
	"context"
	"errors"

	"xinzhang/internal/fault"
	"xinzhang/internal/token"
)

// An Answer is what the person decided. Whoever makes it clears the PIN.
type Answer struct {
	Approve   bool
	Operation string // of the question that was answered
	Key       string // id; "" when there was nothing to choose
	PIN       token.PIN
	Remember  bool // allow the origin from now on
}

// A Prompter shows questions.
type Prompter interface {
	// Ask shows the question that build makes and hands the answer to decide. As
	// long as decide returns an error that [MayRetry], a person may answer again,
	// to a new question; what else it returns is the outcome, and ends the
	// window. ctx ends it too.
	Ask(ctx context.Context, build func() Question, decide func(context.Context, Answer) error) error

	// Name is "zenity", "win32" or "page".
	Name() string
}

// ErrNoDesktop says that a prompter has no screen to show anything on.
var ErrNoDesktop = errors.New("there is no desktop")

// MayRetry reports whether a person may type another PIN after err.
func MayRetry(err error) bool {
	for _, code := range []fault.Code{
		fault.PINIncorrect, fault.PINAlreadyTried, fault.PINLength, fault.PINCharacters, fault.AgentChooseKey,
	} {
		if errors.Is(err, code) {
			return true
		}
	}
	return false
}
