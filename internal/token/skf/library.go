package skf

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/skf"
)

// A library is a vendor's library in its host. Calls on it run one after the
// other: SKF libraries are not made for more.
type library struct {
	path    string // of the library, absolute
	name    string // shown to people
	program string // the host that can load it
	profile Profile
	limit   time.Duration // of every call; 0: what each call is given
	pause   time.Duration // longest pause before a start after a crash

	turn chan struct{} // holds one token; the rest is guarded by it

	host       *host
	generation int // of the host; handles of earlier ones are dead
	failures   int // hosts that ended, one after the other
	notBefore  time.Time
	closed     bool

	layout    skf.Layout
	known     bool           // the layout is
	confirmed bool           // by a second structure
	deleted   map[string]int // how often an application or container of that name was deleted here
	apps      []*application // that are open
	hands     map[uint64]int // handles that the library gave out, as often as it gave them
}

func newLibrary(path, program string, profile Profile) *library {
	l := &library{
		path: path, name: filepath.Base(path), program: program, profile: profile, pause: 10 * time.Second,
		turn: make(chan struct{}, 1), deleted: make(map[string]int), hands: make(map[uint64]int),
	}
	if profile.Layout != "" {
		l.layout, l.known = layoutNamed(profile.Layout)
		l.confirmed = l.known
	}
	l.turn <- struct{}{}
	return l
}

// A session is a turn of one caller at the library, with a host that lives.
type session struct {
	*library
	ctx context.Context
}

// do runs f in a turn.
func (l *library) do(ctx context.Context, f func(*session) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case <-l.turn:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { l.turn <- struct{}{} }()
	if l.closed {
		return errClosedLibrary
	}
	if err := l.ready(ctx); err != nil {
		return err
	}
	return f(&session{l, ctx})
}

var errClosedLibrary = errors.New("the SKF library is closed")

// ready starts a host unless there is one. After a crash it waits, longer each
// time, so that a broken driver does not keep the machine busy.
func (l *library) ready(ctx context.Context) error {
	if l.host != nil && !l.host.alive() {
		l.drop() // it died while nobody asked it
	}
	if l.host != nil {
		return nil
	}
	if wait := time.Until(l.notBefore); wait > 0 {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	h, err := l.start(ctx)
	if err != nil {
		return err
	}
	l.host, l.hands = h, make(map[uint64]int)
	l.generation++
	return nil
}

// start starts a host that has loaded the library and found in it what every SKF
// library has.
func (l *library) start(ctx context.Context) (*host, error) {
	h, err := startHost(ctx, l.program)
	if err != nil {
		if ctx.Err() != nil {
			return nil, err
		}
		return nil, fault.Wrap(fault.SKFHostAbsent, err, "host", l.program)
	}
	if err := l.load(ctx, h); err != nil {
		h.bury()
		return nil, err
	}
	return h, nil
}

func (l *library) load(ctx context.Context, h *host) error {
	limit := cmp.Or(l.limit, startTime)
	answer, err := h.roundTrip(ctx, loadFrame(l.path), limit)
	if err != nil {
		return l.died(err, "dlopen", limit)
	}
	if len(answer) == 0 || status(answer[0]) != done {
		return fault.New(fault.SKFLibraryUnloadable, "library", l.name, "reason", string(answer[min(1, len(answer)):]))
	}
	for _, function := range needed {
		there, err := has(ctx, h, function)
		switch {
		case err != nil:
			return l.died(err, function, startTime)
		case there:
		case function == "SKF_ExportCertificate":
			return fault.New(fault.SKFDraft, "library", l.name)
		default:
			return fault.New(fault.SKFNotSKF, "library", l.name, "function", function)
		}
	}
	return nil
}

// needed is what no UKey can be used without. SKF_ExportCertificate comes last:
// a library that has all but that follows the draft of 2010.
var needed = []string{
	"SKF_EnumDev", "SKF_ConnectDev", "SKF_GetDevInfo", "SKF_EnumApplication", "SKF_OpenApplication",
	"SKF_EnumContainer", "SKF_OpenContainer", "SKF_VerifyPIN", "SKF_ECCSignData", "SKF_ExportCertificate",
}

func has(ctx context.Context, h *host, function string) (bool, error) {
	answer, err := h.roundTrip(ctx, askFrame(function), startTime)
	return err == nil && len(answer) == 1 && status(answer[0]) == done, err
}

// died words the end of a host.
func (l *library) died(err error, function string, limit time.Duration) error {
	switch {
	case errors.Is(err, errHung):
		return fault.Wrap(fault.SKFHung, err, "library", l.name, "function", function, "seconds", max(1, int(limit.Seconds())))
	case errors.Is(err, errCrashed):
		return fault.Wrap(fault.SKFCrashed, err, "library", l.name, "function", function)
	}
	return err
}

const steady = time.Minute // a host that lived so long was no failure

// drop ends the host: its handles are dead, and what was verified on them.
func (l *library) drop() {
	if l.host == nil {
		return
	}
	l.host.bury()
	if time.Since(l.host.began) > steady {
		l.failures = 0
	}
	l.failures++
	l.host = nil
	l.notBefore = time.Now().Add(min(l.pause, 20*time.Millisecond<<min(l.failures, 20)))
}

func (l *library) close() {
	<-l.turn
	defer func() { l.turn <- struct{}{} }()
	l.closed = true
	if l.host != nil {
		l.host.bury()
		l.host = nil
	}
}

// call calls a function. The error is that the call could not be made or did not
// end well; what the library answered is the code.
func (s *session) call(function string, limit time.Duration, args ...argument) (skf.Code, error) {
	if s.host == nil { // it died earlier in this turn
		return 0, fault.New(fault.SKFCrashed, "library", s.name, "function", function)
	}
	limit = cmp.Or(s.library.limit, limit)
	for _, symbol := range append([]string{function}, s.profile.aliases(function)...) {
		answer, err := s.host.roundTrip(s.ctx, callFrame(symbol, args), limit)
		if err != nil {
			if s.ctx.Err() == nil {
				s.drop()
			}
			return 0, s.died(err, function, limit)
		}
		state, result, err := parseReply(answer, args)
		clear(answer)
		if err != nil {
			s.drop()
			return 0, fault.Wrap(fault.SKFGarbled, err, "library", s.name, "function", function)
		}
		if state == noSymbol {
			continue
		}
		for _, a := range args {
			if o, ok := a.(*output); ok && o.overran() {
				s.drop() // what else it wrote over, nobody knows
				return 0, fault.New(fault.SKFOverran, "library", s.name, "function", function)
			}
		}
		return skf.Code(uint32(result)), nil
	}
	return 0, fault.New(fault.SKFUnsupported, "library", s.name, "function", function)
}

// must is call for what has one meaning when it fails.
func (s *session) must(function string, args ...argument) error {
	code, err := s.call(function, quick, args...)
	if err != nil {
		return err
	}
	return s.answered(function, code)
}

// What calls are given. A UKey makes a key pair in many seconds, and a person
// may have to press a button.
const (
	quick = 15 * time.Second
	slow  = 60 * time.Second
)

// patience is how long a call may take in which the library may ask a person.
func (s *session) patience() time.Duration {
	if s.profile.OwnPINDialog {
		return 3 * time.Minute
	}
	return slow
}
