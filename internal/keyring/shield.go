package keyring

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"xinzhang/internal/fault"
	"xinzhang/internal/token"
)

// The PIN shield: nine guards between a person's fingers and ten tries.
//
//  1. The tries are read from the UKey before and after; our own count is
//     never the truth.
//  2. One PIN operation at a time per UKey, and each operation id runs once: a
//     repeat gets the first answer (operations.go).
//  3. A PIN is never sent again by us and never kept after a failure; after
//     errors the next one waits 1 s, 2 s, 4 s …
//  4. The same wrong PIN is not sent twice: a salted hash of it stays in memory.
//  5. Length, characters and new = repeat are checked before the UKey is touched.
//  6. At three tries left a business page gets no PIN entry; the manager may use
//     the rest, the last one after an explicit yes.
//  7. Pulled out midway: the counter is read again on return, and until then
//     the answer is "outcome unknown", never "wrong" or "right".
//  8. The first PIN must be changed before it signs.
//  9. The PIN is typed in windows of ours only, inert for 500 ms after they
//     appear (prompt, agent).
//
// A UKey that cannot tell its tries counts as having two per run.

// pageReserve is guard 6.
const pageReserve = 3

// blindTries is what a UKey that cannot tell its tries counts as having.
const blindTries = 2

// longestPause bounds guard 3.
const longestPause = 32 * time.Second

// An Attempt is one click of a person: which key, which dialog, which PIN.
type Attempt struct {
	Key       string
	Operation string // of the dialog; runs once
	PIN       token.PIN
	FromPage  bool // a business page asks; else the manager
	Last      bool // "I know that this is the last try"
}

type shield struct {
	salt [32]byte

	mu      sync.Mutex
	devices map[string]*guarded
	done    operations
}

// A guarded is what is remembered of one application of one UKey in this run.
type guarded struct {
	turn chan struct{} // holds one value while no PIN operation runs; guards the rest

	wrong     map[[sm3.Size]byte]bool // guard 4
	errors    int                     // in a row
	notBefore time.Time               // guard 3
	left      int                     // as the UKey said last; -1: not yet
	blind     int                     // wrong PINs sent to a UKey that cannot tell
	unsettled *Tries                  // guard 7: tries before an attempt whose outcome is unknown
}

func newShield() *shield {
	s := &shield{devices: map[string]*guarded{}, done: operations{all: map[string]*outcome{}}}
	_, _ = rand.Read(s.salt[:]) // never fails: the runtime ends the program instead
	return s
}

// guard returns what is remembered of f's UKey. It is told apart by its serial
// number: two slots of one UKey are one UKey.
func (s *shield) guard(f *Found) *guarded {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := f.Device.Info.Serial
	if name == "" {
		name = f.Device.Name
	}
	id := f.Device.Kind + "/" + name + "/" + f.Application
	g := s.devices[id]
	if g == nil {
		g = &guarded{turn: make(chan struct{}, 1), wrong: map[[sm3.Size]byte]bool{}, left: -1}
		g.turn <- struct{}{}
		s.devices[id] = g
	}
	return g
}

// hash hides a PIN: without the salt, which dies with the program, nobody can
// try PINs against it.
func (s *shield) hash(pin token.PIN) [sm3.Size]byte {
	m := hmac.New(sm3.New, s.salt[:])
	m.Write(pin.Bytes())
	return [sm3.Size]byte(m.Sum(nil))
}

// checkTyped is guard 5 for a PIN that shall be compared.
func checkTyped(pin token.PIN) error {
	if err := token.CheckPINLength(pin); err != nil {
		return err
	}
	if slices.ContainsFunc(pin.Bytes(), func(c byte) bool { return c < ' ' || c > '~' }) {
		return fault.New(fault.PINCharacters)
	}
	return nil
}

