package trust_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"

	"xinzhang/internal/fixture"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/trust"
)

var issued = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// A tree makes certificates below each other; every name is a common name.
type tree struct {
	testing.TB
	serial int64
}

// authority is what a certificate of the tree is to be.
type authority struct {
	name      string
	issuer    *fixture.Holder // nil: self-signed
	key       *sm2.PrivateKey // nil: a new one
	pathLen   int             // -1: no limit
	notBefore time.Time
	years     int
}

func (tr *tree) make(a authority) *fixture.Holder {
	tr.Helper()
	p, err := cert.LookupProfile("root")
	tr.must(err)
	p.PathLen = a.pathLen
	if a.key == nil {
		a.key, err = sm2.GenerateKey(rand.Reader)
		tr.must(err)
	}
	if a.notBefore.IsZero() {
		a.notBefore = issued
	}
	if a.years == 0 {
		a.years = 5
	}
	tr.serial++
	t := cert.Template{Profile: p, Serial: new(big.Int).Lsh(big.NewInt(tr.serial), 64), PublicKey: &a.key.PublicKey,
		Subject: cert.Subject{Country: "CN", CommonName: a.name}, NotBefore: a.notBefore, NotAfter: a.notBefore.AddDate(a.years, 0, -1)}
	signer := a.key
	if a.issuer != nil {
		lent := *a.issuer.Cert // so that neither its kind nor its pathLen nor its end stops us
		lent.NotAfter = issued.AddDate(50, 0, 0)
		lent.Extensions = append([]cert.Extension{
			{ID: oid.BasicConstraints, Value: []byte{0x30, 3, 1, 1, 0xFF}}, {ID: oid.KeyUsage, Value: []byte{3, 2, 1, 6}},
		}, lent.Extensions...)
		t.Issuer, signer = &lent, a.issuer.Key
	}
	return tr.finish(t, signer, a.key)
}

func (tr *tree) finish(t cert.Template, signer, key *sm2.PrivateKey) *fixture.Holder {
	tr.Helper()
	tbs, err := t.TBS()
	tr.must(err)
	h := fixture.Holder{Key: signer}
	sig, err := h.SignDigest(context.Background(), sm2enc.Digest(&signer.PublicKey, tbs))
	tr.must(err)
	out, err := cert.Assemble(tbs, sig)
	tr.must(err)
	c, err := cert.Parse(out)
	tr.must(err)
	return &fixture.Holder{Cert: c, Key: key}
}

func (tr *tree) must(err error) {
	tr.Helper()
	if err != nil {
		tr.Fatal(err)
	}
}

func certs(holders ...*fixture.Holder) (out []*cert.Certificate) {
	for _, h := range holders {
		out = append(out, h.Cert)
	}
	return out
}

func names(p trust.Path) (out []string) {
	for _, c := range p.Certs {
		out = append(out, c.Holder())
	}
	return out
}

