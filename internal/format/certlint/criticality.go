package certlint

import (
	"slices"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/oid"
)

var criticality = Rule{fault.LintCriticality, "RFC 5280 4.2", func(i *inspection) {
	for _, id := range i.c.UnknownCritical() {
		i.fail("不认识的关键扩展 "+string(id), "the unknown extension "+string(id)+" is critical")
	}
	ordinary := []oid.ID{oid.SubjectKeyID, oid.AuthorityKeyID, oid.AuthorityInfo, oid.CRLDistPoints, oid.CertPolicies}
	for _, e := range i.c.Extensions {
		if e.Critical && slices.Contains(ordinary, e.ID) {
			i.warn("普通扩展 "+string(e.ID)+" 被标为关键", "the ordinary extension "+string(e.ID)+" is critical")
		}
	}
}}
