package main

import (
	"context"
	"errors"
	"slices"
	"strings"

	"xinzhang/internal/fault"
	"xinzhang/internal/home"
	"xinzhang/internal/token"
	"xinzhang/internal/token/skf"
	"xinzhang/internal/token/soft"
)

// A provider is where UKeys come from: "soft", the files of the data directory,
// or "skf:" and the name of a vendor or the path of its library.
type provider struct {
	driver  token.Driver
	library *skf.Driver // nil for software UKeys
}

const softProvider = "soft"

// providerFlag is part of the verbs that use UKeys.
type providerFlag struct {
	Provider string `help:"${h_provider}" placeholder:"soft|skf:VENDOR|skf:PATH"`
}

// ukeys returns the provider that the verb was given; it is opened once.
func (a *app) ukeys() (*provider, error) {
	if a.opened != nil {
		return a.opened, nil
	}
	name, isSKF := strings.CutPrefix(a.provider, "skf:")
	switch {
	case a.provider == softProvider:
		a.opened = &provider{driver: soft.New(home.Dir(a.home).Tokens())}
	case isSKF && name != "":
		library, err := skf.Open(name)
		if err != nil {
			return nil, err
		}
		a.opened = &provider{driver: library, library: library}
	default:
		return nil, wrongUse("u_choice", "--provider", "soft, skf:VENDOR, skf:PATH", a.provider)
	}
	return a.opened, nil
}

// close ends the process of a library.
func (p *provider) close() {
	if p != nil && p.library != nil {
		_ = p.library.Close() // nothing is left to be done about it
	}
}

// application returns the name of the application that holds the certificates of
// a device. On a vendor's UKey it is ours, one that the vendor uses, or the only
// one.
func (p *provider) application(ctx context.Context, device token.Device) (string, error) {
	if p.library == nil {
		return ukeyApplication, nil
	}
	names, err := device.Applications(ctx)
	if err != nil {
		return "", err
	}
	for _, name := range append([]string{ukeyApplication}, p.library.Profile().Applications...) {
		if slices.Contains(names, name) {
			return name, nil
		}
	}
	if len(names) == 1 {
		return names[0], nil
	}
	return "", fault.New(fault.AppAbsent, "app", ukeyApplication)
}

// openUKey opens a UKey with nothing verified, by its name; a software UKey also
// by the path of its file NAME.ukey.
func (a *app) openUKey(name string) (*ukey, error) {
	p, err := a.ukeys()
	if err != nil {
		return nil, err
	}
	driver := p.driver
	if folder, stem, isFile := ukeyFile(name); isFile && p.library == nil {
		driver, name = soft.New(folder), stem
	}
	device, err := driver.Connect(a.ctx, name)
	if err != nil {
		return nil, err
	}
	app, err := func() (token.Application, error) {
		name, err := p.application(a.ctx, device)
		if err != nil {
			return nil, err
		}
		return device.OpenApplication(a.ctx, name)
	}()
	if err != nil {
		return nil, errors.Join(err, device.Close())
	}
	return &ukey{app, device}, nil
}
