// Command xinzhang issues certificates to UKeys, puts signatures and seals into
// documents, and verifies them. Each verb stands in a file of its own,
// cmd_<verb>.go, and does nothing but wire the rooms of internal/ together.
//
// Results go to standard output, talk goes to standard error. Exit status 0 is
// success, 1 a refusal or failure, 4 wrong use or an unreadable file; verify has
// statuses of its own (see [verifyCmd]).
package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"xinzhang/internal/fault"
	"xinzhang/internal/home"
)

func main() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(gentle)
	}
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// gentle is the memory from which garbage is collected more often than when the heap
// has doubled: a hostile document may have a hundred megabytes held, and as much
// again would not have been collected. More than that may still be held.
const gentle = 128 << 20

// cli is the command line as kong reads it. Helps are keys of [words].
type cli struct {
	Lang string `help:"${h_lang}" enum:"zh,en," default:"" placeholder:"zh|en"`
	JSON bool   `name:"json" help:"${h_json}"`
	Home string `help:"${h_home}" env:"XINZHANG_HOME" type:"path" placeholder:"DIR"`

	Demo        demoCmd        `cmd:"" help:"${h_demo}"`
	CA          caCmd          `cmd:"" name:"ca" help:"${h_ca}"`
	Cert        certCmd        `cmd:"" help:"${h_cert}"`
	Inspect     inspectCmd     `cmd:"" help:"${h_inspect}"`
	LoginServer loginServerCmd `cmd:"" name:"login-server" help:"${h_login_server}"`
	Render      renderCmd      `cmd:"" help:"${h_render}"`
	Seal        sealCmd        `cmd:"" help:"${h_seal}"`
	Sign        signCmd        `cmd:"" help:"${h_sign}"`
	Token       tokenCmd       `cmd:"" help:"${h_token}"`
	Verify      verifyCmd      `cmd:"" help:"${h_verify}"`
}

// An app is what every verb works with.
type app struct {
	ctx    context.Context
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	lang   fault.Lang
	lines  *bufio.Reader // of stdin, when it is no terminal
	json   bool
	home   string // data directory

	provider string    // of UKeys, as it was asked for
	opened   *provider // once it was needed
	now      func() time.Time
}

// status ends the program with an exit status of its own; what there was to say
// has been said.
type status int

func (s status) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	lang := fault.LangOf(args, os.Getenv)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	a := &app{ctx: ctx, stdin: stdin, stdout: stdout, stderr: stderr, lang: lang, now: time.Now}

	var c cli
	exited := false
	parser, err := kong.New(&c, kong.Name("xinzhang"), kong.Description(words[lang]["about"]),
		kong.Vars(words[lang]), kong.UsageOnError(), kong.Writers(stdout, stderr),
		kong.Exit(func(int) { exited = true }))
	if err != nil {
		return a.fail(err)
	}
	parser.Model.HelpFlag.Help = words[lang]["h_help"]
	parsed, err := parser.Parse(args)
	if exited { // --help printed its page
		return 0
	}
	if err != nil {
		return a.fail(misparsed(err))
	}
	a.json = c.JSON
	dir, err := home.Locate(c.Home)
	if err != nil {
		return a.fail(err)
	}
	a.home = string(dir)
	a.provider = cmp.Or(c.Token.Provider, c.Sign.Provider, c.Cert.Issue.Provider, softProvider)
	err = parsed.Run(a)
	a.opened.close()
	return a.fail(err)
}

// fail words err for a person, or writes it as JSON, and returns the exit status.
func (a *app) fail(err error) int {
	var s status
	switch {
	case err == nil:
		return 0
	case errors.As(err, &s):
		return int(s)
	}
	e := plainer(fault.Of(err))
	t := e.Code.Text(a.lang, e.Args)
	if a.json {
		_ = writeJSON(a.stderr, map[string]any{"code": e.Code, "title": t.Title, "cause": t.Cause, "next": t.Next, "args": e.Args})
		return fault.Lookup(e.Code).ExitStatus
	}
	_, _ = fmt.Fprintf(a.stderr, "✗ %s\n", t.Title)
	if t.Cause != "" {
		_, _ = fmt.Fprintf(a.stderr, "  %s%s\n", words[a.lang]["cause"], t.Cause)
	}
	if t.Next != "" {
		_, _ = fmt.Fprintf(a.stderr, "  %s%s\n", words[a.lang]["next"], t.Next)
	}
	_, _ = fmt.Fprintf(a.stderr, "  [%s]\n", e.Code)
	if e.Err != nil && !strings.Contains(t.Title, e.Err.Error()) {
		_, _ = fmt.Fprintf(a.stderr, "  (%v)\n", e.Err)
	}
	return fault.Lookup(e.Code).ExitStatus
}
