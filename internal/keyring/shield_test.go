package keyring_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/fixture"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/keyring"
	"xinzhang/internal/token"
)

var digests = [][32]byte{{1}, {2}}

func (b *bench) unlock(a keyring.Attempt) error {
	s, err := b.ring.Unlock(b.t.Context(), a, digests)
	if err == nil {
		b.must(s.Close())
	}
	return err
}

func wants(t *testing.T, err error, want fault.Code) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestTheTriesComeFromTheUKeyBeforeAndAfter(t *testing.T) { // guard 1
	b := newBench(t, nil)
	id := b.person("key", nil)
	b.ring.Refresh(t.Context())
	err := b.unlock(b.attempt(id, "operation-0000001", "111222"))
	wants(t, err, fault.PINIncorrect)
	if left := fault.Of(err).Args["left"]; left != 9 {
		t.Errorf("the error speaks of %v tries", left)
	}
	f, err := b.ring.Find(id)
	b.must(err)
	if f.Tries.Left != 9 || b.left("key") != 9 {
		t.Errorf("shown %d, in the file %d, want 9", f.Tries.Left, b.left("key"))
	}
}

func TestAnOperationRunsOnce(t *testing.T) { // guard 2
	b := newBench(t, nil)
	id := b.person("key", nil)
	b.ring.Refresh(t.Context())
	var clicks sync.WaitGroup
	answers := make([]error, 3)
	for i := range answers {
		clicks.Go(func() { answers[i] = b.unlock(b.attempt(id, "operation-0000001", fmt.Sprintf("11122%d", i))) })
	}
	clicks.Wait()
	if b.left("key") != 9 {
		t.Errorf("three clicks of one dialog left %d tries", b.left("key"))
	}
	for _, err := range answers {
		wants(t, err, fault.PINIncorrect)
	}
	b.must(b.unlock(b.attempt(id, "operation-0000002", pin)))
	wants(t, b.unlock(b.attempt(id, "operation-0000002", pin)), fault.OperationDone)
}

func TestWrongPINsWaitLongerAndLonger(t *testing.T) { // guard 3
	b := newBench(t, nil)
	id := b.person("key", nil)
	b.ring.Refresh(t.Context())
	for i := range 4 {
		wants(t, b.unlock(b.attempt(id, fmt.Sprintf("operation-000000%d", i), fmt.Sprintf("11122%d", i))), fault.PINIncorrect)
	}
	b.must(b.unlock(b.attempt(id, "operation-0000009", pin)))
	if want := []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second}; !slices.Equal(b.pauses, want) {
		t.Errorf("pauses %v, want %v", b.pauses, want)
	}
}

func TestTheSameWrongPINIsNotSentTwice(t *testing.T) { // guard 4
	b := newBench(t, nil)
	id := b.person("key", nil)
	b.ring.Refresh(t.Context())
	wants(t, b.unlock(b.attempt(id, "operation-0000001", "111222")), fault.PINIncorrect)
	wants(t, b.unlock(b.attempt(id, "operation-0000002", "111222")), fault.PINAlreadyTried)
	if b.left("key") != 9 {
		t.Errorf("%d tries left", b.left("key"))
	}
	// Changed to just that PIN by another program, it is right.
	other, err := b.driver.Connect(t.Context(), "key")
	b.must(err)
	app, err := other.OpenApplication(t.Context(), "XINZHANG")
	b.must(err)
	b.must(app.ChangePIN(t.Context(), token.UserPIN, token.NewPIN([]byte(pin)), token.NewPIN([]byte("111222"))))
	b.must(other.Close())
	b.must(b.unlock(b.attempt(id, "operation-0000003", "111222")))
}

func TestWhatNoUKeyWouldTakeIsNotSent(t *testing.T) { // guard 5
	b := newBench(t, nil)
	id := b.person("key", nil)
	b.ring.Refresh(t.Context())
	wants(t, b.unlock(b.attempt(id, "operation-0000001", "12345")), fault.PINLength)
	wants(t, b.unlock(b.attempt(id, "operation-0000002", "１２３")), fault.PINCharacters)
	change := func(op, next, repeat string) error {
		_, err := b.ring.ChangePIN(t.Context(), b.attempt(id, op, pin), token.NewPIN([]byte(next)), token.NewPIN([]byte(repeat)))
		return err
	}
	wants(t, change("operation-0000003", "648213", "648214"), fault.PINRepeatDiffers)
	wants(t, change("operation-0000004", "123456", "123456"), fault.PINWeak)
	wants(t, change("operation-0000005", "199001", "199001"), fault.PINWeak) // of the ID number
	if b.left("key") != 10 {
		t.Errorf("%d tries left", b.left("key"))
	}
	b.must(change("operation-0000006", "648213", "648213"))
	b.must(b.unlock(b.attempt(id, "operation-0000007", "648213")))
}

