package cert

import (
	"slices"

	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
)

// A KeyUsage is the set of RFC 5280 4.2.1.3; bit n of the BIT STRING is 1<<n.
type KeyUsage uint16

// The members of KeyUsage.
const (
	DigitalSignature KeyUsage = 1 << iota
	NonRepudiation
	KeyEncipherment
	DataEncipherment
	KeyAgreement
	KeyCertSign
	CRLSign
	EncipherOnly
	DecipherOnly
)

const encryptionUsages = KeyEncipherment | DataEncipherment | KeyAgreement | EncipherOnly | DecipherOnly

// KeyUsage returns the key usage and whether the extension stands in c. An
// extension that cannot be read counts as present and empty: it allows nothing.
func (c *Certificate) KeyUsage() (u KeyUsage, present bool) {
	e, ok := c.Extension(oid.KeyUsage)
	if !ok {
		return 0, false
	}
	v, err := der.ParseOnly(e.Value)
	if err != nil {
		return 0, true
	}
	octets, _, err := v.Bits()
	if err != nil {
		return 0, true
	}
	for bit := range min(9, 8*len(octets)) {
		if octets[bit/8]&(0x80>>(bit%8)) != 0 {
			u |= 1 << bit
		}
	}
	return u, true
}

// BasicConstraints returns what the extension says; pathLen is -1 when it is
// not limited.
func (c *Certificate) BasicConstraints() (ca bool, pathLen int, present bool) {
	e, ok := c.Extension(oid.BasicConstraints)
	if !ok {
		return false, -1, false
	}
	pathLen = -1
	r := der.OpenBytes(e.Value, der.Sequence, "basicConstraints")
	if v, ok := r.Optional("cA", der.Boolean); ok {
		var err error
		ca, err = v.Bool()
		r.Fail("cA", err)
	}
	if r.Peek() == der.Integer {
		pathLen = r.Int("pathLen")
	}
	if r.End() != nil || pathLen < -1 {
		return false, -1, true
	}
	return ca, pathLen, true
}

// ExtKeyUsages returns the identifiers of the extended key usage.
func (c *Certificate) ExtKeyUsages() []oid.ID {
	var ids []oid.ID
	r := c.open(oid.ExtKeyUsage, der.Sequence)
	for r.More() {
		if id := r.OID("keyPurpose"); r.Err() == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// SubjectKeyID returns the identifier of c's own key, nil when it carries none.
func (c *Certificate) SubjectKeyID() []byte {
	e, ok := c.Extension(oid.SubjectKeyID)
	if !ok {
		return nil
	}
	v, err := der.ParseOnly(e.Value)
	if err != nil {
		return nil
	}
	id, _ := v.Octets()
	return id
}

// AuthorityKeyID returns the identifier of the issuer's key, nil when c carries
// none.
func (c *Certificate) AuthorityKeyID() []byte {
	r := c.open(oid.AuthorityKeyID, der.Sequence)
	if v, ok := r.Optional("keyIdentifier", der.Context(0)); ok {
		return v.Content
	}
	return nil
}

// Policies returns the identifiers of the certificate policies.
func (c *Certificate) Policies() []oid.ID {
	var ids []oid.ID
	r := c.open(oid.CertPolicies, der.Sequence)
	for r.More() {
		info := r.Open("policy", der.Sequence)
		if id := info.OID("identifier"); info.Err() == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// HasPolicy reports whether c carries policy id.
func (c *Certificate) HasPolicy(id oid.ID) bool { return slices.Contains(c.Policies(), id) }

// known are the extensions whose meaning this package honours. RFC 5280 4.2
// refuses a certificate with a critical one outside of them; the policy of the
// reader decides.
var known = []oid.ID{
	oid.SubjectKeyID, oid.KeyUsage, oid.SubjectAltName, oid.BasicConstraints, oid.CRLDistPoints,
	oid.CertPolicies, oid.AuthorityKeyID, oid.ExtKeyUsage, oid.AuthorityInfo, oid.NetscapeCertType,
}

// UnknownCritical returns the critical extensions that this package does not
// understand.
func (c *Certificate) UnknownCritical() []oid.ID {
	var ids []oid.ID
	for _, e := range c.Extensions {
		if e.Critical && !slices.Contains(known, e.ID) && !isIdentity(e.ID) {
			ids = append(ids, e.ID)
		}
	}
	return ids
}

// Constraints returns the critical extensions by which an authority is limited
// in what it may have issued and which this package does not work out
// (RFC 5280 4.2.1.10, 4.2.1.11, 4.2.1.14).
func (c *Certificate) Constraints() []oid.ID {
	return slices.DeleteFunc(c.UnknownCritical(), func(id oid.ID) bool {
		return id != oid.NameConstraints && id != oid.PolicyConstraints && id != oid.InhibitAnyPolicy
	})
}

// open returns a Reader over extension id; a missing one reads as empty.
func (c *Certificate) open(id oid.ID, tag byte) *der.Reader {
	e, ok := c.Extension(id)
	if !ok {
		return &der.Reader{}
	}
	return der.OpenBytes(e.Value, tag, "extension "+string(id))
}
