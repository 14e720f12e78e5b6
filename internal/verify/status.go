package verify

import (
	"time"

	"xinzhang/internal/format/cert"
	"xinzhang/internal/trust"
)

// settled reports whether st clears a certificate of what was done at at. A list
// dated after that settles it even when it is out of date.
func settled(st trust.Status, at time.Time) bool {
	return st.State == trust.Good || st.State == trust.Stale && !st.AsOf.Before(at)
}

// published reports whether somebody publishes the status of c: it says so, or
// lists at hand show it, though they do not serve.
func published(c *cert.Certificate, st trust.Status) bool {
	return c.AnnouncesStatus() || st.State == trust.Stale || !st.Ahead.IsZero()
}
