package certlint

import (
	"fmt"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/format/sm2enc"
)

var signatureAlgorithm = Rule{fault.LintSignatureAlgorithm, "RFC 5280 4.1.1.2, GB/T 20518-2018", func(i *inspection) {
	if id := i.c.SignatureAlgorithm; id != oid.SM2WithSM3 {
		i.fail(fmt.Sprintf("是 %s", id), fmt.Sprintf("it is %s", id))
		return
	}
	if !i.c.AlgorithmsAgree() {
		i.fail("签名内外的算法不一致", "it is not the same inside and outside of the signed part")
	}
	if len(i.c.AlgorithmParameters()) > 0 {
		i.note("带有参数（多为 NULL）", "it has parameters, most often NULL")
	}
	if _, form, err := sm2enc.ParseSignature(i.c.Signature); err != nil {
		i.fail("签名值无法解析", "the signature value cannot be read")
	} else if form != sm2enc.DER {
		i.warn("签名值不是 DER 编码", "the signature value is not DER")
	}
}}
