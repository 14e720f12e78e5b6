package keyring

import (
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
)

// fits judges a certificate by what stands in it: three sources say for whom it
// is (policy, extended key usage, identity), and all must agree before a person
// may log in.
func (f *Found) fits(purpose Purpose, now time.Time) error {
	c := f.Signing
	if purpose == Decrypt {
		if f.Encryption == nil {
			return fault.New(fault.KeyPurposeNoEncryption)
		}
		c = f.Encryption
	}
	switch {
	case now.Before(c.NotBefore):
		return fault.New(fault.CertNotYetValid)
	case now.After(c.NotAfter):
		return fault.New(fault.CertExpired)
	case purpose == Decrypt:
		return nil
	case !c.MaySign():
		return fault.New(fault.KeyPurposeUsage)
	}
	switch purpose {
	case Login:
		return c.CheckLogIn()
	case Sign:
		return mustBe(c, cert.RolePerson, fault.KeyPurposePerson)
	case Seal:
		return mustBe(c, cert.RoleOrganisation, fault.KeyPurposeOrganisation)
	}
	return fault.New(fault.RequestInvalid, "places", "purpose")
}

func mustBe(c *cert.Certificate, want cert.Role, other fault.Code) error {
	switch c.Role() {
	case want:
		return nil
	case cert.RoleUnknown:
		return fault.New(fault.KeyPurposeUnclear)
	}
	return fault.New(other)
}
