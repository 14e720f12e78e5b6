package kmc_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/hsm"
	"xinzhang/internal/kmc"
	"xinzhang/internal/store"
)

// memoryKey is the escrow key of a test.
type memoryKey struct{ private *sm2.PrivateKey }

func (k memoryKey) Public() *ecdsa.PublicKey { return &k.private.PublicKey }

func (k memoryKey) SignDigest(context.Context, [32]byte) ([]byte, error) { panic("not asked") }

func (k memoryKey) Decrypt(_ context.Context, c sm2enc.Cipher) ([]byte, error) {
	return sm2enc.Decrypt(k.private, c)
}

func (k memoryKey) Open(_ context.Context, name string) (hsm.Key, error) {
	if name != kmc.EscrowKey {
		return nil, fault.New(fault.KeyMissing, "name", name)
	}
	return k, nil
}

func newKey(t testing.TB) memoryKey {
	t.Helper()
	private, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return memoryKey{private}
}

func newCentre(t testing.TB) (*kmc.Centre, *store.DB) {
	t.Helper()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "ca.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	now := func() time.Time { return time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC) }
	return kmc.New(kmc.Config{Store: db.KMC(), Keys: newKey(t), Now: now}), db
}

func wantCounts(t *testing.T, c *kmc.Centre, spare, active, historic int) {
	t.Helper()
	got, err := c.Count(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got[kmc.Spare] != spare || got[kmc.Active] != active || got[kmc.Historic] != historic {
		t.Errorf("keys %v, want %d spare, %d active, %d historic", got, spare, active, historic)
	}
}

func TestTheSameRefHasTheSameKey(t *testing.T) {
	c, _ := newCentre(t)
	if err := c.Prepare(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	wantCounts(t, c, 2, 0, 0)
	first, err := c.Apply(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	again, err := c.Apply(t.Context(), "a")
	if err != nil || !again.Equal(first) {
		t.Errorf("another key, %v", err)
	}
	other, err := c.Apply(t.Context(), "b")
	if err != nil || other.Equal(first) {
		t.Errorf("the key of somebody else, %v", err)
	}
	wantCounts(t, c, 0, 2, 0)
	if _, err := c.Apply(t.Context(), "c"); err != nil { // none is spare: one is made
		t.Error(err)
	}
	wantCounts(t, c, 0, 3, 0)
}

func TestOnlyTheRecipientOpensADelivery(t *testing.T) {
	c, _ := newCentre(t)
	public, err := c.Apply(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	recipient, stranger := newKey(t), newKey(t)
	b, err := c.Deliver(t.Context(), "a", recipient.Public())
	if err != nil {
		t.Fatal(err)
	}
	envelope, err := sm2enc.ParseEnvelopedKey(b)
	if err != nil {
		t.Fatal(err)
	}
	open := func(k memoryKey) (*sm2.PrivateKey, error) {
		return envelope.Open(func(w sm2enc.Cipher) ([]byte, error) { return sm2enc.Decrypt(k.private, w) })
	}
	private, err := open(recipient)
	if err != nil || !private.PublicKey.Equal(public) {
		t.Errorf("the recipient got another key, %v", err)
	}
	if _, err := open(stranger); err == nil {
		t.Error("a stranger opened it")
	}
}

func TestAKeyThatNobodyGotIsSpareAgain(t *testing.T) {
	c, _ := newCentre(t)
	for _, ref := range []string{"kept", "delivered"} {
		if _, err := c.Apply(t.Context(), ref); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.Deliver(t.Context(), "delivered", newKey(t).Public()); err != nil {
		t.Fatal(err)
	}
	for _, ref := range []string{"kept", "delivered", "kept", "delivered", "never heard of"} {
		if err := c.Release(t.Context(), ref); err != nil {
			t.Errorf("release %s: %v", ref, err)
		}
	}
	wantCounts(t, c, 1, 0, 1)
	if _, err := c.Apply(t.Context(), "delivered"); err == nil {
		t.Error("a historic key was assigned")
	}
}

func TestAHistoricKeyIsStillRecovered(t *testing.T) {
	c, _ := newCentre(t)
	public, err := c.Apply(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := c.Archive(t.Context(), "a", "certificate revoked"); err != nil {
			t.Fatal(err)
		}
	}
	wantCounts(t, c, 0, 0, 1)
	recipient := newKey(t)
	b, err := c.Deliver(t.Context(), "a", recipient.Public())
	if err != nil {
		t.Fatal(err)
	}
	envelope, err := sm2enc.ParseEnvelopedKey(b)
	if err != nil || !envelope.Public.Equal(public) {
		t.Errorf("recovered another key, %v", err)
	}
	_, err = c.Deliver(t.Context(), "b", recipient.Public())
	if fault.Of(err).Code != fault.KMCKeyNotFound {
		t.Errorf("a key that never was: %v", err)
	}
}

// A store whose records are changed behind the centre's back.
type tampered struct {
	kmc.Store
	change func(*kmc.Key)
}

func (s tampered) ByRef(ctx context.Context, ref string) (kmc.Key, error) {
	k, err := s.Store.ByRef(ctx, ref)
	s.change(&k)
	return k, err
}

func TestAChangedEscrowIsNotDelivered(t *testing.T) {
	_, db := newCentre(t)
	escrow := newKey(t)
	centre := func(s kmc.Store) *kmc.Centre { return kmc.New(kmc.Config{Store: s, Keys: escrow, Now: time.Now}) }
	c := centre(db.KMC())
	for _, ref := range []string{"a", "b"} {
		if _, err := c.Apply(t.Context(), ref); err != nil {
			t.Fatal(err)
		}
	}
	other, err := db.KMC().ByRef(t.Context(), "b")
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*kmc.Key){
		"a flipped bit":             func(k *kmc.Key) { k.Escrowed[len(k.Escrowed)-1] ^= 1 },
		"cut":                       func(k *kmc.Key) { k.Escrowed = k.Escrowed[:50] },
		"empty":                     func(k *kmc.Key) { k.Escrowed = nil },
		"the envelope of another":   func(k *kmc.Key) { k.Escrowed = other.Escrowed },
		"the public key of another": func(k *kmc.Key) { k.PublicKey = other.PublicKey },
	} {
		t.Run(name, func(t *testing.T) {
			_, err := centre(tampered{db.KMC(), change}).Deliver(t.Context(), "a", escrow.Public())
			if err == nil || fault.Of(err).Code != fault.KMCEscrowBroken {
				t.Errorf("got %v", err)
			}
		})
	}
	if _, err := c.Deliver(t.Context(), "a", escrow.Public()); err != nil {
		t.Errorf("unchanged: %v", err)
	}
}

func TestManyApplyAtOnce(t *testing.T) {
	c, _ := newCentre(t)
	var mu sync.Mutex
	owner := map[string]string{}
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			ref := fmt.Sprint(i / 2) // two ask for the same
			public, err := c.Apply(t.Context(), ref)
			if err != nil {
				t.Error(err)
				return
			}
			point := string(sm2enc.MarshalPublicKey(public))
			mu.Lock()
			defer mu.Unlock()
			if other, ok := owner[point]; ok && other != ref {
				t.Errorf("%s and %s have the same key", ref, other)
			}
			owner[point] = ref
		})
	}
	wg.Wait()
	if len(owner) != 10 {
		t.Errorf("%d keys for 10", len(owner))
	}
}
