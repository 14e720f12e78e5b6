package verify

import (
	"fmt"
	"time"

	"xinzhang/internal/beijing"
	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/trust"
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

// whyUnknown says why st does not settle the status of c: what the reader gave
// that does not serve, else what there is to fetch.
func whyUnknown(c *cert.Certificate, st trust.Status) words {
	switch {
	case !st.Ahead.IsZero():
		return dated(st.Ahead, "所给的吊销列表签发于 %s，晚于验证所依据的时间（或本机时钟偏慢），没有采用",
			"the revocation list that was given is of %s, later than the moment of judgement (or this machine's clock is slow), and was left aside")
	case st.State == trust.Stale:
		return dated(st.AsOf, "所给的吊销列表（%s）已过期", "the revocation list that was given (%s) is out of date")
	}
	return source(c)
}

// dated puts a moment into both texts.
func dated(at time.Time, zh, en string) words {
	m := beijing.Moment(at)
	return words{fmt.Sprintf(zh, m), fmt.Sprintf(en, m)}
}

// source says where the status of c is published.
func source(c *cert.Certificate) words {
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

// limit names the extension by which an authority is limited.
func limit(id oid.ID) words {
	if l, ok := id.Label(); ok {
		return words{l.ZH, l.EN}
	}
	return words{string(id), string(id)}
}
