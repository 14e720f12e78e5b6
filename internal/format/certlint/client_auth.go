package certlint

import (
	"slices"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/oid"
)

// An organisation's certificate lies in the hands of whoever keeps the seal: a
// login with it would name nobody.
var clientAuth = Rule{fault.LintClientAuth, "RFC 5280 4.2.1.12; project profile", func(i *inspection) {
	if !slices.Contains(i.c.ExtKeyUsages(), oid.UsageClientAuth) {
		return
	}
	evidence := i.c.RoleEvidence()
	say := i.fail
	if i.guessed && evidence.Policy == cert.RoleUnknown {
		say = i.warn // no policy of ours: the standards allow it
	}
	switch {
	case evidence.Policy == cert.RoleOrganisation || evidence.Word == "Organizational":
		say("机构证书带有登录用途", "a certificate of an organisation may log in")
	case evidence.Policy == cert.RoleSystem:
		say("系统证书带有登录用途", "a certificate of a system may log in")
	case i.c.EncryptionOnly():
		say("加密证书带有登录用途", "an encryption certificate may log in")
	case evidence.Policy == cert.RolePerson && !i.c.MayLogIn():
		i.fail("登录用途与策略、身份扩展不一致", "clientAuth, policy and identity do not agree")
	}
}}
