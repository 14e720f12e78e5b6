package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"xinzhang/internal/fault"
)

// signCmd puts signatures and seals on a document. It first rehearses the whole
// task, which --dry-run ends with, and asks for a PIN only when nothing stands
// against it. The document is written to a new file and verified there.
//
// Exit status 0: written, or could be; 1: refused, or the result does not hold;
// 4: wrong use.
type signCmd struct {
	File      string     `arg:"" name:"file" help:"${h_sign_file}" type:"path"`
	Token     string     `help:"${h_sign_token}" placeholder:"NAME|FILE"`
	Container string     `help:"${h_sign_container}" placeholder:"NAME"`
	Seal      string     `help:"${h_sign_seal}" placeholder:"FILE|ID"`
	Place     placeFlags `embed:""`
	Plan      string     `help:"${h_sign_plan}" type:"path" placeholder:"FILE"`
	Out       string     `short:"o" help:"${h_sign_out}" type:"path" placeholder:"FILE"`
	Force     bool       `help:"${h_sign_force}"`
	PINFile   string     `name:"pin-file" help:"${h_sign_pin_file}" type:"path" placeholder:"FILE"`
	LastTry   bool       `name:"last-try" help:"${h_last_try}"`
	DryRun    bool       `short:"n" help:"${h_sign_dry}"`

	providerFlag
}

// placeFlags say where the seal goes. Points, keywords and an edge may be given
// together: each is a place of the one signature.
type placeFlags struct {
	Page      int      `help:"${h_sign_page}" placeholder:"N"`
	Pages     string   `help:"${h_sign_pages}" placeholder:"1-3,5"`
	At        []string `help:"${h_sign_at}" sep:"none" placeholder:"X,Y"`
	Keyword   []string `help:"${h_sign_keyword}" sep:"none" placeholder:"TEXT"`
	Nth       string   `help:"${h_sign_nth}" placeholder:"N|last|all"`
	Offset    string   `help:"${h_sign_offset}" placeholder:"DX,DY"`
	CrossPage string   `name:"cross-page" help:"${h_sign_cross}" enum:"right,left,top,bottom," default:"" placeholder:"EDGE"`
	From      *float64 `help:"${h_sign_from}" placeholder:"MM"`
	Parts     int      `help:"${h_sign_parts}" placeholder:"N"`
}

func (c *signCmd) Run(a *app) (err error) {
	task, err := c.task()
	if err != nil {
		return err
	}
	s, err := openSigning(a, c.File)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.rehearse(task); err != nil {
		return err
	}
	if c.DryRun {
		return s.tell()
	}
	if err := s.refusals(); err != nil {
		return err
	}
	out, err := c.output()
	if err != nil {
		return err
	}
	if err := s.enterPINs(c.LastTry); err != nil {
		return err
	}
	if err := s.write(out); err != nil {
		return err
	}
	return s.judge(out)
}

// task is what the flags or the file of --plan ask for.
func (c *signCmd) task() (*signTask, error) {
	places, err := c.Place.specs()
	if err != nil {
		return nil, err
	}
	if c.Plan != "" {
		if c.Token+c.Seal+c.Container+c.PINFile != "" || len(places) > 0 {
			return nil, wrongUse("u_plan_alone")
		}
		return readTask(c.Plan)
	}
	switch {
	case c.Token == "":
		return nil, wrongUse("u_absent", "--token")
	case c.Seal == "":
		return nil, wrongUse("u_absent", "--seal")
	case len(places) == 0:
		return nil, fault.New(fault.SignNoPlace)
	}
	return &signTask{[]signStep{{Token: c.Token, Container: c.Container, Seal: c.Seal, PINFile: c.PINFile, Places: places}}}, nil
}

// specs turns the flags into places: one for each point and each keyword, and
// one for the edge.
func (f placeFlags) specs() ([]placeSpec, error) {
	pages := f.Pages
	if f.Page != 0 {
		pages = strings.TrimPrefix(pages+","+strconv.Itoa(f.Page), ",")
	}
	switch {
	case len(f.At)+len(f.Keyword) == 0 && f.CrossPage == "" && pages != "":
		return nil, fault.New(fault.SignNoPlace)
	case len(f.Keyword) == 0 && f.Nth+f.Offset != "":
		return nil, wrongUse("u_needs", "--nth, --offset", "--keyword")
	case f.CrossPage == "" && (f.From != nil || f.Parts != 0):
		return nil, wrongUse("u_needs", "--from, --parts", "--cross-page")
	}
	var out []placeSpec
	for _, at := range f.At {
		out = append(out, placeSpec{Pages: pages, At: at})
	}
	for _, k := range f.Keyword {
		out = append(out, placeSpec{Pages: pages, Keyword: k, Nth: f.Nth, Offset: f.Offset})
	}
	if f.CrossPage != "" {
		out = append(out, placeSpec{Pages: pages, CrossPage: f.CrossPage, From: f.From, Parts: f.Parts})
	}
	return out, nil
}

// output is where the signed document goes: beside the input unless -o says
// otherwise. A file that is there is kept.
func (c *signCmd) output() (string, error) {
	out := c.Out
	if out == "" {
		ext := filepath.Ext(c.File)
		out = strings.TrimSuffix(c.File, ext) + ".signed" + ext
	}
	there, err := os.Stat(out)
	if errors.Is(err, fs.ErrNotExist) {
		return out, nil
	}
	if err != nil {
		return "", fault.Wrap(fault.FileUnwritable, err, "file", out)
	}
	if in, err := os.Stat(c.File); err == nil && os.SameFile(in, there) {
		return "", wrongUse("u_onto_itself")
	}
	if !c.Force || there.IsDir() {
		return "", fault.New(fault.FileExists, "file", out)
	}
	return out, nil
}
