// Package kmc is the key management centre (密钥管理中心, GM/T 0034-2014): it makes
// encryption key pairs, escrows them, hands them out enveloped, and keeps them
// for as long as somebody may have to read what was encrypted with them. It
// never sees a signing key.
//
// A private key leaves the package only in an SM2EnvelopedKey (GB/T 35276) for
// the signing key of its holder, and it is stored only in an envelope for the
// escrow key of the centre, which is its own and serves nothing else.
//
// A key is spare (备用) until it is assigned, active (在用) while its certificate
// is in use, and historic (历史) afterwards:
//
//	centre := kmc.New(kmc.Config{Store: db.KMC(), Keys: keys, Now: time.Now})
//	pub, err := centre.Apply(ctx, ref)               // the same key at every call for ref
//	envelope, err := centre.Deliver(ctx, ref, signPub)
//
// Recovery (密钥恢复) is Deliver again, to the current signing key of the holder,
// in whatever state the key is; it never makes a new key. Who may ask for it is
// decided by the caller.
package kmc

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/emmansun/gmsm/sm2"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/hsm"
)

// EscrowKey is the name of the escrow key among the service keys.
const EscrowKey = "kmc-escrow"

// A State says where a key stands in its life (GM/T 0034).
type State string

// The states of an encryption key.
const (
	Spare    State = "spare"    // 备用: made ahead, nobody's yet
	Active   State = "active"   // 在用: assigned
	Historic State = "historic" // 历史: its certificate is revoked, replaced or was never issued
)

// A Key is the record of one escrowed key.
type Key struct {
	ID        string // 32 hexadecimal digits
	PublicKey []byte // the point, 65 octets
	Escrowed  []byte // DER SM2EnvelopedKey for the escrow key
	State     State
	Ref       string // whose key it is, in words of the caller; empty while spare

	MadeAt, AssignedAt, ArchivedAt time.Time // UTC; zero: not yet
	Note                           string
}

// Errors that a [Store] returns.
var (
	ErrNotFound = errors.New("kmc: no such key")
	ErrNoSpare  = errors.New("kmc: no spare key")
	ErrConflict = errors.New("kmc: the key is in another state")
)

// A Store remembers the keys. What a method has written is durable on return.
type Store interface {
	// AddSpare records a new key in state Spare.
	AddSpare(ctx context.Context, k Key) error

	// Assign gives the oldest spare key to ref, or returns the key that ref has
	// already. It returns ErrNoSpare when there is none to give.
	Assign(ctx context.Context, ref string, at time.Time) (Key, error)

	// ByRef returns the key of ref or ErrNotFound.
	ByRef(ctx context.Context, ref string) (Key, error)

	// RecordDelivery remembers that key id was sent to the signing key recipient
	// (65 octets).
	RecordDelivery(ctx context.Context, id, keyID string, recipient []byte, at time.Time) error

	// Release makes the active key of ref spare again, ErrConflict when it was
	// ever delivered or is not active.
	Release(ctx context.Context, ref string) error

	// Archive makes the active key of ref historic, ErrConflict when it is not
	// active.
	Archive(ctx context.Context, ref, note string, at time.Time) error

	// Count tells how many keys there are in each state.
	Count(ctx context.Context) (map[State]int, error)
}

// Keys opens the service keys of the centre; [hsm.Folder] is one.
type Keys interface {
	Open(ctx context.Context, name string) (hsm.Key, error)
}

// Config says what a [Centre] works with. Every field is needed.
type Config struct {
	Store Store
	Keys  Keys
	Now   func() time.Time
}

// A Centre is the key centre. Its methods may be called at once.
type Centre struct {
	store Store
	keys  Keys
	now   func() time.Time

	mu     sync.Mutex
	escrow hsm.Decrypter // opened at the first need
}

// New returns the key centre of cfg. The escrow key is opened when it is needed.
func New(cfg Config) *Centre {
	return &Centre{store: cfg.Store, keys: cfg.Keys, now: cfg.Now}
}

// Prepare makes n spare keys (备用密钥), so that applications need not wait.
func (c *Centre) Prepare(ctx context.Context, n int) error {
	escrow, err := c.escrowKey(ctx)
	if err != nil {
		return err
	}
	for range n {
		k, err := makeKey(escrow.Public(), c.now())
		if err != nil {
			return err
		}
		if err := c.store.AddSpare(ctx, k); err != nil {
			return fmt.Errorf("store spare key: %w", err)
		}
	}
	return nil
}

// makeKey makes a key pair and escrows it; the private key is gone on return.
func makeKey(escrow *ecdsa.PublicKey, at time.Time) (Key, error) {
	private, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		return Key{}, fmt.Errorf("make encryption key: %w", err)
	}
	defer wipe(private)
	envelope, err := sm2enc.SealKey(rand.Reader, escrow, private)
	if err != nil {
		return Key{}, fmt.Errorf("escrow encryption key: %w", err)
	}
	return Key{
		ID: newID(), PublicKey: sm2enc.MarshalPublicKey(&private.PublicKey),
		Escrowed: envelope.Marshal(), State: Spare, MadeAt: at,
	}, nil
}

