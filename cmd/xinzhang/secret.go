package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"xinzhang/internal/fault"
)

// A secretSource says where a PIN or passphrase comes from. It never comes from
// the command line itself, which every user of the machine can read.
type secretSource struct {
	file string // read from this file, "" for none
	env  string // else from this variable, when it is set
	ask  string // else by asking this at the terminal
}

// maxSecret bounds a secret's length.
const maxSecret = 1024

// read returns the secret; the caller clears it.
func (s secretSource) read(a *app) ([]byte, error) {
	if s.file != "" {
		return readSecretFile(s.file)
	}
	if v, ok := os.LookupEnv(s.env); ok && s.env != "" {
		return []byte(v), nil
	}
	return a.prompt(s.ask)
}

func readSecretFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fault.Wrap(fault.FileUnreadable, err, "file", name)
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err != nil || len(b) > maxSecret {
		return nil, fault.Wrap(fault.FileUnreadable, err, "file", name)
	}
	return bytes.TrimRight(b, "\r\n"), nil
}

// prompt asks at the terminal without echo. Where standard input is no terminal,
// one line of it is taken, so that a script can pipe the secret in.
func (a *app) prompt(ask string) ([]byte, error) {
	if f, ok := a.stdin.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		_, _ = fmt.Fprint(a.stderr, ask)
		b, err := term.ReadPassword(int(f.Fd()))
		_, _ = fmt.Fprintln(a.stderr)
		if err != nil {
			return nil, fault.Wrap(fault.SecretMissing, err)
		}
		return b, nil
	}
	if a.lines == nil {
		a.lines = bufio.NewReaderSize(a.stdin, maxSecret)
	}
	line, err := a.lines.ReadSlice('\n')
	line = bytes.TrimRight(line, "\r\n")
	if len(line) == 0 && err != nil {
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return nil, fault.Wrap(fault.SecretMissing, err)
	}
	return bytes.Clone(line), nil
}
