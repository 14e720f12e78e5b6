package main

import (
	"encoding/json"
	"fmt"
	"os"

	"xinzhang/internal/fault"
	"xinzhang/internal/systems"
)

// originsCmd shows and changes which sites may call. A running agent takes notice
// at once.
type originsCmd struct {
	List   originsListCmd   `cmd:"" help:"${h_origins_list}"`
	Allow  originsAllowCmd  `cmd:"" help:"${h_origins_allow}"`
	Revoke originsRevokeCmd `cmd:"" help:"${h_origins_revoke}"`
}

type originsListCmd struct{}

type originsAllowCmd struct {
	Origin string `arg:"" help:"${h_origin}"`
}

type originsRevokeCmd struct {
	Origin string `arg:"" help:"${h_origin}"`
}

func (*originsListCmd) Run(a *app) error {
	who, err := a.systems()
	if err != nil {
		return err
	}
	list, listErr := who.List()
	if a.json {
		out := struct {
			User []systems.Allowed `json:"user"`
			List []systems.System  `json:"list"`
		}{User: who.User(), List: []systems.System{}}
		if list != nil {
			out.List = list.Systems
		}
		return json.NewEncoder(a.stdout).Encode(out)
	}
	for _, o := range who.User() {
		fmt.Fprintln(a.stdout, o.Origin)
	}
	if list != nil {
		for _, s := range list.Systems {
			for _, o := range s.Origins {
				fmt.Fprintf(a.stdout, "%s\t%s\n", o, s.Name)
			}
		}
	}
	return listErr
}

func (c *originsAllowCmd) Run(a *app) error {
	if err := os.MkdirAll(a.home.Agent(), 0o700); err != nil {
		return fault.Wrap(fault.FileUnwritable, err, "file", a.home.Agent())
	}
	who, err := a.systems()
	if err != nil {
		return err
	}
	return who.Allow(c.Origin)
}

func (c *originsRevokeCmd) Run(a *app) error {
	who, err := a.systems()
	if err != nil {
		return err
	}
	return who.Revoke(c.Origin)
}
