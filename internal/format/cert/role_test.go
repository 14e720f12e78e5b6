package cert

import (
	"testing"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/oid"
)

func TestARoleNeedsAllItsEvidence(t *testing.T) {
	for name, x := range map[string]struct {
		evidence RoleEvidence
		want     Role
	}{
		"a person":                               {RoleEvidence{Policy: RolePerson, Word: "Personal", ClientAuth: true, IDNumber: true}, RolePerson},
		"a person of a unit with its code":       {RoleEvidence{Policy: RolePerson, IDNumber: true, CreditCode: true}, RolePerson},
		"a person without number":                {RoleEvidence{Policy: RolePerson, ClientAuth: true}, RoleUnknown},
		"an organisation":                        {RoleEvidence{Policy: RoleOrganisation, Word: "Organizational", CreditCode: true}, RoleOrganisation},
		"an organisation that may log in":        {RoleEvidence{Policy: RoleOrganisation, CreditCode: true, ClientAuth: true}, RoleUnknown},
		"an organisation with a person's number": {RoleEvidence{Policy: RoleOrganisation, CreditCode: true, IDNumber: true}, RoleUnknown},
		"a policy against the word":              {RoleEvidence{Policy: RolePerson, Word: "Organizational", IDNumber: true}, RoleUnknown},
		"a system":                               {RoleEvidence{Policy: RoleSystem}, RoleSystem},
		"a system that may log in":               {RoleEvidence{Policy: RoleSystem, ClientAuth: true}, RoleUnknown},
		"a foreign organisation by its word":     {RoleEvidence{Word: "Organizational", CreditCode: true}, RoleOrganisation},
		"a foreign person by its word":           {RoleEvidence{Word: "Personal", IDNumber: true}, RolePerson},
		"foreign business staff":                 {RoleEvidence{Word: "Business", IDNumber: true, CreditCode: true}, RolePerson},
		"a foreign business desk":                {RoleEvidence{Word: "Business", CreditCode: true}, RoleOrganisation},
		"a foreign word we do not know":          {RoleEvidence{Word: "EXPERT", IDNumber: true}, RoleUnknown},
		"nothing":                                {RoleEvidence{}, RoleUnknown},
	} {
		if got := x.evidence.Role(); got != x.want {
			t.Errorf("%s: %s, want %s", name, got, x.want)
		}
	}
}

func TestAForeignCertificateNeverLogsIn(t *testing.T) {
	c := foreign(t, nil,
		extension(string(oid.SZCASubjectType), "\x0C\x08Personal"),
		extension(string(oid.SZCAIDNumber), "\x0C\x12"+idNumber),
		extension(string(oid.ExtKeyUsage), "\x30\x0A\x06\x08\x2B\x06\x01\x05\x05\x07\x03\x02"),
		extension(string(oid.KeyUsage), "\x03\x02\x06\xC0"))
	e := c.RoleEvidence()
	if c.Role() != RolePerson || c.MayLogIn() || !e.ClientAuth || !e.IDNumber || e.Word != "Personal" || e.Policy != RoleUnknown {
		t.Errorf("role %s, may log in %v, evidence %+v", c.Role(), c.MayLogIn(), e)
	}
}

func TestTwoRolePoliciesAreNone(t *testing.T) {
	both := "\x30" + string(rune(2*(2+len(policyTLV(oid.PolicyPerson))))) +
		"\x30" + string(rune(len(policyTLV(oid.PolicyPerson)))) + policyTLV(oid.PolicyPerson) +
		"\x30" + string(rune(len(policyTLV(oid.PolicyOrganisation)))) + policyTLV(oid.PolicyOrganisation)
	c := foreign(t, nil, extension(string(oid.CertPolicies), both), extension(string(oid.SZCAIDNumber), "\x0C\x12"+idNumber))
	if len(c.Policies()) != 2 || c.Role() != RoleUnknown {
		t.Errorf("policies %v, role %s", c.Policies(), c.Role())
	}
}

func policyTLV(id oid.ID) string { return string(id.Marshal()) }

func TestRolesHaveWordsInBothLanguages(t *testing.T) {
	for r := RoleUnknown; r <= RoleSystem; r++ {
		if r.Words(fault.ZH) == "" || r.Words(fault.EN) == "" || r.String() == "" {
			t.Errorf("role %d lacks words", r)
		}
	}
}
