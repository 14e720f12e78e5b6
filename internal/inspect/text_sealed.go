package inspect

import (
	"fmt"
	"strconv"

	"xinzhang/internal/format/ses"
)

var generations = map[int]string{ses.V1: "GM/T 0031-2014", ses.V4: "GB/T 38540-2020", ses.V5: "GM/T 0031-2025"}

// seal writes the rows of a seal.
func (p *printer) seal(s *Seal) {
	p.row("名称", "name", s.Name)
	p.row("种类", "kind", ses.SealKind(s.Kind).Words(p.lang))
	p.row("类型", "type", p.sealType(s.Type))
	p.row("标准", "standard", p.pick(fmt.Sprintf("%s（第 %d 版结构）", generations[s.Version], s.Version), fmt.Sprintf("%s (structure version %d)", generations[s.Version], s.Version)))
	p.row("印章编码", "identifier", s.ID)
	p.row("有效期", "validity", moment(s.ValidStart)+p.pick(" 至 ", " to ")+moment(s.ValidEnd)+p.pick("（", " (")+p.period(s.Period)+p.pick("）", ")"))
	p.row("制作时间", "made", moment(s.CreateDate))
	p.row("印模", "picture", p.picture(s.Picture))
	for i := range s.Holders {
		if i == 0 {
			p.brief("可以使用的证书", "may be used by", &s.Holders[i])
			continue
		}
		p.brief("", "", &s.Holders[i])
	}
	for i, d := range s.Digests {
		zh, en := "可以使用的证书", "may be used by"
		if i > 0 {
			zh, en = "", ""
		}
		p.row(zh, en, p.pick("证书杂凑 ", "certificate with digest ")+fmt.Sprintf("%x", []byte(d)))
	}
	p.brief("制章者", "seal maker", s.Maker)
	p.row("制章者的签名", "maker's signature", p.check(s.Signature, ""))
	p.row("签名算法", "signature algorithm", p.id(s.Algorithm))
	if s.TimeStamp {
		p.row("时间戳", "time stamp", p.yes(true))
	}
	p.row("厂商标识", "vendor", s.Vendor)
	p.list("扩展数据", "extension data", p.ids(s.Extensions))
	p.deviations(s.Deviations)
}

func (p *printer) sealType(n int) string {
	switch n {
	case ses.TypeUnit:
		return p.pick("1，单位印章", "1, seal of an organisation")
	case ses.TypePerson:
		return p.pick("2，个人印章或手写签名", "2, seal or hand-written signature of a person")
	}
	return strconv.Itoa(n) + p.pick("（由制章单位定义）", " (as its issuer defines)")
}

func (p *printer) picture(pic Picture) string {
	s := fmt.Sprintf("%s, %d × %d mm", pic.Type, pic.WidthMM, pic.HeightMM)
	if pic.Width > 0 {
		s += p.pick(fmt.Sprintf("，%d × %d 像素", pic.Width, pic.Height), fmt.Sprintf(", %d × %d pixels", pic.Width, pic.Height))
	}
	return s + p.pick(fmt.Sprintf("，%d 字节", pic.Octets), fmt.Sprintf(", %d bytes", pic.Octets))
}

func (p *printer) sealSignature(s *SealSignature) {
	p.title("电子签章数据 · "+s.Seal.Name, "seal signature value · "+s.Seal.Name)
	p.brief("签署人", "signer", &s.Signer)
	at := moment(s.Time) + p.pick("（签署人的电脑时间）", " (the signer's own clock)")
	if s.TimeStamp {
		at = moment(s.Time) + p.pick("（带时间戳）", " (with a time stamp)")
	}
	p.row("签署时间", "signed", at)
	p.row("原文", "signed file", s.PropertyInfo)
	p.row("原文杂凑", "its digest", fmt.Sprintf("%x", []byte(s.DataHash)))
	p.row("签署人的签名", "signer's signature", p.check(s.Signature, ""))
	p.row("签名算法", "signature algorithm", p.id(s.Algorithm))
	p.row("签署人可用此印章", "signer may use seal", p.yes(s.Listed))
	p.row("标准", "standard", generations[s.Version])
	p.deviations(s.Deviations)
	p.row("其中的印章", "the seal inside", s.Seal.Name)
	p.under(func() { p.seal(s.Seal) })
}

func (p *printer) reference(r Reference) string {
	if len(r.KeyID) > 0 {
		return p.pick("公钥标识符 ", "key id ") + fmt.Sprintf("%x", []byte(r.KeyID))
	}
	return p.pick("证书 "+r.Serial+"，签发机构 "+r.Issuer, "certificate "+r.Serial+", issued by "+r.Issuer)
}

func (p *printer) signedData(s *SignedData) {
	p.title("签名数据", "signed message")
	p.row("格式", "format", p.id(s.Type))
	content := p.pick(fmt.Sprintf("%d 字节，在消息里", s.Octets), fmt.Sprintf("%d bytes, inside", s.Octets))
	if s.Detached {
		content = p.pick("不在消息里（分离式签名）", "not inside (detached signature)")
	}
	p.row("内容", "content", content)
	p.row("内容类型", "content type", p.id(s.ContentType))
	for i := range s.Signers {
		signer := &s.Signers[i]
		if signer.Certificate != nil {
			p.brief("签名者", "signer", signer.Certificate)
		} else {
			p.row("签名者", "signer", p.reference(signer.Reference)+p.pick("（证书不在消息里）", " (the certificate is not inside)"))
		}
		p.under(func() { p.signer(signer, s.Detached) })
	}
	p.row("证书", "certificates", fmt.Sprint(len(s.Certificates)))
	for i := range s.Certificates {
		p.under(func() { p.brief("·", "·", &s.Certificates[i]) })
	}
	if s.CRLs > 0 {
		p.row("吊销列表", "revocation lists", fmt.Sprint(s.CRLs))
	}
	p.deviations(s.Deviations)
}

func (p *printer) signer(s *Signer, detached bool) {
	if s.SigningTime != nil {
		p.row("签名时间", "signed", moment(*s.SigningTime)+p.pick("（签名者的电脑时间）", " (the signer's own clock)"))
	}
	state := p.check(s.Signature, "")
	if s.Signature == Unchecked && detached {
		state = p.pick("没有检查（原文不在消息里）", "not checked (the content is not inside)")
	}
	p.row("签名", "signature", state)
	p.row("算法", "algorithms", p.id(s.SignatureAlgorithm)+p.pick("，", ", ")+p.id(s.DigestAlgorithm))
}

func (p *printer) envelopedData(e *EnvelopedData) {
	if len(e.Recipients) == 0 && e.Cipher == "" {
		p.title("密码消息", "cryptographic message")
		p.row("格式", "format", p.id(e.Type))
		return
	}
	p.title("数字信封（加密的消息）", "enveloped (encrypted) message")
	p.row("格式", "format", p.id(e.Type))
	p.row("内容类型", "content type", p.id(e.ContentType))
	p.row("密文", "encrypted", p.pick(fmt.Sprintf("%d 字节", e.Octets), fmt.Sprintf("%d bytes", e.Octets)))
	p.row("对称算法", "cipher", p.id(e.Cipher))
	var all []string
	for _, r := range e.Recipients {
		all = append(all, p.reference(r))
	}
	p.list("收件人", "recipients", all)
	p.deviations(e.Deviations)
}
