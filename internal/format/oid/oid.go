// Package oid holds the object identifiers of the field, each under one name:
// GM/T 0006 (GB/T 33560) algorithms, GB/T 35275 content types, RFC 5280
// certificate parts, the identity extensions of GB/T 20518 and of the vendors'
// arc 1.2.86.11.7, and our own arc.
package oid

import (
	"errors"
	"math/big"
	"strings"
)

// An ID is an object identifier in dotted decimal ("1.2.156.10197.1.501"). It is
// a string because arcs under 2.25 are longer than any machine integer.
type ID string

// Our arc for policies and private extensions: the UUID
// 8b9523aa-30a0-48bc-849b-ab3eb49547e3 under 2.25. An issuer with an arc of its
// own replaces it here and nowhere else.
const (
	Arc = "2.25.185537067014197802974175430147084470243"

	PolicyOrganisation ID = Arc + ".1.1" // certificate of an organisation: seals, never logs in
	PolicyPerson       ID = Arc + ".1.2" // certificate of a person inside an organisation
	PolicySystem       ID = Arc + ".1.3" // certificate of a system: seal maker, services
	PolicySoftToken    ID = Arc + ".2.1" // assurance: the key lives in a software UKey
	PolicyHardToken    ID = Arc + ".2.2" // assurance: the key lives in a hardware UKey
	PolicyTimeStamp    ID = Arc + ".3.1"
	SealKind           ID = Arc + ".4.1" // extData of a seal: its kind in words
)

// Algorithms, GM/T 0006.
const (
	SM2            ID = "1.2.156.10197.1.301" // also the named curve
	SM2Sign        ID = "1.2.156.10197.1.301.1"
	SM2KeyExchange ID = "1.2.156.10197.1.301.2"
	SM2Encrypt     ID = "1.2.156.10197.1.301.3"
	SM2WithSM3     ID = "1.2.156.10197.1.501"
	SM3            ID = "1.2.156.10197.1.401"
	SM3NoKey       ID = "1.2.156.10197.1.401.1"
	HMACSM3        ID = "1.2.156.10197.1.401.2"
	HMACSM3Other   ID = "1.2.156.10197.1.401.3.1" // GM/T 0091-2020 A.2, against its annex C; newer OpenSSL
	SM4            ID = "1.2.156.10197.1.104"
	SM4ECB         ID = "1.2.156.10197.1.104.1"
	SM4CBC         ID = "1.2.156.10197.1.104.2"
	ECPublicKey    ID = "1.2.840.10045.2.1"
	SHA1           ID = "1.3.14.3.2.26"
	SHA256         ID = "2.16.840.1.101.3.4.2.1"
	MD5            ID = "1.2.840.113549.2.5"
	RSA            ID = "1.2.840.113549.1.1.1"
	SHA1WithRSA    ID = "1.2.840.113549.1.1.5"
	SHA256WithRSA  ID = "1.2.840.113549.1.1.11"
)

// Protection of private-key files, PKCS #5 (RFC 8018) and its twin of GM/T 0091.
const (
	PBES2      ID = "1.2.840.113549.1.5.13"
	PBKDF2     ID = "1.2.840.113549.1.5.12"
	GMPBES2    ID = "1.2.156.10197.6.4.1.5.2"
	GMPBKDF2   ID = "1.2.156.10197.6.4.1.5.1"
	HMACSHA1   ID = "1.2.840.113549.2.7"
	HMACSHA256 ID = "1.2.840.113549.2.9"
	HMACSHA384 ID = "1.2.840.113549.2.10"
	HMACSHA512 ID = "1.2.840.113549.2.11"
	AES128CBC  ID = "2.16.840.1.101.3.4.1.2"
	AES192CBC  ID = "2.16.840.1.101.3.4.1.22"
	AES256CBC  ID = "2.16.840.1.101.3.4.1.42"
)

