package certlint

import (
	"bytes"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
)

// Software that finds keys by this identifier computes it itself: a truncated
// SHA-256, the default of some libraries, is then a key that is never found.
var subjectKeyID = Rule{fault.LintSubjectKeyID, "RFC 5280 4.2.1.2 (1)", func(i *inspection) {
	got := i.c.SubjectKeyID()
	switch {
	case len(got) == 0:
		i.warn("没有此项", "there is none")
	case i.c.PublicKey != nil && !bytes.Equal(got, cert.KeyID(i.c.PublicKey)):
		i.own("不是公钥 65 字节的 SHA-1 值", "it is not the SHA-1 of the 65 octets of the key")
	}
}}
