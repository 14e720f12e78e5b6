package certlint

import (
	"fmt"
	"unicode/utf8"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
)

// Choices of GeneralName that hold text.
var textNames = map[byte]words{
	der.Context(1): {"电子邮件地址", "e-mail address"},
	der.Context(2): {"域名", "domain name"},
	der.Context(6): {"网址", "address"},
}

var subjectAltName = Rule{fault.LintSubjectAltName, "RFC 5280 4.2.1.6", func(i *inspection) {
	e, ok := i.c.Extension(oid.SubjectAltName)
	if !ok {
		return
	}
	if !e.Critical && len(i.c.Subject()) == 0 {
		i.warn("主体名称为空时应为关键扩展", "it must be critical where the subject is empty")
	}
	v, err := der.ParseOnly(e.Value)
	if err != nil {
		return // the rule about values says so
	}
	names, err := v.Children()
	if v.Tag != der.Sequence || err != nil || len(names) == 0 {
		i.warn("不含任何名称", "it holds no name")
	}
	for _, n := range names {
		i.checkGeneralName(n)
	}
}}

func (i *inspection) checkGeneralName(n der.Value) {
	text, isText := textNames[n.Tag]
	switch {
	case isText && (!ascii(n.Content) || len(n.Content) == 0):
		shown := printable(n.Content)
		i.warn(text.zh+"含有 ASCII 以外的字符或为空："+shown, "an "+text.en+" is empty or not in ASCII: "+shown)
	case n.Tag == der.Context(7) && len(n.Content) != 4 && len(n.Content) != 16:
		i.warn(fmt.Sprintf("IP 地址长 %d 个字节", len(n.Content)), fmt.Sprintf("an IP address has %d octets", len(n.Content)))
	case n.Tag>>6 != 2 || n.Tag&0x1F > 8:
		i.warn(fmt.Sprintf("不认识的名称种类 %#02x", n.Tag), fmt.Sprintf("a name of unknown kind %#02x", n.Tag))
	}
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
