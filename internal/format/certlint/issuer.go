package certlint

import (
	"bytes"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
)

var issuerRule = Rule{fault.LintIssuer, "RFC 5280 4.1.2.4, 6.1.4", func(i *inspection) {
	if i.issuer == nil {
		return
	}
	switch {
	case bytes.Equal(i.c.RawIssuer, i.issuer.RawSubject):
	case cert.SameName(i.c.RawIssuer, i.issuer.RawSubject):
		i.warn("颁发者名称与其证书中的编码不同", "its name is not encoded as in its own certificate")
	default:
		i.fail("颁发者名称不是其证书中的名称", "its name is not that of its own certificate")
	}
	ca, pathLen, _ := i.issuer.BasicConstraints()
	usage, present := i.issuer.KeyUsage()
	switch {
	case !ca:
		i.fail("颁发者的证书不是 CA 证书", "its certificate is no CA certificate")
	case present && usage&cert.KeyCertSign == 0:
		i.fail("颁发者的证书没有 keyCertSign 用途", "its certificate lacks key usage keyCertSign")
	case pathLen == 0 && i.isCA() && i.issuer != i.c:
		i.fail("颁发者的路径长度为 0，不能签发下级 CA", "its path length of 0 allows no further CA")
	}
}}
