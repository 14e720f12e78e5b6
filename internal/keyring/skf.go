package keyring

import (
	"context"

	"xinzhang/internal/token/skf"
)

type skfProvider struct{ *skf.Driver }

// SKF is the provider of the UKeys behind a vendor's library.
func SKF(library *skf.Driver) Provider { return skfProvider{library} }

func (skfProvider) Kind() string { return "skf" }

// Watch takes every event for a change; the library is asked by its own driver.
func (p skfProvider) Watch(ctx context.Context, changed func()) {
	for range p.Driver.Watch(ctx) {
		changed()
	}
}
