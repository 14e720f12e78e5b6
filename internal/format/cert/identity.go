package cert

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
)

// An IdentityKind says what kind of number or word an identity extension holds.
type IdentityKind string

// Kinds of identity. They come from the value's check digits first; the
// extension's identifier decides only on the standard's own arc, because
// vendors use the numbers of 1.2.86.11.7 for different things.
const (
	KindIDNumber     IdentityKind = "id_number"    // citizen's identity number
	KindOfficerCard  IdentityKind = "officer_card" // 军官证
	KindPassport     IdentityKind = "passport"
	KindInsurance    IdentityKind = "insurance"
	KindCreditCode   IdentityKind = "credit_code" // 统一社会信用代码
	KindOrgCode      IdentityKind = "organisation_code"
	KindRegistration IdentityKind = "registration" // 工商注册号
	KindTaxNumber    IdentityKind = "tax_number"
	KindSubjectType  IdentityKind = "subject_type" // Organizational, Business, Personal
	KindOther        IdentityKind = "other"
)

// An Identity is one identity extension of a certificate.
type Identity struct {
	ID    oid.ID
	Label oid.Label
	Kind  IdentityKind
	Value string // whole, as written; do not show it before Masked
	// Number is the plain number in Value where Value wraps one (1@7025SF1…) or
	// has separators; else Value.
	Number string
}

// Personal reports whether the value is a number of a natural person and has to
// be masked.
func (i Identity) Personal() bool {
	return slices.Contains([]IdentityKind{KindIDNumber, KindOfficerCard, KindPassport, KindInsurance}, i.Kind)
}

// Masked returns what may be shown: a person's number with its middle hidden,
// any other value whole.
func (i Identity) Masked() string {
	if i.Personal() || ContainsIDNumber(i.Value) {
		return MaskIDNumber(i.Number)
	}
	return i.Value
}

// Identities returns the identity extensions of c in their order: the standard
// arc 1.2.156.10260.4.1 and the vendors' arcs.
func (c *Certificate) Identities() []Identity {
	var all []Identity
	for _, e := range c.Extensions {
		if isIdentity(e.ID) {
			all = append(all, identify(e))
		}
	}
	return all
}

// IDNumber returns the citizen's identity number in c's extensions.
func (c *Certificate) IDNumber() (string, bool) {
	return c.number(KindIDNumber, oid.SZCAIDNumber, oid.IdentifyCode)
}

// CreditCode returns the unified social credit code in c's extensions.
func (c *Certificate) CreditCode() (string, bool) {
	return c.number(KindCreditCode, oid.SZCACreditCode, oid.OrganizationCode)
}

// number returns the first value of kind, those of the preferred extensions
// before others. The agent's own number (7550222) never stands for the holder.
func (c *Certificate) number(kind IdentityKind, preferred ...oid.ID) (string, bool) {
	found, rank := "", len(preferred)+1
	for _, i := range c.Identities() {
		if i.Kind != kind || i.ID == oid.SZCAAgentID {
			continue
		}
		r := slices.Index(preferred, i.ID)
		if r < 0 {
			r = len(preferred)
		}
		if r < rank {
			found, rank = i.Number, r
		}
	}
	return found, rank <= len(preferred)
}

// identityArcs are the arcs and single identifiers that hold identities in
// certificates of the field; an arc ends in a dot.
var identityArcs = []string{
	"1.2.156.10260.4.1.", "1.2.86.11.7.", "1.2.86.21.1.", "2.16.840.1.113732.2", "1.2.156.112562.",
	"1.2.156.112576", "2.16.156.112548", "1.2.156.112548", "1.2.156.1002", "1.2.156.1.8888.148",
	"2.16.840.1.113731.", "1.3.6.1.4.1.5315.100.", "1.2.5.29.1",
}

func isIdentity(id oid.ID) bool {
	return slices.ContainsFunc(identityArcs, func(arc string) bool {
		return string(id) == arc || (strings.HasSuffix(arc, ".") && strings.HasPrefix(string(id), arc))
	})
}

