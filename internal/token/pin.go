package token

import (
	"context"
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"

	"xinzhang/internal/fault"
)

const redacted = "[redacted]"

// A PIN unlocks a token. However it is printed, logged or encoded, it reads
// "[redacted]". Copies share their characters, so that Clear reaches them all.
type PIN struct{ reveal reveal }

// reveal gives a secret. It is a function because fmt does not ask Format in an
// unexported field or under a wrong verb, and looks behind pointers then; of a
// function it knows only the address.
type reveal func() []byte

func hide(octets []byte) reveal { return func() []byte { return octets } }

// NewPIN makes a PIN of characters, which it keeps and Clear overwrites.
func NewPIN(characters []byte) PIN { return PIN{hide(characters)} }

// Clear overwrites the PIN; defer it where the PIN is read.
func (p PIN) Clear() { clear(p.Bytes()) }

// Bytes returns the characters, not a copy, for those who hand them to a device.
func (p PIN) Bytes() []byte {
	if p.reveal == nil {
		return nil
	}
	return p.reveal()
}

// Format prints [redacted] for every verb.
func (PIN) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue logs [redacted].
func (PIN) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText encodes [redacted]; there is no way back.
func (PIN) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// A PINKind is one of the two PINs of an application, numbered as in SKF.
type PINKind int

// The holder's PIN, and the one that unlocks it.
const (
	AdminPIN PINKind = 0
	UserPIN  PINKind = 1
)

// Words returns 管理员 PIN or 用户 PIN, admin PIN or user PIN.
func (k PINKind) Words(lang fault.Lang) string {
	switch {
	case k == AdminPIN && lang == fault.ZH:
		return "管理员 PIN"
	case k == AdminPIN:
		return "admin PIN"
	case lang == fault.ZH:
		return "用户 PIN"
	}
	return "user PIN"
}

// Tries is how many wrong entries lock a PIN or a device key.
const Tries = 10

// PINInfo is what a token says of a PIN without being asked for it.
type PINInfo struct {
	Max  int // tries after a right entry
	Left int // tries now; 0 is locked
	// First: it is still the PIN that the application was created with.
	First bool
}

// PINs are the PINs of an application. A wrong entry costs a try, which the
// token has durably counted before it compares; a right one restores them all
// (R20). The user PIN locks with [fault.PINLocked] and is unlocked by
// UnblockPIN; the admin PIN locks with [fault.PINAdminLocked], for good.
//
// A PIN of impossible length is [fault.PINLength] and costs nothing.
type PINs interface {
	// PINInfo returns the tries, as the token counts them.
	PINInfo(ctx context.Context, kind PINKind) (PINInfo, error)

	// VerifyPIN opens the security state of kind on this handle. A wrong PIN is
	// [fault.PINIncorrect] or [fault.PINAdminIncorrect] with the tries left, or
	// the lock when none are, and ends a state that was open.
	VerifyPIN(ctx context.Context, kind PINKind, pin PIN) error

	// ChangePIN replaces old by next. next is judged first, as by [CheckPIN]
	// without hints, and costs no try when refused; a wrong old is answered as by
	// VerifyPIN. States opened with the old PIN may end: verify the new one.
	ChangePIN(ctx context.Context, kind PINKind, old, next PIN) error

	// UnblockPIN gives the user a new PIN and all tries. next is judged first. A
	// wrong admin PIN is answered as by VerifyPIN. PINInfo.First stays as it was.
	UnblockPIN(ctx context.Context, admin, next PIN) error

	// ClearSecureState forgets what was verified on this handle.
	ClearSecureState(ctx context.Context) error
}

// An AuthKey is a device key, 16 octets: it guards the creating and deleting of
// applications. It prints as a [PIN] does.
type AuthKey struct{ reveal reveal }

// NewAuthKey makes a device key.
func NewAuthKey(key [16]byte) AuthKey { return AuthKey{hide(key[:])} }

// DefaultAuthKey is the device key that many tokens leave the factory with. It
// is public, and nothing may be created under it.
func DefaultAuthKey() AuthKey { return NewAuthKey([16]byte([]byte("1234567812345678"))) }

// Bytes returns the 16 octets, not a copy; none for the zero AuthKey.
func (k AuthKey) Bytes() []byte { return PIN(k).Bytes() }

// Clear overwrites the key.
func (k AuthKey) Clear() { PIN(k).Clear() }

// Equal reports whether both are the same, in the same time whatever they are.
func (k AuthKey) Equal(other AuthKey) bool {
	return subtle.ConstantTimeCompare(k.Bytes(), other.Bytes()) == 1
}

// Format prints [redacted] for every verb.
func (AuthKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue logs [redacted].
func (AuthKey) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText encodes [redacted]; there is no way back.
func (AuthKey) MarshalText() ([]byte, error) { return []byte(redacted), nil }
