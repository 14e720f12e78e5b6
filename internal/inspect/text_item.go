package inspect

import (
	"fmt"
	"strings"

	"xinzhang/internal/beijing"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/oid"
)

// item writes one item.
func (p *printer) item(r *Report, item Item) {
	switch {
	case item.Certificate != nil:
		p.certificate(item.Certificate)
	case item.CRL != nil:
		p.crl(item.CRL)
	case item.Request != nil:
		p.request(item.Request)
	case item.SignedData != nil:
		p.signedData(item.SignedData)
	case item.EnvelopedData != nil:
		p.envelopedData(item.EnvelopedData)
	case item.Seal != nil:
		p.title("电子印章 · "+item.Seal.Name, "electronic seal · "+item.Seal.Name)
		p.seal(item.Seal)
	case item.SealSignature != nil:
		p.sealSignature(item.SealSignature)
	case item.Document != nil:
		p.document(item.Document)
	case item.Key != nil:
		p.key(item.Kind, item.Key)
	}
	p.findings(item.Findings)
}

func (p *printer) certificate(c *Certificate) {
	kind := p.pick("证书", "certificate")
	if c.CA {
		kind = p.pick("CA 证书", "CA certificate")
	}
	p.title(kind+" · "+c.Holder, kind+" · "+c.Holder)
	p.row("持有人", "holder", c.Holder)
	p.row("单位", "organisation", c.Unit)
	p.row("部门", "department", c.Department)
	if c.Role != cert.RoleUnknown.String() {
		p.row("证书类别", "role", p.role(c.Role))
	}
	p.row("签发机构", "issued by", c.Issuer)
	p.row("有效期", "validity", p.validity(c))
	p.row("密钥用法", "key usage", p.usages(c))
	p.row("增强型密钥用法", "extended key usage", p.join(p.ids(c.ExtUsages)))
	p.row("能做什么", "what it may do", p.abilities(c))
	p.list("证书策略", "policies", p.ids(c.Policies))
	for _, i := range c.Identities {
		p.identity(i)
	}
	p.row("签发机构的签名", "issuer's signature", p.check(c.Signature, c.SignedBy))
	p.list("吊销列表地址", "CRL", c.CRLURLs)
	p.list("在线查询地址", "OCSP", c.OCSPURLs)
	p.list("签发机构证书地址", "issuer's certificate", c.IssuerURLs)
	p.certificateDetails(c)
	p.deviations(c.Deviations)
}

// certificateDetails are the rows for those who compare numbers.
func (p *printer) certificateDetails(c *Certificate) {
	p.row("序列号", "serial number", c.Serial)
	p.row("主体名称", "subject", c.Subject)
	p.row("颁发者名称", "issuer", c.IssuerName)
	key := p.id(c.KeyAlgorithm)
	if c.SM2 {
		key = p.pick("SM2（256 位）", "SM2 (256 bit)")
	}
	p.row("公钥", "public key", key)
	p.row("签名算法", "signature algorithm", p.id(c.SignatureAlgorithm))
	p.row("公钥标识符", "subject key id", fmt.Sprintf("%x", []byte(c.SubjectKeyID)))
	p.row("颁发机构公钥标识符", "authority key id", fmt.Sprintf("%x", []byte(c.AuthorityKeyID)))
	p.row("指纹（SHA-1）", "thumbprint (SHA-1)", fmt.Sprintf("%x", []byte(c.SHA1)))
	p.row("指纹（SM3）", "fingerprint (SM3)", fmt.Sprintf("%x", []byte(c.SM3)))
	var names []string
	for _, e := range c.Extensions {
		name := p.id(e.ID)
		if e.Critical {
			name += p.pick("，关键", ", critical")
		}
		names = append(names, name)
	}
	p.list("扩展项", "extensions", names)
}

func (p *printer) validity(c *Certificate) string {
	s := moment(c.NotBefore) + p.pick(" 至 ", " to ") + moment(c.NotAfter)
	if c.Period == InForce {
		return s + p.pick(fmt.Sprintf("（有效，还剩 %d 天）", c.DaysLeft), fmt.Sprintf(" (in force, %d days left)", c.DaysLeft))
	}
	return s + p.pick("（"+p.period(c.Period)+"）", " ("+p.period(c.Period)+")")
}

func (p *printer) role(role string) string {
	for _, r := range []cert.Role{cert.RoleOrganisation, cert.RolePerson, cert.RoleSystem} {
		if r.String() == role {
			return r.Words(p.lang)
		}
	}
	return cert.RoleUnknown.Words(p.lang)
}

