package ses

import (
	"xinzhang/internal/fault"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
)

// A SealKind says in the field's words what a seal is for. The standards leave
// the number in [Info.Type] to the issuer, so our seals carry the word itself in
// an extension under our arc (oid.SealKind, UTF8String, not critical).
type SealKind string

// Kinds of seals that we make.
const (
	OfficialSeal       SealKind = "公章"     // of the organisation itself
	DepartmentSeal     SealKind = "部门章"    // of one of its departments
	BusinessSeal       SealKind = "业务章"    // for one kind of business
	RepresentativeSeal SealKind = "法定代表人章" // name seal of the legal representative
	Handwritten        SealKind = "手写签名"   // hand-written signature of a person
)

// Words returns k in lang; a kind that is not ours stands for itself.
func (k SealKind) Words(lang fault.Lang) string {
	if lang == fault.EN {
		switch k {
		case OfficialSeal:
			return "official seal"
		case DepartmentSeal:
			return "department seal"
		case BusinessSeal:
			return "business seal"
		case RepresentativeSeal:
			return "legal representative's seal"
		case Handwritten:
			return "hand-written signature"
		}
	}
	return string(k)
}

// Ext returns the extension that holds k.
func (k SealKind) Ext() Ext {
	return Ext{ID: oid.SealKind, Value: text(der.UTF8String, string(k))}
}

// Kind returns the kind that the extension of i names, "" when there is none
// that can be read.
func (i Info) Kind() SealKind {
	for _, e := range i.Ext {
		if e.ID != oid.SealKind {
			continue
		}
		v, err := der.ParseOnly(e.Value)
		if err != nil {
			return ""
		}
		s, err := v.Text()
		if err != nil {
			return ""
		}
		return SealKind(s)
	}
	return ""
}
