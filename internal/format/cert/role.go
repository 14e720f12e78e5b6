package cert

import (
	"slices"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/oid"
)

// A Role says for whom a certificate stands.
type Role int

// Roles. An organisation seals and never logs in; a person inside an
// organisation logs in and signs; a system makes seals or runs a service.
const (
	RoleUnknown Role = iota
	RoleOrganisation
	RolePerson
	RoleSystem
)

// String names the role for logs and JSON.
func (r Role) String() string {
	return [...]string{"unknown", "organisation", "person", "system"}[r]
}

// Words names the role for people.
func (r Role) Words(lang fault.Lang) string {
	if lang == fault.EN {
		return [...]string{"unknown", "organisation", "person in an organisation", "system"}[r]
	}
	return [...]string{"未知", "机构", "机构个人", "系统"}[r]
}

// RoleEvidence is what in a certificate speaks for a role. A foreign
// certificate often shows only a part of it.
type RoleEvidence struct {
	Policy     Role   // by one of our policies; RoleUnknown without
	Word       string // of 1.2.86.11.7.7550201, "" without
	ClientAuth bool   // extended key usage allows logging in
	IDNumber   bool   // an identity number of the holder stands in an extension
	CreditCode bool   // a unified social credit code stands in an extension
}

// RoleEvidence gathers what speaks for c's role.
func (c *Certificate) RoleEvidence() RoleEvidence {
	var e RoleEvidence
	for id, role := range rolePolicies {
		if c.HasPolicy(id) {
			if e.Policy != RoleUnknown {
				e.Policy = RoleUnknown // two roles are none
				break
			}
			e.Policy = role
		}
	}
	for _, i := range c.Identities() {
		if i.Kind == KindSubjectType && e.Word == "" {
			e.Word = i.Value
		}
	}
	e.ClientAuth = slices.Contains(c.ExtKeyUsages(), oid.UsageClientAuth)
	_, e.IDNumber = c.IDNumber()
	_, e.CreditCode = c.CreditCode()
	return e
}

var rolePolicies = map[oid.ID]Role{
	oid.PolicyOrganisation: RoleOrganisation,
	oid.PolicyPerson:       RolePerson,
	oid.PolicySystem:       RoleSystem,
}

// Role returns the role on which all evidence in c agrees, else RoleUnknown:
// an organisation has a credit code, no identity number and no clientAuth; a
// person has an identity number; a system has neither clientAuth nor identity
// number. A certificate without our policies is judged by the word of
// extension 1.2.86.11.7.7550201 in the policy's place.
func (c *Certificate) Role() Role { return c.RoleEvidence().Role() }

// Role draws the conclusion; see [Certificate.Role].
func (e RoleEvidence) Role() Role {
	role, word := e.Policy, e.wordRole()
	if role == RoleUnknown {
		role = word
	} else if e.Word != "" && word != role {
		return RoleUnknown
	}
	agrees := map[Role]bool{
		RoleOrganisation: e.CreditCode && !e.IDNumber && !e.ClientAuth,
		RolePerson:       e.IDNumber,
		RoleSystem:       !e.IDNumber && !e.ClientAuth,
	}
	if !agrees[role] {
		return RoleUnknown
	}
	return role
}

// wordRole reads the words that Shenzhen CA's relying pages filter by. Business
// certificates are handed to staff or to a unit's desk: the identity decides.
func (e RoleEvidence) wordRole() Role {
	switch e.Word {
	case "Organizational":
		return RoleOrganisation
	case "Personal":
		return RolePerson
	case "Business":
		if e.IDNumber {
			return RolePerson
		}
		return RoleOrganisation
	}
	return RoleUnknown
}

// MayLogIn reports whether c may authenticate a person: our policy for persons,
// clientAuth, an identity number, and a key that may sign, all in agreement.
func (c *Certificate) MayLogIn() bool { return c.CheckLogIn() == nil }

// CheckLogIn is MayLogIn with the reason: which of the three sources speaks
// against it ([fault.KeyPurposeLoginPolicy], [fault.KeyPurposeLoginUsage],
// [fault.KeyPurposeLoginIdentity]), or that it is an organisation's
// ([fault.KeyPurposeLoginOrganisation]).
func (c *Certificate) CheckLogIn() error {
	e := c.RoleEvidence()
	switch {
	case e.Policy == RoleOrganisation || e.Role() == RoleOrganisation:
		return fault.New(fault.KeyPurposeLoginOrganisation)
	case e.Policy != RolePerson:
		return fault.New(fault.KeyPurposeLoginPolicy)
	case !e.ClientAuth:
		return fault.New(fault.KeyPurposeLoginUsage)
	case !e.IDNumber:
		return fault.New(fault.KeyPurposeLoginIdentity)
	case e.Role() != RolePerson:
		return fault.New(fault.KeyPurposeUnclear)
	case !c.MaySign():
		return fault.New(fault.KeyPurposeUsage)
	}
	return nil
}