// usageWords are the usages for people.
var usageWords = map[string][2]string{
	"digitalSignature": {"数字签名", "digital signature"},
	"nonRepudiation":   {"防抵赖", "non-repudiation"},
	"keyEncipherment":  {"密钥加密", "key encipherment"},
	"dataEncipherment": {"数据加密", "data encipherment"},
	"keyAgreement":     {"密钥协商", "key agreement"},
	"keyCertSign":      {"签发证书", "issuing certificates"},
	"cRLSign":          {"签发吊销列表", "issuing revocation lists"},
	"encipherOnly":     {"仅加密", "encipher only"},
	"decipherOnly":     {"仅解密", "decipher only"},
}

func (p *printer) usages(c *Certificate) string {
	var all []string
	for _, u := range c.Usages {
		all = append(all, p.pick(usageWords[u][0], usageWords[u][1]))
	}
	return p.join(all)
}

// abilities says what the holder can do with the certificate.
func (p *printer) abilities(c *Certificate) string {
	if c.CA {
		s := p.pick("签发证书", "issue certificates")
		if c.PathLen != nil {
			s += p.pick(fmt.Sprintf("（其下还可有 %d 级 CA）", *c.PathLen), fmt.Sprintf(" (%d further level(s) of CA below it)", *c.PathLen))
		}
		return s
	}
	var all []string
	add := func(ok bool, zh, en string) {
		if ok {
			all = append(all, p.pick(zh, en))
		}
	}
	encrypts := strings.Contains(strings.Join(c.Usages, " "), "Encipherment")
	organisation := c.Role == cert.RoleOrganisation.String()
	add(c.MaySign && organisation, "盖章", "seal")
	add(c.MaySign && !organisation, "签名", "sign")
	add(c.MayLogIn, "登录", "log in")
	add(encrypts, "加密", "encrypt")
	if organisation {
		add(true, "不能登录", "may not log in")
	}
	return p.join(all)
}

func (p *printer) identity(i Identity) {
	l, ok := i.ID.Label()
	if !ok {
		l = oid.Label{ZH: "扩展标识", EN: "extension"}
	}
	note := identityNotes[i.Value]
	if i.Kind != cert.KindSubjectType {
		note = [2]string{}
	}
	value := i.Value
	if s := p.pick(note[0], note[1]); s != "" {
		value += p.pick("（", " (") + s + p.pick("）", ")")
	}
	p.row(l.ZH, l.EN, value+"  ["+string(i.ID)+"]")
	if len(i.ViewerRows) == 3 {
		p.under(func() {
			p.row("证书查看器中", "in a viewer", strings.Join(i.ViewerRows, " | ")+
				p.pick("  分三行显示，连起来就是身份证号", "  three rows; joined they are the ID number"))
		})
	}
}

// identityNotes explain the words of extension 1.2.86.11.7.7550201.
var identityNotes = map[string][2]string{
	"Organizational": {"机构证书", "certificate of an organisation"},
	"Business":       {"业务证书：机构的经办人或部门", "business certificate: staff or desk of an organisation"},
	"Personal":       {"个人证书", "certificate of a person"},
}

// brief writes a certificate inside something else in one or two rows.
func (p *printer) brief(zh, en string, b *Brief) {
	if b == nil {
		return
	}
	if b.Unread != "" {
		p.row(zh, en, p.pick("证书无法解析：", "a certificate that cannot be read: ")+b.Unread)
		return
	}
	who := b.Holder
	if b.Unit != "" && b.Unit != b.Holder {
		who += p.pick("（"+b.Unit+"）", " ("+b.Unit+")")
	}
	if b.IDNumber != "" {
		who += "  " + b.IDNumber
	}
	p.row(zh, en, who)
	p.under(func() {
		p.row("证书", "certificate", b.Serial+p.pick("，", ", ")+beijing.Day(b.NotBefore).String()+p.pick(" 至 ", " to ")+beijing.Day(b.NotAfter).String()+
			p.pick("，签发机构 ", ", issued by ")+b.Issuer)
	})
}

