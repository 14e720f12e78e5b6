package soft_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log"
	"os"

	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/token"
	"xinzhang/internal/token/soft"
)

// A new UKey with one key, from the factory to the first signature.
func Example() {
	ctx := context.Background()
	must := func(err error) {
		if err != nil {
			log.Fatal(err)
		}
	}
	dir, err := os.MkdirTemp("", "")
	must(err)
	defer func() { _ = os.RemoveAll(dir) }()
	pin := func(s string) token.PIN { return token.NewPIN([]byte(s)) } // a program asks, and clears

	// The issuer: a device key of its own, an application with its first PINs.
	var octets [16]byte
	_, _ = rand.Read(octets[:])
	deviceKey := token.NewAuthKey(octets)
	device, err := soft.New(dir).Create(ctx, soft.Spec{Name: "key-1", AuthKey: deviceKey})
	must(err)
	must(device.Authenticate(ctx, deviceKey))
	app, err := device.CreateApplication(ctx, token.ApplicationSpec{Name: "XINZHANG", UserPIN: pin("482915"), AdminPIN: pin("admin-730165")})
	must(err)

	// The holder: a PIN that nobody else knows, and a key that nobody else has.
	must(app.ChangePIN(ctx, token.UserPIN, pin("482915"), pin("Qx7-3058")))
	must(app.VerifyPIN(ctx, token.UserPIN, pin("Qx7-3058")))
	container, err := app.CreateContainer(ctx, "sign-1")
	must(err)
	public, err := container.GenerateSigningKey(ctx)
	must(err)
	message := []byte("a document")
	value, err := container.SignDigest(ctx, sm2enc.Digest(public, message))
	must(err)
	fmt.Println("signature verifies:", sm2enc.Verify(public, message, value))

	err = app.VerifyPIN(ctx, token.UserPIN, pin("715204"))
	fmt.Println(err)
	// Output:
	// signature verifies: true
	// pin.incorrect (left=9)
}
