package verify_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm3"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"xinzhang/internal/fault"
	"xinzhang/internal/fixture"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/cms"
	"xinzhang/internal/format/crl"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/trust"
	"xinzhang/internal/verify"
)

func (w *world) signedBy(h *fixture.Holder) []byte { return forgery{world: w, signer: h}.zip() }

// anchors is a set with these certificates and the world's revocation list.
func (w *world) anchors(holders ...*fixture.Holder) *trust.Set {
	set := &trust.Set{CRLs: w.trust().CRLs}
	for _, h := range holders {
		set.Anchors = append(set.Anchors, h.Cert)
	}
	return set
}

// org is an organisation's certificate by any issuer.
func (w *world) by(issuer *fixture.Holder, change func(*cert.Template)) *fixture.Holder {
	return w.issue("org-sign", attacker, issuer, change)
}

func TestAttacksByCertificates(t *testing.T) {
	w := newWorld(t)
	a := w.a
	subject := func(name string) cert.Subject {
		return cert.Subject{Country: "CN", Organisation: "示例认证中心", CommonName: name}
	}
	namesake := w.issue("root", subject("示例根证书"), nil, nil)
	namesakeSub := w.issue("sub-ca", subject("示例签发证书"), namesake, nil)
	below := w.issue("sub-ca", subject("示例下级"), a.Sub, nil) // the issuing authority's pathLen is 0
	short := w.issue("sub-ca", subject("示例短期"), a.Root, func(tm *cert.Template) { tm.NotAfter = w.at.AddDate(0, 0, -1) })
	limited := w.issue("root", subject("示例受限根"), nil, func(tm *cert.Template) { tm.Profile.PathLen = 0 })
	limitedSub := w.issue("sub-ca", subject("示例受限下级"), limited, nil)
	noSign := w.issue("sub-ca", subject("示例无签发用途"), a.Root, func(tm *cert.Template) { tm.Profile.KeyUsage = cert.CRLSign })
	encryption := w.issue("org-enc", attacker, a.Sub, nil)
	expired := w.by(a.Sub, func(tm *cert.Template) { tm.NotAfter = w.at.AddDate(0, 0, -1) })
	early := w.by(a.Sub, func(tm *cert.Template) { tm.NotBefore = w.at.AddDate(0, 0, 1) })
	oddUsage := w.recertify(w.org, a.Sub, func(tbs []byte) []byte { // an empty key usage allows nothing
		return eachExtension(w, tbs, oid.KeyUsage, func([]byte) []byte { return extension(oid.KeyUsage, []byte{3, 1, 0}) })
	})
	criticalVendor := w.recertify(w.org, a.Sub, func(tbs []byte) []byte {
		return eachExtension(w, tbs, oid.KeyUsage, func(e []byte) []byte {
			return slices.Concat(e, extension("1.2.156.112600.7.9", []byte{5, 0}))
		})
	})
	swapped := w.recertify(w.org, a.Sub, func(tbs []byte) []byte { // same key, another serial number
		return member(w, tbs, "1", become([]byte{2, 9, 0x41, 2, 3, 4, 5, 6, 7, 8, 9}))
	})
	selfMade := w.issue("root", subject("示例监狱"), nil, func(tm *cert.Template) { tm.Profile.KeyUsage |= cert.DigitalSignature })
	chained := func(issuers ...*fixture.Holder) *trust.Set { return w.anchors(append(issuers, a.Sub, a.Root)...) }
	misnamed := w.recertify(w.org, a.Sub, func(tbs []byte) []byte {
		return bytes.Replace(tbs, a.Sub.Cert.SubjectKeyID(), bytes.Repeat([]byte{7}, 20), 1)
	})
	// The issuing authority again, limited in what it may issue.
	only := seq(tlv(0xA0, seq(tlv(0xA4, seq(tlv(der.Set, seq(oid.Organisation.Marshal(), tlv(der.UTF8String, []byte("别的单位")))))))))
	limitedTo := func(id oid.ID, critical bool, value []byte) *trust.Set {
		return w.anchors(a.Root, w.carrying(a.Sub, a.Root, id, critical, value))
	}
	swappedSeal := forgery{world: w, signer: swapped, seal: w.seal(w.org)}
	w.run(t, []attack{
		{name: "control", doc: w.signedBy(w.org), verdict: verify.Passed},
		{name: "no anchor at all", doc: w.signedBy(w.org), set: w.anchors(), verdict: verify.Indeterminate, codes: is(fault.SignerNoAnchor)},
		{name: "another authority of the same name", doc: w.signedBy(w.org), set: w.anchors(namesakeSub), verdict: verify.Indeterminate, codes: is(fault.SignerOtherAnchor)},
		{name: "signer of another authority of the same name", doc: w.signedBy(w.by(namesakeSub, nil)), verdict: verify.Indeterminate, codes: is(fault.SignerOtherAnchor)},
		{name: "self-signed signer", doc: w.signedBy(selfMade), verdict: verify.Indeterminate, codes: is(fault.SignerNoAnchor)},
		{name: "a person issues a certificate", doc: w.signedBy(w.by(w.person, nil)), verdict: verify.Indeterminate},
		{name: "a trusted person issues a certificate", doc: w.signedBy(w.by(w.person, nil)), set: chained(w.person), verdict: verify.Failed, codes: is(fault.SignerIssuerNotCA)},
		{name: "an authority below pathLen 0", doc: w.signedBy(w.by(below, nil)), set: w.anchors(a.Root, a.Sub, below), verdict: verify.Passed},
		{name: "an anchor with pathLen 0 above another authority", doc: w.signedBy(w.by(limitedSub, nil)), set: w.anchors(limited, a.Sub, a.Root), verdict: verify.Indeterminate},
		{name: "issuer that had ended when signed", doc: w.signedBy(w.by(short, func(tm *cert.Template) { tm.NotAfter = w.at.AddDate(0, 0, -2) })), set: chained(short), verdict: verify.Failed, codes: is(fault.SignerIssuerNotValid, fault.SignerNotValidThen)},
		{name: "issuer that may sign lists only, trusted by its holder", doc: w.signedBy(w.by(noSign, nil)), set: chained(noSign), verdict: verify.Passed},
		{name: "encryption certificate", doc: w.signedBy(encryption), verdict: verify.Failed, codes: is(fault.SignerKeyUsage)},
		{name: "certificate that had ended", doc: w.signedBy(expired), verdict: verify.Failed, codes: is(fault.SignerNotValidThen)},
		{name: "certificate that had not begun", doc: w.signedBy(early), verdict: verify.Failed, codes: is(fault.SignerNotValidThen)},
		{name: "certificate that ended since", doc: w.signedBy(w.by(a.Sub, func(tm *cert.Template) { tm.NotAfter = w.at.AddDate(0, 0, 1) })), verdict: verify.Passed, strict: verify.Indeterminate, codes: is(fault.SignerExpiredSince)},
		{name: "certificate that ended since, a list of after its end", doc: w.signedBy(w.by(a.Sub, func(tm *cert.Template) { tm.NotAfter = w.at.AddDate(0, 0, 1) })), set: a.Trust(a.CRL(w.at.AddDate(0, 0, 2))), at: w.at.AddDate(0, 0, 3), verdict: verify.Passed, strict: verify.Indeterminate, codes: is(fault.SignerExpiredSince)},
		{name: "key usage that allows nothing", doc: w.signedBy(oddUsage), verdict: verify.Failed, codes: is(fault.SignerKeyUsage)},
		{name: "unknown critical extension", doc: w.signedBy(criticalVendor), verdict: verify.Passed, strict: verify.Indeterminate, codes: is(fault.SignerCritical)},
		{name: "issuer with name constraints that the signer breaks", doc: w.signedBy(w.org), set: limitedTo(oid.NameConstraints, true, only), verdict: verify.Indeterminate, strict: verify.Indeterminate, codes: is(fault.SignerConstrained, fault.MakerConstrained)},
		{name: "issuer with policy constraints", doc: w.signedBy(w.org), set: limitedTo(oid.PolicyConstraints, true, seq([]byte{0x80, 1, 0})), verdict: verify.Indeterminate, codes: is(fault.SignerConstrained)},
		{name: "issuer that inhibits any policy", doc: w.signedBy(w.org), set: limitedTo(oid.InhibitAnyPolicy, true, []byte{2, 1, 0}), verdict: verify.Indeterminate, codes: is(fault.SignerConstrained)},
		{name: "genuine: an issuer's private critical extension", doc: w.signedBy(w.org), set: limitedTo("1.2.156.112600.7.9", true, []byte{5, 0}), verdict: verify.Passed, codes: is(fault.SignerCritical, fault.MakerCritical)},
		{name: "genuine: policy constraints that are not critical", doc: w.signedBy(w.org), set: limitedTo(oid.PolicyConstraints, false, seq([]byte{0x80, 1, 0})), verdict: verify.Passed},
		{name: "genuine: the key identifier of the issuer is wrong", doc: w.signedBy(misnamed), verdict: verify.Passed, codes: is(fault.SignerCertDeviation)},
		{name: "another authority of that name beside it", doc: w.signedBy(misnamed), set: w.anchors(namesakeSub, a.Sub, a.Root), verdict: verify.Passed, codes: is(fault.SignerCertDeviation)},
		{name: "only another authority of that name", doc: w.signedBy(misnamed), set: w.anchors(namesakeSub), verdict: verify.Indeterminate, codes: is(fault.SignerOtherAnchor)},
		{name: "another certificate with the same key", doc: swappedSeal.zip(), verdict: verify.Failed, codes: is(fault.SealNotListed)},
		{name: "an authority signs by itself", doc: w.signedBy(a.Sub), verdict: verify.Failed, codes: is(fault.SignerKeyUsage)},
		{name: "judged before it was signed", doc: w.signedBy(w.org), at: w.at.AddDate(0, 0, -1), verdict: verify.Failed, codes: is(fault.TimeFuture)},
		{name: "judged as of the evening of signing", doc: w.signedBy(w.org), at: w.at.Add(time.Hour), verdict: verify.Indeterminate, codes: is(fault.SignerStatusUnknown)},
	})
}

