package certlint

import (
	"bytes"
	"fmt"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/sm2enc"
)

var publicKey = Rule{fault.LintPublicKey, "GB/T 35276-2017 7.1, GB/T 20518-2018", func(i *inspection) {
	switch {
	case i.c.PublicKey == nil:
		i.fail(fmt.Sprintf("不是 SM2 公钥（%s）", i.c.KeyAlgorithm), fmt.Sprintf("it is no SM2 key (%s)", i.c.KeyAlgorithm))
	case !bytes.Equal(i.c.RawSPKI, sm2enc.MarshalSPKI(i.c.PublicKey)):
		i.warn("编码形式不标准", "its encoding is not the usual one")
	}
}}
