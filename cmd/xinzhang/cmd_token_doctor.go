package main

import (
	"strings"

	"xinzhang/internal/fault"
	"xinzhang/internal/inspect"
	"xinzhang/internal/token/skf"
)

// tokenDoctorCmd tells why a vendor's UKey does or does not work: what was found,
// step by step, and the reason where it stopped. It asks for no PIN.
//
// Exit status 0 when what was asked for works as far as it goes without a PIN, 1
// when a library that was named cannot be used. Among all known vendors it is
// usual that most are not installed.
type tokenDoctorCmd struct {
	Library string `arg:"" optional:"" help:"${h_doctor_library}"`
}

// libraryJSON is a library on the wire.
type libraryJSON struct {
	Vendor   string             `json:"vendor,omitempty"` // of the profile; none for an unknown library
	Title    string             `json:"title,omitempty"`
	Verified bool               `json:"verified"` // the profile was tried with a real device
	Asked    string             `json:"asked"`
	Found    bool               `json:"found"`
	Path     string             `json:"path,omitempty"`
	For      string             `json:"for,omitempty"` // system and machine, "windows-386"
	Loaded   bool               `json:"loaded"`
	Layout   string             `json:"layout,omitempty"`
	Devices  []deviceDoctorJSON `json:"devices"`
	Error    *doctorErrorJSON   `json:"error,omitempty"`
}

type deviceDoctorJSON struct {
	Name         string                  `json:"name"`
	Label        string                  `json:"label"`
	Serial       string                  `json:"serial"`
	Manufacturer string                  `json:"manufacturer,omitempty"`
	Hardware     bool                    `json:"hardware"`
	Applications []applicationDoctorJSON `json:"applications"`
	Error        *doctorErrorJSON        `json:"error,omitempty"`
}

type applicationDoctorJSON struct {
	Name       string                `json:"name"`
	PIN        *pinJSON              `json:"pin,omitempty"`
	AdminPIN   *pinJSON              `json:"admin_pin,omitempty"`
	Containers []containerDoctorJSON `json:"containers"`
	Error      *doctorErrorJSON      `json:"error,omitempty"`
}

type containerDoctorJSON struct {
	containerJSON
	Error *doctorErrorJSON `json:"error,omitempty"`
}

// doctorErrorJSON is a reason; raw is what the library answered.
type doctorErrorJSON struct {
	Code fault.Code `json:"code"`
	fault.Text
	Raw string `json:"raw,omitempty"`
}

func (c *tokenDoctorCmd) Run(a *app) error {
	asked := []string{c.Library}
	named := c.Library != ""
	if name, isSKF := strings.CutPrefix(a.provider, "skf:"); !named && isSKF {
		asked, named = []string{name}, true
	}
	if !named {
		asked = nil
		for _, p := range skf.Vendors() {
			asked = append(asked, p.Name)
		}
	}
	exit, all := 0, []libraryJSON{}
	for _, name := range asked {
		v := a.libraryView(skf.Look(a.ctx, name))
		if v.Error != nil && named {
			exit = 1
		}
		all = append(all, v)
	}
	var err error
	if a.json {
		err = writeJSON(a.stdout, all)
	} else {
		for _, v := range all {
			a.tellLibrary(v)
		}
	}
	if err == nil && exit != 0 {
		err = status(exit)
	}
	return err
}

func (a *app) doctorError(err error) *doctorErrorJSON {
	if err == nil {
		return nil
	}
	e := fault.Of(err)
	raw, _ := e.Args["raw"].(string)
	return &doctorErrorJSON{e.Code, e.Code.Text(a.lang, e.Args), raw}
}