// Content types of GB/T 35275 (GM/T 0010) and of PKCS #7.
const (
	Data                   ID = "1.2.156.10197.6.1.4.2.1"
	SignedData             ID = "1.2.156.10197.6.1.4.2.2"
	EnvelopedData          ID = "1.2.156.10197.6.1.4.2.3"
	SignedAndEnvelopedData ID = "1.2.156.10197.6.1.4.2.4"
	EncryptedData          ID = "1.2.156.10197.6.1.4.2.5"

	PKCS7Data                   ID = "1.2.840.113549.1.7.1"
	PKCS7SignedData             ID = "1.2.840.113549.1.7.2"
	PKCS7EnvelopedData          ID = "1.2.840.113549.1.7.3"
	PKCS7SignedAndEnvelopedData ID = "1.2.840.113549.1.7.4"
	PKCS7EncryptedData          ID = "1.2.840.113549.1.7.6"
	TSTInfo                     ID = "1.2.840.113549.1.9.16.1.4"
)

// Attributes of CMS and PKCS #10.
const (
	ContentType          ID = "1.2.840.113549.1.9.3"
	MessageDigest        ID = "1.2.840.113549.1.9.4"
	SigningTime          ID = "1.2.840.113549.1.9.5"
	SigningCertificateV2 ID = "1.2.840.113549.1.9.16.2.47"
	SignatureTimeStamp   ID = "1.2.840.113549.1.9.16.2.14"
	ExtensionRequest     ID = "1.2.840.113549.1.9.14"
)

// Certificate and CRL extensions, RFC 5280.
const (
	SubjectKeyID      ID = "2.5.29.14"
	KeyUsage          ID = "2.5.29.15"
	SubjectAltName    ID = "2.5.29.17"
	BasicConstraints  ID = "2.5.29.19"
	CRLNumber         ID = "2.5.29.20"
	ReasonCode        ID = "2.5.29.21"
	InvalidityDate    ID = "2.5.29.24"
	DeltaCRL          ID = "2.5.29.27"
	IssuingDistPoint  ID = "2.5.29.28"
	CertificateIssuer ID = "2.5.29.29"
	NameConstraints   ID = "2.5.29.30"
	CRLDistPoints     ID = "2.5.29.31"
	CertPolicies      ID = "2.5.29.32"
	AuthorityKeyID    ID = "2.5.29.35"
	PolicyConstraints ID = "2.5.29.36"
	ExtKeyUsage       ID = "2.5.29.37"
	InhibitAnyPolicy  ID = "2.5.29.54"
	AuthorityInfo     ID = "1.3.6.1.5.5.7.1.1"
	AccessOCSP        ID = "1.3.6.1.5.5.7.48.1"
	AccessIssuers     ID = "1.3.6.1.5.5.7.48.2"
	UsageServerAuth   ID = "1.3.6.1.5.5.7.3.1"
	UsageClientAuth   ID = "1.3.6.1.5.5.7.3.2"
	UsageEmail        ID = "1.3.6.1.5.5.7.3.4"
	UsageTimeStamping ID = "1.3.6.1.5.5.7.3.8"
	UsageOCSPSigning  ID = "1.3.6.1.5.5.7.3.9"
	NetscapeCertType  ID = "2.16.840.1.113730.1.1"
	UsageAny          ID = "2.5.29.37.0"
)

// Attributes of a distinguished name.
const (
	CommonName   ID = "2.5.4.3"
	Surname      ID = "2.5.4.4"
	SerialNumber ID = "2.5.4.5"
	Country      ID = "2.5.4.6"
	Locality     ID = "2.5.4.7"
	Province     ID = "2.5.4.8"
	Organisation ID = "2.5.4.10"
	OrgUnit      ID = "2.5.4.11"
	Title        ID = "2.5.4.12"
	GivenName    ID = "2.5.4.42"
	Email        ID = "1.2.840.113549.1.9.1"
	UserID       ID = "0.9.2342.19200300.100.1.1"
	DomainPart   ID = "0.9.2342.19200300.100.1.25"
)

// Identity extensions: GB/T 20518-2018 5.2.4 and the arc of Shenzhen CA.
const (
	IdentifyCode     ID = "1.2.156.10260.4.1.1" // ID card, officer's card or passport of a person
	InsuranceNumber  ID = "1.2.156.10260.4.1.2"
	ICRegistration   ID = "1.2.156.10260.4.1.3"
	OrganizationCode ID = "1.2.156.10260.4.1.4" // since 2015 the unified social credit code
	TaxationNumber   ID = "1.2.156.10260.4.1.5"

	SZCASubjectType ID = "1.2.86.11.7.7550201" // Organizational, Business, Personal
	SZCAIDNumber    ID = "1.2.86.11.7.7550207" // the whole ID number, one UTF8String
	SZCAAgentID     ID = "1.2.86.11.7.7550222" // ID number of the person who applied, not of the holder
	SZCACreditCode  ID = "1.2.86.11.7.7550243.1"
)

