package softtest

import (
	"crypto/rand"
	"testing"

	"github.com/emmansun/gmsm/sm2"

	"xinzhang/internal/fixture"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/token"
	"xinzhang/internal/token/soft"
)

// FirstPIN is the PIN that a UKey of [UKey] is delivered with.
const FirstPIN = "735182"

// UKey makes a software UKey in dir, with one application "XINZHANG" and both pairs
// of a holder: issue is the Person or the Organisation of a [fixture.Authority].
// With pin "" the first PIN stays.
func UKey(tb testing.TB, dir, name, pin string, issue func(func(*cert.Template)) *fixture.Holder) (signing, encryption *cert.Certificate) {
	tb.Helper()
	return Fill(tb, Driver(tb, dir), name, pin, issue)
}

// Fill is [UKey] with a driver of the caller's, whose PINs may cost what they do
// for people.
func Fill(tb testing.TB, driver *soft.Driver, name, pin string, issue func(func(*cert.Template)) *fixture.Holder) (signing, encryption *cert.Certificate) {
	tb.Helper()
	must := func(err error) {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
	}
	ctx := tb.Context()
	auth := token.NewAuthKey([16]byte([]byte("16 octets of key")))
	dev, err := driver.Create(ctx, soft.Spec{Name: name, AuthKey: auth})
	must(err)
	defer func() { must(dev.Close()) }()
	must(dev.Authenticate(ctx, auth))
	first := token.NewPIN([]byte(FirstPIN))
	app, err := dev.CreateApplication(ctx, token.ApplicationSpec{Name: "XINZHANG", AdminPIN: token.NewPIN([]byte("admin-730165")), UserPIN: first})
	must(err)
	current := first
	if pin != "" {
		current = token.NewPIN([]byte(pin))
		must(app.ChangePIN(ctx, token.UserPIN, first, current))
	}
	must(app.VerifyPIN(ctx, token.UserPIN, current))
	c, err := app.CreateContainer(ctx, "sign-1")
	must(err)
	pub, err := c.GenerateSigningKey(ctx)
	must(err)
	signing = issue(func(t *cert.Template) { t.PublicKey = pub }).Cert
	must(c.ImportCertificate(ctx, token.Signing, signing.Raw))
	key, err := sm2.GenerateKey(rand.Reader)
	must(err)
	envelope, err := sm2enc.SealKey(rand.Reader, pub, key)
	must(err)
	must(c.ImportEncryptionKey(ctx, envelope))
	encryption = issue(func(t *cert.Template) {
		p, err := cert.LookupProfile(map[string]string{"person-sign": "person-enc", "org-sign": "org-enc"}[t.Profile.Name])
		must(err)
		t.Profile, t.PublicKey = p, &key.PublicKey
	}).Cert
	must(c.ImportCertificate(ctx, token.Encryption, encryption.Raw))
	return signing, encryption
}
