//go:build linux

// The program vcard keeps a virtual UKey in a virtual reader while something else
// is tested: an agent, a browser, a program of the field with libskf_vcard.so.
//
//	vcard TOKENS NAME      the software UKey NAME of the folder TOKENS; needs root
//
// It prints the environment variable by which programs find the reader, and obeys
// lines on standard input until it ends; each is answered by "ok" or "error: …":
//
//	plug
//	unplug
//	pull 74 30     pull it in the middle of the answer to the next command 74 (a
//	               signature), after 30 octets; answered when it has happened
//	delay 200ms    before every answer from now on
//	commands       how many were answered
package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"xinzhang/internal/token/card"
	"xinzhang/internal/token/soft"
	"xinzhang/test/virtualcard"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "vcard:", err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) != 3 {
		return errors.New("usage: vcard TOKENS NAME")
	}
	if missing := virtualcard.Missing(); missing != "" {
		return fmt.Errorf("%s is absent", missing)
	}
	dir, err := os.MkdirTemp("", "vcard")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	reader, err := virtualcard.Start(dir)
	if err != nil {
		return err
	}
	defer reader.Close()
	d := desk{reader.Slot(0), card.New(soft.New(os.Args[1]), os.Args[2])}
	defer d.slot.Unplug()
	fmt.Println(strings.Join(reader.Env(), "\n"))
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		answer, err := d.obey(lines.Text())
		if err != nil {
			answer = "error: " + err.Error()
		}
		fmt.Println(answer)
	}
	return lines.Err()
}

// A desk is where the reader stands.
type desk struct {
	slot *virtualcard.Slot
	card *card.Card
}

func (d desk) obey(line string) (string, error) {
	verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	switch verb {
	case "plug":
		return "ok", d.slot.Plug(d.card)
	case "unplug":
		d.slot.Unplug()
		return "ok", nil
	case "pull":
		var ins byte
		var octets int
		if _, err := fmt.Sscanf(rest, "%x %d", &ins, &octets); err != nil {
			return "", fmt.Errorf("pull %q: %w", rest, err)
		}
		<-d.slot.UnplugDuring(ins, octets)
		return "ok", nil
	case "delay":
		pause, err := time.ParseDuration(rest)
		if err != nil {
			return "", err
		}
		d.slot.Delay(pause)
		return "ok", nil
	case "commands":
		return fmt.Sprintf("ok %d", d.slot.Commands()), nil
	}
	return "", fmt.Errorf("%q is no order", verb)
}
