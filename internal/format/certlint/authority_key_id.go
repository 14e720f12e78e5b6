package certlint

import (
	"bytes"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
)

var authorityKeyID = Rule{fault.LintAuthorityKeyID, "RFC 5280 4.2.1.1", func(i *inspection) {
	got := i.c.AuthorityKeyID()
	selfIssued := cert.SameName(i.c.RawIssuer, i.c.RawSubject)
	switch {
	case len(got) == 0 && selfIssued:
		i.note("自签证书没有此项", "the self-signed certificate has none")
	case len(got) == 0:
		i.warn("没有此项", "there is none")
	case i.issuer == nil:
	case !bytes.Equal(got, i.issuerKeyID()):
		i.fail("与颁发者的密钥标识符不同", "it differs from the issuer's")
	}
}}

func (i *inspection) issuerKeyID() []byte {
	if id := i.issuer.SubjectKeyID(); len(id) > 0 || i.issuer.PublicKey == nil {
		return id
	}
	return cert.KeyID(i.issuer.PublicKey)
}
