package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"xinzhang/internal/fault"
	"xinzhang/internal/inspect"
)

// inspectCmd says what files are. It explains and does not judge: the exit status
// is 0 when every file could be read, also when a signature in it is wrong.
type inspectCmd struct {
	Files    []string `arg:"" name:"file" help:"${h_inspect_files}" type:"path"`
	RevealID bool     `name:"reveal-id" help:"${h_reveal_id}"`
	Picture  string   `help:"${h_inspect_picture}" type:"path" placeholder:"OUT"`
	At       string   `help:"${h_at_time}" placeholder:"TIME"`
}

func (c *inspectCmd) Run(a *app) error {
	opt := inspect.Options{At: a.now(), RevealID: c.RevealID}
	if c.At != "" {
		var err error
		if opt.At, err = parseTime(c.At); err != nil {
			return err
		}
	}
	if c.Picture != "" && len(c.Files) > 1 {
		return wrongUse("u_one_file", "--picture")
	}
	var reports []*inspect.Report
	exit := 0
	for i, name := range c.Files {
		r, err := inspectFile(name, opt)
		if err != nil {
			exit = a.fail(err)
			continue
		}
		reports = append(reports, r.Word(a.lang))
		if !a.json {
			if i > 0 {
				_, _ = fmt.Fprintln(a.stdout)
			}
			if err := inspect.Text(a.stdout, r, a.lang); err != nil {
				return err
			}
		}
		if c.Picture != "" {
			if err := writePictures(a, c.Picture, r); err != nil {
				return err
			}
		}
	}
	if a.json {
		if err := writeOneOrAll(a, reports, len(c.Files) == 1); err != nil {
			return err
		}
	}
	if exit != 0 {
		return status(exit)
	}
	return nil
}

func inspectFile(name string, opt inspect.Options) (*inspect.Report, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fault.Wrap(fault.FileUnreadable, err, "file", name)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil, fault.Wrap(fault.FileUnreadable, err, "file", name)
	}
	r, err := inspect.File(f, info.Size(), opt)
	if errors.Is(err, fault.FileUnknownKind) || errors.Is(err, fault.FileCut) {
		fault.Of(err).Args["file"] = filepath.Base(name)
	}
	if err != nil {
		if kinds := recognise(name); len(kinds) > 0 && !kinds[0].Foreign() {
			return nil, err
		}
		return nil, otherKind(err, name, inspect.KindDocument, inspect.KindCertificate, inspect.KindSeal, inspect.KindSignedData)
	}
	r.File = filepath.Base(name)
	return r, nil
}

// writePictures writes the pictures of the seals in r. Several pictures get
// numbers: seal.png, seal-2.png.
func writePictures(a *app, out string, r *inspect.Report) error {
	pictures := r.Pictures()
	if len(pictures) == 0 {
		return wrongUse("no_picture")
	}
	for i, p := range pictures {
		name := out
		if i > 0 {
			ext := filepath.Ext(out)
			name = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(out, ext), i+1, ext)
		}
		if err := writeFile(name, p.Data, 0o644); err != nil {
			return err
		}
		a.say("picture_written", name, p.Ending())
	}
	return nil
}
