// Package token says what a UKey is, in the terms of the SKF interface
// (GM/T 0016-2012, GB/T 35291-2017): a [Device] holds applications, an
// [Application] guards containers and files with a user PIN and an admin PIN,
// and a [Container] holds a signing pair, an encryption pair and the
// certificate of each.
//
// Everybody codes against these interfaces: token/soft is the UKey in a file,
// others drive hardware through a vendor's library or ask another process. All
// pass the one suite of token/tokentest.
//
// The life of a key, in the order that every SKF library asks for:
//
//	device, err := driver.Connect(ctx, name)
//	app, err := device.OpenApplication(ctx, "XINZHANG")
//	err = app.VerifyPIN(ctx, token.UserPIN, pin)
//	c, err := app.CreateContainer(ctx, "sign-1")
//	pub, err := c.GenerateSigningKey(ctx)         // the private half never leaves
//	…                                             // request, issuing
//	err = c.ImportCertificate(ctx, token.Signing, der)
//	err = c.ImportEncryptionKey(ctx, envelope)    // made and escrowed by the KMC
//	err = c.ImportCertificate(ctx, token.Encryption, der)
//	key, err := token.SigningKey(ctx, c)          // and from now on
//	value, err := key.SignDigest(ctx, e)
//
// No method gives a private key out.
//
// These hold for every method of every implementation:
//
//   - Any number of goroutines may call; calls on one device run one after the
//     other. Where another program uses the device, a call waits until ctx ends,
//     or for a few seconds when ctx has no deadline: [fault.TokenBusy].
//   - What a method changed is durable when it returns without an error. After
//     an error, or a device pulled out midway, it was done or it was not, never
//     in part; a PIN try may be spent.
//   - A device that is gone is [fault.TokenRemoved], one that cannot be
//     understood [fault.TokenBroken]. A handle used after Close is [ErrClosed].
//   - PINs and keys handed in are neither kept nor cleared: the caller clears.
package token

import (
	"context"
	"errors"
)

// ErrClosed says that a handle was used after its Close: a mistake of the caller.
var ErrClosed = errors.New("the token handle is closed")

// A Driver finds the devices of one kind.
type Driver interface {
	// Devices returns the names of the devices that are present, sorted.
	Devices(ctx context.Context) ([]string, error)

	// Connect opens a device. Security states belong to the handle: what is
	// verified on one is not verified on another, as far as the device can tell
	// them apart. No device of that name is [fault.TokenAbsent].
	Connect(ctx context.Context, name string) (Device, error)
}

// A Device is one UKey.
type Device interface {
	// Info describes the device.
	Info(ctx context.Context) (Info, error)

	// SetLabel names the device for people; at most [MaxLabel] octets of UTF-8,
	// else [fault.TokenName].
	SetLabel(ctx context.Context, label string) error

	// Authenticate proves with the device key that the caller may create and
	// delete applications, for as long as the handle lives (SKF_DevAuth). The
	// device key has tries of its own: [fault.TokenAuthIncorrect] says how many
	// are left, [fault.TokenAuthLocked] that there are none. Nothing restores them
	// but the right key.
	Authenticate(ctx context.Context, key AuthKey) error

	// ChangeAuthKey replaces the device key. It needs Authenticate
	// ([fault.TokenAuthRequired]), and ends it.
	ChangeAuthKey(ctx context.Context, key AuthKey) error

	// Applications returns the names of the applications, in the order of their
	// making.
	Applications(ctx context.Context) ([]string, error)

	// CreateApplication makes an application and opens it. It needs Authenticate
	// ([fault.TokenAuthRequired]) with a key that is not [DefaultAuthKey]
	// ([fault.TokenAuthDefault]). Other errors: [fault.AppExists],
	// [fault.TokenName], [fault.PINLength], [fault.TokenFull].
	CreateApplication(ctx context.Context, spec ApplicationSpec) (Application, error)

	// OpenApplication opens an application, with nothing verified, or returns
	// [fault.AppAbsent].
	OpenApplication(ctx context.Context, name string) (Application, error)

	// DeleteApplication destroys an application with its keys and files. It needs
	// Authenticate, and no PIN: it is the way back from a locked admin PIN, and
	// what was in it must be issued anew.
	DeleteApplication(ctx context.Context, name string) error

	// Close ends the handle, its applications and what was verified on them.
	Close() error
}

// Info is what a device says of itself (DEVINFO). Fields that a device does not
// tell are zero.
type Info struct {
	Name         string // by which the driver knows it
	Label        string // by which people know it
	Serial       string // does not change during the life of the device
	Manufacturer string
	Model        string
	Version      string // of the firmware or of the program
	Hardware     bool   // keys are held by a chip, not by a file
	Total, Free  int64  // octets of storage
}

// An ApplicationSpec says what CreateApplication shall make.
type ApplicationSpec struct {
	Name     string // at most [MaxName] octets
	AdminPIN PIN    // 6 to 16 characters each; these first PINs may be weak,
	UserPIN  PIN    // and are reported as First until they are changed

	AdminTries, UserTries int // 1 to [Tries]; 0 means [Tries]

	CreateFiles Rights // who may create and delete files; 0 is nobody

	// KeepFirstPIN lets the user sign with the first PIN. Otherwise, until the
	// user PIN is changed, nothing decrypts, and a signing key signs only one
	// digest before its certificate arrives: that of its request.
	KeepFirstPIN bool
}

// An Application holds containers and files behind two PINs.
type Application interface {
	// Name returns the name.
	Name() string

	PINs
	Containers
	Files

	// Close ends the handle and what was verified on it.
	Close() error
}

// Containers are the containers of an application.
type Containers interface {
	// Containers returns the names, in the order of their making.
	Containers(ctx context.Context) ([]string, error)

	// OpenContainer opens a container or returns [fault.ContainerAbsent].
	OpenContainer(ctx context.Context, name string) (Container, error)

	// CreateContainer makes an empty container; it needs the user PIN. Errors:
	// [fault.ContainerExists], [fault.TokenName] for a name that is empty or
	// longer than [MaxContainerName], [fault.TokenFull].
	CreateContainer(ctx context.Context, name string) (Container, error)

	// DeleteContainer destroys a container with its keys; it needs the user PIN.
	// Whoever issues into a container deletes it when issuing failed.
	DeleteContainer(ctx context.Context, name string) error
}

// Longest names, in octets, by the headers of SKF libraries. Some tokens take
// container names of 34 at most: our own are short.
const (
	MaxLabel         = 31
	MaxName          = 32 // of an application or a file
	MaxContainerName = 64
)
