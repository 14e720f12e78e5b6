package main

import (
	"fmt"

	"xinzhang/internal/agent"
	"xinzhang/internal/fault"
	"xinzhang/internal/prompt"
)

// openCmd opens the certificate manager in an app window, and starts the agent
// when it does not run.
type openCmd struct {
	Print bool `help:"${h_print}"`
}

func (c *openCmd) Run(a *app) error {
	r, err := a.started()
	if err != nil {
		return err
	}
	ticket, err := agent.Ticket(a.file("secret"), a.now())
	if err != nil {
		return err
	}
	url := fmt.Sprintf("http://127.0.0.1:%d/manager.html#ticket=%s", r.Port, ticket)
	if c.Print {
		fmt.Fprintln(a.stdout, url)
		return nil
	}
	if err := prompt.OpenApp(a.ctx, url); err != nil {
		a.say("no_browser", url)
		return fault.Wrap(fault.AgentNoWindow, err)
	}
	return nil
}