// Apply assigns an encryption key to ref and returns its public key. For the same
// ref it returns the same key, as long as that is not archived.
func (c *Centre) Apply(ctx context.Context, ref string) (*ecdsa.PublicKey, error) {
	k, err := c.store.Assign(ctx, ref, c.now())
	for tries := 0; errors.Is(err, ErrNoSpare) && tries < 100; tries++ { // others may take what is made here
		if err := c.Prepare(ctx, 1); err != nil {
			return nil, err
		}
		k, err = c.store.Assign(ctx, ref, c.now())
	}
	if err != nil {
		return nil, fmt.Errorf("assign encryption key: %w", err)
	}
	if k.State != Active {
		return nil, fmt.Errorf("assign encryption key: the key of %q is %s", ref, k.State)
	}
	return sm2enc.ParsePublicKey(k.PublicKey)
}

// Deliver returns the private key of ref in a DER SM2EnvelopedKey which only the
// signing key behind recipient opens, and records that it did. It is used for
// the first delivery and for recovery alike.
func (c *Centre) Deliver(ctx context.Context, ref string, recipient *ecdsa.PublicKey) ([]byte, error) {
	k, err := c.find(ctx, ref)
	if err != nil {
		return nil, err
	}
	private, err := c.unescrow(ctx, k)
	if err != nil {
		return nil, err
	}
	defer wipe(private)
	envelope, err := sm2enc.SealKey(rand.Reader, recipient, private)
	if err != nil {
		return nil, fmt.Errorf("deliver encryption key: %w", err)
	}
	point := sm2enc.MarshalPublicKey(recipient)
	if err := c.store.RecordDelivery(ctx, newID(), k.ID, point, c.now()); err != nil {
		return nil, fmt.Errorf("record delivery: %w", err)
	}
	return envelope.Marshal(), nil
}

// Release gives back the key of ref, for which no certificate was recorded: it
// becomes spare again, or historic when it was delivered nevertheless. A ref
// without an active key is left alone.
func (c *Centre) Release(ctx context.Context, ref string) error {
	err := c.store.Release(ctx, ref)
	if errors.Is(err, ErrConflict) {
		return c.Archive(ctx, ref, "released after delivery")
	}
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// Archive makes the key of ref historic; note says why. It stays recoverable. A
// key that is historic already, or a ref without a key, is left alone.
func (c *Centre) Archive(ctx context.Context, ref, note string) error {
	err := c.store.Archive(ctx, ref, note, c.now())
	if errors.Is(err, ErrConflict) || errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// Count tells how many keys there are in each state.
func (c *Centre) Count(ctx context.Context) (map[State]int, error) { return c.store.Count(ctx) }

func (c *Centre) find(ctx context.Context, ref string) (Key, error) {
	k, err := c.store.ByRef(ctx, ref)
	if errors.Is(err, ErrNotFound) {
		return Key{}, fault.Wrap(fault.KMCKeyNotFound, err, "ref", ref)
	}
	return k, err
}

// unescrow opens the envelope for the escrow key. The envelope says which public
// key belongs to it; the record must agree, or two records were exchanged.
func (c *Centre) unescrow(ctx context.Context, k Key) (*sm2.PrivateKey, error) {
	escrow, err := c.escrowKey(ctx)
	if err != nil {
		return nil, err
	}
	broken := func(err error) error { return fault.Wrap(fault.KMCEscrowBroken, err, "id", k.ID) }
	envelope, err := sm2enc.ParseEnvelopedKey(k.Escrowed)
	if err != nil {
		return nil, broken(err)
	}
	if pub, err := sm2enc.ParsePublicKey(k.PublicKey); err != nil || !pub.Equal(envelope.Public) {
		return nil, broken(errors.New("the envelope holds another key"))
	}
	private, err := envelope.Open(func(w sm2enc.Cipher) ([]byte, error) { return escrow.Decrypt(ctx, w) })
	if err != nil {
		return nil, broken(err)
	}
	return private, nil
}

func (c *Centre) escrowKey(ctx context.Context) (hsm.Decrypter, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.escrow != nil {
		return c.escrow, nil
	}
	k, err := c.keys.Open(ctx, EscrowKey)
	if err != nil {
		return nil, err
	}
	d, ok := k.(hsm.Decrypter)
	if !ok {
		return nil, fmt.Errorf("key %s cannot decrypt", EscrowKey)
	}
	c.escrow = d
	return d, nil
}

// wipe overwrites the scalar as far as Go lets it.
func wipe(k *sm2.PrivateKey) {
	clear(k.D.Bits())
}

func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the process instead
	return hex.EncodeToString(b[:])
}
