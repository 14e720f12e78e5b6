// Command xinzhang-agent is the agent of a user's PC: it lets pages in the browser
// use the UKeys, asks the person first, and shows the certificate manager. It
// holds no server code. Each verb stands in a file of its own.
//
// Exit status 0 is success, 1 a refusal or failure, 4 wrong use.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"xinzhang/internal/fault"
	"xinzhang/internal/home"
)

// version is set by the linker for releases.
var version = "0.0.0-dev"

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// cli is the command line as kong reads it. Helps are keys of [words].
type cli struct {
	Lang string `help:"${h_lang}" enum:"zh,en," default:"" placeholder:"zh|en"`
	JSON bool   `name:"json" help:"${h_json}"`
	Home string `help:"${h_home}" env:"XINZHANG_HOME" type:"path" placeholder:"DIR"`

	Run     runCmd     `cmd:"" help:"${h_run}"`
	Open    openCmd    `cmd:"" help:"${h_open}"`
	Status  statusCmd  `cmd:"" help:"${h_status}"`
	Origins originsCmd `cmd:"" help:"${h_origins}"`
	Systems systemsCmd `cmd:"" help:"${h_systems}"`
}

// An app is what every verb works with.
type app struct {
	ctx            context.Context
	stdout, stderr io.Writer
	lang           fault.Lang
	json           bool
	home           home.Dir
	now            func() time.Time
}

func run(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	a := &app{ctx: ctx, stdout: stdout, stderr: stderr, lang: fault.LangOf(args, os.Getenv), now: time.Now}
	var c cli
	exited := false
	parser, err := kong.New(&c, kong.Name("xinzhang-agent"), kong.Description(words[a.lang]["about"]), kong.Vars(words[a.lang]),
		kong.UsageOnError(), kong.Writers(stdout, stderr), kong.Exit(func(int) { exited = true }))
	if err != nil {
		return a.fail(err)
	}
	parser.Model.HelpFlag.Help = words[a.lang]["h_help"]
	parsed, err := parser.Parse(args)
	if exited { // --help printed its page
		return 0
	}
	if err != nil {
		return a.fail(fault.Wrap(fault.UsageWrong, err, "what", err.Error()))
	}
	a.json = c.JSON
	if a.home, err = home.Locate(c.Home); err != nil {
		return a.fail(err)
	}
	return a.fail(parsed.Run(a))
}

// fail words err for a person, or writes it as JSON, and returns the exit status.
func (a *app) fail(err error) int {
	if err == nil {
		return 0
	}
	e := fault.Of(err)
	t := e.Code.Text(a.lang, e.Args)
	if a.json {
		_ = json.NewEncoder(a.stderr).Encode(map[string]any{"code": e.Code, "title": t.Title, "cause": t.Cause, "next": t.Next, "args": e.Args})
		return fault.Lookup(e.Code).ExitStatus
	}
	fmt.Fprintf(a.stderr, "✗ %s\n  %s\n  → %s\n  [%s]\n", t.Title, t.Cause, t.Next, e.Code)
	if e.Err != nil {
		fmt.Fprintf(a.stderr, "  (%v)\n", e.Err)
	}
	return fault.Lookup(e.Code).ExitStatus
}

func (a *app) say(word string, args ...any) { fmt.Fprintf(a.stderr, words[a.lang][word]+"\n", args...) }

func (a *app) file(name string) string { return filepath.Join(a.home.Agent(), name) }
