// Package skf is UKeys behind the SKF libraries of their vendors (GM/T 0016-2012,
// GB/T 35291-2017), as a driver of package token.
//
//	driver, err := skf.Open("longmai-gm3000")        // a vendor, or the path of a library
//	defer driver.Close()
//	names, err := driver.Devices(ctx)
//	device, err := driver.Connect(ctx, names[0])     // and on as package token says
//	events := driver.Watch(ctx)                      // devices come and go
//
// # The library runs in a process of its own
//
// No library is loaded into this process: xinzhang-skf-host loads it, one process
// for each library, of its word size, and does what frames on a pipe say. Where the
// library crashes or does not answer in time, the host is ended and the call is
// [fault.SKFCrashed] or [fault.SKFHung]. The next call starts another host,
// after a pause that grows, and opens device, application and container again by
// serial number and names. What was verified is gone and must be verified again:
// a PIN is never kept, never sent twice, and no call is repeated by itself. Whether
// a call that did not end was done, nobody knows; a try of a PIN may be spent.
//
// # What libraries disagree about
//
// ULONG has 4 octets or 8, structures are packed or not, DEVINFO is old or new: the
// first SKF_GetDevInfo shows it, SKF_ExportPublicKey confirms it, and a [Profile]
// may state it. Lengths and empty lists are taken as they come, buffers are
// generous, and what writes beyond them ends the host. Names are UTF-8 or GB 18030.
// A library of the draft of 2010 is [fault.SKFDraft]. What the library answered
// stands in the argument raw of every error, as 0x0A000024.
//
// # What SKF has no call for
//
//   - ApplicationSpec.KeepFirstPIN: the device decides. Most let the user go on
//     with the first PIN; PINInfo.First tells that it stands.
//   - The tries of the device key: the argument left is not known.
//   - Who verified a PIN: many devices open the state for every program of the
//     machine. Here each Application must verify its own before anything is asked
//     of the device, and the state of the device is cleared when the last one is
//     closed.
//   - A session key is not handed out: containers are [token.InsideDecrypter].
//   - Container deleted and made anew by another program: the old handle may serve
//     for the new one.
package skf

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/skf"
	"xinzhang/internal/token"
)

// A Driver is one library of a vendor, with the host that runs it.
type Driver struct{ lib *library }

var _ token.Driver = (*Driver)(nil)

// Open finds a library by the name of its vendor or by its path, which is what
// holds a path separator or ends as libraries do. The host starts with the first
// call. Errors: [fault.SKFVendorUnknown], [fault.SKFLibraryAbsent],
// [fault.SKFNotLibrary], [fault.SKFLibraryForeign], [fault.SKFHostAbsent]; what is
// inside the library shows with the first call: [fault.SKFLibraryUnloadable],
// [fault.SKFNotSKF], [fault.SKFDraft].
func Open(vendorOrPath string) (*Driver, error) {
	if !isPath(vendorOrPath) {
		p, err := vendor(vendorOrPath)
		if err != nil {
			return nil, err
		}
		return OpenProfile(p, "")
	}
	return OpenProfile(vendorOf(vendorOrPath), vendorOrPath)
}

// OpenProfile is Open for a profile; without a path the library is searched where
// the profile says.
func OpenProfile(p Profile, path string) (*Driver, error) {
	if path == "" {
		found, err := p.find()
		if err != nil {
			return nil, err
		}
		path = found
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fault.Wrap(fault.SKFLibraryAbsent, err, "library", path)
	}
	platform, err := platformOf(path)
	if err != nil {
		return nil, err
	}
	program, err := hostProgram(platform, path)
	if err != nil {
		return nil, err
	}
	return &Driver{newLibrary(path, program, p)}, nil
}

func isPath(s string) bool {
	return strings.ContainsAny(s, `/\`) || slices.Contains([]string{".so", ".dll", ".dylib"}, strings.ToLower(filepath.Ext(s))) || strings.Contains(s, ".so.")
}

// Close ends the host. Handles of the driver end with it; states that were open
// may stay open in the device for as long as it is plugged in: close applications
// first.
func (d *Driver) Close() error {
	d.lib.close()
	return nil
}

// Limit sets how long any call may take before its host is ended, and the longest
// pause before a start after a crash. Without it a call has 15 seconds, one that
// makes a key or may wait for a button a minute, and the pause grows to 10 seconds.
// It is set before the first call.
func (d *Driver) Limit(call, pause time.Duration) { d.lib.limit, d.lib.pause = call, pause }

// Path returns the path of the library.
func (d *Driver) Path() string { return d.lib.path }

// Profile returns what is known of the library.
func (d *Driver) Profile() Profile { return d.lib.profile }

// Devices returns the names of the devices that are plugged in, sorted.
func (d *Driver) Devices(ctx context.Context) ([]string, error) {
	var names []string
	err := d.lib.do(ctx, func(s *session) error {
		listed, err := s.devices()
		names = texts(listed)
		return err
	})
	slices.Sort(names)
	return names, err
}

// Connect opens a device.
func (d *Driver) Connect(ctx context.Context, name string) (token.Device, error) {
	dev := &device{lib: d.lib}
	err := d.lib.do(ctx, func(s *session) error {
		names, err := s.devices()
		if err != nil {
			return err
		}
		i := slices.Index(texts(names), name)
		if i < 0 {
			return fault.New(fault.TokenAbsent, "token", name)
		}
		if d.lib.profile.OneKey && len(names) > 1 {
			return fault.New(fault.SKFSeveralDevices, "library", s.name, "count", len(names))
		}
		dev.name = names[i]
		info, err := dev.connect(s)
		dev.serial = info.Serial
		return err
	})
	if err != nil {
		return nil, err
	}
	return dev, nil
}

// Layout tells how the library lays out its structures; false before a device was
// connected.
func (d *Driver) Layout() (layout skf.Layout, known bool) {
	<-d.lib.turn
	defer func() { d.lib.turn <- struct{}{} }()
	return d.lib.layout, d.lib.known
}

var errRights = errors.New("skf: rights without a meaning")