// enter is guards 1, 4, 6, 8 before a PIN goes to the UKey. now is what the UKey
// said this moment.
func (g *guarded) enter(a Attempt, hash [sm3.Size]byte, now Tries, signs bool) error {
	g.learn(now)
	switch {
	case now.Known && now.Left == 0:
		return fault.New(fault.PINLocked)
	case signs && now.First:
		return fault.New(fault.PINMustChange)
	case !now.Known && g.blind >= blindTries:
		return fault.New(fault.PINTriesSpent)
	case a.FromPage && now.Known && now.Left <= pageReserve:
		return fault.New(fault.PINFewLeft, "left", now.Left)
	case now.Known && now.Left == 1 && !a.Last:
		return fault.New(fault.PINLastConfirm)
	case g.wrong[hash]:
		return fault.New(fault.PINAlreadyTried)
	}
	return nil
}

// learn takes what the UKey says of its tries. More than before means that
// somebody entered, changed or unlocked the PIN elsewhere: what was wrong then
// may be right now.
func (g *guarded) learn(now Tries) {
	if now.Known && g.left >= 0 && now.Left > g.left {
		clear(g.wrong)
	}
	if now.Known {
		g.left = now.Left
	}
}

// settle takes the outcome of a PIN that was sent.
func (g *guarded) settle(hash [sm3.Size]byte, err error, now time.Time) {
	switch {
	case err == nil:
		g.errors, g.blind, g.notBefore, g.left = 0, 0, time.Time{}, -1
	case errors.Is(err, fault.PINIncorrect), errors.Is(err, fault.PINLocked):
		g.wrong[hash] = true
		g.blind++
		g.notBefore = now.Add(min(time.Second<<min(g.errors, 10), longestPause))
		g.errors++
	default:
		g.blind++ // it may have been spent
	}
}

// Spent says whether a broken-off attempt cost a try.
type Spent string

// Outcomes.
const (
	SpentOne     Spent = "yes"
	SpentNone    Spent = "no"
	SpentUnknown Spent = "unknown"
)

// Words returns 已消耗 1 次, 未消耗 or 不能确定.
func (s Spent) Words(lang fault.Lang) string {
	words := map[Spent][2]string{
		SpentOne:     {"已消耗 1 次尝试", "one try was spent"},
		SpentNone:    {"没有消耗尝试次数", "no try was spent"},
		SpentUnknown: {"是否消耗尝试次数，重新插入后才能知道", "whether a try was spent shows when it is plugged in again"},
	}[s]
	if lang == fault.ZH {
		return words[0]
	}
	return words[1]
}

// spent compares the tries around an attempt whose answer did not come.
func spent(before, after Tries) Spent {
	switch {
	case !before.Known || !after.Known:
		return SpentUnknown
	case after.Left < before.Left:
		return SpentOne
	}
	return SpentNone
}

// broken reports whether err leaves it open if a PIN was compared.
func broken(err error) bool {
	for _, code := range []fault.Code{
		fault.PINIncorrect, fault.PINLocked, fault.PINLength, fault.PINWeak, fault.PINMustChange,
	} {
		if errors.Is(err, code) {
			return false
		}
	}
	return err != nil
}

// take waits for the UKey's turn, and for the pause after a wrong PIN.
func (r *Ring) take(ctx context.Context, g *guarded, f *Found) error {
	select {
	case <-ctx.Done():
		return fault.Wrap(fault.TokenBusy, ctx.Err(), "token", f.Device.title())
	case <-g.turn:
	}
	if wait := g.notBefore.Sub(r.cfg.Now()); wait > 0 {
		if err := r.cfg.Sleep(ctx, wait); err != nil {
			g.turn <- struct{}{}
			return fault.Wrap(fault.OperationCancelled, err)
		}
	}
	return nil
}

// PageMayAsk returns nil when a business page may have a PIN asked for a key with
// these tries: guard 6, before anything is shown.
func PageMayAsk(t Tries) error {
	if t.Known && t.Left > 0 && t.Left <= pageReserve {
		return fault.New(fault.PINFewLeft, "left", t.Left)
	}
	return nil
}