// A Label says in both languages what an ID stands for.
type Label struct{ ZH, EN string }

// maxContent is the most content octets an ID may have: what fits a length of one
// octet. The longest in use, under 2.25, have about thirty.
const maxContent = 127

// IsSM3 reports whether id is one of those that the field writes where SM3 is
// meant: the algorithm, and by some the forms without and with a key.
func (id ID) IsSM3() bool { return id == SM3 || id == SM3NoKey || id == HMACSM3 }

// Parse reads the content octets of an OBJECT IDENTIFIER, at most 127.
func Parse(content []byte) (ID, error) {
	if len(content) == 0 || len(content) > maxContent || content[len(content)-1]&0x80 != 0 {
		return "", errors.New("object identifier ends early or is too long")
	}
	var b strings.Builder
	n, start := new(big.Int), true
	for _, o := range content {
		if start && o == 0x80 {
			return "", errors.New("object identifier has a padded arc")
		}
		n.Lsh(n, 7).Or(n, big.NewInt(int64(o&0x7F)))
		if start = o&0x80 == 0; !start {
			continue
		}
		if b.Len() == 0 { // the first octets join two arcs: 40·first + second
			first := big.NewInt(2)
			if n.Cmp(big.NewInt(80)) < 0 {
				first = new(big.Int).Quo(n, big.NewInt(40))
			}
			b.WriteString(first.String())
			n.Sub(n, first.Mul(first, big.NewInt(40)))
		}
		b.WriteByte('.')
		b.WriteString(n.String())
		n.SetInt64(0)
	}
	return ID(b.String()), nil
}

// Content returns the content octets of id. It panics when id is not dotted
// decimal with at least two arcs: IDs are constants or come from [Parse].
func (id ID) Content() []byte {
	parts := strings.Split(string(id), ".")
	arcs := make([]*big.Int, len(parts))
	for i, p := range parts {
		n, ok := new(big.Int).SetString(p, 10)
		if !ok || n.Sign() < 0 {
			panic("oid: " + string(id) + " is not dotted decimal")
		}
		arcs[i] = n
	}
	if len(arcs) < 2 {
		panic("oid: " + string(id) + " has fewer than two arcs")
	}
	first := new(big.Int).Mul(arcs[0], big.NewInt(40))
	out := appendArc(nil, first.Add(first, arcs[1]))
	for _, n := range arcs[2:] {
		out = appendArc(out, n)
	}
	return out
}

// Valid reports whether s can be an ID: what [Parse] gives, and what
// [ID.Marshal] takes without panic.
func Valid(s string) bool {
	parts := strings.Split(s, ".")
	if len(parts) < 2 || len(s) > 4*maxContent || (parts[0] != "0" && parts[0] != "1" && parts[0] != "2") {
		return false
	}
	for i, p := range parts {
		n, ok := new(big.Int).SetString(p, 10)
		if !ok || n.String() != p || n.Sign() < 0 {
			return false
		}
		if i == 1 && parts[0] != "2" && n.Cmp(big.NewInt(40)) >= 0 {
			return false
		}
	}
	return len(ID(s).Content()) <= maxContent
}

func appendArc(out []byte, n *big.Int) []byte {
	groups := (max(n.BitLen(), 1) + 6) / 7
	for i := groups - 1; i >= 0; i-- {
		g := byte(new(big.Int).Rsh(n, uint(7*i)).Uint64() & 0x7F)
		if i > 0 {
			g |= 0x80
		}
		out = append(out, g)
	}
	return out
}

// Marshal returns id as a DER OBJECT IDENTIFIER with identifier and length.
func (id ID) Marshal() []byte {
	c := id.Content()
	if len(c) > maxContent {
		panic("oid: " + string(id) + " is too long")
	}
	return append([]byte{0x06, byte(len(c))}, c...)
}
