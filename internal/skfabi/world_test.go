package skfabi

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/emmansun/gmsm/ecdh"
	"github.com/emmansun/gmsm/sm2"

	"xinzhang/internal/fixture"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/skf"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/token"
	"xinzhang/internal/token/soft"
	"xinzhang/internal/token/soft/softtest"
)

const (
	userPIN  = "Qx7-3058"
	otherPIN = "93a51c77"
	adminPIN = "Admin+60918273"
	devKey   = "16 octets of key"
	wrongKey = "16 octets, wrong"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// world is a library over one cheap token "key-1", with a connection to it.
type world struct {
	*testing.T
	*Library
	driver *soft.Driver
	dir    string
	dev    Handle
}

func newWorld(t *testing.T) *world {
	t.Helper()
	dir := t.TempDir()
	driver := softtest.Driver(t, dir)
	w := &world{T: t, driver: driver, dir: dir}
	w.make("key-1")
	w.Library = New(driver, dir, skf.Layout{})
	w.events.every = 5 * time.Millisecond
	w.ok(w.ConnectDev("key-1", &w.dev))
	return w
}

func (w *world) make(name string) {
	w.Helper()
	dev := must(w.driver.Create(context.Background(), soft.Spec{Name: name, AuthKey: token.NewAuthKey([16]byte([]byte(devKey)))}))
	if err := dev.Close(); err != nil {
		w.Fatal(err)
	}
}

// unplug removes the files of a token.
func (w *world) unplug(name string) {
	w.Helper()
	for _, suffix := range []string{".ukey", ".ukey.copy"} {
		if err := os.Remove(filepath.Join(w.dir, name+suffix)); err != nil {
			w.Fatal(err)
		}
	}
}

func (w *world) ok(code skf.Code) { w.Helper(); w.want(code, skf.OK) }

func (w *world) want(code, want skf.Code) {
	w.Helper()
	if code != want {
		w.Fatalf("got %v, want %v", code, want)
	}
}

// auth authenticates with a device key.
func (w *world) auth(key string) skf.Code {
	w.Helper()
	var challenge, answer [16]byte
	w.ok(w.GenRandom(w.dev, challenge[:8]))
	var h Handle
	w.ok(w.SetSymmKey(w.dev, []byte(key), skf.SM4ECB, &h))
	w.ok(w.EncryptInit(h, skf.BlockParam{}.Marshal(skf.Layout{})))
	n := uint32(16)
	w.ok(w.Encrypt(h, challenge[:], answer[:], &n))
	w.ok(w.CloseHandle(h))
	return w.DevAuth(w.dev, answer[:])
}

// app makes the application APP and verifies its user PIN.
func (w *world) app() Handle {
	w.Helper()
	w.ok(w.auth(devKey))
	var h Handle
	w.ok(w.CreateApplication(w.dev, "APP", []byte(adminPIN), 10, []byte(userPIN), 10, uint32(token.ByUser), &h))
	w.ok(w.VerifyPIN(h, uint32(token.UserPIN), []byte(userPIN), nil))
	return h
}

// container makes a container with both pairs and certificates, and returns
// their public keys.
func (w *world) container(app Handle, name string) (h Handle, signing, encryption []byte) {
	w.Helper()
	l := skf.Layout{}
	w.ok(w.CreateContainer(app, name, &h))
	signing = make([]byte, l.PublicKeySize())
	w.ok(w.GenECCKeyPair(h, skf.SM2Sign, signing))
	pub := must(skf.ParsePublicKey(signing, l))
	key := must(sm2.GenerateKey(rand.Reader))
	envelope := must(sm2enc.SealKey(rand.Reader, pub, key))
	w.ok(w.ImportECCKeyPair(h, must(skf.MarshalEnvelope(envelope, l))))
	return h, signing, skf.MarshalPublicKey(&key.PublicKey, l)
}

// list reads a list of names in two calls.
func (w *world) list(ask func(out []byte, n *uint32) skf.Code) []string {
	w.Helper()
	var n uint32
	w.ok(ask(nil, &n))
	out := make([]byte, n)
	w.ok(ask(out, &n))
	if int(n) != len(out) {
		w.Errorf("%d octets were announced, %d came", len(out), n)
	}
	return skf.ParseNames(out)
}

// certify returns a certificate of the fictional authority.
func (w *world) certify(pubBlob []byte) []byte {
	pub := must(skf.ParsePublicKey(pubBlob, skf.Layout{}))
	return fixture.New(w, time.Now()).Person(func(t *cert.Template) { t.PublicKey = pub }).Cert.Raw
}

// withKeys are containers that agree on keys.
type withKeys struct{ token.Driver }

func (d withKeys) Connect(ctx context.Context, name string) (token.Device, error) {
	dev, err := d.Driver.Connect(ctx, name)
	return deviceWithKeys{dev.(*soft.Device)}, err
}

type deviceWithKeys struct{ *soft.Device }

func (d deviceWithKeys) CreateApplication(ctx context.Context, spec token.ApplicationSpec) (token.Application, error) {
	app, err := d.Device.CreateApplication(ctx, spec)
	return appWithKeys{app}, err
}

type appWithKeys struct{ token.Application }

func (a appWithKeys) CreateContainer(ctx context.Context, name string) (token.Container, error) {
	c, err := a.Application.CreateContainer(ctx, name)
	return containerWithKey{c, must(sm2.GenerateKey(rand.Reader))}, err
}

type containerWithKey struct {
	token.Container
	key *sm2.PrivateKey
}

func (c containerWithKey) ExportPublicKey(context.Context, token.KeyUse) (*ecdsa.PublicKey, error) {
	return &c.key.PublicKey, nil
}

func (c containerWithKey) Agree(_ context.Context, ephemeral *ecdh.PrivateKey, peer, peerEphemeral *ecdh.PublicKey) (*ecdh.PublicKey, error) {
	return must(c.key.ECDH()).SM2MQV(ephemeral, peer, peerEphemeral)
}
