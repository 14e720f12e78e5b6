package certlint

import (
	"fmt"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
)

var keyUsage = Rule{fault.LintKeyUsage, "RFC 5280 4.2.1.3, X.690 11.2.2, GB/T 20518-2018 5.2.4", func(i *inspection) {
	usage, present := i.c.KeyUsage()
	if !present {
		i.fail("没有此扩展", "there is none")
		return
	}
	e, _ := i.c.Extension(oid.KeyUsage)
	if !e.Critical {
		i.warn("没有标为关键", "it is not critical")
	}
	v, err := der.ParseOnly(e.Value)
	if err == nil {
		var octets []byte
		var unused int
		if octets, unused, err = v.Bits(); err == nil && len(octets) > 0 && octets[len(octets)-1]>>unused&1 == 0 {
			i.warn("编码末尾有多余的零位", "the bit string ends in zero bits")
		}
	}
	if err != nil || usage == 0 {
		i.fail("为空或无法解析", "it is empty or cannot be read")
	}
	if usage&cert.KeyCertSign != 0 && !i.isCA() {
		i.fail("含 keyCertSign，但不是 CA 证书", "it holds keyCertSign although this is no CA")
	}
	if p := i.profile; p != nil && usage != p.KeyUsage {
		i.own(fmt.Sprintf("与证书模板 %s 不同", p.Name), fmt.Sprintf("it is not that of profile %s", p.Name))
	}
}}
