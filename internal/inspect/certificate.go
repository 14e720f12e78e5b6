package inspect

import (
	"crypto/sha1"
	"slices"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
)

// A Period says where a moment stands to a time of validity.
type Period string

// Periods.
const (
	InForce Period = "valid"
	NotYet  Period = "not_yet_valid"
	Ended   Period = "expired"
)

// A Brief names a certificate that stands inside something else.
type Brief struct {
	Holder    string    `json:"holder"`
	Unit      string    `json:"unit,omitempty"` // organisation
	Role      string    `json:"role"`           // organisation, person, system, unknown
	Issuer    string    `json:"issuer"`         // what people call it
	Serial    string    `json:"serial"`
	NotBefore time.Time `json:"not_before"`
	NotAfter  time.Time `json:"not_after"`
	IDNumber  string    `json:"id_number,omitempty"` // masked unless asked otherwise
	Unread    string    `json:"unread,omitempty"`    // why nothing of it could be read
}

// A Certificate explains a certificate.
type Certificate struct {
	Brief
	Department string `json:"department,omitempty"` // below the unit: "一监区"
	Subject    string `json:"subject"`              // whole name, RFC 4514
	IssuerName string `json:"issuer_name"`
	Period     Period `json:"period"`
	DaysLeft   int    `json:"days_left"` // whole days until the end; 0 when it is over

	Version            int    `json:"version"`
	KeyAlgorithm       oid.ID `json:"key_algorithm"`
	SM2                bool   `json:"sm2"` // the key is on the SM2 curve
	SignatureAlgorithm oid.ID `json:"signature_algorithm"`
	Signature          Check  `json:"signature"`           // of the issuer, when its key lies in the file
	SignedBy           string `json:"signed_by,omitempty"` // holder of that key

	Usages    []string `json:"usages"` // names of RFC 5280: digitalSignature
	ExtUsages []oid.ID `json:"ext_usages,omitempty"`
	MaySign   bool     `json:"may_sign"`
	MayLogIn  bool     `json:"may_log_in"`
	CA        bool     `json:"ca"`
	PathLen   *int     `json:"path_len,omitempty"`
	Policies  []oid.ID `json:"policies,omitempty"`

	Identities []Identity  `json:"identities,omitempty"`
	CRLURLs    []string    `json:"crl_urls,omitempty"`
	OCSPURLs   []string    `json:"ocsp_urls,omitempty"`
	IssuerURLs []string    `json:"issuer_urls,omitempty"`
	Extensions []Extension `json:"extensions"` // all, in order

	SubjectKeyID   Hex      `json:"subject_key_id,omitempty"`
	AuthorityKeyID Hex      `json:"authority_key_id,omitempty"`
	SHA1           Hex      `json:"sha1"` // what certificate viewers call the thumbprint
	SM3            Hex      `json:"sm3"`
	Deviations     []string `json:"deviations,omitempty"`

	parsed *cert.Certificate
}

// An Identity is one identity extension.
type Identity struct {
	ID    oid.ID            `json:"id"`
	Kind  cert.IdentityKind `json:"kind"`
	Value string            `json:"value"` // masked unless asked otherwise
	// ViewerRows is what a certificate viewer that does not know the extension
	// shows: 8 bytes a row.
	ViewerRows []string `json:"viewer_rows,omitempty"`
}

// An Extension names one extension.
type Extension struct {
	ID       oid.ID `json:"id"`
	Critical bool   `json:"critical"`
	Octets   int    `json:"octets"`
}

func (in inspector) certificate(b []byte) (Item, error) {
	c, err := cert.Parse(b)
	if err != nil {
		return Item{}, err
	}
	out := in.explain(c)
	if c.SelfSigned() {
		out.Signature, out.SignedBy = Right, c.Holder()
	} else if c.IsIssuedBy(c) && c.PublicKey != nil && c.SignatureAlgorithm == oid.SM2WithSM3 {
		out.Signature, out.SignedBy = Wrong, c.Holder()
	}
	return Item{Certificate: out}, nil
}

// linkIssuers checks each certificate of a file with the keys of the others.
func (in inspector) linkIssuers(items []Item) {
	for _, item := range items {
		c := item.Certificate
		if c == nil || c.Signature != Unchecked {
			continue
		}
		for _, above := range items {
			if above.Certificate == nil || !c.parsed.IsIssuedBy(above.Certificate.parsed) {
				continue
			}
			c.Signature = check(c.parsed.CheckSignatureFrom(above.Certificate.parsed) == nil)
			c.SignedBy = above.Certificate.Holder
			if c.Signature == Right {
				break
			}
		}
	}
}