func TestPaths(t *testing.T) {
	tr := &tree{TB: t}
	root := tr.make(authority{name: "根", pathLen: -1})
	mid := tr.make(authority{name: "中", issuer: root, pathLen: 0})
	low := tr.make(authority{name: "下", issuer: mid, pathLen: -1})
	leaf := tr.make(authority{name: "签署人", issuer: mid, pathLen: -1})
	deep := tr.make(authority{name: "深", issuer: low, pathLen: -1})
	namesake := tr.make(authority{name: "中", pathLen: -1})
	renewed := tr.make(authority{name: "中", issuer: root, key: mid.Key, pathLen: 0, notBefore: issued.AddDate(4, 0, 0)})
	crossRoot := tr.make(authority{name: "根", issuer: low, key: root.Key, pathLen: -1})
	crossMid := tr.make(authority{name: "中", issuer: low, key: mid.Key, pathLen: -1})
	rollover := tr.make(authority{name: "根", issuer: root, pathLen: 0}) // self-issued: a new key of the root
	under := tr.make(authority{name: "新", issuer: rollover, pathLen: 0})
	underLeaf := tr.make(authority{name: "新签署人", issuer: under, pathLen: -1})
	then, later := issued.AddDate(1, 0, 0), issued.AddDate(6, 0, 0)
	for _, tt := range []struct {
		name     string
		of       *fixture.Holder
		anchors  []*cert.Certificate
		extra    []*cert.Certificate
		at       time.Time
		want     string // names from the certificate upwards
		anchor   int
		nameOnly bool
		flaws    []trust.FlawKind
	}{
		{"to the root by anchors", leaf, certs(root, mid), nil, then, "[签署人 中 根]", 1, false, nil},
		{"to the root by a certificate at hand", leaf, certs(root), certs(mid), then, "[签署人 中 根]", 2, false, nil},
		{"without the authority between", leaf, certs(root), nil, then, "[签署人]", -1, false, nil},
		{"without any anchor", leaf, nil, certs(mid, root), then, "[签署人 中 根]", -1, false, nil},
		{"an anchor of that name with another key", leaf, certs(namesake), nil, then, "[签署人]", -1, true, nil},
		{"a trusted certificate of the signer", leaf, certs(leaf), nil, then, "[签署人]", 0, false, nil},
		{"longer than pathLen allows", deep, certs(root), certs(low, mid), then, "[深 下 中 根]", 3, false, []trust.FlawKind{trust.TooLong}},
		{"pathLen does not bind above the anchor", deep, certs(root, mid, low), nil, then, "[深 下 中 根]", 1, false, nil},
		{"a self-issued authority does not count", underLeaf, certs(rollover), certs(under), then, "[新签署人 新 根]", 2, false, []trust.FlawKind{trust.TooLong}},
		{"the renewed certificate, later", leaf, certs(mid, renewed), nil, later, "[签署人 中]", 1, false, nil},
		{"the old certificate, before", leaf, certs(renewed, mid), nil, then, "[签署人 中]", 1, false, nil},
		{"an issuer that has ended", leaf, certs(mid), nil, later, "[签署人 中]", 1, false, []trust.FlawKind{trust.NotValidThen}},
		{"cross certificates first", leaf, certs(root), certs(crossMid, crossRoot, low, mid), then, "[签署人 中 根]", 2, false, nil},
		{"cross certificates in a circle", deep, nil, certs(low, crossMid), then, "[深 下 中]", -1, false, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			set := &trust.Set{Anchors: tt.anchors}
			p := set.PathAt(tt.of.Cert, tt.extra, tt.at)
			if got := fmt.Sprint(names(p)); got != tt.want || p.Anchor != tt.anchor || p.NameOnly != tt.nameOnly {
				t.Errorf("path %s, anchor %d, name only %v", got, p.Anchor, p.NameOnly)
			}
			var kinds []trust.FlawKind
			for _, f := range p.Flaws(tt.at) {
				kinds = append(kinds, f.Kind)
			}
			if fmt.Sprint(kinds) != fmt.Sprint(tt.flaws) {
				t.Errorf("flaws %v, want %v", kinds, tt.flaws)
			}
		})
	}
}

func TestWhoMayIssue(t *testing.T) {
	a := fixture.New(t, issued)
	person := a.Person(nil)
	tr := &tree{TB: t}
	byPerson := tr.make(authority{name: "被签发", issuer: person, pathLen: -1})
	for _, tt := range []struct {
		name   string
		anchor *cert.Certificate
		extra  []*cert.Certificate
		flaws  int
	}{
		{"a trusted person is no authority", person.Cert, nil, 1},
		{"nor is one below a trusted authority", a.Sub.Cert, certs(person), 2},
	} {
		p := (&trust.Set{Anchors: []*cert.Certificate{tt.anchor}}).Path(byPerson.Cert, tt.extra)
		flaws := p.Flaws(time.Time{})
		if !p.Anchored() || len(flaws) != tt.flaws || flaws[0].Kind != trust.NotAuthority || flaws[0].Issuer.Holder() != person.Cert.Holder() {
			t.Errorf("%s: anchored %v, flaws %v", tt.name, p.Anchored(), flaws)
		}
	}
	// An old root without extensions is one for being trusted and self-signed.
	old := *a.Root.Cert
	old.Extensions = nil
	p := (&trust.Set{Anchors: []*cert.Certificate{&old}}).Path(a.Sub.Cert, nil)
	if flaws := p.Flaws(issued); !p.Anchored() || len(flaws) != 0 {
		t.Errorf("root without extensions: anchored %v, flaws %v", p.Anchored(), flaws)
	}
}

// A message stuffed with authorities of one name costs no more than the bound.
func TestManyIssuersOfOneNameAreBounded(t *testing.T) {
	tr := &tree{TB: t}
	root := tr.make(authority{name: "根", pathLen: -1})
	var extra []*cert.Certificate
	for range 300 { // each could have issued each: all say they are 根
		lookalike := *tr.make(authority{name: "根", pathLen: -1}).Cert
		lookalike.Extensions = nil
		extra = append(extra, &lookalike)
	}
	leaf := tr.make(authority{name: "签署人", issuer: root, pathLen: -1})
	anonymous := *leaf.Cert
	anonymous.Extensions = nil // names no key
	begun := time.Now()
	if p := new(trust.Set).Path(&anonymous, extra); p.Anchored() || len(p.Certs) != 1 {
		t.Errorf("path %v", names(p))
	}
	if took := time.Since(begun); took > 3*time.Second {
		t.Errorf("took %s", took)
	}
}

func TestAnAnchorIsTheCertificateItself(t *testing.T) {
	a := fixture.New(t, issued)
	again := fixture.New(t, issued) // the same names, other keys
	if p := again.Trust().Path(a.Root.Cert, nil); p.Anchored() || !p.NameOnly {
		t.Errorf("anchored %v, name only %v", p.Anchored(), p.NameOnly)
	}
}