// Paths that the certificates inside a signature open are followed as strictly.
func TestAttacksByCertificatesInsideAMessage(t *testing.T) {
	w := newWorld(t)
	a := w.a
	subject := func(name string) cert.Subject {
		return cert.Subject{Country: "CN", Organisation: "示例认证中心", CommonName: name}
	}
	set := w.anchors(a.Root)
	doc := func(h *fixture.Holder, path ...*fixture.Holder) []byte {
		tm := cms.Template{Signer: h.Cert, SigningTime: w.at}
		for _, p := range path {
			tm.Path = append(tm.Path, p.Cert)
		}
		return forgery{world: w, signer: h, noSeal: true, value: w.message(h, tm)}.zip()
	}
	below := w.issue("sub-ca", subject("示例下级"), a.Sub, nil)
	noCA := w.issue("org-sign", subject2("示例中间"), a.Root, nil)
	loopA := w.issue("sub-ca", subject("示例甲"), a.Sub, nil)
	loopB := w.issue("sub-ca", subject("示例乙"), loopA, nil)
	noKeyID := func(tbs []byte) []byte {
		return eachExtension(w, tbs, oid.AuthorityKeyID, func([]byte) []byte { return nil })
	}
	crossA := w.recertify(loopA, loopB, func(tbs []byte) []byte { // 甲 certified by 乙
		return noKeyID(member(w, tbs, "3", become(loopB.Cert.RawSubject)))
	})
	crossSub := w.recertify(a.Sub, loopB, func(tbs []byte) []byte { return noKeyID(member(w, tbs, "3", become(loopB.Cert.RawSubject))) })
	leaf := w.by(a.Sub, nil)
	many := []*fixture.Holder{crossSub, crossA, loopA, loopB, a.Sub}
	w.run(t, []attack{
		{name: "control: issuing authority inside", doc: doc(w.org, a.Sub), set: set, verdict: verify.Passed},
		{name: "issuing authority left out", doc: doc(w.org), set: set, verdict: verify.Indeterminate, codes: is(fault.SignerNoAnchor)},
		{name: "a person as issuer", doc: doc(w.by(w.person, nil), w.person, a.Sub), set: set, verdict: verify.Failed, codes: is(fault.SignerIssuerNotCA)},
		{name: "an end entity under the root as issuer", doc: doc(w.by(noCA, nil), noCA), set: set, verdict: verify.Failed, codes: is(fault.SignerIssuerNotCA)},
		{name: "an authority below pathLen 0", doc: doc(w.by(below, nil), below, a.Sub), set: set, verdict: verify.Failed, codes: is(fault.SignerPathTooLong)},
		{name: "cross certificates in a circle", doc: doc(leaf, many...), set: set, verdict: verify.Passed},
		{name: "cross certificates in a circle, no way out", doc: doc(w.by(crossA, nil), crossA, loopB), set: set, verdict: verify.Indeterminate, codes: is(fault.SignerNoAnchor)},
		{name: "a root inside is not trusted", doc: doc(w.org, a.Sub, a.Root), set: w.anchors(), verdict: verify.Indeterminate, codes: is(fault.SignerNoAnchor)},
	})
}

