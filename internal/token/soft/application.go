package soft

import (
	"bytes"
	"context"
	"slices"

	"xinzhang/internal/fault"
	"xinzhang/internal/token"
)

// An Application is a handle on an application, with what was verified on it.
type Application struct {
	device *Device
	id     []byte // of the application: one made anew under its name is another
	name   string

	// guarded by the turn of device
	user, admin opened
	gone        bool
}

// opened is a security state: the data key, while the PIN that opened it stands.
type opened struct {
	dataKey []byte // nil: nothing is verified
	setting uint64 // of the PIN
}

func (o *opened) forget() {
	clear(o.dataKey)
	*o = opened{}
}

var _ token.Application = (*Application)(nil)

// application makes a handle; the caller has the turn.
func (d *Device) application(r *appRecord) *Application {
	a := &Application{device: d, id: r.ID, name: r.Name}
	d.apps = append(d.apps, a)
	return a
}

func (d *Device) newApp(spec token.ApplicationSpec) (appRecord, error) {
	if err := token.CheckName(spec.Name, token.MaxName); err != nil {
		return appRecord{}, err
	}
	for _, pin := range []token.PIN{spec.UserPIN, spec.AdminPIN} {
		if err := token.CheckPINLength(pin); err != nil {
			return appRecord{}, err
		}
	}
	if !spec.CreateFiles.Valid() {
		return appRecord{}, errRights
	}
	user, err := tries(spec.UserTries)
	if err != nil {
		return appRecord{}, err
	}
	admin, err := tries(spec.AdminTries)
	if err != nil {
		return appRecord{}, err
	}
	r := appRecord{ID: random(16), Name: spec.Name, KeepFirstPIN: spec.KeepFirstPIN, CreateFiles: spec.CreateFiles}
	dataKey := random(dataKeySize)
	defer clear(dataKey)
	r.User = pinRecord{counter: user, First: true}
	r.User.set(spec.UserPIN, dataKey, r.pinPlace(d.id, token.UserPIN), d.driver.cost)
	r.Admin = pinRecord{counter: admin, First: true}
	r.Admin.set(spec.AdminPIN, dataKey, r.pinPlace(d.id, token.AdminPIN), d.driver.cost)
	return r, nil
}

// do runs f on the record of the application.
func (a *Application) do(ctx context.Context, f func(*transaction, *appRecord) error) error {
	return a.device.do(ctx, func(tx *transaction) error {
		if a.gone {
			return token.ErrClosed
		}
		i := slices.IndexFunc(tx.Apps, func(r appRecord) bool { return bytes.Equal(r.ID, a.id) })
		if i < 0 {
			a.forget()
			return fault.New(fault.AppAbsent, "app", a.name)
		}
		return f(tx, &tx.Apps[i])
	})
}

// unlocked is do for what needs the user PIN; f gets the data key.
func (a *Application) unlocked(ctx context.Context, f func(*transaction, *appRecord, []byte) error) error {
	return a.do(ctx, func(tx *transaction, r *appRecord) error {
		if err := a.verified(r, token.UserPIN); err != nil {
			return err
		}
		return f(tx, r, a.user.dataKey)
	})
}

// verified reports whether the PIN of kind was given on this handle and still
// stands: a lock or a change, by whomever, ends it.
func (a *Application) verified(r *appRecord, kind token.PINKind) error {
	pin, state := r.pin(kind), a.opened(kind)
	if pin.Left == 0 {
		state.forget()
		return locked(kind)
	}
	if state.dataKey == nil || state.setting != pin.Setting {
		state.forget()
		return fault.New(fault.PINNotVerified)
	}
	return nil
}

func (a *Application) opened(kind token.PINKind) *opened {
	if kind == token.AdminPIN {
		return &a.admin
	}
	return &a.user
}

func (a *Application) forget() {
	a.user.forget()
	a.admin.forget()
}

// Name returns the name.
func (a *Application) Name() string { return a.name }

// ClearSecureState forgets what was verified on this handle. It asks nothing of
// the token and works when the token is gone.
func (a *Application) ClearSecureState(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-a.device.turn:
	}
	defer func() { a.device.turn <- struct{}{} }()
	if a.gone || a.device.gone {
		return token.ErrClosed
	}
	a.forget()
	return nil
}

// Close ends the handle.
func (a *Application) Close() error {
	<-a.device.turn
	defer func() { a.device.turn <- struct{}{} }()
	a.forget()
	a.gone = true
	a.device.apps = slices.DeleteFunc(a.device.apps, func(other *Application) bool { return other == a })
	return nil
}
