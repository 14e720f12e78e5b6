package certlint

import (
	"net/url"
	"slices"

	"xinzhang/internal/fault"
)

var statusSource = Rule{fault.LintStatusSource, "RFC 5280 4.2.1.13, 4.2.2.1", func(i *inspection) {
	urls := append(i.c.CRLURLs(), i.c.OCSPURLs()...)
	if len(urls) == 0 && !i.isCA() {
		i.warn("既没有 CRL 地址，也没有 OCSP 地址", "it names neither a CRL nor an OCSP address")
	}
	for _, s := range urls {
		u, err := url.Parse(s)
		switch {
		case err != nil || !slices.Contains([]string{"http", "https", "ldap"}, u.Scheme):
			i.warn("地址无法使用："+printable([]byte(s)), "the address cannot be used: "+printable([]byte(s)))
		case u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1":
			i.warn("地址指向本机："+printable([]byte(s)), "the address is that of the reader's own machine: "+printable([]byte(s)))
		}
	}
}}
