// Package tokentest is the conformance suite of token: what every kind of UKey
// must do, in a file, in a chip or behind another process.
//
//	func TestConformance(t *testing.T) {
//		tokentest.Run(t, func(t *testing.T) tokentest.Fixture { … a blank device … })
//	}
//
// The suite talks to a device only as programs do, by the interfaces of token.
// [RunKey] is the small part for what only signs.
package tokentest

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"

	"xinzhang/internal/fault"
	"xinzhang/internal/fixture"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/token"
)

// A Fixture is a device to be tested.
type Fixture struct {
	Driver  token.Driver
	Name    string        // of a device without applications
	AuthKey token.AuthKey // of the device; not the default

	// MayLock lets the suite lock the device key, which spoils a real device.
	MayLock bool

	// Lacks is what the interface of the device has no way to say. The suite asks
	// for the rest, and for what must be so instead.
	Lacks Lacks
}

// Lacks is what a kind of device cannot offer of the contract.
type Lacks struct {
	// MustChange: ApplicationSpec.KeepFirstPIN does not reach the device, whose
	// user may go on with the first PIN. It still says that it is the first.
	MustChange bool
	// AuthTries: a wrong device key does not tell how many tries are left.
	AuthTries bool
}

// Run tests the devices that open gives, a blank one for each call.
func Run(t *testing.T, open func(t *testing.T) Fixture) {
	for _, tt := range []struct {
		name string
		run  func(*testing.T, *bench)
	}{
		{"the life of a key", lifeOfAKey},
		{"keys and certificates are exported as they came", exports},
		{"an encryption key comes only enveloped to the signing key", envelopes},
		{"a certificate must belong to its key", certificates},
		{"containers are made, listed and destroyed", containers},
		{"nothing is done without the user PIN", withoutPIN},
		{"a wrong PIN costs a try and a right one gives all back", tries},
		{"a PIN of impossible length costs nothing", lengths},
		{"the tenth wrong PIN locks, across connections", locking},
		{"the admin PIN unlocks the user PIN", unblocking},
		{"the admin PIN locks for good", adminLocking},
		{"changing a PIN", changing},
		{"a new PIN is judged before a try is spent", weakPINs},
		{"the first PIN is for changing it", firstPIN},
		{"the first PIN may stay where the issuer says so", firstPINStays},
		{"verified is who gave the PIN on this handle", sessions},
		{"applications are behind the device key", deviceKey},
		{"the device key has tries of its own", deviceKeyTries},
		{"applications are apart", applications},
		{"names", names},
		{"what is not there is named", absent},
		{"a closed handle is closed", closedHandles},
		{"files and their rights", files},
		{"goroutines sign at once", signAtOnce},
		{"goroutines guess at once and get ten tries between them", guessAtOnce},
		{"a call whose time is over does nothing", cancelled},
		{"what it says of itself", information},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := open(t)
			b := &bench{T: t, Fixture: f, ctx: t.Context()}
			b.connect()
			t.Cleanup(func() { _ = b.device.Close() })
			tt.run(t, b)
		})
	}
}

// bench is a device on the table.
type bench struct {
	*testing.T
	Fixture
	ctx       context.Context
	device    token.Device
	authority *fixture.Authority
}

// PINs of the suite. A PIN belongs to its caller, so each use makes its own.
const (
	firstUser = "482915"
	user      = "Qx7-3058"
	otherUser = "93a51c77"
	wrongUser = "715204"
	admin     = "Admin+60918273"
)

func pin(s string) token.PIN { return token.NewPIN([]byte(s)) }

// key is a device key of the suite.
func key(s string) token.AuthKey { return token.NewAuthKey([16]byte([]byte(s))) }

func (b *bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// refused asks for an error of code, that quotes no PIN.
func (b *bench) refused(err error, code fault.Code) {
	b.Helper()
	if !errors.Is(err, code) {
		b.Errorf("got error %v, want %s", err, code)
	}
	if err == nil {
		return
	}
	for _, secret := range []string{firstUser, user, otherUser, wrongUser, admin} {
		if strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, fault.Of(err).Args), secret) {
			b.Errorf("a PIN stands in the error %v", err)
		}
	}
}

// left asks for an error of code with the number of tries left.
func (b *bench) left(err error, code fault.Code, want int) {
	b.Helper()
	b.refused(err, code)
	if got := fault.Of(err).Args["left"]; got != want {
		b.Errorf("%s says %v left, want %d", code, got, want)
	}
}