// explain gathers what can be said of c alone.
func (in inspector) explain(c *cert.Certificate) *Certificate {
	thumb, sum := sha1.Sum(c.Raw), sm3.Sum(c.Raw)
	_, department := c.Subject().Units()
	out := &Certificate{
		Brief: in.brief(c), Department: in.mask(department),
		Subject: in.mask(c.Subject().String()), IssuerName: c.Issuer().String(), Version: c.Version,
		KeyAlgorithm: c.KeyAlgorithm, SM2: c.PublicKey != nil, SignatureAlgorithm: c.SignatureAlgorithm, Signature: Unchecked,
		Usages: usageNames(c), ExtUsages: c.ExtKeyUsages(), MaySign: c.MaySign(), MayLogIn: c.MayLogIn(), Policies: c.Policies(),
		Identities: in.identities(c), CRLURLs: c.CRLURLs(), OCSPURLs: c.OCSPURLs(), IssuerURLs: c.IssuerURLs(),
		SubjectKeyID: c.SubjectKeyID(), AuthorityKeyID: c.AuthorityKeyID(), SHA1: thumb[:], SM3: sum[:],
		Deviations: c.Deviations, parsed: c,
	}
	out.Period, out.DaysLeft = in.period(c.NotBefore, c.NotAfter)
	var pathLen int
	if out.CA, pathLen, _ = c.BasicConstraints(); out.CA && pathLen >= 0 {
		out.PathLen = &pathLen
	}
	for _, e := range c.Extensions {
		out.Extensions = append(out.Extensions, Extension{e.ID, e.Critical, len(e.Value)})
	}
	return out
}

// brief names c shortly.
func (in inspector) brief(c *cert.Certificate) Brief {
	unit, _ := c.Subject().Units()
	b := Brief{
		Holder: in.mask(c.Holder()), Unit: in.mask(unit), Role: c.Role().String(), Issuer: nameOf(c.Issuer()), Serial: c.SerialHex(),
		NotBefore: c.NotBefore, NotAfter: c.NotAfter,
	}
	if id, ok := c.IDNumber(); ok {
		b.IDNumber = in.number(id)
	}
	return b
}

// briefOf is brief for raw bytes, which may be no certificate.
func (in inspector) briefOf(raw []byte) (Brief, *cert.Certificate) {
	c, err := cert.Parse(raw)
	if err != nil {
		return Brief{Role: cert.RoleUnknown.String(), Unread: placeOf(err)}, nil
	}
	return in.brief(c), c
}

// nameOf is what people call the owner of a name.
func nameOf(n cert.Name) string {
	for _, id := range []oid.ID{oid.CommonName, oid.OrgUnit, oid.Organisation} {
		if s := n.Get(id); s != "" {
			return s
		}
	}
	return n.String()
}

func (in inspector) period(from, to time.Time) (p Period, daysLeft int) {
	switch {
	case in.opt.At.Before(from):
		return NotYet, int(to.Sub(from).Hours() / 24)
	case in.opt.At.After(to):
		return Ended, 0
	}
	return InForce, int(to.Sub(in.opt.At).Hours() / 24)
}

func (in inspector) identities(c *cert.Certificate) []Identity {
	var all []Identity
	for _, i := range c.Identities() {
		e, _ := c.Extension(i.ID)
		out := Identity{ID: i.ID, Kind: i.Kind, Value: in.identity(i)}
		if i.ID == oid.SZCAIDNumber {
			out.ViewerRows = cert.ViewerRows(in.viewed(e.Value, i))
		}
		all = append(all, out)
	}
	return all
}

func (in inspector) identity(i cert.Identity) string {
	if in.opt.RevealID {
		return i.Value
	}
	return i.Masked()
}

// viewed returns the bytes of an identity extension as they may be shown: the
// number inside is masked in place, so that the rows keep their form.
func (in inspector) viewed(value []byte, i cert.Identity) []byte {
	if in.opt.RevealID {
		return value
	}
	v, err := der.ParseOnly(value)
	masked := i.Masked()
	if err != nil || v.Constructed() || len(masked) != len(v.Content) {
		return nil
	}
	return append(slices.Clone(value[:len(value)-len(v.Content)]), masked...)
}

// number masks an identity number.
func (in inspector) number(s string) string {
	if in.opt.RevealID {
		return s
	}
	return cert.MaskIDNumber(s)
}

// mask hides identity numbers inside other text; some authorities put them into
// names.
func (in inspector) mask(s string) string {
	if in.opt.RevealID {
		return s
	}
	return cert.MaskIDNumbers(s)
}

// usageNames are the names of RFC 5280 4.2.1.3 in the order of their bits.
func usageNames(c *cert.Certificate) []string {
	u, present := c.KeyUsage()
	names := []string{}
	for bit, name := range usages {
		if present && u&(1<<bit) != 0 {
			names = append(names, name)
		}
	}
	return names
}

var usages = []string{
	"digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement",
	"keyCertSign", "cRLSign", "encipherOnly", "decipherOnly",
}