func (p *printer) crl(c *CRL) {
	p.title("吊销列表（CRL）· "+c.Issuer, "certificate revocation list · "+c.Issuer)
	p.row("签发机构", "issuer", c.Issuer)
	p.row("编号", "number", c.Number)
	p.row("发布时间", "this update", moment(c.ThisUpdate))
	next := p.pick("没有说明", "not stated")
	if c.NextUpdate != nil {
		next = moment(*c.NextUpdate)
	}
	if c.Period == Ended {
		next += p.pick("（已过，应取新的）", " (past: fetch a newer one)")
	}
	p.row("下次发布", "next update", next)
	if c.Delta {
		p.row("种类", "kind", p.pick("增量列表，不能单独使用", "delta list, of no use alone"))
	}
	p.row("吊销和挂起", "revoked or on hold", fmt.Sprint(c.Count))
	var entries []string
	for _, e := range c.Entries {
		line := e.Serial + "  " + moment(e.RevokedAt) + "  " + e.reason.Words(p.lang)
		if e.InvalidityDate != nil {
			line += p.pick("，"+moment(*e.InvalidityDate)+" 起不可信", ", not to be relied on since "+moment(*e.InvalidityDate))
		}
		entries = append(entries, line)
	}
	if more := c.Count - len(c.Entries); more > 0 {
		entries = append(entries, p.pick(fmt.Sprintf("另有 %d 个", more), fmt.Sprintf("%d more", more)))
	}
	p.list("清单", "entries", entries)
	p.row("签名", "signature", p.check(Unchecked, ""))
	p.row("签名算法", "signature algorithm", p.id(c.SignatureAlgorithm))
	p.row("颁发者名称", "issuer name", c.IssuerName)
	p.deviations(c.Deviations)
}

func (p *printer) request(r *Request) {
	p.title("证书申请（CSR）· "+r.Name, "certificate request (CSR) · "+r.Name)
	p.row("申请的名称", "asks for", r.Subject)
	key := p.id(r.KeyAlgorithm)
	if r.SM2 {
		key = p.pick("SM2（256 位）", "SM2 (256 bit)")
	}
	p.row("公钥", "public key", key)
	p.row("公钥标识符", "key id", fmt.Sprintf("%x", []byte(r.KeyID)))
	p.row("持有私钥的证明", "proof of possession", p.check(r.Possession, ""))
	p.row("说明", "note", p.pick("名称只是申请人的愿望，以审核结果为准", "the name is a wish; what was reviewed counts"))
}

var keyTitles = map[Kind][2]string{
	KindEncryptedKey: {"加密的私钥文件", "encrypted private key"},
	KindPrivateKey:   {"未加密的私钥", "private key without protection"},
	KindPublicKey:    {"公钥", "public key"},
	KindEnvelopedKey: {"加密密钥的数字信封（SM2EnvelopedKey）", "enveloped encryption key (SM2EnvelopedKey)"},
	KindSignature:    {"SM2 签名值（不带证书和原文）", "bare SM2 signature, without certificate and content"},
	KindCiphertext:   {"SM2 密文", "SM2 ciphertext"},
	KindPKCS12:       {"PKCS#12 文件（私钥和证书，用口令保护）", "PKCS #12 file (private key and certificates under a passphrase)"},
}

func (p *printer) key(kind Kind, k *Key) {
	t := keyTitles[kind]
	p.title(t[0], t[1])
	algorithm := p.id(k.Algorithm)
	if k.SM2 {
		algorithm = p.pick("SM2（256 位）", "SM2 (256 bit)")
	}
	p.row("算法", "algorithm", algorithm)
	p.row("保护方式", "protection", p.id(k.Protection))
	if k.Legacy != "" {
		p.row("保护方式", "protection", p.pick("OpenSSL 旧式（不支持）：", "OpenSSL's old form (not supported): ")+k.Legacy)
	}
	if k.Derivation != "" {
		s := p.id(k.Derivation)
		if k.Rounds > 0 {
			s += p.pick(fmt.Sprintf("，%d 轮，盐 %d 字节，%s", k.Rounds, k.Salt, p.id(k.PRF)), fmt.Sprintf(", %d rounds, %d bytes of salt, %s", k.Rounds, k.Salt, p.id(k.PRF)))
		}
		p.row("密钥派生", "key derivation", s)
	}
	p.row("对称算法", "cipher", p.id(k.Cipher))
	if len(k.KeyID) > 0 {
		p.row("公钥标识符", "key id", fmt.Sprintf("%x", []byte(k.KeyID)))
		p.row("公钥", "public key", fmt.Sprintf("%x", []byte(k.Point)))
	}
	if kind == KindEnvelopedKey {
		p.row("说明", "note", p.pick("只有对应的签名私钥能打开；公钥标识符与加密证书的相同", "only the signing key it was made for opens it; the key id is that of the encryption certificate"))
	}
	if kind == KindEncryptedKey {
		p.row("说明", "note", p.pick("没有口令时看不到其他内容", "without the passphrase nothing else can be told"))
	}
	p.row("形式", "form", k.Form)
}