// authLeft is left for the device key.
func (b *bench) authLeft(err error, want int) {
	b.Helper()
	if !b.Lacks.AuthTries {
		b.left(err, fault.TokenAuthIncorrect, want)
		return
	}
	b.refused(err, fault.TokenAuthIncorrect)
	if left, ok := fault.Of(err).Args["left"].(fault.Worded); !ok {
		b.Errorf("tries that are not known are told as %v", left)
	}
}

// tries asks PINInfo.
func (b *bench) tries(app token.Application, kind token.PINKind, want int) {
	b.Helper()
	info, err := app.PINInfo(b.ctx, kind)
	b.must(err)
	if info.Left != want {
		b.Errorf("PINInfo says %d left, want %d", info.Left, want)
	}
}

func (b *bench) connect() {
	b.Helper()
	d, err := b.Driver.Connect(b.ctx, b.Name)
	b.must(err)
	b.device = d
}

// reconnect closes the device and connects again: nothing lives on but what the
// device holds.
func (b *bench) reconnect() {
	b.Helper()
	b.must(b.device.Close())
	b.connect()
}

// spec is an application of the suite, its PINs not yet changed.
func spec(name string) token.ApplicationSpec {
	return token.ApplicationSpec{Name: name, UserPIN: pin(firstUser), AdminPIN: pin(admin), CreateFiles: token.ByUser}
}

// blank makes an application whose first PIN stands.
func (b *bench) blank() token.Application {
	b.Helper()
	b.must(b.device.Authenticate(b.ctx, b.AuthKey))
	app, err := b.device.CreateApplication(b.ctx, spec("XINZHANG"))
	b.must(err)
	return app
}

// personal makes an application with the user's own PIN, not verified.
func (b *bench) personal() token.Application {
	b.Helper()
	app := b.blank()
	b.must(app.ChangePIN(b.ctx, token.UserPIN, pin(firstUser), pin(user)))
	b.must(app.ClearSecureState(b.ctx))
	return app
}

// unlocked makes an application with the user PIN verified.
func (b *bench) unlocked() token.Application {
	b.Helper()
	app := b.personal()
	b.must(app.VerifyPIN(b.ctx, token.UserPIN, pin(user)))
	return app
}

func (b *bench) open(name string) token.Application {
	b.Helper()
	app, err := b.device.OpenApplication(b.ctx, name)
	b.must(err)
	return app
}

func (b *bench) container(app token.Application, name string) token.Container {
	b.Helper()
	c, err := app.CreateContainer(b.ctx, name)
	b.must(err)
	return c
}

// signer makes a container with a signing pair and its certificate.
func (b *bench) signer(app token.Application, name string) (token.Container, *ecdsa.PublicKey) {
	b.Helper()
	c := b.container(app, name)
	pub, err := c.GenerateSigningKey(b.ctx)
	b.must(err)
	b.must(c.ImportCertificate(b.ctx, token.Signing, b.certify(pub)))
	return c, pub
}

// certify issues a certificate for pub.
func (b *bench) certify(pub *ecdsa.PublicKey) []byte {
	b.Helper()
	if b.authority == nil {
		b.authority = fixture.New(b.T, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	}
	return b.authority.Person(func(t *cert.Template) { t.PublicKey = pub }).Cert.Raw
}

func (b *bench) newKey() *sm2.PrivateKey {
	b.Helper()
	k, err := sm2.GenerateKey(rand.Reader)
	b.must(err)
	return k
}

func (b *bench) envelope(to *ecdsa.PublicKey, k *sm2.PrivateKey) sm2enc.EnvelopedKey {
	b.Helper()
	e, err := sm2enc.SealKey(rand.Reader, to, k)
	b.must(err)
	return e
}

// signs asks for a signature that pub verifies.
func (b *bench) signs(c token.Container, pub *ecdsa.PublicKey, message string) {
	b.Helper()
	e := sm2enc.Digest(pub, []byte(message))
	value, err := c.SignDigest(b.ctx, e)
	b.must(err)
	checkSignature(b.T, pub, e, value)
}

// checkSignature asks for strict DER that verifies, and fails for other digests.
func checkSignature(t *testing.T, pub *ecdsa.PublicKey, e [32]byte, value []byte) {
	t.Helper()
	sig, form, err := sm2enc.ParseSignature(value)
	if err != nil || form != sm2enc.DER || string(sig.Marshal()) != string(value) {
		t.Errorf("signature %x is no strict DER: form %v, %v", value, form, err)
		return
	}
	if !sm2enc.VerifyDigest(pub, e, sig) {
		t.Error("the signature does not verify")
	}
	e[0] ^= 1
	if sm2enc.VerifyDigest(pub, e, sig) {
		t.Error("the signature verifies for another digest")
	}
}
