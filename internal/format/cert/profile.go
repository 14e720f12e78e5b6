package cert

import (
	"maps"
	"slices"
	"strings"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/oid"
)

// A Profile is the pattern of one kind of certificate, as data: an issuer with
// rules of its own changes values, not code.
type Profile struct {
	Name     string
	Role     Role
	KeyUsage KeyUsage
	CA       bool
	PathLen  int // of a CA; -1 for no limit

	Years    int // usual validity
	MaxYears int // longest validity that is issued

	ExtKeyUsages []oid.ID
	Policy       oid.ID // role policy; "" writes no policies at all
	SubjectType  string // word of 1.2.86.11.7.7550201; "" leaves it out

	IDNumber   Need // of the identity number
	CreditCode Need // of the unified social credit code

	// IDNumberInName writes the identity number as OU, where some relying pages
	// look for it. Certificates are public: leave it off unless they must.
	IDNumberInName bool
}

// A Need says whether a profile takes a value.
type Need int

// Needs.
const (
	Never Need = iota
	Optional
	Always
)

// Usual key usages, GB/T 20518-2018 5.2.4 (GM/T 0015).
const (
	signingUsage = DigitalSignature | NonRepudiation
	escrowUsage  = KeyEncipherment | DataEncipherment | KeyAgreement
	issuingUsage = KeyCertSign | CRLSign
)

// Profiles returns the built-in profiles by name: root, sub-ca, seal-maker, kmc,
// service, org-sign, org-enc, person-sign and person-enc. The map is the
// caller's own.
func Profiles() map[string]Profile {
	root := Profile{Role: RoleSystem, KeyUsage: issuingUsage, CA: true, PathLen: -1, Years: 20, MaxYears: 20}
	sub := root
	sub.PathLen, sub.Years, sub.MaxYears = 0, 10, 10
	system := Profile{Role: RoleSystem, KeyUsage: signingUsage, Years: 5, MaxYears: 5,
		Policy: oid.PolicySystem, CreditCode: Optional}
	org := Profile{Role: RoleOrganisation, KeyUsage: signingUsage, Years: 1, MaxYears: 5,
		Policy: oid.PolicyOrganisation, SubjectType: "Organizational", CreditCode: Always}
	person := Profile{Role: RolePerson, KeyUsage: signingUsage, Years: 1, MaxYears: 5,
		Policy: oid.PolicyPerson, SubjectType: "Personal", IDNumber: Always, CreditCode: Optional}

	all := map[string]Profile{
		"root": root, "sub-ca": sub,
		"seal-maker": system, "kmc": system, "service": system,
		"org-sign": org, "org-enc": org.encryption(),
		"person-sign": person.login(), "person-enc": person.encryption(),
	}
	for name, p := range all {
		p.Name = name
		all[name] = p
	}
	return all
}

// encryption is the other half of a pair: the escrowed key of the same holder.
func (p Profile) encryption() Profile {
	p.KeyUsage = escrowUsage
	return p
}

func (p Profile) login() Profile {
	p.ExtKeyUsages = []oid.ID{oid.UsageClientAuth}
	return p
}

// LookupProfile returns the built-in profile name, or [fault.CertProfileUnknown].
func LookupProfile(name string) (Profile, error) {
	all := Profiles()
	p, ok := all[name]
	if !ok {
		return Profile{}, fault.New(fault.CertProfileUnknown, "profile", name,
			"known", strings.Join(slices.Sorted(maps.Keys(all)), ", "))
	}
	return p, nil
}

// NotAfter returns the last second of the profile's usual validity from
// notBefore on.
func (p Profile) NotAfter(notBefore time.Time) time.Time {
	return notBefore.UTC().Truncate(time.Second).AddDate(p.Years, 0, 0).Add(-time.Second)
}

// Encryption reports whether the profile is for the escrowed half of a pair.
func (p Profile) Encryption() bool { return p.KeyUsage&encryptionUsages != 0 }
