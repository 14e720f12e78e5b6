package agent

import (
	"crypto/sha1"
	"encoding/hex"
	"strings"
	"time"
	"unicode"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/keyring"
)

// tidyNumber takes out what people put between digits, and writes x as X.
func tidyNumber(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' {
			return -1
		}
		return unicode.ToUpper(r)
	}, s)
}

// plain explains a certificate to its holder, ID numbers masked.
func plain(c *cert.Certificate, lang fault.Lang, now time.Time) PlainCertificate {
	thumb := sha1.Sum(c.Raw)
	p := PlainCertificate{
		Serial: c.SerialHex(), Subject: cert.MaskIDNumbers(c.Subject().String()), IssuerName: c.Issuer().String(), Issuer: c.Issuer().String(),
		NotBefore: c.NotBefore, NotAfter: c.NotAfter, DaysLeft: max(0, int(c.NotAfter.Sub(now)/(24*time.Hour))),
		Fingerprint: keyring.ID(c.Raw), SHA1: hex.EncodeToString(thumb[:]), Rows: []Row{},
	}
	for _, id := range issuerNames {
		if name := c.Issuer().Get(id); name != "" {
			p.Issuer = name
			break
		}
	}
	row := func(name string, words [2]string, value string, oid string) {
		label := words[0]
		if lang == fault.EN {
			label = words[1]
		}
		if value != "" {
			p.Rows = append(p.Rows, Row{name, label, value, oid})
		}
	}
	row("role", [2]string{"证书类型", "kind"}, c.Role().Words(lang), "")
	for _, i := range c.Identities() {
		label := [2]string{i.Label.ZH, i.Label.EN}
		row("identity", label, i.Masked(), string(i.ID))
	}
	for _, id := range c.Policies() {
		row("policy", [2]string{"证书策略", "policy"}, labelOf(id, lang), string(id))
	}
	for _, id := range c.ExtKeyUsages() {
		row("ext_usage", [2]string{"扩展用途", "extended usage"}, labelOf(id, lang), string(id))
	}
	for _, url := range c.CRLURLs() {
		row("crl", [2]string{"吊销列表", "revocation list"}, url, "")
	}
	for _, url := range c.OCSPURLs() {
		row("ocsp", [2]string{"状态查询", "status service"}, url, "")
	}
	row("signature_algorithm", [2]string{"签名算法", "signature algorithm"}, labelOf(c.SignatureAlgorithm, lang), string(c.SignatureAlgorithm))
	return p
}

var issuerNames = []oid.ID{oid.CommonName, oid.OrgUnit, oid.Organisation}

// labelOf names an identifier, or repeats it.
func labelOf(id oid.ID, lang fault.Lang) string {
	label, ok := id.Label()
	switch {
	case !ok:
		return string(id)
	case lang == fault.EN:
		return label.EN
	}
	return label.ZH
}
