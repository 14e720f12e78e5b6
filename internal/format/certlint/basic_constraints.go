package certlint

import (
	"fmt"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/oid"
)

var basicConstraints = Rule{fault.LintBasicConstraints, "RFC 5280 4.2.1.9", func(i *inspection) {
	ca, pathLen, present := i.c.BasicConstraints()
	e, _ := i.c.Extension(oid.BasicConstraints)
	usage, _ := i.c.KeyUsage()
	switch {
	case ca && !e.Critical:
		i.warn("CA 证书的此扩展没有标为关键", "it is not critical in a CA certificate")
	case ca && usage&cert.KeyCertSign == 0:
		i.warn("CA 证书没有 keyCertSign 用途", "a CA certificate lacks key usage keyCertSign")
	case !ca && present:
		i.note("最终用户证书含有此扩展", "an end-entity certificate carries it")
	}
	if p := i.profile; p != nil && !i.guessed && (p.CA != ca || (ca && p.PathLen != pathLen)) {
		i.fail(fmt.Sprintf("与证书模板 %s 不同", p.Name), fmt.Sprintf("it is not that of profile %s", p.Name))
	}
}}
