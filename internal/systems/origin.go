package systems

import (
	"net/url"
	"strings"

	"xinzhang/internal/fault"
)

// CheckOrigin returns [fault.AgentOriginUnfit] for what is no web origin as
// browsers write them: http or https, host in lower case, port only when it is
// not the scheme's own, nothing else.
func CheckOrigin(origin string) error {
	u, err := url.Parse(origin)
	if err != nil || len(origin) > 256 || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil ||
		u.Scheme+"://"+u.Host != origin || strings.ToLower(u.Host) != u.Host || strings.ContainsAny(u.Host, "* \t,") ||
		strings.HasSuffix(u.Host, ":") || u.Port() == map[string]string{"http": "80", "https": "443"}[u.Scheme] {
		return fault.New(fault.AgentOriginUnfit, "origin", shorten(origin))
	}
	return nil
}

func shorten(s string) string {
	if len(s) > 80 {
		return strings.ToValidUTF8(s[:80], "") + "…"
	}
	return s
}

// Secure reports whether what passes between origin and this PC cannot be read
// on the way: https, or a page of this PC.
func Secure(origin string) bool {
	u, err := url.Parse(origin)
	if err != nil {
		return false
	}
	host := u.Hostname()
	return u.Scheme == "https" || host == "localhost" || host == "127.0.0.1" || host == "::1"
}
