package keyring_test

import (
	"testing"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/keyring"
)

func TestAKeyShowsItsUnitAndItsDepartment(t *testing.T) {
	b := newBench(t, nil)
	id := b.person("key", nil)
	b.ring.Refresh(t.Context())
	found, err := b.ring.Find(id)
	b.must(err)
	if k := b.ring.Describe(found, keyring.Sign, fault.ZH); k.Unit != "示例监狱" || k.Department != "一监区" {
		t.Errorf("unit %q, department %q", k.Unit, k.Department)
	}
}

func TestAKeySuitsItsPurposeOrSaysWhyNot(t *testing.T) {
	without := func(change func(*cert.Profile)) func(*cert.Template) {
		return func(t *cert.Template) { change(&t.Profile) }
	}
	for name, c := range map[string]struct {
		issue func(*bench) string
		want  map[keyring.Purpose]fault.Code // absent: suited
	}{
		"a person": {func(b *bench) string { return b.person("key", nil) }, map[keyring.Purpose]fault.Code{
			keyring.Seal: fault.KeyPurposeOrganisation,
		}},
		"an organisation": {func(b *bench) string { return b.organisation("key") }, map[keyring.Purpose]fault.Code{
			keyring.Login: fault.KeyPurposeLoginOrganisation, keyring.Sign: fault.KeyPurposePerson,
		}},
		"a person without clientAuth": {func(b *bench) string {
			return b.person("key", without(func(p *cert.Profile) { p.ExtKeyUsages = nil }))
		}, map[keyring.Purpose]fault.Code{
			keyring.Login: fault.KeyPurposeLoginUsage, keyring.Seal: fault.KeyPurposeOrganisation,
		}},
		"a person without our policy": {func(b *bench) string {
			return b.person("key", without(func(p *cert.Profile) { p.Policy = "" }))
		}, map[keyring.Purpose]fault.Code{
			keyring.Login: fault.KeyPurposeLoginPolicy, keyring.Seal: fault.KeyPurposeOrganisation,
		}},
		"an expired person": {func(b *bench) string {
			return b.person("key", func(t *cert.Template) {
				t.NotBefore, t.NotAfter = time.Now().AddDate(-1, 0, 0), time.Now().AddDate(0, 0, -1)
			})
		}, map[keyring.Purpose]fault.Code{
			keyring.Login: fault.CertExpired, keyring.Sign: fault.CertExpired, keyring.Seal: fault.CertExpired, keyring.Decrypt: fault.CertExpired,
		}},
		"a first PIN": {func(b *bench) string {
			return b.key("key", "", b.authority.Person, nil)
		}, map[keyring.Purpose]fault.Code{
			keyring.Login: fault.PINMustChange, keyring.Sign: fault.PINMustChange, keyring.Seal: fault.KeyPurposeOrganisation, keyring.Decrypt: fault.PINMustChange,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, nil)
			id := c.issue(b)
			b.ring.Refresh(t.Context())
			for _, purpose := range []keyring.Purpose{keyring.Login, keyring.Sign, keyring.Seal, keyring.Decrypt} {
				keys := b.ring.Keys(purpose, fault.EN)
				if len(keys) != 1 || keys[0].ID != id {
					t.Fatalf("keys %+v", keys)
				}
				got := fault.Code("")
				if keys[0].Reason != nil {
					got = fault.Code(keys[0].Reason.Code)
				}
				if got != c.want[purpose] || keys[0].Suited != (got == "") {
					t.Errorf("%s: suited %t because of %q, want %q", purpose, keys[0].Suited, got, c.want[purpose])
				}
			}
		})
	}
}