func identify(e Extension) Identity {
	text, alternative := ReadIdentity(e.Value)
	i := Identity{ID: e.ID, Value: text, Number: text}
	if label, ok := e.ID.Label(); ok {
		i.Label = label
	} else {
		i.Label = oid.Label{ZH: "扩展标识 " + string(e.ID), EN: "extension " + string(e.ID)}
	}
	i.Kind = kindOf(e.ID, alternative, &i)
	return i
}

// kindOf classifies by value, then by the standard's identifier. It sets Number.
func kindOf(id oid.ID, alternative int, i *Identity) IdentityKind {
	if id == oid.SZCASubjectType {
		return KindSubjectType
	}
	plain := strings.ToUpper(strings.NewReplacer("-", "", "_", "", "|", "", "/", "", " ", "").Replace(i.Value))
	switch {
	case looksLikeIDNumber(plain):
		i.Number = plain
		return KindIDNumber
	case CheckCreditCode(plain) == nil:
		i.Number = plain
		return KindCreditCode
	case looksLikeRegistration(plain):
		i.Number = plain
		return KindRegistration
	case looksLikeOrgCode(plain):
		i.Number = plain
		return KindOrgCode
	}
	if n, ok := unwrapEntityID(i.Value); ok {
		i.Number = n
		return KindIDNumber
	}
	switch id {
	case oid.IdentifyCode:
		return []IdentityKind{KindIDNumber, KindOfficerCard, KindPassport}[max(0, min(alternative, 2))]
	case oid.SZCAIDNumber, oid.SZCAAgentID:
		return KindIDNumber // masked even when the check digit is wrong
	case oid.InsuranceNumber:
		return KindInsurance
	case oid.ICRegistration:
		return KindRegistration
	case oid.OrganizationCode:
		return KindOrgCode
	case oid.TaxationNumber:
		return KindTaxNumber
	}
	return KindOther
}

// unwrapEntityID reads the unique entity identifier 1@CCCCSF1base64 or
// 1@CCCCSF0plain (2.16.156.112548, 1.2.156.1002): an identity number under a
// thin cover, which must be masked as well.
func unwrapEntityID(s string) (string, bool) {
	_, value, ok := strings.Cut(s, "SF")
	if !ok || !strings.HasPrefix(s, "1@") || len(value) < 2 {
		return "", false
	}
	number := value[1:]
	if value[0] == '1' {
		raw, err := base64.StdEncoding.DecodeString(number)
		if err != nil {
			return "", false
		}
		number = string(raw)
	}
	return number, looksLikeIDNumber(number)
}

// ReadIdentity reads the value of an identity extension whatever its writer
// thought of the standard, which does not say how its alternatives are tagged:
// a bare string, [n] around or instead of a string, SET or SEQUENCE of strings,
// or text without any ASN.1. The texts of several strings are joined in order.
// alternative is n of the outermost [n] (0 identity card, 1 officer's card,
// 2 passport), or -1.
func ReadIdentity(value []byte) (text string, alternative int) {
	v, err := der.ParseOnly(value)
	if err == nil {
		r := identityReader{alternative: -1}
		if r.read(v, 0) {
			return strings.Join(r.texts, ""), r.alternative
		}
	}
	text = der.Decode(value)
	if strings.ContainsFunc(text, unicode.IsControl) {
		text = fmt.Sprintf("#%x", value) // no text at all
	}
	return text, -1
}

type identityReader struct {
	texts       []string
	alternative int
}

// read collects the strings under v and reports whether v is made of strings,
// tags around them, and nothing else.
func (r *identityReader) read(v der.Value, depth int) bool {
	if depth > 8 || len(r.texts) > 64 {
		return false
	}
	if v.Tag&0xC0 == 0x80 && r.alternative < 0 {
		r.alternative = int(v.Tag & 0x1F)
	}
	if v.Constructed() {
		kids, err := v.Children()
		if err != nil {
			return false
		}
		for _, k := range kids {
			if !r.read(k, depth+1) {
				return false
			}
		}
		return len(kids) > 0
	}
	switch {
	case v.Tag == der.OctetString || v.Tag&0xC0 == 0x80:
		r.texts = append(r.texts, der.Decode(v.Content))
		return true
	case v.Tag == der.Integer:
		return false
	}
	s, err := v.Text()
	r.texts = append(r.texts, s)
	return err == nil
}
