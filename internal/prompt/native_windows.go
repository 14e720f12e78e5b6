package prompt

import (
	"context"

	"xinzhang/internal/fault"
	"xinzhang/internal/token"
)

// win32 asks by dialogs of our own.
type win32 struct{ words wording }

// Native returns the windows of the desktop.
func Native(lang fault.Lang) (Prompter, error) { return newNative(win32{wordings[lang]}, lang), nil }

func (win32) name() string { return "win32" }

// ask shows d. A no is [fault.UserRefused].
func (w win32) ask(ctx context.Context, d *dialog) error {
	d.title, d.no = w.words.title, w.words.refuse
	if d.yes == "" {
		d.yes = w.words.confirm
	}
	yes, err := d.show(ctx)
	if err == nil && !yes {
		err = fault.New(fault.UserRefused)
	}
	return err
}

func (w win32) allow(ctx context.Context, text string) (always bool, err error) {
	d := &dialog{text: text, check: w.words.always, yes: w.words.allowed}
	err = w.ask(ctx, d)
	return d.ticked, err
}

func (w win32) choose(ctx context.Context, keys []Choice) (string, error) {
	d := &dialog{text: w.words.choose}
	for _, k := range keys {
		d.choices = append(d.choices, label(k))
	}
	if err := w.ask(ctx, d); err != nil {
		return "", err
	}
	return keys[d.chosen].ID, nil
}

func (w win32) confirm(ctx context.Context, text string) error {
	return w.ask(ctx, &dialog{text: text})
}

func (w win32) pin(ctx context.Context, text string) (token.PIN, error) {
	d := &dialog{text: text, pin: true}
	if err := w.ask(ctx, d); err != nil {
		return token.PIN{}, err
	}
	return d.typed, nil
}
