package certlint

import (
	"fmt"

	"xinzhang/internal/fault"
)

// Eight octets: 64 random bits keep an attacker from choosing what is signed,
// and some verifiers refuse serial numbers shorter than four octets.
var serial = Rule{fault.LintSerial, "RFC 5280 4.1.2.2", func(i *inspection) {
	n := i.c.Serial
	octets := n.BitLen()/8 + 1 // as encoded, with its sign bit
	switch {
	case n.Sign() <= 0:
		i.fail("不是正数", "it is not positive")
	case octets > 20:
		i.fail(fmt.Sprintf("长 %d 个字节，超过 20", octets), fmt.Sprintf("it has %d octets, more than 20", octets))
	case n.BitLen() <= 24:
		i.fail("不足 4 个字节，有的验证软件会拒绝", "it is shorter than 4 octets, which some verifiers refuse")
	case n.BitLen() <= 56:
		i.warn("不足 8 个字节，可能被猜到", "it is shorter than 8 octets and may be guessed")
	}
}}
