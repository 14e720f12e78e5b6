package prompt

import (
	"context"
	"errors"
	"slices"

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

	// Documents are the indices of those to be signed, from 0, each once. Nil: all
	// of the question's, which is what windows of the desktop answer.
	Documents []int
	// Window is the page that asked and stays open to show how a batch goes on; ""
	// when it closes with the answer.
	Window string
}

// Keeps reports whether document i of the question is to be signed.
func (a Answer) Keeps(i int) bool { return a.Documents == nil || slices.Contains(a.Documents, i) }

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
