package skfabi

import (
	"context"
	"errors"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/skf"
	"xinzhang/internal/token"
)

// An application is a handle on an application (HAPPLICATION).
type application struct {
	token.Application
	dev *device
}

func (a *application) of() *device { return a.dev }
func (a *application) wipe()       {} // what was verified holds until the connection ends

// CreateApplication makes an application and opens it; it needs DevAuth. More
// tries than a PIN of ours can have become as many as it can. The PINs are
// overwritten.
func (l *Library) CreateApplication(h Handle, name string, adminPIN []byte, adminTries uint32, userPIN []byte, userTries, createFiles uint32, out *Handle) skf.Code {
	admin, user := token.NewPIN(adminPIN), token.NewPIN(userPIN)
	defer admin.Clear()
	defer user.Clear()
	return onToken(l, h, func(ctx context.Context, d *device) error {
		rights, err := rightsOf(createFiles)
		if err != nil || out == nil {
			return skf.InvalidParam
		}
		app, err := d.token.CreateApplication(ctx, token.ApplicationSpec{
			Name: name, AdminPIN: admin, UserPIN: user,
			AdminTries: int(min(adminTries, token.Tries)), UserTries: int(min(userTries, token.Tries)),
			CreateFiles: rights, KeepFirstPIN: true,
		})
		if errors.Is(err, fault.TokenName) {
			return skf.ApplicationNameInvalid
		}
		if err != nil {
			return err
		}
		d.apps[name] = app
		return l.handles.add(&application{app, d}, out)
	})
}

func rightsOf(v uint32) (token.Rights, error) {
	if r := token.Rights(v); r.Valid() {
		return r, nil
	}
	return 0, skf.InvalidParam
}

// EnumApplication lists the applications.
func (l *Library) EnumApplication(h Handle, out []byte, n *uint32) skf.Code {
	return onToken(l, h, func(ctx context.Context, d *device) error {
		names, err := d.token.Applications(ctx)
		if err != nil {
			return err
		}
		return hand(out, n, skf.MarshalNames(names))
	})
}

// DeleteApplication destroys an application; it needs DevAuth.
func (l *Library) DeleteApplication(h Handle, name string) skf.Code {
	return onToken(l, h, func(ctx context.Context, d *device) error { return d.token.DeleteApplication(ctx, name) })
}

// OpenApplication opens an application.
func (l *Library) OpenApplication(h Handle, name string, out *Handle) skf.Code {
	return onToken(l, h, func(ctx context.Context, d *device) error {
		if out == nil {
			return skf.InvalidParam
		}
		if had := d.apps[name]; had != nil {
			if _, err := had.PINInfo(ctx, token.UserPIN); err == nil {
				return l.handles.add(&application{had, d}, out)
			}
			delete(d.apps, name) // deleted since, and perhaps made anew
			_ = had.Close()
		}
		app, err := d.token.OpenApplication(ctx, name)
		if err != nil {
			return err
		}
		d.apps[name] = app
		return l.handles.add(&application{app, d}, out)
	})
}

// CloseApplication closes the handle and those of its containers. What was
// verified stays so.
func (l *Library) CloseApplication(h Handle) skf.Code {
	_, err := remove(&l.handles, h, func(o object, closed *application) bool {
		c, ok := o.(*container)
		return ok && c.app == closed
	})
	return codeOf(err)
}

// pinKind reads ADMIN_TYPE or USER_TYPE.
func pinKind(v uint32) (token.PINKind, error) {
	if v > uint32(token.UserPIN) {
		return 0, skf.UserTypeInvalid
	}
	return token.PINKind(v), nil
}

// counted puts the tries that are left into retry, where err tells them.
func counted(err error, retry *uint32) error {
	if err == nil || retry == nil {
		return err
	}
	e := fault.Of(err)
	if left, ok := e.Args["left"].(int); ok {
		*retry = uint32(left)
	} else if e.Code == fault.PINLocked || e.Code == fault.PINAdminLocked {
		*retry = 0
	}
	return err
}

// GetPINInfo tells the tries of a PIN, and whether it is the first one.
func (l *Library) GetPINInfo(h Handle, kind uint32, most, left, first *uint32) skf.Code {
	return onToken(l, h, func(ctx context.Context, a *application) error {
		k, err := pinKind(kind)
		if err != nil {
			return err
		}
		info, err := a.PINInfo(ctx, k)
		if err != nil {
			return err
		}
		set(most, uint32(info.Max))
		set(left, uint32(info.Left))
		set(first, 0)
		if info.First {
			set(first, 1)
		}
		return nil
	})
}

// set writes where the caller wants to know.
func set(out *uint32, v uint32) {
	if out != nil {
		*out = v
	}
}

// VerifyPIN compares a PIN; retry becomes the tries left after a wrong one. The
// octets of the PIN are overwritten.
func (l *Library) VerifyPIN(h Handle, kind uint32, characters []byte, retry *uint32) skf.Code {
	pin := token.NewPIN(characters)
	defer pin.Clear()
	return onToken(l, h, func(ctx context.Context, a *application) error {
		k, err := pinKind(kind)
		if err != nil {
			return err
		}
		return counted(a.VerifyPIN(ctx, k, pin), retry)
	})
}

// ChangePIN replaces a PIN; the new one must be verified. Both
// are overwritten.
func (l *Library) ChangePIN(h Handle, kind uint32, old, next []byte, retry *uint32) skf.Code {
	oldPIN, nextPIN := token.NewPIN(old), token.NewPIN(next)
	defer oldPIN.Clear()
	defer nextPIN.Clear()
	return onToken(l, h, func(ctx context.Context, a *application) error {
		k, err := pinKind(kind)
		if err != nil {
			return err
		}
		return counted(a.ChangePIN(ctx, k, oldPIN, nextPIN), retry)
	})
}

// UnblockPIN gives the user a new PIN; retry becomes the admin's tries left
// after a wrong one. Both are overwritten.
func (l *Library) UnblockPIN(h Handle, adminPIN, userPIN []byte, retry *uint32) skf.Code {
	admin, user := token.NewPIN(adminPIN), token.NewPIN(userPIN)
	defer admin.Clear()
	defer user.Clear()
	return onToken(l, h, func(ctx context.Context, a *application) error {
		return counted(a.UnblockPIN(ctx, admin, user), retry)
	})
}

// ClearSecureState forgets what was verified on the application.
func (l *Library) ClearSecureState(h Handle) skf.Code {
	return onToken(l, h, func(ctx context.Context, a *application) error { return a.ClearSecureState(ctx) })
}
