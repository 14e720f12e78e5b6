package keyring

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/token"
)

// PluggedIn is a UKey as it was found.
type PluggedIn struct {
	Kind string // of its provider
	Name string // by which the provider knows it
	Info token.Info
	Keys []*Found
	Err  error // why it could not be read, or not whole

	provider *watched
}

// Found is a key as it was found: a container with a signing certificate.
type Found struct {
	ID          string // SM3 of the signing certificate, hex
	Signing     *cert.Certificate
	Encryption  *cert.Certificate // nil: the container has none
	Application string
	Container   string
	Tries       Tries
	Files       []token.FileInfo // of the application
	Device      *PluggedIn

	// What the certificate says does not change: it is read once.
	role  cert.Role
	login error // why it may not log in
	shown Key   // without what depends on purpose, time and tries
}

// scanTime bounds one look at the UKeys of a provider.
const scanTime = 30 * time.Second

// Refresh looks at all UKeys.
func (r *Ring) Refresh(ctx context.Context) {
	var all sync.WaitGroup
	for _, p := range r.providers {
		all.Go(func() { r.scan(ctx, p) })
	}
	all.Wait()
}

// scan looks at the UKeys of one provider and reports whether all could be read.
func (r *Ring) scan(ctx context.Context, p *watched) (whole bool) {
	ctx, cancel := context.WithTimeout(ctx, scanTime)
	defer cancel()
	select {
	case <-ctx.Done():
		return false
	case <-p.scanning:
	}
	defer func() { p.scanning <- struct{}{} }()
	names, err := p.Devices(ctx)
	if err != nil {
		r.cfg.Log.WarnContext(ctx, "cannot list UKeys", "kind", p.Kind(), "error", err)
	}
	whole = err == nil
	var devices []*PluggedIn
	for _, name := range names {
		d := look(ctx, p, name)
		if d == nil { // a library that crashed may say so of one that is there
			whole = false
			continue
		}
		devices = append(devices, d)
		whole = whole && (d.Err == nil || errors.Is(d.Err, fault.KeyNoCertificate))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	moved := !slices.EqualFunc(p.devices, devices, same)
	p.devices = devices
	if moved {
		r.notify()
	}
	return whole
}

// same reports whether nothing that is shown differs.
func same(a, b *PluggedIn) bool {
	return a.Kind == b.Kind && a.Name == b.Name && a.Info.Label == b.Info.Label && a.Info.Serial == b.Info.Serial &&
		(a.Err == nil) == (b.Err == nil) &&
		slices.EqualFunc(a.Keys, b.Keys, func(x, y *Found) bool {
			return x.ID == y.ID && x.Container == y.Container && x.Tries == y.Tries && (x.Encryption == nil) == (y.Encryption == nil)
		})
}

// look reads one device; nil when it was gone again.
func look(ctx context.Context, p *watched, name string) *PluggedIn {
	d := &PluggedIn{Kind: p.Kind(), Name: name, provider: p}
	d.Err = d.read(ctx)
	if errors.Is(d.Err, fault.TokenAbsent) || errors.Is(d.Err, fault.TokenRemoved) {
		return nil
	}
	if d.Err == nil && len(d.Keys) == 0 {
		d.Err = fault.New(fault.KeyNoCertificate)
	}
	return d
}

func (d *PluggedIn) read(ctx context.Context) error {
	device, err := d.provider.Connect(ctx, d.Name)
	if err != nil {
		return err
	}
	defer func() { _ = device.Close() }()
	if d.Info, err = device.Info(ctx); err != nil {
		return err
	}
	apps, err := device.Applications(ctx)
	if err != nil {
		return err
	}
	var broken []error
	for _, name := range apps {
		broken = append(broken, d.readApplication(ctx, device, name))
	}
	return errors.Join(broken...)
}

func (d *PluggedIn) readApplication(ctx context.Context, device token.Device, name string) error {
	app, err := device.OpenApplication(ctx, name)
	if err != nil {
		return err
	}
	defer func() { _ = app.Close() }()
	tries := readTries(ctx, app)
	files, err := app.Files(ctx)
	if err != nil {
		files = nil // some keys list files only behind the PIN
	}
	containers, err := app.Containers(ctx)
	if err != nil {
		return err
	}
	var broken []error
	for _, container := range containers {
		f := &Found{Application: name, Container: container, Tries: tries, Files: files, Device: d}
		err := f.read(ctx, app)
		if errors.Is(err, fault.ContainerNoCertificate) {
			continue // an issue that is under way, or was broken off
		}
		if err != nil {
			broken = append(broken, err)
			continue
		}
		d.Keys = append(d.Keys, f)
	}
	return errors.Join(broken...)
}

// readTries asks the UKey. One that cannot tell is not known.
func readTries(ctx context.Context, app token.Application) Tries {
	info, err := app.PINInfo(ctx, token.UserPIN)
	if err != nil || info.Max == 0 {
		return Tries{First: info.First}
	}
	return Tries{Left: info.Left, Max: info.Max, Known: true, First: info.First}
}

func (f *Found) read(ctx context.Context, app token.Application) error {
	c, err := app.OpenContainer(ctx, f.Container)
	if err != nil {
		return err
	}
	der, err := c.ExportCertificate(ctx, token.Signing)
	if err != nil {
		return err
	}
	if f.Signing, err = cert.Parse(der); err != nil {
		return err
	}
	if err := f.belongs(ctx, c); err != nil {
		return err
	}
	f.ID, f.role, f.login = ID(der), f.Signing.Role(), f.Signing.CheckLogIn()
	f.shown = f.plain()
	if der, err = c.ExportCertificate(ctx, token.Encryption); err == nil {
		if f.Encryption, err = cert.Parse(der); err != nil {
			return err
		}
	}
	return nil
}

// belongs makes sure that the signing certificate is for the key in c. What a
// container signs is right for its key, which is not to say that it is for this
// certificate.
func (f *Found) belongs(ctx context.Context, c token.Container) error {
	public, err := c.ExportPublicKey(ctx, token.Signing)
	if err != nil {
		return err
	}
	if f.Signing.PublicKey == nil || !f.Signing.PublicKey.Equal(public) {
		return fault.New(fault.KeyCertMismatch, "container", f.Container, "use", token.Signing)
	}
	return nil
}

// ID is how a key is told apart: SM3 of its DER signing certificate, hex.
func ID(certificate []byte) string {
	sum := sm3.Sum(certificate)
	return hex.EncodeToString(sum[:])
}

// Holder is the name of the person or organisation, ID numbers masked.
func (f *Found) Holder() string { return f.shown.Holder }

func (f *Found) describe(now time.Time) Key {
	k := f.shown
	k.State = f.state(now)
	return k
}

// plain is what a page may see of the certificate.
func (f *Found) plain() Key {
	c, serial := f.Signing, f.Signing.SerialHex()
	unit, department := c.Subject().Units()
	return Key{
		ID: f.ID, Kind: f.kind(), Holder: cert.MaskIDNumbers(c.Holder()),
		Unit: cert.MaskIDNumbers(unit), Department: cert.MaskIDNumbers(department),
		SerialTail: serial[max(0, len(serial)-4):], NotBefore: c.NotBefore, NotAfter: c.NotAfter,
		Device: Device{Name: f.Device.title(), Kind: f.Device.Kind, Vendor: f.Device.Info.Manufacturer},
	}
}

func (d *PluggedIn) title() string {
	if d.Info.Label != "" {
		return d.Info.Label
	}
	return d.Name
}

func (f *Found) kind() Kind {
	switch f.role {
	case cert.RolePerson:
		return Person
	case cert.RoleOrganisation:
		return Organisation
	}
	return Other
}

func (f *Found) state(now time.Time) State {
	switch {
	case now.After(f.Signing.NotAfter):
		return Expired
	case now.Before(f.Signing.NotBefore):
		return NotYetValid
	case f.Tries.Known && f.Tries.Left == 0:
		return PINLocked
	case f.Tries.First:
		return PINFirst
	}
	return Ready
}