func TestTheLastTriesAreNotForPages(t *testing.T) { // guard 6
	b := newBench(t, nil)
	id := b.person("key", nil)
	b.ring.Refresh(t.Context())
	for i := range 7 {
		wants(t, b.unlock(b.attempt(id, fmt.Sprintf("operation-000000%d", i), fmt.Sprintf("11122%d", i))), fault.PINIncorrect)
	}
	wants(t, b.unlock(b.attempt(id, "operation-0000010", pin)), fault.PINFewLeft)
	manager := func(op, typed string, last bool) error {
		_, err := b.ring.VerifyPIN(t.Context(), keyring.Attempt{Key: id, Operation: op, PIN: token.NewPIN([]byte(typed)), Last: last})
		return err
	}
	wants(t, manager("operation-0000011", "222333", false), fault.PINIncorrect)
	wants(t, manager("operation-0000012", "222334", false), fault.PINIncorrect)
	wants(t, manager("operation-0000013", pin, false), fault.PINLastConfirm)
	if b.left("key") != 1 {
		t.Fatalf("%d tries left", b.left("key"))
	}
	b.must(manager("operation-0000014", pin, true))
	b.must(b.unlock(b.attempt(id, "operation-0000015", pin)))
}

func TestALockedPINIsNotSent(t *testing.T) {
	b := newBench(t, nil)
	id := b.person("key", nil)
	b.ring.Refresh(t.Context())
	for i := range 10 {
		_, err := b.ring.VerifyPIN(t.Context(), keyring.Attempt{Key: id, Operation: fmt.Sprintf("operation-00000%02d", i), PIN: token.NewPIN(fmt.Appendf(nil, "1112%02d", i)), Last: true})
		if want := fault.PINIncorrect; i < 9 {
			wants(t, err, want)
		} else {
			wants(t, err, fault.PINLocked)
		}
	}
	wants(t, b.unlock(b.attempt(id, "operation-0000020", pin)), fault.PINLocked)
	if k := b.ring.Keys(keyring.Sign, fault.ZH)[0]; k.Suited || k.State != keyring.PINLocked || k.Reason.Code != string(fault.PINLocked) {
		t.Errorf("shown as %+v", k)
	}
}

func TestTheFirstPINMustBeChangedBeforeItSigns(t *testing.T) { // guard 8
	b := newBench(t, nil)
	id := b.key("key", false, func(pub func(*cert.Template)) *fixture.Holder { return b.authority.Person(pub) })
	b.ring.Refresh(t.Context())
	wants(t, b.unlock(b.attempt(id, "operation-0000001", "735182")), fault.PINMustChange)
	if b.left("key") != 10 {
		t.Errorf("%d tries left", b.left("key"))
	}
	_, err := b.ring.ChangePIN(t.Context(), b.attempt(id, "operation-0000002", "735182"), token.NewPIN([]byte(pin)), token.NewPIN([]byte(pin)))
	b.must(err)
	// A second click on 修改密码 spends nothing.
	tries, err := b.ring.ChangePIN(t.Context(), b.attempt(id, "operation-0000002", "735182"), token.NewPIN([]byte(pin)), token.NewPIN([]byte(pin)))
	if b.must(err); tries.Left != 10 || tries.First {
		t.Errorf("after the second click: %+v", tries)
	}
	b.must(b.unlock(b.attempt(id, "operation-0000003", pin)))
}

func TestASessionSignsWhatItWasOpenedForOnce(t *testing.T) {
	b := newBench(t, nil)
	id := b.person("key", nil)
	b.ring.Refresh(t.Context())
	s, err := b.ring.Unlock(t.Context(), b.attempt(id, "operation-0000001", pin), digests)
	b.must(err)
	_, err = s.Sign(t.Context(), digests[1])
	b.must(err)
	_, err = s.Sign(t.Context(), digests[1])
	wants(t, err, fault.KeyDigestUnlisted)
	_, err = s.Sign(t.Context(), [32]byte{9})
	wants(t, err, fault.KeyDigestUnlisted)
	b.mu.Lock()
	b.now = b.now.Add(11 * time.Minute)
	b.mu.Unlock()
	_, err = s.Sign(t.Context(), digests[0])
	wants(t, err, fault.PINNotVerified)
	b.must(s.Close())
}
