package skf

import (
	"context"
	"errors"

	"xinzhang/internal/fault"
	"xinzhang/internal/token"
)

// A Survey is what can be found out about a library and its devices without a PIN:
// for people who ask why their UKey does not work.
type Survey struct {
	Asked   string // vendor or path
	Profile Profile
	Path    string // of the library; "" when it was not found
	For     string // the system and machine that it is made for, as "windows-386"
	Loaded  bool
	Layout  string // "" before a device was there
	Devices []DeviceSurvey
	Err     error // what stopped the survey of the library; nil when nothing did
}

// A DeviceSurvey is a device of a [Survey].
type DeviceSurvey struct {
	token.Info
	Applications []ApplicationSurvey
	Err          error
}

// An ApplicationSurvey is an application of a [DeviceSurvey].
type ApplicationSurvey struct {
	Name       string
	User       token.PINInfo
	Admin      token.PINInfo
	Containers []ContainerSurvey
	Err        error
}

// A ContainerSurvey is a container: its certificates in DER, nil where there is
// none.
type ContainerSurvey struct {
	Name                string
	Signing, Encryption []byte
	Err                 error
}

// Look surveys a vendor's library, or the one at a path. It stops at nothing that
// concerns one device, application or container only.
func Look(ctx context.Context, vendorOrPath string) Survey {
	s := Survey{Asked: vendorOrPath}
	if isPath(vendorOrPath) {
		s.Profile, s.Path = vendorOf(vendorOrPath), vendorOrPath
	} else if s.Profile, s.Err = vendor(vendorOrPath); s.Err == nil {
		s.Path, s.Err = s.Profile.find()
	}
	if s.Err != nil {
		return s
	}
	if s.For, s.Err = platformOf(s.Path); s.Err != nil {
		return s
	}
	d, err := OpenProfile(s.Profile, s.Path)
	if err != nil {
		s.Err = err
		return s
	}
	defer func() { _ = d.Close() }()
	names, err := d.Devices(ctx)
	s.Loaded = err == nil || !unloaded(err)
	if s.Err = err; err != nil {
		return s
	}
	for _, name := range names {
		s.Devices = append(s.Devices, d.lookAt(ctx, name))
	}
	if layout, known := d.Layout(); known {
		s.Layout = layout.String()
	}
	return s
}

// unloaded are the reasons for which a library is not asked anything.
func unloaded(err error) bool {
	for _, code := range []fault.Code{fault.SKFHostAbsent, fault.SKFLibraryUnloadable, fault.SKFNotSKF, fault.SKFDraft} {
		if errors.Is(err, code) {
			return true
		}
	}
	return false
}

func (d *Driver) lookAt(ctx context.Context, name string) (s DeviceSurvey) {
	s.Name = name
	dev, err := d.Connect(ctx, name)
	if err != nil {
		s.Err = err
		return s
	}
	defer func() { _ = dev.Close() }()
	if s.Info, s.Err = dev.Info(ctx); s.Err != nil {
		s.Name = name
		return s
	}
	names, err := dev.Applications(ctx)
	s.Err = err
	for _, name := range names {
		s.Applications = append(s.Applications, lookInto(ctx, dev, name))
	}
	return s
}

func lookInto(ctx context.Context, dev token.Device, name string) (s ApplicationSurvey) {
	s.Name = name
	app, err := dev.OpenApplication(ctx, name)
	if err != nil {
		s.Err = err
		return s
	}
	defer func() { _ = app.Close() }()
	var userErr, adminErr error
	s.User, userErr = app.PINInfo(ctx, token.UserPIN)
	s.Admin, adminErr = app.PINInfo(ctx, token.AdminPIN)
	names, err := app.Containers(ctx)
	s.Err = errors.Join(err, userErr, adminErr)
	for _, name := range names {
		c := ContainerSurvey{Name: name}
		if opened, err := app.OpenContainer(ctx, name); err != nil {
			c.Err = err
		} else {
			var signing, encryption error
			c.Signing, signing = certificate(ctx, opened, token.Signing)
			c.Encryption, encryption = certificate(ctx, opened, token.Encryption)
			c.Err = errors.Join(signing, encryption)
		}
		s.Containers = append(s.Containers, c)
	}
	return s
}

func certificate(ctx context.Context, c token.Container, use token.KeyUse) ([]byte, error) {
	der, err := c.ExportCertificate(ctx, use)
	if errors.Is(err, fault.ContainerNoCertificate) {
		return nil, nil
	}
	return der, err
}
