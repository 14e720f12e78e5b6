package agent_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gofrs/flock"

	"xinzhang/internal/agent"
	"xinzhang/internal/fault"
	"xinzhang/internal/keyring"
	"xinzhang/internal/prompt"
	"xinzhang/internal/token"
	"xinzhang/internal/token/soft/softtest"
)

// A loose is a driver whose UKey can be pulled out in the middle of a PIN.
type (
	loose struct {
		token.Driver
		verify func(ctx context.Context, app token.Application, pin token.PIN) error
	}
	looseDevice struct {
		token.Device
		of *loose
	}
	looseApp struct {
		token.Application
		of *loose
	}
)

func (l *loose) Connect(ctx context.Context, name string) (token.Device, error) {
	d, err := l.Driver.Connect(ctx, name)
	return looseDevice{d, l}, err
}

func (d looseDevice) OpenApplication(ctx context.Context, name string) (token.Application, error) {
	a, err := d.Device.OpenApplication(ctx, name)
	return looseApp{a, d.of}, err
}

func (a looseApp) VerifyPIN(ctx context.Context, kind token.PINKind, pin token.PIN) error {
	if a.of.verify != nil {
		return a.of.verify(ctx, a.Application, pin)
	}
	return a.Application.VerifyPIN(ctx, kind, pin)
}

// out and in are the UKey out of the computer and in it.
func (w *world) out(name string) { w.move(name, w.home.Tokens(), w.drawer()) }
func (w *world) in(name string)  { w.move(name, w.drawer(), w.home.Tokens()) }

func (w *world) drawer() string {
	dir := filepath.Join(string(w.home), "drawer")
	w.must(os.MkdirAll(dir, 0o700))
	return dir
}

// move waits until no call is under way on the UKey.
func (w *world) move(name, from, to string) {
	w.t.Helper()
	lock := flock.New(filepath.Join(w.home.Tokens(), name+".ukey.lock"))
	w.must(lock.Lock())
	defer func() { _ = lock.Unlock() }()
	for _, ext := range []string{".ukey", ".ukey.copy"} {
		w.must(os.Rename(filepath.Join(from, name+ext), filepath.Join(to, name+ext)))
	}
}

func TestPulledOutWhileTheQuestionStandsThePageIsToldAndNothingIsSpent(t *testing.T) {
	for seen, refresh := range map[string]bool{"and the agent saw it": true, "and the agent did not see it yet": false} {
		t.Run(seen, func(t *testing.T) {
			w := newWorld(t, nil)
			id, _, _ := w.plug("person", pin, w.authority.Person)
			w.person = func(w *world, q prompt.Question) map[string]any {
				w.out("person")
				if refresh {
					w.ring.Refresh(w.t.Context())
				}
				return object{"approve": true, "key": id, "pin": pin}
			}
			want := map[bool]string{true: "key.not_plugged_in", false: "token.absent"}[refresh]
			if p := w.call("sign", signCall("pulled", textDoc("x")), nil); p.Code != want {
				t.Errorf("the page was told %s, want %s", p.Code, want)
			}
			if told := w.told(); told != want {
				t.Errorf("the window was told %s, want %s", told, want)
			}
			w.in("person")
			w.ring.Refresh(t.Context())
			if k := w.managed(w.manager()); len(k) != 1 || k[0].Tries.Left != token.Tries || k[0].Notice != nil {
				t.Errorf("back again: %+v", k)
			}
			w.person = approves
			w.must2(w.call("sign", signCall("again", textDoc("x")), nil))
		})
	}
}

func TestPulledOutInThePINTheCounterIsReadAgainOnReturn(t *testing.T) { // guard 7
	for name, spend := range map[string]bool{"before the comparison": false, "after it": true} {
		t.Run(name, func(t *testing.T) {
			l := &loose{}
			var ring *keyring.Ring
			w := newWorld(t, func(c *agent.Config) {
				l.Driver = softtest.Driver(t, c.Home.Tokens())
				ring = keyring.New(keyring.Config{}, keyring.Soft(l, c.Home.Tokens()))
				c.Ring = ring
			})
			w.ring = ring
			id, _, _ := w.plug("person", pin, w.authority.Person)
			l.verify = func(ctx context.Context, app token.Application, typed token.PIN) error {
				if spend {
					_ = app.VerifyPIN(ctx, token.UserPIN, typed)
				}
				w.out("person")
				return fault.New(fault.TokenRemoved, "token", "person")
			}
			w.person = func(*world, prompt.Question) map[string]any {
				return object{"approve": true, "key": id, "pin": "111222"}
			}
			if p := w.call("sign", signCall("pulled", textDoc("x")), nil); p.Code != "pin.outcome_unknown" || p.Args["spent"] != keyring.SpentUnknown.Words(fault.ZH) {
				t.Errorf("the page was told %s %v", p.Code, p.Args)
			}
			session := w.manager()
			w.ring.Refresh(t.Context())
			if k := w.managed(session); len(k) != 0 {
				t.Errorf("it is out, and shown: %+v", k)
			}
			w.in("person")
			w.ring.Refresh(t.Context())
			left, spent := token.Tries, "no"
			if spend {
				left, spent = left-1, "yes"
			}
			k := w.managed(session)
			if len(k) != 1 || k[0].Tries.Left != left || k[0].Notice == nil || k[0].Notice.Args["spent"] != spent || w.left("person") != left {
				t.Errorf("back again: %+v, %d tries left", k, w.left("person"))
			}
			if k := w.managed(session); k[0].Notice != nil {
				t.Errorf("told twice: %+v", k[0].Notice)
			}
			l.verify, w.person = nil, approves
			w.must2(w.call("sign", signCall("again", textDoc("x")), nil))
		})
	}
}

// A page that takes its call back while the UKey is busy: the person is told so.
func TestTakenBackWhileTheUKeyIsBusy(t *testing.T) {
	w := newWorld(t, nil)
	w.plug("person", pin, w.authority.Person)
	busy := flock.New(filepath.Join(w.home.Tokens(), "person.ukey.lock"))
	asked := false
	w.person = func(w *world, q prompt.Question) map[string]any {
		if asked {
			return nil // it was read again just before it went
		}
		asked = true
		w.must(busy.Lock())
		time.AfterFunc(300*time.Millisecond, func() { w.call("cancel", object{"operation": operation("back")}, nil) })
		return approves(w, q)
	}
	if p := w.call("sign", signCall("back", textDoc("x")), nil); p.Code != "operation.cancelled" {
		t.Errorf("the page was told %s", p.Code)
	}
	w.must(busy.Unlock())
	if told := w.told(); told != "agent.window_closed" {
		t.Errorf("the person was told %s", told)
	}
}

// told waits for what the first window is told, which may come after what its page
// is.
func (w *world) told() string {
	w.t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		w.mu.Lock()
		answers := w.answers
		w.mu.Unlock()
		if len(answers) > 0 {
			return answers[0].Code
		}
	}
	return "nothing"
}

func (w *world) managed(session map[string]string) []agent.ManagedKey {
	w.t.Helper()
	var got agent.ManagedKeys
	w.must2(w.do("GET", "/v1/manager/keys", nil, &got, session))
	return got.Keys
}