func subject2(name string) cert.Subject {
	s := attacker
	s.CommonName = name
	return s
}

func TestAttacksByRevocationLists(t *testing.T) {
	w := newWorld(t)
	a := w.a
	day := func(n int) time.Time { return w.at.AddDate(0, 0, n) }
	entry := func(at time.Time, reason crl.Reason) crl.Entry {
		return crl.Entry{Serial: w.org.Cert.Serial, RevokedAt: at, Reason: reason}
	}
	lists := func(l ...*crl.List) *trust.Set { return a.Trust(l...) }
	namesake := w.issue("sub-ca", cert.Subject{Country: "CN", Organisation: "示例认证中心", CommonName: "示例签发证书"}, a.Root, nil)
	forged := w.list(namesake, day(1), day(8), nil, nil)
	delta := func(e crl.Entry) *crl.List {
		return w.list(a.Sub, day(2), day(8), []crl.Entry{e}, map[oid.ID][]byte{oid.DeltaCRL: {2, 1, 1}})
	}
	doc := w.signedBy(w.org)
	announced := w.signedBy(w.by(a.Sub, func(tm *cert.Template) { tm.CRLURLs = []string{"http://crl.example.cn/1.crl"} }))
	early := entry(day(1), crl.KeyCompromise)
	early.InvalidityDate = day(-3)
	w.run(t, []attack{
		{name: "revoked before signing", doc: doc, set: w.trust(entry(day(-1), crl.KeyCompromise)), verdict: verify.Failed, codes: is(fault.SignerRevokedBefore)},
		{name: "on hold before signing", doc: doc, set: w.trust(entry(day(-1), crl.Hold)), verdict: verify.Failed, codes: is(fault.SignerOnHold)},
		{name: "revoked after signing", doc: doc, set: w.trust(entry(w.at.Add(time.Hour), crl.Superseded)), verdict: verify.Indeterminate, codes: is(fault.SignerRevokedAfter)},
		{name: "revoked after signing, key lost before", doc: doc, set: w.trust(early), verdict: verify.Failed, codes: is(fault.SignerRevokedBefore)},
		{name: "on hold before, revoked after", doc: doc, set: lists(a.CRL(day(0), entry(day(-1), crl.Hold)), a.CRL(day(2), entry(day(2), crl.KeyCompromise))), verdict: verify.Failed, codes: is(fault.SignerRevokedBefore)},
		{name: "on hold before, revoked after, lists the other way round", doc: doc, set: lists(a.CRL(day(2), entry(day(2), crl.KeyCompromise)), a.CRL(day(0), entry(day(-1), crl.Hold))), verdict: verify.Failed, codes: is(fault.SignerRevokedBefore)},
		{name: "revoked twice, the newer list says later", doc: doc, set: lists(a.CRL(day(0), entry(day(-1), crl.KeyCompromise)), a.CRL(day(2), entry(day(2), crl.Superseded))), verdict: verify.Failed, codes: is(fault.SignerRevokedBefore)},
		{name: "on hold, then restored", doc: doc, set: lists(a.CRL(day(1), entry(w.at.Add(time.Hour), crl.Hold)), a.CRL(day(2))), verdict: verify.Passed},
		{name: "on hold when signed, restored since", doc: doc, set: lists(a.CRL(day(1), entry(day(-1), crl.Hold)), a.CRL(day(2))), verdict: verify.Failed, codes: is(fault.SignerOnHold)},
		{name: "on hold before, restored when signed", doc: doc, set: lists(a.CRL(day(-2), entry(day(-3), crl.Hold)), a.CRL(day(2))), verdict: verify.Passed},
		{name: "revoked, then left out of a newer list", doc: doc, set: lists(a.CRL(day(0), entry(day(-1), crl.KeyCompromise)), a.CRL(day(2))), verdict: verify.Failed, codes: is(fault.SignerRevokedBefore)},
		{name: "removeFromCRL in a list", doc: doc, set: lists(w.list(a.Sub, day(1), day(8), []crl.Entry{entry(day(-1), crl.RemoveFromCRL)}, nil)), verdict: verify.Passed},
		{name: "listed twice: restored, then revoked", doc: doc, set: lists(w.list(a.Sub, day(1), day(8), []crl.Entry{entry(day(-1), crl.RemoveFromCRL), entry(day(-1), crl.KeyCompromise)}, nil)), verdict: verify.Failed, codes: is(fault.SignerRevokedBefore)},
		{name: "listed twice: revoked, then restored", doc: doc, set: lists(w.list(a.Sub, day(1), day(8), []crl.Entry{entry(day(-1), crl.KeyCompromise), entry(day(0), crl.RemoveFromCRL)}, nil)), verdict: verify.Failed, codes: is(fault.SignerRevokedBefore)},
		{name: "listed twice: the later one first", doc: doc, set: lists(w.list(a.Sub, day(1), day(8), []crl.Entry{entry(w.at.Add(time.Hour), crl.Superseded), entry(day(-1), crl.KeyCompromise)}, nil)), verdict: verify.Failed, codes: is(fault.SignerRevokedBefore)},
		{name: "revoked by a delta", doc: doc, set: lists(a.CRL(day(1)), delta(entry(day(-1), crl.KeyCompromise))), verdict: verify.Failed, codes: is(fault.SignerRevokedBefore)},
		{name: "a delta alone clears nobody", doc: announced, set: lists(delta(entry(day(-1), crl.KeyCompromise))), verdict: verify.Indeterminate, codes: is(fault.SignerStatusUnknown)},
		{name: "list of another key of that name", doc: announced, set: lists(forged), verdict: verify.Indeterminate, codes: is(fault.SignerStatusUnknown)},
		{name: "list of tomorrow", doc: announced, set: lists(a.CRL(day(3))), verdict: verify.Indeterminate, codes: is(fault.SignerStatusUnknown)},
		{name: "list that ended before signing", doc: announced, set: lists(a.CRL(day(-20))), verdict: verify.Indeterminate, codes: is(fault.SignerStatusUnknown)},
		{name: "list that ended, certificate announces none", doc: doc, set: lists(a.CRL(day(-20))), verdict: verify.Indeterminate, codes: is(fault.SignerStatusUnknown)},
		{name: "list that ended after signing settles it", doc: announced, set: lists(a.CRL(day(1))), at: day(100), verdict: verify.Passed},
		{name: "indirect list", doc: announced, set: lists(w.list(a.Sub, day(1), day(8), nil, map[oid.ID][]byte{oid.IssuingDistPoint: seq([]byte{0x84, 1, 0xFF})})), verdict: verify.Indeterminate, codes: is(fault.SignerStatusUnknown)},
		{name: "list of authorities only", doc: announced, set: lists(w.list(a.Sub, day(1), day(8), nil, map[oid.ID][]byte{oid.IssuingDistPoint: seq([]byte{0x82, 1, 0xFF})})), verdict: verify.Indeterminate, codes: is(fault.SignerStatusUnknown)},
		{name: "no list at hand", doc: announced, set: lists(), verdict: verify.Indeterminate, codes: is(fault.SignerStatusUnknown)},
		{name: "issuing authority revoked", doc: doc, set: lists(a.CRL(day(1)), w.list(a.Root, day(1), day(8), []crl.Entry{{Serial: a.Sub.Cert.Serial, RevokedAt: day(-1), Reason: crl.CACompromise}}, nil)), verdict: verify.Failed, codes: is(fault.SignerRevokedBefore)},
		{name: "seal maker revoked before it made the seal", doc: doc, set: w.trust(crl.Entry{Serial: a.Maker.Cert.Serial, RevokedAt: a.At, Reason: crl.KeyCompromise}), verdict: verify.Failed, codes: is(fault.MakerRevokedBefore)},
		{name: "seal maker revoked later", doc: doc, set: w.trust(crl.Entry{Serial: a.Maker.Cert.Serial, RevokedAt: day(0), Reason: crl.Superseded}), verdict: verify.Passed},
	})
}

