package certlint

import (
	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
)

// A key that is escrowed for decryption must not sign, and one that signs must
// not be escrowed: a signature would no longer bind its maker.
var pair = Rule{fault.LintPair, "GM/T 0034-2014, GB/T 20518-2018 5.2.4", func(i *inspection) {
	const signing = cert.DigitalSignature | cert.NonRepudiation
	const encryption = cert.KeyEncipherment | cert.DataEncipherment | cert.KeyAgreement
	usage, present := i.c.KeyUsage()
	switch {
	case i.isCA():
	case !present:
		i.warn("没有限定用途", "the usage is not limited")
	case usage&signing != 0 && usage&encryption != 0:
		i.warn("同一密钥既签名又加密", "one key signs and decrypts")
	case usage&signing == 0 && usage&encryption == 0:
		i.warn("既不能签名也不能加密", "it neither signs nor decrypts")
	}
}}
