//go:build !windows

package prompt

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"strings"

	"xinzhang/internal/fault"
	"xinzhang/internal/token"
)

// zenity asks by the program of that name (GTK), which most Linux desktops have.
// The PIN comes back through a pipe; it never stands on a command line.
type zenity struct {
	program string
	words   wording
}

func newZenity(lang fault.Lang) (Prompter, error) {
	if !hasDesktop() {
		return nil, ErrNoDesktop
	}
	program, err := exec.LookPath("zenity")
	if err != nil {
		return nil, errors.Join(ErrNoDesktop, err)
	}
	return newNative(zenity{program, wordings[lang]}, lang), nil
}

func (zenity) name() string { return "zenity" }

// Exit statuses of zenity.
const (
	zenityNo      = 1
	zenityTimeout = 5
)

// show runs zenity and returns what it printed. A person who says no is
// [fault.UserRefused], with what was printed: extra buttons say no as well.
func (z zenity) show(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, z.program, append(args, "--title="+z.words.title, "--modal")...)
	var out bytes.Buffer
	cmd.Stdout = &out
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return out.Bytes(), nil
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case errors.As(err, &exit) && exit.ExitCode() == zenityNo:
		return out.Bytes(), fault.New(fault.UserRefused)
	case errors.As(err, &exit) && exit.ExitCode() == zenityTimeout:
		return nil, fault.New(fault.UserAbsent)
	}
	return nil, fault.Wrap(fault.AgentNoWindow, err)
}

// markup keeps a certificate's name from being read as Pango markup.
var markup = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func (z zenity) allow(ctx context.Context, text string) (always bool, err error) {
	out, err := z.show(ctx, "--question", "--default-cancel", "--width=520", "--text="+markup.Replace(text),
		"--ok-label="+z.words.once, "--cancel-label="+z.words.refuse, "--extra-button="+z.words.always)
	if errors.Is(err, fault.UserRefused) && strings.TrimSpace(string(out)) == z.words.always {
		return true, nil
	}
	return false, err
}

func (z zenity) choose(ctx context.Context, keys []Choice) (string, error) {
	args := []string{"--list", "--width=640", "--height=320", "--text=" + markup.Replace(z.words.choose),
		"--column=id", "--column=UKey", "--hide-column=1", "--print-column=1", "--ok-label=" + z.words.confirm, "--cancel-label=" + z.words.refuse}
	for _, k := range keys {
		args = append(args, k.ID, label(k))
	}
	out, err := z.show(ctx, args...)
	return strings.TrimSpace(string(out)), err
}

func (z zenity) confirm(ctx context.Context, text string) error {
	_, err := z.show(ctx, "--question", "--default-cancel", "--width=520", "--text="+markup.Replace(text),
		"--ok-label="+z.words.confirm, "--cancel-label="+z.words.refuse)
	return err
}

func (z zenity) pin(ctx context.Context, text string) (token.PIN, error) {
	out, err := z.show(ctx, "--entry", "--hide-text", "--width=520", "--text="+z.escape(text),
		"--ok-label="+z.words.confirm, "--cancel-label="+z.words.refuse)
	if err != nil {
		clear(out)
		return token.PIN{}, err
	}
	return token.NewPIN(bytes.TrimRight(out, "\r\n")), nil
}

// escape doubles what --entry would take for the mark of a shortcut.
func (zenity) escape(text string) string { return strings.ReplaceAll(text, "_", "__") }