// list makes a revocation list as its arguments ask, also a wrong one.
func (w *world) list(issuer *fixture.Holder, this, next time.Time, entries []crl.Entry, critical map[oid.ID][]byte) *crl.List {
	w.Helper()
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		b.AddBytes(seq(oid.SM2WithSM3.Marshal()))
		b.AddBytes(issuer.Cert.RawSubject)
		cert.AddTime(b, this)
		cert.AddTime(b, next)
		if len(entries) > 0 {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
				for _, e := range entries {
					b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
						b.AddASN1BigInt(e.Serial)
						cert.AddTime(b, e.RevokedAt)
						b.AddBytes(seq(seq(oid.ReasonCode.Marshal(), tlv(4, []byte{10, 1, byte(e.Reason)}))))
					})
				}
			})
		}
		if len(critical) > 0 {
			var all []byte
			for id, value := range critical {
				all = append(all, seq(id.Marshal(), []byte{1, 1, 0xFF}, tlv(4, value))...)
			}
			b.AddBytes(tlv(0xA0, seq(all)))
		}
	})
	tbs := b.BytesOrPanic()
	out, err := crl.Assemble(tbs, signature(w, issuer.Key, tbs))
	w.must(err)
	l, err := crl.Parse(out)
	w.must(err)
	return l
}

