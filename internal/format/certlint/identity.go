package certlint

import (
	"bytes"
	"fmt"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/oid"
)

var identity = Rule{fault.LintIdentity, "GB/T 20518-2018 5.2.4, GB 11643-1999, GB 32100-2015", func(i *inspection) {
	number, hasNumber := i.c.IDNumber()
	code, hasCode := i.c.CreditCode()
	for _, id := range i.c.Identities() {
		if id.Personal() {
			i.checkNumber(id)
		}
	}
	if p := i.profile; p != nil {
		i.need(p.IDNumber, hasNumber, words{"身份证号", "the ID number"})
		i.need(p.CreditCode, hasCode, words{"统一社会信用代码", "the credit code"})
	}
	if !i.guessed {
		i.checkForm(oid.IdentifyCode, "\xA0\x14\x13\x12", number)
		i.checkForm(oid.SZCAIDNumber, "\x0C\x12", number)
		i.checkForm(oid.OrganizationCode, "\x13\x12", code)
		i.checkForm(oid.SZCACreditCode, "\x0C\x12", code)
	}
}}

// checkNumber checks what claims to be a citizen's number. The day is the first
// of the validity period: a birth date after it is wrong.
func (i *inspection) checkNumber(id cert.Identity) {
	if id.Kind != cert.KindIDNumber {
		return
	}
	if err := cert.CheckIDNumber(id.Number, i.c.NotBefore.Add(24*time.Hour)); err != nil {
		what := fault.Of(err).Code
		i.fail(fmt.Sprintf("%s：%s", id.ID, what.Text(fault.ZH, nil).Title), fmt.Sprintf("%s: %s", id.ID, what.Text(fault.EN, nil).Title))
	}
}

func (i *inspection) need(n cert.Need, has bool, what words) {
	switch {
	case n == cert.Always && !has:
		i.own("没有"+what.zh, what.en+" is missing")
	case n == cert.Never && has:
		i.own("不应含有"+what.zh, what.en+" does not belong here")
	}
}

// checkForm checks that extension id is not critical and holds value in the one
// form that this project writes.
func (i *inspection) checkForm(id oid.ID, head, value string) {
	e, ok := i.c.Extension(id)
	if !ok {
		if value != "" {
			i.fail("没有扩展 "+string(id), "extension "+string(id)+" is missing")
		}
		return
	}
	if e.Critical || !bytes.Equal(e.Value, []byte(head+value)) {
		i.fail("扩展 "+string(id)+" 的形式不对", "extension "+string(id)+" has not the form it should have")
	}
}
