package soft

import (
	"testing"

	"xinzhang/internal/token"
	"xinzhang/internal/token/soft/internal/cost"
	"xinzhang/internal/token/tokentest"
)

// cheap is what a guess costs in these tests.
func cheap(dir string) *Driver { return NewWithCost(dir, cost.Cost{Passes: 1, KiB: 8, Lanes: 1}) }

func deviceKey() token.AuthKey { return token.NewAuthKey([16]byte([]byte("16 octets of key"))) }

func TestConformance(t *testing.T) {
	tokentest.Run(t, func(t *testing.T) tokentest.Fixture {
		d := cheap(t.TempDir())
		dev, err := d.Create(t.Context(), Spec{Name: "key-1", Label: "blank", AuthKey: deviceKey()})
		if err != nil {
			t.Fatal(err)
		}
		if err := dev.Close(); err != nil {
			t.Fatal(err)
		}
		return tokentest.Fixture{Driver: d, Name: "key-1", AuthKey: deviceKey(), MayLock: true}
	})
}