func TestAttacksBySeals(t *testing.T) {
	w := newWorld(t)
	a := w.a
	made := func(maker *fixture.Holder, change func(*ses.Info), signer *fixture.Holder) []byte {
		info := w.seal(signer).Info
		info.Ext = nil // a seal that does not say of what kind it is
		if change != nil {
			change(&info)
		}
		raw, err := info.Marshal(info.HeaderVersion)
		w.must(err)
		tbs, err := ses.TBSSeal(raw, maker.Cert.Raw)
		w.must(err)
		out, err := ses.AssembleSeal(raw, maker.Cert.Raw, signature(w, maker.Key, tbs))
		w.must(err)
		s, err := ses.ParseSeal(out)
		w.must(err)
		return forgery{world: w, signer: signer, seal: s}.zip()
	}
	altered := func(path string, with []byte) []byte {
		s, err := ses.ParseSeal(member(w, w.seal(w.org).Raw, path, become(with)))
		w.must(err)
		return forgery{world: w, seal: s}.zip()
	}
	rogue := fixture.New(t, a.At)
	digest := func(typ string, sum []byte) func(*ses.Info) {
		return func(i *ses.Info) {
			i.CertListType, i.Certs, i.Digests = ses.CertListDigests, nil, []ses.CertDigest{{Type: typ, Value: sum}}
		}
	}
	right, wrong := sum(w.org.Cert.Raw), sum(w.person.Cert.Raw)
	makerEnc := w.issue("org-enc", attacker, a.Sub, nil)
	lateMaker := w.issue("seal-maker", subject2("示例制章系统"), a.Sub, func(tm *cert.Template) { tm.NotBefore = a.At.AddDate(0, 0, 5) })
	w.run(t, []attack{
		{name: "control: seal without a kind", doc: made(a.Maker, nil, w.org), verdict: verify.Passed},
		{name: "a person makes the organisation's seal", doc: made(w.person, nil, w.person), verdict: verify.Failed, codes: is(fault.MakerRole)},
		{name: "an organisation makes its own seal", doc: made(w.org, nil, w.org), verdict: verify.Failed, codes: is(fault.MakerRole)},
		{name: "a maker of a stranger's authority", doc: made(rogue.Maker, nil, w.org), verdict: verify.Indeterminate, codes: is(fault.MakerOtherAnchor)},
		{name: "a maker with an encryption certificate", doc: made(makerEnc, nil, w.org), verdict: verify.Failed, codes: is(fault.MakerKeyUsage)},
		{name: "maker's certificate exchanged", doc: altered("1", tlv(4, rogue.Maker.Cert.Raw)), verdict: verify.Failed, codes: is(fault.SealSignature)},
		{name: "maker's algorithm SHA-1 with RSA", doc: altered("2", oid.SHA1WithRSA.Marshal()), verdict: verify.Failed, codes: is(fault.SigAlgorithm)},
		{name: "picture exchanged", doc: altered("0.3.1", tlv(4, []byte("another picture"))), verdict: verify.Failed, codes: is(fault.SealSignature)},
		{name: "validity lengthened", doc: altered("0.2.6", tlv(0x18, []byte("20991231235959Z"))), verdict: verify.Failed, codes: is(fault.SealSignature)},
		{name: "signer added to the list", doc: altered("0.2.3", seq(tlv(4, w.org.Cert.Raw), tlv(4, w.person.Cert.Raw))), verdict: verify.Failed, codes: is(fault.SealSignature)},
		{name: "maker's signature of another seal", doc: altered("3", bits(w.seal(w.person).Value)), verdict: verify.Failed, codes: is(fault.SealSignature)},
		{name: "seal of another signer", doc: forgery{world: w, seal: w.seal(w.person)}.zip(), verdict: verify.Failed, codes: is(fault.SealNotListed)},
		{name: "seal that allows nobody", doc: made(a.Maker, digest("SM3", make([]byte, 32)), w.org), verdict: verify.Failed, codes: is(fault.SealNotListed)},
		{name: "control: signer listed by its digest", doc: made(a.Maker, digest("SM3", right), w.org), verdict: verify.Passed},
		{name: "signer listed by a digest of another name", doc: made(a.Maker, digest("1.3.14.3.2.26", right), w.org), verdict: verify.Passed},
		{name: "another signer's digest", doc: made(a.Maker, digest("SM3", wrong), w.org), verdict: verify.Failed, codes: is(fault.SealNotListed)},
		{name: "digest cut to twenty octets", doc: made(a.Maker, digest("SHA1", right[:20]), w.org), verdict: verify.Failed, codes: is(fault.SealNotListed)},
		{name: "seal over when signed", doc: made(a.Maker, func(i *ses.Info) { i.ValidEnd = w.at.AddDate(0, 0, -1) }, w.org), verdict: verify.Failed, codes: is(fault.SealExpired)},
		{name: "seal not begun when signed", doc: made(a.Maker, func(i *ses.Info) { i.ValidStart = w.at.AddDate(0, 0, 1) }, w.org), verdict: verify.Failed, codes: is(fault.SealNotYetValid)},
		{name: "seal that ended since", doc: made(a.Maker, func(i *ses.Info) { i.ValidEnd = w.at.AddDate(0, 0, 1) }, w.org), verdict: verify.Passed},
		{name: "v4 seal made before its maker's certificate began", doc: made(lateMaker, nil, w.org), verdict: verify.Passed, codes: is(fault.MakerNotValidAtCreation)},
		{name: "v5 seal made before its maker's certificate began", doc: made(lateMaker, func(i *ses.Info) { i.HeaderVersion = 5 }, w.org), verdict: verify.Failed, codes: is(fault.MakerNotValidAtV5)},
		{name: "person's certificate under an official seal", doc: forgery{world: w, signer: w.person, seal: w.seal(w.person)}.zip(), verdict: verify.Failed, codes: is(fault.SignerRole)},
		{name: "organisation's certificate under a hand-written signature", doc: forgery{world: w, seal: a.Seal(ses.Handwritten, nil, w.org)}.zip(), verdict: verify.Failed, codes: is(fault.SignerRole)},
	})
}

// eachExtension changes extension id of a TBSCertificate; how is given it whole
// and may return nothing, or more.
func eachExtension(t testing.TB, tbs []byte, id oid.ID, how func([]byte) []byte) []byte {
	t.Helper()
	return member(t, tbs, "7.0", func(list der.Value) []byte {
		kids, err := list.Children()
		if err != nil {
			t.Fatal(err)
		}
		var out []byte
		for _, e := range kids {
			if bytes.HasPrefix(e.Content, id.Marshal()) {
				out = append(out, how(e.Raw)...)
			} else {
				out = append(out, e.Raw...)
			}
		}
		return seq(out)
	})
}

func extension(id oid.ID, value []byte) []byte {
	return seq(id.Marshal(), []byte{1, 1, 0xFF}, tlv(der.OctetString, value))
}

func sum(b []byte) []byte {
	d := sm3.Sum(b)
	return d[:]
}
