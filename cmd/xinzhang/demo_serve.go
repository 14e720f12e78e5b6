package main

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"xinzhang/internal/demosite"
	"xinzhang/internal/fault"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/prompt"
	"xinzhang/internal/sign"
	"xinzhang/internal/trust"
	"xinzhang/internal/webui"
)

// The story: a business system in the browser and the agent beside it, on the
// UKeys that the demo has just made.

// serve runs both until the person ends it.
func (c *demoCmd) serve(d *demo) error {
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fault.Wrap(fault.DemoPortInUse, err, "address", c.Listen)
	}
	agent, err := startAgent(d.ctx, d.home, d.lang)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer func() { _ = agent.stop() }()
	origin := "http://" + listener.Addr().String()
	site, err := d.site(origin)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	server := &http.Server{Handler: site.Handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute}
	page := origin + "/demo.html"
	if d.lang != fault.ZH {
		page += "?lang=" + string(d.lang)
	}
	d.say("demo_open", page, d.staffFile(), string(d.person.pin), string(d.org.pin))
	if !c.NoOpen {
		if err := prompt.OpenApp(d.ctx, page); err != nil {
			d.say("demo_no_browser") // the address stands above
		}
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case <-d.ctx.Done():
		soon, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		return server.Shutdown(soon)
	case err = <-ended:
	case err = <-agent.ended:
		err = fault.Wrap(fault.DemoAgentEnded, err)
	}
	return errors.Join(err, server.Close())
}

// site is the business system with fresh documents.
func (d *demo) site(origin string) (*demosite.Site, error) {
	var documents []demosite.Document
	for _, story := range demoStories {
		content, err := demoDocument(d.now(), story)
		if err != nil {
			return nil, err
		}
		documents = append(documents, demosite.Document{ID: story.id, Title: story.title, OFD: content, Places: map[demosite.Act]sign.Place{
			story.act:     {Keyword: demoSignHere, DX: 42},
			demosite.Seal: {Keyword: demoSealHere, DX: -4, DY: 4},
		}})
	}
	if err := d.writeStaff(); err != nil {
		return nil, err
	}
	return demosite.New(demosite.Config{
		Origin:    origin,
		Staff:     d.staff,
		Seals:     []*ses.Seal{d.person.seal, d.org.seal},
		Documents: documents,
		Hints:     []demosite.Hint{{Holder: demoPerson, PIN: string(d.person.pin)}, {Holder: demoUnit, PIN: string(d.org.pin)}},
		Trust:     func() (*trust.Set, error) { return loadTrust(d.home, nil, nil) },
		Pages:     webui.Handler(agentSources()...),
		Now:       d.now,
	}), nil
}

// staffFile is the staff register of the business system. Who wants to see what a
// wrong ID number in it does changes one there.
func (d *demo) staffFile() string { return filepath.Join(d.dir, "staff.json") }

func (d *demo) writeStaff() error {
	p := d.person.subject
	staff := []demosite.Person{{Name: p.CommonName, Unit: p.Organisation, Post: demoDepartment, IDNumber: p.IDNumber}}
	b, err := json.MarshalIndent(staff, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(d.staffFile(), append(b, '\n'), 0o600)
}

// staff is the register as it stands now.
func (d *demo) staff() ([]demosite.Person, error) {
	b, err := os.ReadFile(d.staffFile())
	if err != nil {
		return nil, fault.Wrap(fault.FileUnreadable, err, "file", d.staffFile())
	}
	var staff []demosite.Person
	if err := json.Unmarshal(b, &staff); err != nil {
		return nil, fault.Wrap(fault.FileUnreadable, err, "file", d.staffFile())
	}
	return staff, nil
}

// agentSources are the places where the page SDK looks for the agent.
func agentSources() []string {
	var all []string
	for _, port := range []string{"18099", "18100", "18101"} {
		all = append(all, "http://127.0.0.1:"+port, "ws://127.0.0.1:"+port)
	}
	return all
}

// An agentProcess is the agent of the story.
type agentProcess struct {
	cmd   *exec.Cmd
	ended chan error
}

// startAgent starts the agent that lies beside this program, on the UKeys of home.
func startAgent(ctx context.Context, home string, lang fault.Lang) (*agentProcess, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fault.Wrap(fault.InternalError, err)
	}
	program := filepath.Join(filepath.Dir(self), "xinzhang-agent"+filepath.Ext(self))
	cmd := exec.CommandContext(ctx, program, "--lang", string(lang), "run")
	cmd.Env = append(os.Environ(), "XINZHANG_HOME="+home)
	cmd.Stderr = os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 3 * time.Second
	if err := cmd.Start(); err != nil {
		return nil, fault.Wrap(fault.DemoAgentAbsent, err, "file", program)
	}
	a := &agentProcess{cmd, make(chan error, 1)}
	go func() { a.ended <- cmd.Wait() }()
	return a, nil
}

func (a *agentProcess) stop() error {
	_ = a.cmd.Cancel()
	select {
	case err := <-a.ended:
		return err
	case <-time.After(5 * time.Second):
		return a.cmd.Process.Kill()
	}
}
