package verify

import (
	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
)

// words are a part of a message in both languages.
type words struct{ zh, en string }

// Words implements [fault.Worded].
func (w words) Words(lang fault.Lang) string {
	if lang == fault.EN {
		return w.en
	}
	return w.zh
}

// whyUnknown says of the first certificate that announces its status where that
// is published: it is what the reader has to fetch.
func whyUnknown(certs []*cert.Certificate) words {
	for _, c := range certs {
		if c.AnnouncesStatus() {
			return published(c)
		}
	}
	return words{"所给的吊销列表已过期", "the revocation list that was given is out of date"}
}

// published says where the status of c is published.
func published(c *cert.Certificate) words {
	list := func(where string) words {
		return words{"证书说明吊销列表发布在 " + where + "，但手头没有", "the certificate says its revocation list lies at " + where + ", which is not at hand"}
	}
	if urls := c.CRLURLs(); len(urls) > 0 {
		return list(urls[0])
	}
	for _, p := range c.CRLPoints() {
		if name, err := cert.ParseName(p.Names[0]); err == nil {
			return list(name.String())
		}
	}
	if urls := c.OCSPURLs(); len(urls) > 0 {
		return words{"证书说明的是在线查询地址（OCSP）" + urls[0] + "，而手头没有吊销列表",
			"the certificate names a service to ask online (OCSP), " + urls[0] + ", and no revocation list is at hand"}
	}
	return words{"证书说明有吊销信息，但没有写出可用的地址，手头也没有吊销列表",
		"the certificate says that its status is published, but names no place that can be used, and no revocation list is at hand"}
}
