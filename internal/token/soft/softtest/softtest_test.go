package softtest_test

import (
	"testing"
	"time"

	"xinzhang/internal/token"
	"xinzhang/internal/token/soft"
	"xinzhang/internal/token/soft/softtest"
)

func TestATokenOfATestOpensLikeAnyAndCostsLittle(t *testing.T) {
	dir := t.TempDir()
	key := token.NewAuthKey([16]byte([]byte("16 octets of key")))
	pin, admin := token.NewPIN([]byte("482915")), token.NewPIN([]byte("admin-730165"))
	dev, err := softtest.Driver(t, dir).Create(t.Context(), soft.Spec{Name: "key-1", AuthKey: key})
	if err != nil {
		t.Fatal(err)
	}
	if err := dev.Authenticate(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	if _, err := dev.CreateApplication(t.Context(), token.ApplicationSpec{Name: "APP", UserPIN: pin, AdminPIN: admin}); err != nil {
		t.Fatal(err)
	}
	shipped, err := soft.New(dir).Connect(t.Context(), "key-1") // the cost stands in the file
	if err != nil {
		t.Fatal(err)
	}
	app, err := shipped.OpenApplication(t.Context(), "APP")
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	for range 5 {
		if err := app.VerifyPIN(t.Context(), token.UserPIN, pin); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("five entries took %v", took)
	}
}
