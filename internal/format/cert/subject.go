package cert

import (
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/oid"
)

// A Subject is who a certificate is for. Empty fields are left out of the name.
// The order in the certificate is C, ST, L, title, O, second O (department),
// OU, CN, as relying pages of the field expect it.
type Subject struct {
	Country      string // two capitals, "CN"
	Province     string
	Locality     string
	Title        string // business number, where a relying system wants one
	Organisation string
	Department   string
	Unit         string
	CommonName   string

	IDNumber   string // GB 11643; goes into extensions, not into the name
	CreditCode string // GB 32100; goes into extensions
}

// A field names a part of a Subject for people.
type field struct{ zh, en string }

// Words implements [fault.Worded].
func (f field) Words(lang fault.Lang) string {
	if lang == fault.EN {
		return f.en
	}
	return f.zh
}

var (
	fieldIDNumber   = field{"身份证号", "ID number"}
	fieldCreditCode = field{"统一社会信用代码", "unified social credit code"}
	fieldCommonName = field{"名称（CN）", "common name"}
)

type part struct {
	id    oid.ID
	value string
	limit int // characters, RFC 5280 appendix A.1
	name  field
}

// parts returns the filled parts of the name in the order of encoding.
func (s Subject) parts() []part {
	all := []part{
		{oid.Country, s.Country, 2, field{"国家（C）", "country"}},
		{oid.Province, s.Province, 128, field{"省份（ST）", "province"}},
		{oid.Locality, s.Locality, 128, field{"城市（L）", "locality"}},
		{oid.Title, s.Title, 64, field{"职务或业务编号（title）", "title"}},
		{oid.Organisation, s.Organisation, 64, field{"单位（O）", "organisation"}},
		{oid.Organisation, s.Department, 64, field{"部门（O）", "department"}},
		{oid.OrgUnit, s.Unit, 64, field{"部门（OU）", "unit"}},
		{oid.CommonName, s.CommonName, 64, fieldCommonName},
	}
	filled := all[:0]
	for _, p := range all {
		if p.value != "" {
			filled = append(filled, p)
		}
	}
	return filled
}

var country = regexp.MustCompile(`^[A-Z]{2}$`)

// checkName checks everything that stands in the name. allowed is the one ID
// number that the profile wants there, or "".
func (s Subject) checkName(allowed string) error {
	if s.CommonName == "" {
		return fault.New(fault.CertSubjectMissing, "field", fieldCommonName)
	}
	for _, p := range s.parts() {
		if utf8.RuneCountInString(p.value) > p.limit {
			return fault.New(fault.CertSubjectTooLong, "field", p.name, "limit", p.limit)
		}
		if !fit(p.value) || (p.id == oid.Country && !country.MatchString(p.value)) {
			return fault.New(fault.CertSubjectCharacters, "field", p.name)
		}
		if ContainsIDNumber(p.value) && (allowed == "" || p.value != allowed || p.id != oid.OrgUnit) {
			return fault.New(fault.CertIDNumberInName, "field", p.name)
		}
	}
	return nil
}

func fit(s string) bool {
	return utf8.ValidString(s) && strings.TrimSpace(s) == s && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) // bidi marks and zero-width characters disguise names
	})
}

// check checks s against profile p on the day today.
func (s Subject) check(p Profile, today time.Time) error {
	allowed := ""
	if p.IDNumberInName {
		allowed = s.IDNumber
	}
	if err := s.checkName(allowed); err != nil {
		return err
	}
	if err := need(p.IDNumber, s.IDNumber, fieldIDNumber); err != nil {
		return err
	}
	if err := need(p.CreditCode, s.CreditCode, fieldCreditCode); err != nil {
		return err
	}
	if s.IDNumber != "" {
		if err := CheckIDNumber(s.IDNumber, today); err != nil {
			return err
		}
	}
	if s.CreditCode != "" {
		return CheckCreditCode(s.CreditCode)
	}
	return nil
}

func need(n Need, value string, name field) error {
	switch {
	case n == Always && value == "":
		return fault.New(fault.CertSubjectMissing, "field", name)
	case n == Never && value != "":
		return fault.New(fault.CertSubjectUnwanted, "field", name)
	}
	return nil
}

// name returns the DER Name: every part a UTF8String but the country, which
// RFC 5280 has as PrintableString.
func (s Subject) name() ([]byte, error) {
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		for _, p := range s.parts() {
			tag := asn1.UTF8String
			if p.id == oid.Country {
				tag = asn1.PrintableString
			}
			b.AddASN1(asn1.SET, func(b *cryptobyte.Builder) {
				b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
					addOID(b, p.id)
					addString(b, tag, p.value)
				})
			})
		}
	})
	return b.Bytes()
}
