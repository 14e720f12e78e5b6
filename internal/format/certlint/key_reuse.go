package certlint

import (
	"xinzhang/internal/fault"
)

// Whoever holds the key of an end entity could issue certificates if it were the
// key of its authority.
var keyReuse = Rule{fault.LintKeyReuse, "GM/T 0034-2014; RFC 5280 6.1", func(i *inspection) {
	c, issuer := i.c, i.issuer
	if issuer == nil || c.SelfSigned() || c.PublicKey == nil || issuer.PublicKey == nil {
		return
	}
	switch {
	case !c.PublicKey.Equal(issuer.PublicKey):
	case i.isCA():
		i.warn("下级 CA 与颁发者使用同一密钥", "this authority and its issuer use one key")
	default:
		i.fail("最终用户与颁发者使用同一密钥", "the end entity and its issuer use one key")
	}
}}
