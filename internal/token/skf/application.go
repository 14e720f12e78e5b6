package skf

import (
	"context"
	"slices"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/skf"
	"xinzhang/internal/token"
)

// An application is a handle on an application. All but dev and name is guarded by
// the turn of the library.
type application struct {
	dev  *device
	name string // as people read it

	handle uint64
	own    uint64 // its own connection, where the library tells connections apart
	link   int    // of the device, by which it was opened
	birth  int    // how often an application of that name was deleted before
	closed bool

	user, admin bool // verified on this handle
}

var _ token.Application = (*application)(nil)

// place is what tells the application from others of the library.
func (a *application) place() string { return a.dev.serial + "\x00" + a.name }

// do runs f with the application open.
func (a *application) do(ctx context.Context, f func(*session) error) error {
	return a.dev.do(ctx, func(s *session) error {
		if a.closed {
			return token.ErrClosed
		}
		if err := a.open(s); err != nil {
			return err
		}
		return f(s)
	})
}

// asUser is do for what needs the user PIN on this handle, whatever others have
// verified in the device.
func (a *application) asUser(ctx context.Context, f func(*session) error) error {
	return a.do(ctx, func(s *session) error {
		if !a.user {
			return fault.New(fault.PINNotVerified)
		}
		return f(s)
	})
}

// open opens the application by its name, again where the device was connected
// again since; nothing is verified then.
func (a *application) open(s *session) error {
	if a.birth != s.deleted[a.place()] {
		a.user, a.admin = false, false
		return fault.New(fault.AppAbsent, "app", a.name)
	}
	if a.handle != 0 && a.link == a.dev.link {
		return nil
	}
	a.user, a.admin, a.handle = false, false, 0
	connection := a.dev.handle
	if s.profile.Apart {
		own, err := s.handle("SKF_ConnectDev", text(a.dev.name))
		if err != nil {
			return a.dev.again(s, "SKF_ConnectDev", err)
		}
		a.own, connection = own, own
	}
	listed, err := s.asListed(a.name, "SKF_EnumApplication", word(connection))
	if err == nil {
		a.handle, err = s.handle("SKF_OpenApplication", word(connection), text(listed))
	}
	if err != nil {
		if s.host != nil && a.own != 0 {
			s.release("SKF_DisConnectDev", a.own)
		}
		a.own = 0
		err = as(err, fault.AppAbsent, []fault.Code{fault.AppAbsent}, "app", a.name)
		return a.dev.again(s, "SKF_OpenApplication", err)
	}
	a.link = a.dev.link
	return nil
}

// adopt takes the handle of an application that was just made.
func (a *application) adopt(s *session, h uint64) {
	a.birth = s.deleted[a.place()]
	if s.profile.Apart { // opened on a connection of its own at the first use
		s.release("SKF_CloseApplication", h)
	} else {
		a.handle, a.link = h, a.dev.link
	}
	s.apps = append(s.apps, a)
}

// explain words an answer of the library. Where it says that no PIN was verified,
// that is so, whatever was verified here before.
func (a *application) explain(s *session, function string, code skf.Code, args ...any) error {
	switch code {
	case skf.UserNotLoggedIn:
		a.user, a.admin = false, false
	case skf.PINLocked:
		a.user = false
		e := locked(token.UserPIN, code)
		return e
	}
	return a.dev.explain(s, function, code, args...)
}

// Name returns the name.
func (a *application) Name() string { return a.name }

// alone reports whether nobody else of this process has verified a PIN of the
// application.
func (a *application) alone(s *session) bool {
	return s.profile.Apart || !slices.ContainsFunc(s.apps, func(other *application) bool {
		return other != a && other.place() == a.place() && (other.user || other.admin)
	})
}

// ClearSecureState forgets what was verified on this handle, and has the device
// forget. Where the device has one state for all, other handles must verify anew.
func (a *application) ClearSecureState(ctx context.Context) error {
	return a.do(ctx, func(s *session) error {
		a.user, a.admin = false, false
		return a.dev.must(s, "SKF_ClearSecureState", word(a.handle))
	})
}

// Close ends the handle and what was verified on it.
func (a *application) Close() error {
	<-a.dev.lib.turn
	defer func() { a.dev.lib.turn <- struct{}{} }()
	a.end(&session{a.dev.lib, context.Background()})
	return nil
}

// end closes the handle, as far as there still is one.
func (a *application) end(s *session) {
	if a.closed {
		return
	}
	a.closed = true
	s.apps = slices.DeleteFunc(s.apps, func(other *application) bool { return other == a })
	d := a.dev
	if s.host == nil || d.generation != s.generation || d.lost || a.handle == 0 || a.link != d.link {
		return
	}
	if (a.user || a.admin) && a.alone(s) {
		_, _ = s.call("SKF_ClearSecureState", quick, word(a.handle))
	}
	a.user, a.admin = false, false
	if s.host != nil {
		s.release("SKF_CloseApplication", a.handle)
	}
	if s.host != nil && a.own != 0 {
		s.release("SKF_DisConnectDev", a.own)
	}
}
