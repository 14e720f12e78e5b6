package main

import (
	"log/slog"
	"slices"

	"xinzhang/internal/keyring"
	"xinzhang/internal/token/skf"
	"xinzhang/internal/token/soft"
)

// ring is the UKeys of this PC: software UKeys of the data directory, and those
// behind the libraries of vendors that are installed, or that --skf names. stop
// ends the processes of the libraries.
func (c *runCmd) ring(a *app, log *slog.Logger) (ring *keyring.Ring, stop func()) {
	providers := []keyring.Provider{keyring.Soft(soft.New(a.home.Tokens()), a.home.Tokens())}
	var libraries []*skf.Driver
	for _, name := range c.vendors() {
		library, err := skf.Open(name)
		if err != nil {
			log.DebugContext(a.ctx, "no UKeys of this vendor", "vendor", name, "reason", err)
			continue
		}
		libraries = append(libraries, library)
		providers = append(providers, keyring.SKF(library))
	}
	ring = keyring.New(keyring.Config{Log: log, Now: a.now, Unfit: a.unfit}, providers...)
	return ring, func() {
		for _, l := range libraries {
			_ = l.Close()
		}
	}
}

// ownLibrary gives the software UKeys to programs of others: here they would
// stand twice.
const ownLibrary = "xinzhang"

func (c *runCmd) vendors() []string {
	if slices.Contains(c.SKF, "none") {
		return nil
	}
	if len(c.SKF) > 0 {
		return c.SKF
	}
	var names []string
	for _, p := range skf.Vendors() {
		if p.Name != ownLibrary {
			names = append(names, p.Name)
		}
	}
	return names
}
