package main

import (
	"encoding/json"
	"fmt"

	"xinzhang/internal/agent"
	"xinzhang/internal/beijing"
)

// statusCmd says whether the agent runs, and how it does.
type statusCmd struct{}

func (*statusCmd) Run(a *app) error {
	r, err := a.found()
	if err != nil {
		return err
	}
	var s agent.Status
	if err := a.managed(r, "/v1/manager/status", &s); err != nil {
		return err
	}
	if a.json {
		return json.NewEncoder(a.stdout).Encode(s)
	}
	fmt.Fprintf(a.stdout, words[a.lang]["status"]+"\n", s.Version, s.Port, s.PID, beijing.Moment(s.Started), s.Window, s.Keys, s.Pending, s.Home)
	return nil
}
