package prompt

import (
	"context"
	"errors"

	"xinzhang/internal/fault"
	"xinzhang/internal/token"
)

// dialogs are the four windows a desktop must have. Each returns
// [fault.UserRefused] for a person who says no or closes it.
type dialogs interface {
	allow(ctx context.Context, text string) (always bool, err error)
	choose(ctx context.Context, keys []Choice) (id string, err error)
	confirm(ctx context.Context, text string) error
	pin(ctx context.Context, text string) (token.PIN, error)
	name() string
}

// native asks with windows of the desktop, one after the other, one question at
// a time.
type native struct {
	dialogs
	lang fault.Lang
	turn chan struct{}
}

func newNative(d dialogs, lang fault.Lang) *native {
	n := &native{d, lang, make(chan struct{}, 1)}
	n.turn <- struct{}{}
	return n
}

// Name is the name of the windows.
func (n *native) Name() string { return n.name() }

// Ask is [Prompter]'s.
func (n *native) Ask(ctx context.Context, build func() Question, decide func(context.Context, Answer) error) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-n.turn:
	}
	defer func() { n.turn <- struct{}{} }()
	err := n.ask(ctx, build, decide)
	if ctx.Err() != nil && errors.Is(err, fault.UserRefused) { // the window was taken away
		return context.Cause(ctx)
	}
	return err
}

func (n *native) ask(ctx context.Context, build func() Question, decide func(context.Context, Answer) error) error {
	var again error
	asked, always := false, false
	for {
		q := build()
		if q.AskOrigin && !asked {
			only := q
			only.Kind = Allow
			only.Documents = nil
			var err error
			if always, err = n.allow(ctx, text(only, nil, nil, n.lang)); err != nil {
				return err
			}
			asked = true
			q = build() // keys may have come or gone meanwhile
		}
		a, err := n.answer(ctx, q, again)
		if err != nil {
			return err
		}
		a.Remember = always
		err = decide(ctx, a)
		a.PIN.Clear()
		if !MayRetry(err) {
			return err
		}
		again = err
	}
}

// answer asks for the key and the PIN, or a yes.
func (n *native) answer(ctx context.Context, q Question, again error) (Answer, error) {
	a := Answer{Approve: true, Operation: q.Operation, Key: q.Selected}
	if q.Kind == Allow {
		return a, nil
	}
	keys := suited(q)
	var err error
	switch {
	case len(keys) == 0:
		return a, fault.New(fault.AgentChooseKey)
	case len(keys) == 1:
		a.Key = keys[0].ID
	default:
		if a.Key, err = n.choose(ctx, keys); err != nil {
			return a, err
		}
	}
	var key *Choice
	for i := range keys {
		if keys[i].ID == a.Key {
			key = &keys[i]
		}
	}
	if !q.NeedPIN {
		if len(keys) > 1 {
			return a, nil // choosing was the yes
		}
		return a, n.confirm(ctx, text(q, key, again, n.lang))
	}
	a.PIN, err = n.pin(ctx, text(q, key, again, n.lang)+"\n\n"+wordings[n.lang].pin)
	return a, err
}
