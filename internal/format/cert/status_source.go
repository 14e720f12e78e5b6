package cert

import (
	"bytes"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
)

// A Point is the place of a CRL distribution point (RFC 5280 4.2.1.13): the
// addresses and the directory names (DER) under which one list lies. Authorities
// that cut their list into parts often give a directory name and no address.
type Point struct {
	URLs  []string
	Names [][]byte
}

// ReadPoint reads the DistributionPointName inside v, a distributionPoint [0].
// issuer is the name (DER) to which a relative one is added. What cannot be read
// is left out.
func ReadPoint(v der.Value, issuer []byte) (p Point) {
	r := der.Open(v, v.Tag, "distributionPoint")
	if full, ok := r.Optional("fullName", der.ContextConstructed(0)); ok {
		p.add(full)
	}
	if rdn, ok := r.Optional("nameRelativeToCRLIssuer", der.ContextConstructed(1)); ok {
		if above, err := der.ParseOnly(issuer); err == nil {
			p.Names = append(p.Names, longer(above, rdn))
		}
	}
	return p
}

// longer returns the name above with one step more.
func longer(above, rdn der.Value) []byte {
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(above.Content)
		b.AddASN1(asn1.SET, func(b *cryptobyte.Builder) { b.AddBytes(rdn.Content) })
	})
	return b.BytesOrPanic()
}

// add takes the members of GeneralNames that tell where a list lies.
func (p *Point) add(names der.Value) {
	kids, _ := names.Children()
	for _, k := range kids {
		switch k.Tag {
		case der.Context(6):
			p.URLs = append(p.URLs, der.Decode(k.Content))
		case der.ContextConstructed(4):
			p.Names = append(p.Names, k.Content)
		}
	}
}

// Empty reports whether p names no place.
func (p Point) Empty() bool { return len(p.URLs)+len(p.Names) == 0 }

// Same reports whether p and q have an address or a name in common (RFC 5280
// 6.3.3).
func (p Point) Same(q Point) bool {
	return slices.ContainsFunc(p.URLs, func(u string) bool { return slices.Contains(q.URLs, u) }) ||
		slices.ContainsFunc(p.Names, func(n []byte) bool {
			return slices.ContainsFunc(q.Names, func(m []byte) bool { return bytes.Equal(n, m) || SameName(n, m) })
		})
}

// CRLPoints returns the CRL distribution points that name a place. One that
// names only the issuer of its list lies under that issuer's name.
func (c *Certificate) CRLPoints() []Point {
	var points []Point
	r := c.open(oid.CRLDistPoints, der.Sequence)
	for r.More() {
		member := r.Open("distributionPoint", der.Sequence)
		place, named := member.Optional("name", der.ContextConstructed(0))
		_, _ = member.Optional("reasons", der.Context(1))
		var issuer Point
		if v, ok := member.Optional("cRLIssuer", der.ContextConstructed(2)); ok {
			issuer.add(v)
		}
		p := Point{Names: issuer.Names}
		if named {
			above := c.RawIssuer
			if len(issuer.Names) > 0 {
				above = issuer.Names[0]
			}
			p = ReadPoint(place, above)
		}
		if !p.Empty() {
			points = append(points, p)
		}
	}
	return points
}

// CRLURLs returns the addresses of the CRL distribution points as written, of
// any scheme (LDAP is common).
func (c *Certificate) CRLURLs() []string {
	var urls []string
	for _, p := range c.CRLPoints() {
		urls = append(urls, p.URLs...)
	}
	return urls
}

// OCSPURLs returns the addresses of the status service (authority information
// access).
func (c *Certificate) OCSPURLs() []string { return c.access(oid.AccessOCSP) }

// IssuerURLs returns the addresses at which the issuer's certificate lies.
func (c *Certificate) IssuerURLs() []string { return c.access(oid.AccessIssuers) }

func (c *Certificate) access(method oid.ID) []string {
	var urls []string
	r := c.open(oid.AuthorityInfo, der.Sequence)
	for r.More() {
		d := r.Open("accessDescription", der.Sequence)
		id, where := d.OID("method"), d.Value("location")
		if d.Err() == nil && id == method && where.Tag == der.Context(6) {
			urls = append(urls, der.Decode(where.Content))
		}
	}
	return urls
}

// AnnouncesStatus reports whether c says that somebody publishes its status: it
// has CRL distribution points or a status service, by whatever kind of name. An
// extension of that kind that cannot be read announces one, too: silence is what
// may be taken for silence.
func (c *Certificate) AnnouncesStatus() bool {
	if _, ok := c.Extension(oid.CRLDistPoints); ok {
		return true
	}
	r := c.open(oid.AuthorityInfo, der.Sequence)
	for r.More() {
		d := r.Open("accessDescription", der.Sequence)
		if id := d.OID("method"); d.Err() != nil || id == oid.AccessOCSP {
			return true
		}
	}
	return r.Err() != nil
}