func (a *app) libraryView(s skf.Survey) libraryJSON {
	v := libraryJSON{
		Vendor: s.Profile.Name, Title: s.Profile.Title.Words(a.lang), Verified: s.Profile.Verified, Asked: s.Asked,
		Found: s.For != "", Path: s.Path, For: s.For, Loaded: s.Loaded, Layout: s.Layout,
		Devices: []deviceDoctorJSON{}, Error: a.doctorError(s.Err),
	}
	for _, d := range s.Devices {
		dv := deviceDoctorJSON{
			Name: d.Name, Label: d.Label, Serial: d.Serial, Manufacturer: d.Manufacturer, Hardware: d.Hardware,
			Applications: []applicationDoctorJSON{}, Error: a.doctorError(d.Err),
		}
		for _, app := range d.Applications {
			dv.Applications = append(dv.Applications, a.applicationView(app))
		}
		v.Devices = append(v.Devices, dv)
	}
	return v
}

func (a *app) applicationView(s skf.ApplicationSurvey) applicationDoctorJSON {
	v := applicationDoctorJSON{Name: s.Name, Containers: []containerDoctorJSON{}, Error: a.doctorError(s.Err)}
	if s.User.Max != 0 {
		v.PIN = pinOf(s.User)
	}
	if s.Admin.Max != 0 {
		v.AdminPIN = pinOf(s.Admin)
	}
	for _, c := range s.Containers {
		cv := containerDoctorJSON{containerJSON: containerJSON{Name: c.Name}}
		for _, half := range []struct {
			der []byte
			to  **inspect.Brief
		}{{c.Signing, &cv.Signing}, {c.Encryption, &cv.Encryption}} {
			if half.der == nil {
				continue
			}
			report, err := inspect.Bytes(half.der, inspect.Options{At: a.now()})
			if err != nil || len(report.Items) == 0 || report.Items[0].Certificate == nil {
				cv.Error = a.doctorError(fault.Wrap(fault.CertBroken, err))
				continue
			}
			*half.to = &report.Items[0].Certificate.Brief
		}
		if c.Err != nil {
			cv.Error = a.doctorError(c.Err)
		}
		v.Containers = append(v.Containers, cv)
	}
	return v
}

func (a *app) tellLibrary(v libraryJSON) {
	title := v.Title
	if v.Vendor != "" {
		title += " [" + v.Vendor + "]"
	} else {
		title = v.Asked
	}
	if v.Vendor != "" && !v.Verified {
		title += a.word("doctor_unverified")
	}
	a.printf("%s\n", title)
	a.row("doctor_library", v.Path)
	a.row("doctor_for", v.For)
	if v.Loaded {
		a.row("doctor_loads", a.word("doctor_yes"))
	}
	a.row("doctor_layout", v.Layout)
	a.tellReason(v.Error)
	if v.Loaded && v.Error == nil && len(v.Devices) == 0 {
		a.printf("  %s\n", a.word("doctor_no_device"))
	}
	for _, d := range v.Devices {
		line := d.Name + a.word("comma") + d.Label + a.word("comma") + d.Serial
		if d.Hardware {
			line += a.word("comma") + a.word("doctor_chip")
		}
		a.row("doctor_device", line)
		a.tellReason(d.Error)
		for _, app := range d.Applications {
			a.tellApplication(app)
		}
	}
}

func (a *app) tellApplication(v applicationDoctorJSON) {
	a.row("doctor_application", v.Name)
	if v.PIN != nil {
		a.row("pin", a.pinWords(v.PIN))
	}
	if v.AdminPIN != nil {
		a.row("admin_pin", a.pinWords(v.AdminPIN))
	}
	a.tellReason(v.Error)
	for _, c := range v.Containers {
		a.row("container", c.Name)
		a.certRow("half_signing", c.Signing)
		a.certRow("half_encryption", c.Encryption)
		a.tellReason(c.Error)
	}
}

func (a *app) tellReason(e *doctorErrorJSON) {
	if e == nil {
		return
	}
	a.printf("  ✗ %s  [%s]\n", e.Title, e.Code)
	a.printf("    %s%s\n    %s%s\n", a.word("doctor_reason"), e.Cause, a.word("doctor_next"), e.Next)
	if e.Raw != "" && !strings.Contains(e.Title, e.Raw) {
		a.printf("    (%s)\n", e.Raw)
	}
}
