package verify_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"xinzhang/internal/fault"
	"xinzhang/internal/fixture"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/ofd"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/verify"
)

// A report is sent to people who need not know the signer's identity number: it
// stands there masked, also where an authority put it into a name.
func TestReportHoldsNoWholeIdentityNumber(t *testing.T) {
	w := newWorld(t)
	number, ok := w.person.Cert.IDNumber()
	if !ok {
		t.Fatal("the person's certificate holds no identity number")
	}
	named := w.recertify(w.person, w.a.Sub, func(tbs []byte) []byte {
		cn := seq(oid.CommonName.Marshal(), tlv(der.UTF8String, []byte("测试用户甲 "+number)))
		return member(w, tbs, "5", become(seq(tlv(der.Set, cn))))
	})
	for name, signer := range map[string]*fixture.Holder{"in the extension": w.person, "in the name": named} {
		t.Run(name, func(t *testing.T) {
			policy, err := verify.LookupPolicy(verify.GBT38540)
			w.must(err)
			doc := w.signedBy(signer)
			pkg, err := ofd.Open(strings.NewReader(string(doc)), int64(len(doc)), ofd.DefaultLimits())
			w.must(err)
			r, err := verify.OFD(t.Context(), pkg, verify.Options{Policy: policy, Trust: w.trust(), At: w.now})
			w.must(err)
			if got := r.Signatures[0].Signer.IDNumber; got != cert.MaskIDNumber(number) {
				t.Errorf("the signer's number reads %q", got)
			}
			b, err := json.Marshal(r.Word(fault.ZH))
			w.must(err)
			for _, text := range strings.Split(string(b), `"`) {
				octets, _ := base64.StdEncoding.DecodeString(text)
				if strings.Contains(text, number) || strings.Contains(string(octets), number) {
					t.Errorf("the whole number stands in %.60q", text)
				}
			}
		})
	}
}
