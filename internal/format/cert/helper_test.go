package cert

import (
	"crypto/ecdsa"
	"crypto/rand"
	"encoding/pem"
	"math/big"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"

	"xinzhang/internal/format/sm2enc"
	"xinzhang/test/corpus"
)

var (
	start      = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	idNumber   = "99000019900101123" + string(IDCheckDigit("99000019900101123"))
	orgCode    = "MA000000" + string(orgCheckDigit("MA000000"))
	creditCode = "91990000" + orgCode + string(CreditCheckDigit("91990000"+orgCode))
)

func newKey(t testing.TB) *sm2.PrivateKey {
	t.Helper()
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func signWith(t testing.TB, key *sm2.PrivateKey, msg []byte) []byte {
	t.Helper()
	sig, err := sm2enc.SignDigest(rand.Reader, key, sm2enc.Digest(&key.PublicKey, msg))
	if err != nil {
		t.Fatal(err)
	}
	return sig.Marshal()
}

func serial(last int64) *big.Int {
	n, _ := new(big.Int).SetString("4b1d7f0e2a9c46358d01e6b7c2f40000", 16)
	return n.Add(n, big.NewInt(last))
}

func profile(t testing.TB, name string) Profile {
	t.Helper()
	p, err := LookupProfile(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// template fills what every certificate of the tests needs.
func template(t testing.TB, name string, issuer *Certificate, pub *ecdsa.PublicKey) Template {
	t.Helper()
	p := profile(t, name)
	s := Subject{Country: "CN", Province: "示例省", Organisation: "示例监狱", CommonName: "测试 " + name}
	if p.IDNumber == Always {
		s.IDNumber, s.Department, s.CommonName = idNumber, "一监区", "测试用户甲"
	}
	if p.CreditCode == Always {
		s.CreditCode, s.CommonName = creditCode, "示例监狱"
	}
	tpl := Template{Profile: p, Subject: s, Serial: serial(1), NotBefore: start, NotAfter: p.NotAfter(start), PublicKey: pub, Issuer: issuer}
	if !p.CA {
		tpl.CRLURLs = []string{"http://crl.example/ca.crl", "ldap://ldap.example/cn=ca"}
		tpl.OCSPURLs = []string{"http://ocsp.example/"}
		tpl.IssuerURLs = []string{"http://crl.example/ca.cer"}
	}
	return tpl
}

func issue(t testing.TB, tpl Template, key *sm2.PrivateKey) *Certificate {
	t.Helper()
	tbs, err := tpl.TBS()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := Assemble(tbs, signWith(t, key, tbs))
	if err != nil {
		t.Fatal(err)
	}
	c, err := Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A chain is a root, a sub CA and one certificate of each end-entity profile.
type chain struct {
	rootKey, subKey *sm2.PrivateKey
	root, sub       *Certificate
	leaf            map[string]*Certificate
}

func newChain(t testing.TB) *chain {
	t.Helper()
	c := &chain{rootKey: newKey(t), subKey: newKey(t), leaf: map[string]*Certificate{}}
	c.root = issue(t, template(t, "root", nil, &c.rootKey.PublicKey), c.rootKey)
	c.sub = issue(t, template(t, "sub-ca", c.root, &c.subKey.PublicKey), c.rootKey)
	for name, p := range Profiles() {
		if !p.CA {
			c.leaf[name] = issue(t, template(t, name, c.sub, &newKey(t).PublicKey), c.subKey)
		}
	}
	return c
}

func corpusCertificate(t testing.TB, name string) *Certificate {
	t.Helper()
	return parseText(t, corpus.File(t, name))
}

// parseText reads a certificate in DER or PEM.
func parseText(t testing.TB, b []byte) *Certificate {
	t.Helper()
	if block, _ := pem.Decode(b); block != nil {
		b = block.Bytes
	}
	c, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
