package verify_test

import (
	"testing"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/fixture"
	"xinzhang/internal/format/crl"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/trust"
	"xinzhang/internal/verify"
)

// carrying is h with one extension more, certified by issuer.
func (w *world) carrying(h, issuer *fixture.Holder, id oid.ID, critical bool, value []byte) *fixture.Holder {
	w.Helper()
	return w.recertify(h, issuer, func(tbs []byte) []byte {
		return member(w, tbs, "7.0", func(list der.Value) []byte {
			e := seq(id.Marshal(), tlv(der.OctetString, value))
			if critical {
				e = extension(id, value)
			}
			return seq(list.Content, e)
		})
	})
}

func rdn(name string) []byte {
	return tlv(der.Set, seq(oid.CommonName.Marshal(), tlv(der.UTF8String, []byte(name))))
}

// Authorities say in many ways where their lists lie.
func TestAnnouncedStatusThatIsNotAtHand(t *testing.T) {
	w := newWorld(t)
	a := w.a
	place := func(name []byte) []byte { return tlv(0xA0, tlv(0xA0, name)) } // distributionPoint, fullName
	address := tlv(0x86, []byte("http://crl.example.cn/1.crl"))
	directory := tlv(0xA4, seq(rdn("crl1")))
	relative := tlv(0xA0, tlv(0xA1, seq(oid.CommonName.Marshal(), tlv(der.UTF8String, []byte("crl1")))))
	points := func(value []byte) *fixture.Holder { return w.carrying(w.org, a.Sub, oid.CRLDistPoints, false, value) }
	access := func(value []byte) []byte {
		return w.signedBy(w.carrying(w.org, a.Sub, oid.AuthorityInfo, false, value))
	}
	inDirectory, inAddress, inRelative := points(seq(seq(place(directory)))), points(seq(seq(place(address)))), points(seq(seq(relative)))
	none := a.Trust()
	part := func(point []byte) *trust.Set {
		return a.Trust(w.list(a.Sub, w.at.AddDate(0, 0, 1), w.at.AddDate(0, 0, 8), nil, map[oid.ID][]byte{oid.IssuingDistPoint: seq(point)}))
	}
	full := place(tlv(0xA4, seq(content(t, a.Sub.Cert.RawSubject), rdn("crl1"))))
	unknown := is(fault.SignerStatusUnknown)
	w.run(t, []attack{
		{name: "by an address", doc: w.signedBy(inAddress), set: none, verdict: verify.Indeterminate, codes: unknown},
		{name: "by a directory name", doc: w.signedBy(inDirectory), set: none, verdict: verify.Indeterminate, codes: unknown},
		{name: "by a name under the issuer's", doc: w.signedBy(inRelative), set: none, verdict: verify.Indeterminate, codes: unknown},
		{name: "by the name of the list's issuer", doc: w.signedBy(points(seq(seq(tlv(0xA2, tlv(0xA4, a.Sub.Cert.RawSubject)))))), set: none, verdict: verify.Indeterminate, codes: unknown},
		{name: "in a way that cannot be read", doc: w.signedBy(points([]byte("http://crl.example.cn/1.crl"))), set: none, verdict: verify.Indeterminate, codes: unknown},
		{name: "by the address of a service", doc: access(seq(seq(oid.AccessOCSP.Marshal(), tlv(0x86, []byte("http://ocsp.example.cn"))))), set: none, verdict: verify.Indeterminate, codes: unknown},
		{name: "by the directory name of a service", doc: access(seq(seq(oid.AccessOCSP.Marshal(), directory))), set: none, verdict: verify.Indeterminate, codes: unknown},
		{name: "the address of the issuer's certificate is none", doc: access(seq(seq(oid.AccessIssuers.Marshal(), address))), set: none, verdict: verify.Passed, strict: verify.Indeterminate, codes: is(fault.SignerStatusUnannounced)},
		{name: "genuine: a complete list", doc: w.signedBy(inDirectory), verdict: verify.Passed},
		{name: "genuine: the list of that directory name", doc: w.signedBy(inDirectory), set: part(place(directory)), verdict: verify.Passed},
		{name: "genuine: the list of that name, written whole", doc: w.signedBy(inRelative), set: part(full), verdict: verify.Passed},
		{name: "genuine: the list of that name, written short", doc: w.signedBy(inRelative), set: part(relative), verdict: verify.Passed},
		{name: "the list of another directory name", doc: w.signedBy(inDirectory), set: part(place(tlv(0xA4, seq(rdn("crl2"))))), verdict: verify.Indeterminate, codes: unknown},
		{name: "the list of an address, the certificate has a directory name", doc: w.signedBy(inDirectory), set: part(place(address)), verdict: verify.Indeterminate, codes: unknown},
	})
}

// content is what the DER value b holds.
func content(t testing.TB, b []byte) []byte {
	t.Helper()
	v, err := der.ParseOnly(b)
	if err != nil {
		t.Fatal(err)
	}
	return v.Content
}

// The clock of a reader and that of the authority are never quite the same.
func TestListsAheadOfTheReadersClock(t *testing.T) {
	w := newWorld(t)
	revoked := func(ahead time.Duration, since time.Time) *trust.Set {
		return w.a.Trust(w.a.CRL(w.now.Add(ahead), crl.Entry{Serial: w.org.Cert.Serial, RevokedAt: since, Reason: crl.KeyCompromise}))
	}
	doc, before := w.signedBy(w.org), w.at.AddDate(0, 0, -1)
	w.run(t, []attack{
		{name: "revoked before signing, list a minute old", doc: doc, set: revoked(-time.Minute, before), verdict: verify.Failed, codes: is(fault.SignerRevokedBefore)},
		{name: "revoked before signing, list a minute ahead", doc: doc, set: revoked(time.Minute, before), verdict: verify.Failed, codes: is(fault.SignerRevokedBefore)},
		{name: "revoked before signing, list a day ahead", doc: doc, set: revoked(24*time.Hour, before), verdict: verify.Failed, codes: is(fault.SignerRevokedBefore)},
		{name: "revoked after the moment of judgement", doc: doc, set: revoked(24*time.Hour, w.now.Add(time.Hour)), verdict: verify.Indeterminate, codes: is(fault.SignerStatusUnknown)},
		{name: "genuine: a clean list three minutes ahead", doc: doc, set: w.a.Trust(w.a.CRL(w.now.Add(3 * time.Minute))), verdict: verify.Passed},
	})
}
