package verify_test

import (
	"bytes"
	"crypto/sha256"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"

	"xinzhang/internal/fault"
	"xinzhang/internal/fixture"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/cms"
	"xinzhang/internal/format/crl"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/trust"
	"xinzhang/internal/verify"
)

// message makes a SignedData over Signature.xml by tm.
func (w *world) message(h *fixture.Holder, tm cms.Template) func([]byte) []byte {
	return func(xml []byte) []byte {
		w.Helper()
		if tm.Content == nil {
			tm.Content = sum(xml)
		}
		m, err := tm.Message()
		w.must(err)
		out, err := tm.Assemble(signature(w, h.Key, m))
		w.must(err)
		return out
	}
}

func TestAttacksOnSM2Values(t *testing.T) {
	w := newWorld(t)
	n := sm2.P256().Params().N
	made := func(how func(sm2enc.Signature) []byte) []byte {
		return forgery{world: w, der: func(b []byte) []byte {
			return member(w, b, "3", func(v der.Value) []byte {
				sig, _, err := sm2enc.ParseSignature(v.Content[1:])
				w.must(err)
				return bits(how(sig))
			})
		}}.zip()
	}
	pair := func(r, s *big.Int) func(sm2enc.Signature) []byte {
		return func(sm2enc.Signature) []byte { return seq(integer(r), integer(s)) }
	}
	zero, one := new(big.Int), big.NewInt(1)
	sum := func(a, b *big.Int) *big.Int { return new(big.Int).Add(a, b) }
	less := func(a, b *big.Int) *big.Int { return new(big.Int).Sub(a, b) }
	spki := func(point []byte) []byte { // a signer whose key is not what a key should be
		broken := w.recertify(w.org, w.a.Sub, func(tbs []byte) []byte { return member(w, tbs, "6.1", become(bits(point))) })
		return w.signedBy(broken)
	}
	off := sm2enc.MarshalPublicKey(&w.org.Key.PublicKey)
	off[64] ^= 1
	compressed := append([]byte{2 + off[64]&1 ^ 1}, off[1:33]...)
	value := is(fault.SigValue)
	w.run(t, []attack{
		{name: "r = 0", doc: made(pair(zero, one)), verdict: verify.Failed, codes: value},
		{name: "s = 0", doc: made(pair(one, zero)), verdict: verify.Failed, codes: value},
		{name: "r = s = 0", doc: made(pair(zero, zero)), verdict: verify.Failed, codes: value},
		{name: "r = n", doc: made(pair(n, one)), verdict: verify.Failed, codes: value},
		{name: "s = n", doc: made(pair(one, n)), verdict: verify.Failed, codes: value},
		{name: "r + s = n", doc: made(pair(one, less(n, one))), verdict: verify.Failed, codes: value},
		{name: "r + n", doc: made(func(s sm2enc.Signature) []byte { return seq(integer(sum(s.R, n)), integer(s.S)) }), verdict: verify.Failed, codes: value},
		{name: "s + n", doc: made(func(s sm2enc.Signature) []byte { return seq(integer(s.R), integer(sum(s.S, n))) }), verdict: verify.Failed, codes: value},
		{name: "n − s", doc: made(func(s sm2enc.Signature) []byte { return seq(integer(s.R), integer(less(n, s.S))) }), verdict: verify.Failed, codes: value},
		{name: "−s", doc: made(func(s sm2enc.Signature) []byte { return seq(integer(s.R), integer(new(big.Int).Neg(s.S))) }), verdict: verify.Failed, codes: value},
		{name: "r and s exchanged", doc: made(func(s sm2enc.Signature) []byte { return seq(integer(s.S), integer(s.R)) }), verdict: verify.Failed, codes: value},
		{name: "a third integer", doc: made(func(s sm2enc.Signature) []byte { return seq(integer(s.R), integer(s.S), integer(one)) }), verdict: verify.Failed, codes: value},
		{name: "an empty value", doc: made(func(sm2enc.Signature) []byte { return nil }), verdict: verify.Failed, codes: value},
		{name: "sixty-four zero octets", doc: made(func(sm2enc.Signature) []byte { return make([]byte, 64) }), verdict: verify.Failed, codes: value},
		{name: "genuine: r ‖ s", doc: made(func(s sm2enc.Signature) []byte { raw := s.Raw(); return raw[:] }), verdict: verify.Passed},
		{name: "key that is not on the curve", doc: spki(off), verdict: verify.Failed},
		{name: "key at infinity", doc: spki([]byte{0}), verdict: verify.Failed},
		{name: "genuine: compressed key", doc: spki(compressed), verdict: verify.Passed},
	})
}

// integer writes an INTEGER in two's complement.
func integer(n *big.Int) []byte {
	if n.Sign() < 0 {
		b := new(big.Int).Add(n, new(big.Int).Lsh(big.NewInt(1), 264)).Bytes()
		return tlv(der.Integer, b)
	}
	return tlv(der.Integer, append([]byte{0}, n.Bytes()...))
}

func TestAttacksOnSealSignatures(t *testing.T) {
	w := newWorld(t)
	tbs := func(path string, with []byte) []byte {
		return forgery{world: w, tbs: func(b []byte) []byte { return member(w, b, path, become(with)) }}.zip()
	}
	out := func(path string, with []byte) []byte {
		return forgery{world: w, der: func(b []byte) []byte { return member(w, b, path, become(with)) }}.zip()
	}
	hash := func(change func([]byte) []byte) []byte {
		return forgery{world: w, tbs: func(b []byte) []byte {
			return member(w, b, "3", func(v der.Value) []byte { return tlv(v.Tag, change(bytes.Clone(v.Content))) })
		}}.zip()
	}
	whole := func(how func([]byte) []byte) []byte { return forgery{world: w, der: how}.zip() }
	other := w.seal(w.org)
	made := func(at time.Time) []byte {
		return forgery{world: w, seal: w.a.Seal(ses.OfficialSeal, func(i *ses.Info) { i.CreateDate = at }, w.org)}.zip()
	}
	w.run(t, []attack{
		{name: "seal made a month after it was used", doc: made(w.at.AddDate(0, 1, 0)), at: w.at.AddDate(0, 1, 3), set: w.a.Trust(w.a.CRL(w.at.AddDate(0, 1, 1))), verdict: verify.Passed, strict: verify.Failed, codes: is(fault.SealMadeLater)},
		{name: "genuine: seal made in local time wearing a Z", doc: made(w.at.Add(8 * time.Hour)), verdict: verify.Passed, not: is(fault.SealMadeLater)},
		{name: "version 5 over a version 4 seal", doc: tbs("0", []byte{2, 1, 5}), verdict: verify.Passed, codes: is(fault.SealVersions)},
		{name: "version 1 over a version 4 seal", doc: tbs("0", []byte{2, 1, 1}), verdict: verify.Passed, codes: is(fault.SigDeviation)},
		{name: "seal exchanged after signing", doc: out("0.1", other.Raw), verdict: verify.Failed, codes: is(fault.SigValue, fault.SealMismatch)},
		{name: "time changed after signing", doc: out("0.2", tlv(0x18, []byte("20260301000000Z"))), verdict: verify.Failed, codes: is(fault.SigValue)},
		{name: "no signing time that can be read", doc: tbs("2", tlv(0x18, []byte("soon"))), verdict: verify.Failed, codes: is(fault.SigValueBroken)},
		{name: "data hash of 33 octets", doc: hash(func(b []byte) []byte { return append(b, 0) }), verdict: verify.Failed, codes: is(fault.SigDataHash)},
		{name: "data hash cut to 16 octets", doc: hash(func(b []byte) []byte { return b[:17] }), verdict: verify.Failed, codes: is(fault.SigDataHash)},
		{name: "data hash empty", doc: hash(func([]byte) []byte { return []byte{0} }), verdict: verify.Failed, codes: is(fault.SigDataHash)},
		{name: "data hash with unused bits", doc: hash(func(b []byte) []byte { b[0] = 4; return b }), verdict: verify.Failed, codes: is(fault.SigValueBroken)},
		{name: "another signer's certificate", doc: out("1", tlv(4, w.person.Cert.Raw)), verdict: verify.Failed, codes: is(fault.SigValue, fault.SealNotListed)},
		{name: "no signer's certificate", doc: out("1", tlv(4, nil)), verdict: verify.Failed, codes: is(fault.SignerCertBroken)},
		{name: "algorithm SM2 with SHA-1", doc: out("2", oid.ID("1.2.156.10197.1.502").Marshal()), verdict: verify.Failed, codes: is(fault.SigAlgorithm)},
		{name: "algorithm RSA with SHA-1", doc: out("2", oid.SHA1WithRSA.Marshal()), verdict: verify.Failed, codes: is(fault.SigAlgorithm)},
		{name: "bytes behind the value", doc: whole(func(b []byte) []byte { return append(b, "<Page/>"...) }), verdict: verify.Passed, codes: is(fault.SigDeviation)},
		{name: "value cut short", doc: whole(func(b []byte) []byte { return b[:len(b)-1] }), verdict: verify.Failed, codes: is(fault.SigValueBroken)},
		{name: "value empty", doc: whole(func([]byte) []byte { return nil }), verdict: verify.Failed, codes: is(fault.SigValueBroken)},
		{name: "a seal in the signature's place", doc: whole(func([]byte) []byte { return other.Raw }), verdict: verify.Failed, codes: is(fault.SigValueBroken)},
		{name: "a member too many", doc: whole(func(b []byte) []byte { return member(w, b, "4", become([]byte{5, 0})) }), verdict: verify.Failed, codes: is(fault.SigValueBroken)},
		{name: "genuine: indefinite length around", doc: whole(indefinite), verdict: verify.Passed, codes: is(fault.SigDeviation)},
		{name: "nested without end", doc: whole(func([]byte) []byte { return bytes.Repeat([]byte{0x30, 0x80}, 1<<20) }), verdict: verify.Failed, codes: is(fault.SigValueBroken)},
		{name: "a length of four gigabytes", doc: whole(func([]byte) []byte { return []byte{0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF} }), verdict: verify.Failed, codes: is(fault.SigValueBroken)},
	})
}

func indefinite(b []byte) []byte {
	v, err := der.ParseOnly(b)
	if err != nil {
		return nil
	}
	return slices.Concat([]byte{0x30, 0x80}, v.Content, []byte{0, 0})
}

func TestAttacksOnSignedData(t *testing.T) {
	w := newWorld(t)
	set := w.trust()
	base := cms.Template{Signer: w.org.Cert, SigningTime: w.at}
	bare := base
	bare.Bare = true
	detached := base
	detached.Detached = true
	file := func(tm cms.Template, how func([]byte) []byte) forgery {
		return forgery{world: w, noSeal: true, value: func(xml []byte) []byte {
			out := w.message(w.org, tm)(xml)
			if how != nil {
				out = how(out)
			}
			return out
		}}
	}
	doc := func(tm cms.Template, how func([]byte) []byte) []byte { return file(tm, how).zip() }
	at := func(path string, how func(der.Value) []byte) func([]byte) []byte {
		return func(b []byte) []byte { return member(w, b, path, how) }
	}
	other := base
	other.Content = []byte("another file")
	// A message whose attributes are cut off and put in the content's place.
	cut := func([]byte) []byte {
		m, err := cms.Template{Signer: w.org.Cert, SigningTime: w.at, Content: []byte("x")}.Message()
		w.must(err)
		return m
	}
	signers := "1.0.4"
	first := signers + ".0"
	twin := func(v der.Value) []byte { return tlv(v.Tag, v.Content, v.Content) }
	stale := file(base, nil).make()
	seals := file(base, nil)
	seals.noSeal = false
	seals.omit = []string{"/Doc_0/Signs/Sign_0/Seal.esl"}
	sealsCovered := seals
	sealsCovered.omit = nil
	broken := bytes.Clone(w.seal(w.org).Raw)
	broken[len(broken)-1] ^= 1
	bad, err := ses.ParseSeal(broken)
	w.must(err)
	beside := func(h *fixture.Holder, s *ses.Seal) []byte {
		return forgery{world: w, signer: h, seal: s, value: w.message(h, cms.Template{Signer: h.Cert, SigningTime: w.at})}.zip()
	}
	rogue := fixture.New(t, w.a.At)
	listed := func(typ string, f forgery) []byte {
		return rezip(t, change(t, f.make(), listName, swap("BaseLoc=", `Type="`+typ+`" BaseLoc=`)))
	}
	nobody := file(base, nil)
	nobody.xml = func(s string) string {
		a, b, _ := strings.Cut(s, "<ofd:SignatureDateTime>")
		_, b, _ = strings.Cut(b, "</ofd:SignatureDateTime>")
		return a + b
	}
	timeless := file(bare, nil)
	timeless.xml = nobody.xml
	const sigFile = "Doc_0/Signs/Sign_0/Signature.xml"
	noCerts := file(base, at("1.0.3", become(nil)))
	w.run(t, []attack{
		{name: "control: signed attributes", doc: doc(base, nil), verdict: verify.Passed},
		{name: "control: no attributes", doc: doc(bare, nil), verdict: verify.Passed},
		{name: "control: detached", doc: doc(detached, nil), verdict: verify.Passed},
		{name: "content of another file", doc: doc(other, nil), verdict: verify.Failed, codes: is(fault.SigDataHash)},
		{name: "content exchanged", doc: doc(base, at("1.0.2.1.0", become(tlv(4, make([]byte, 32))))), verdict: verify.Failed, codes: is(fault.SigDataHash)},
		{name: "content taken out, attributes stay", doc: doc(base, at("1.0.2.1", become(nil))), verdict: verify.Passed},
		{name: "two signers", doc: doc(base, at(signers, twin)), verdict: verify.Failed, codes: is(fault.SigValueBroken)},
		{name: "no signer", doc: doc(base, at(signers, become(tlv(der.Set)))), verdict: verify.Failed, codes: is(fault.SigValueBroken)},
		{name: "digest algorithm SHA-1", doc: doc(base, at(first+".2", become(seq(oid.SHA1.Marshal())))), verdict: verify.Failed, codes: is(fault.SigAlgorithm)},
		{name: "signature algorithm RSA", doc: doc(base, at(first+".4", become(seq(oid.SHA1WithRSA.Marshal())))), verdict: verify.Failed, codes: is(fault.SigAlgorithm)},
		{name: "attributes taken out", doc: doc(base, at(first+".3", become(nil))), verdict: verify.Failed, codes: is(fault.SigValue)},
		{name: "messageDigest taken out", doc: resigned(w, base, oid.MessageDigest, nil), verdict: verify.Failed, codes: is(fault.SigValue)},
		{name: "messageDigest twice", doc: resigned(w, base, oid.MessageDigest, func(a []byte) []byte { return slices.Concat(a, a) }), verdict: verify.Failed, codes: is(fault.SigValue)},
		{name: "contentType taken out", doc: resigned(w, base, oid.ContentType, nil), verdict: verify.Passed, codes: is(fault.SigDeviation)},
		{name: "signingCertificateV2 of another certificate", doc: resigned(w, base, oid.SigningCertificateV2, func(a []byte) []byte {
			return bytes.Replace(a, sum(w.org.Cert.Raw), sum(w.person.Cert.Raw), 1)
		}), verdict: verify.Failed, codes: is(fault.SigValue)},
		{name: "attributes signed elsewhere passed off as content", doc: forgery{world: w, noSeal: true, value: func([]byte) []byte {
			return member(w, w.message(w.org, bare)([]byte("x")), "1.0.2.1.0", become(tlv(4, cut(nil))))
		}}.zip(), verdict: verify.Failed, codes: is(fault.SigDataHash)},
		{name: "no certificate inside", doc: noCerts.zip(), verdict: verify.Indeterminate, codes: is(fault.SignerAbsent)},
		{name: "no certificate inside, Signature.xml changed", doc: rezip(t, change(t, noCerts.make(), sigFile, swap("Boundary=\"100", "Boundary=\"101"))), verdict: verify.Failed, codes: is(fault.SigDataHash)},
		{name: "another certificate inside", doc: doc(base, at("1.0.3", become(tlv(0xA0, w.person.Cert.Raw)))), verdict: verify.Indeterminate, codes: is(fault.SignerAbsent)},
		{name: "certificates doubled", doc: doc(base, at("1.0.3", twin)), verdict: verify.Passed},
		{name: "Signature.xml changed", doc: rezip(t, change(t, stale, sigFile, swap("Boundary=\"100", "Boundary=\"101"))), verdict: verify.Failed, codes: is(fault.SigDataHash)},
		{name: "no seal in the list or the file", doc: listed("Sign", file(base, nil)), verdict: verify.Passed, not: is(fault.SigNoSeal)},
		{name: "listed as a seal signature", doc: listed("Seal", file(base, nil)), verdict: verify.Passed, strict: verify.Passed, codes: is(fault.SigNoSeal)},
		{name: "listed without a type", doc: doc(base, nil), verdict: verify.Passed, codes: is(fault.SigNoSeal)},
		{name: "seal of the signer beside the message", doc: sealsCovered.zip(), verdict: verify.Indeterminate, strict: verify.Failed, codes: is(fault.SealUnvouched)},
		{name: "the same listed as a digital signature", doc: listed("Sign", sealsCovered), verdict: verify.Indeterminate, strict: verify.Failed, codes: is(fault.SealUnvouched)},
		{name: "seal of another unit's making beside the message", doc: beside(w.person, rogue.Seal(ses.OfficialSeal, nil, w.person)), verdict: verify.Indeterminate, strict: verify.Failed, codes: is(fault.SealUnvouched)},
		{name: "seal that was changed beside the message", doc: beside(w.org, bad), verdict: verify.Failed, codes: is(fault.SealUnvouched, fault.SealSignature)},
		{name: "seal of the unit beside a person's message", doc: beside(w.person, w.seal(w.org)), verdict: verify.Failed, codes: is(fault.SealUnvouched, fault.SealNotListed)},
		{name: "seal picture that nothing vouches for", doc: seals.zip(), verdict: verify.Failed, codes: is(fault.DocUncovered)},
		{name: "time in the attributes only", doc: nobody.zip(), verdict: verify.Passed},
		{name: "no time anywhere", doc: timeless.zip(), verdict: verify.Indeterminate, codes: is(fault.TimeUnknown)},
		{name: "r ‖ s without a certificate", doc: listed("Sign", forgery{world: w, noSeal: true, value: func([]byte) []byte { return bytes.Repeat([]byte{0x41}, 64) }}), verdict: verify.Indeterminate, codes: is(fault.SignerAbsent, fault.SigDeviation)},
		{name: "sixty-three octets", doc: listed("Sign", forgery{world: w, noSeal: true, value: func([]byte) []byte { return bytes.Repeat([]byte{0x41}, 63) }}), verdict: verify.Failed, codes: is(fault.SigValueBroken)},
		{name: "a bare value that nobody made", doc: forgery{world: w, noSeal: true, value: func([]byte) []byte { return seq([]byte{2, 1, 1}, []byte{2, 1, 1}) }}.zip(), set: set, verdict: verify.Indeterminate, codes: is(fault.SignerAbsent)},
	})
}

// resigned changes a signed attribute and signs again.
func resigned(w *world, tm cms.Template, id oid.ID, how func([]byte) []byte) []byte {
	return forgery{world: w, noSeal: true, value: func(xml []byte) []byte {
		out := w.message(w.org, tm)(xml)
		var attrs []byte
		out = member(w, out, "1.0.4.0.3", func(v der.Value) []byte {
			kids, err := v.Children()
			w.must(err)
			for _, k := range kids {
				switch {
				case !bytes.HasPrefix(k.Content, id.Marshal()):
					attrs = append(attrs, k.Raw...)
				case how != nil:
					attrs = append(attrs, how(k.Raw)...)
				}
			}
			return tlv(v.Tag, attrs)
		})
		sig := signature(w, w.org.Key, tlv(der.Set, attrs))
		return member(w, out, "1.0.4.0.5", become(tlv(der.OctetString, sig)))
	}}.zip()
}

// token makes a time-stamp token over value.
func (w *world) token(tsa *fixture.Holder, value []byte, at time.Time, path ...*fixture.Holder) []byte {
	w.Helper()
	return w.tokenOf(tsa, oid.SM3, sum(value), at, path...)
}

// tokenOf makes a time-stamp token with this imprint.
func (w *world) tokenOf(tsa *fixture.Holder, algorithm oid.ID, digest []byte, at time.Time, path ...*fixture.Holder) []byte {
	w.Helper()
	tst := seq([]byte{2, 1, 1}, oid.ID("2.25.1.3").Marshal(), seq(seq(algorithm.Marshal()), tlv(4, digest)),
		[]byte{2, 1, 7}, tlv(0x18, []byte(at.UTC().Format("20060102150405Z"))))
	tm := cms.Template{Content: tst, Type: oid.TSTInfo, Signer: tsa.Cert, SigningTime: at}
	for _, p := range path {
		tm.Path = append(tm.Path, p.Cert)
	}
	m, err := tm.Message()
	w.must(err)
	out, err := tm.Assemble(signature(w, tsa.Key, m))
	w.must(err)
	return out
}

func TestAttacksByTimeStamps(t *testing.T) {
	w := newWorld(t)
	a := w.a
	tsa := func(issuer *fixture.Holder, change func(*cert.Template)) *fixture.Holder {
		return w.issue("service", subject2("示例时间戳"), issuer, func(tm *cert.Template) {
			tm.Profile.ExtKeyUsages = []oid.ID{oid.UsageTimeStamping}
			if change != nil {
				change(tm)
			}
		})
	}
	good := tsa(a.Sub, nil)
	plain := tsa(a.Sub, func(tm *cert.Template) { tm.Profile.ExtKeyUsages = nil })
	ended := tsa(a.Sub, func(tm *cert.Template) { tm.NotAfter = w.at.AddDate(0, 0, -1) })
	bySigner := tsa(w.org, nil)
	rogue := fixture.New(t, a.At)
	stranger := tsa(rogue.Sub, nil)
	stamp := func(h *fixture.Holder, at time.Time, path ...*fixture.Holder) []byte {
		return forgery{world: w, stamp: func(v []byte) []byte { return w.token(h, v, at, path...) }}.zip()
	}
	revoked := w.trust(crl.Entry{Serial: w.org.Cert.Serial, RevokedAt: w.at.Add(time.Hour), Reason: crl.KeyCompromise})
	tsaRevoked := w.trust(crl.Entry{Serial: good.Cert.Serial, RevokedAt: w.at.Add(time.Hour), Reason: crl.KeyCompromise},
		crl.Entry{Serial: w.org.Cert.Serial, RevokedAt: w.at.Add(time.Hour), Reason: crl.KeyCompromise})
	over := func(make func(value []byte) []byte) []byte { return forgery{world: w, stamp: make}.zip() }
	v5 := func(create time.Time, token func(value []byte) []byte) []byte {
		s := a.Seal(ses.OfficialSeal, func(i *ses.Info) { i.HeaderVersion, i.CreateDate = 5, create }, w.org)
		stamped, err := ses.StampSeal(s.Raw, token(s.Value))
		w.must(err)
		s, err = ses.ParseSeal(stamped)
		w.must(err)
		return forgery{world: w, seal: s}.zip()
	}
	one := sealOne(w)
	// v1 puts a token into timeInfo, where GM/T 0031-2014 has a BIT STRING.
	v1 := func(h *fixture.Holder, over func(xml []byte) []byte, how func([]byte) []byte) []byte {
		return forgery{world: w, seal: one, value: func(xml []byte) []byte {
			stamped := xml
			if over != nil {
				stamped = over(xml)
			}
			token := w.token(h, stamped, w.at)
			if how != nil {
				token = how(token)
			}
			tbs := seq([]byte{2, 1, 1}, one.Raw, bits(token), bits(sum(xml)), tlv(der.IA5String, []byte("/Doc_0/Signs/Sign_0/Signature.xml")),
				tlv(der.OctetString, w.org.Cert.Raw), oid.SM2WithSM3.Marshal())
			return seq(tbs, bits(signature(w, w.org.Key, tbs)))
		}}.zip()
	}
	sealStamp := func(h *fixture.Holder) func([]byte) []byte {
		return func(v []byte) []byte { return w.token(h, v, a.At.Add(time.Hour)) }
	}
	day := func(n int) time.Time { return w.at.AddDate(0, 0, n) }
	held := crl.Entry{Serial: good.Cert.Serial, RevokedAt: day(-1), Reason: crl.Hold}
	later := crl.Entry{Serial: w.org.Cert.Serial, RevokedAt: w.at.Add(time.Hour), Reason: crl.KeyCompromise}
	tsaRestored := a.Trust(a.CRL(day(1), held), a.CRL(day(2), later))
	announcing := tsa(a.Root, func(tm *cert.Template) { tm.CRLURLs = []string{"http://crl.example.cn/2.crl"} })
	underRoot := tsa(a.Root, nil)
	rootList := func(n int) *trust.Set { // the root's list of day n, seven days long, beside that of the issuing authority
		return a.Trust(a.CRL(day(1)), a.CRL(day(15)), w.list(a.Root, day(n), day(n+7), nil, nil))
	}
	const sha384 oid.ID = "2.16.840.1.101.3.4.2.2"
	sha256Of := func(b []byte) []byte { d := sha256.Sum256(b); return d[:] }
	signedBy := func(digest, algorithm oid.ID) func([]byte) []byte { // as a token of others says, without its signature
		return func(v []byte) []byte {
			b := member(w, w.token(good, v, w.at), "1.0.4.0.2", become(seq(digest.Marshal(), []byte{5, 0})))
			return member(w, b, "1.0.4.0.4", become(seq(algorithm.Marshal(), []byte{5, 0})))
		}
	}
	answer := func(status byte) func([]byte) []byte {
		return func(v []byte) []byte { return seq(seq([]byte{2, 1, status}), w.token(good, v, w.at)) }
	}
	unknown := is(fault.TimeStampUnknown)
	w.run(t, []attack{
		{name: "control: stamped", doc: stamp(good, w.at), verdict: verify.Passed},
		{name: "control: revoked after the stamp", doc: stamp(good, w.at), set: revoked, verdict: verify.Passed},
		{name: "token over another value", doc: over(func([]byte) []byte { return w.token(good, []byte("x"), w.at) }), verdict: verify.Failed, codes: is(fault.TimeStampWrong)},
		{name: "genuine: token over the whole BIT STRING", doc: over(func(v []byte) []byte { return w.token(good, bits(v), w.at) }), verdict: verify.Passed},
		{name: "token with its signature broken", doc: over(func(v []byte) []byte { b := w.token(good, v, w.at); b[len(b)-1] ^= 1; return b }), verdict: verify.Failed, codes: is(fault.TimeStampWrong)},
		{name: "token with its time changed", doc: over(func(v []byte) []byte {
			return bytes.Replace(w.token(good, v, w.at), []byte(w.at.Format("20060102150405Z")), []byte("20260115000000Z"), 1)
		}), verdict: verify.Failed, codes: is(fault.TimeStampWrong)},
		{name: "no token at all", doc: over(func([]byte) []byte { return seq([]byte{5, 0}) }), verdict: verify.Failed, codes: is(fault.TimeStampWrong)},
		{name: "authority without time stamping", doc: stamp(plain, w.at), verdict: verify.Indeterminate, codes: unknown},
		{name: "authority that had ended", doc: stamp(ended, w.at), verdict: verify.Indeterminate, codes: unknown},
		{name: "authority of a stranger", doc: stamp(stranger, w.at, rogue.Sub), verdict: verify.Indeterminate, codes: unknown},
		{name: "authority that the signer issued", doc: stamp(bySigner, w.at, w.org), verdict: verify.Indeterminate, codes: unknown},
		{name: "authority that the signer issued, after a revocation", doc: stamp(bySigner, w.at, w.org), set: revoked, verdict: verify.Indeterminate, codes: is(fault.TimeStampUnknown, fault.SignerRevokedAfter)},
		{name: "authority whose key was lost", doc: stamp(good, w.at), set: tsaRevoked, verdict: verify.Indeterminate, codes: is(fault.TimeStampUnknown, fault.SignerRevokedAfter)},
		{name: "authority whose key was on hold when it stamped", doc: stamp(good, w.at), set: tsaRestored, verdict: verify.Indeterminate, codes: is(fault.TimeStampUnknown, fault.SignerRevokedAfter)},
		{name: "authority whose list is not at hand", doc: stamp(announcing, w.at), set: revoked, verdict: verify.Indeterminate, codes: is(fault.TimeStampUnknown, fault.SignerRevokedAfter)},
		{name: "authority whose list is of before the stamp", doc: stamp(underRoot, w.at), set: rootList(-200), verdict: verify.Indeterminate, codes: unknown},
		{name: "control: authority whose old list is of after the stamp", doc: stamp(underRoot, w.at), set: rootList(1), at: w.at.AddDate(0, 0, 20), verdict: verify.Passed},
		{name: "genuine: SHA-256 imprint", doc: over(func(v []byte) []byte { return w.tokenOf(good, oid.SHA256, sha256Of(v), w.at) }), verdict: verify.Passed},
		{name: "genuine: SHA-256 imprint of the whole BIT STRING", doc: over(func(v []byte) []byte { return w.tokenOf(good, oid.SHA256, sha256Of(bits(v)), w.at) }), verdict: verify.Passed},
		{name: "SHA-256 imprint of another value", doc: over(func([]byte) []byte { return w.tokenOf(good, oid.SHA256, sha256Of([]byte("x")), w.at) }), verdict: verify.Failed, codes: is(fault.TimeStampWrong)},
		{name: "SM3 imprint that says SHA-256", doc: over(func(v []byte) []byte { return w.tokenOf(good, oid.SHA256, sum(v), w.at) }), verdict: verify.Failed, codes: is(fault.TimeStampWrong)},
		{name: "imprint that cannot be computed here", doc: over(func(v []byte) []byte { return w.tokenOf(good, sha384, make([]byte, 48), w.at) }), verdict: verify.Indeterminate, codes: unknown},
		{name: "the same with its signature broken", doc: over(func(v []byte) []byte {
			b := w.tokenOf(good, sha384, make([]byte, 48), w.at)
			b[len(b)-1] ^= 1
			return b
		}), verdict: verify.Failed, codes: is(fault.TimeStampWrong)},
		{name: "SHA-1 imprint", doc: over(func(v []byte) []byte { return w.tokenOf(good, oid.SHA1, make([]byte, 20), w.at) }), verdict: verify.Failed, codes: is(fault.TimeStampWrong)},
		{name: "token signed by RSA", doc: over(signedBy(oid.SHA256, oid.RSA)), verdict: verify.Indeterminate, codes: unknown},
		{name: "token signed by RSA with SHA-1", doc: over(signedBy(oid.SHA1, oid.RSA)), verdict: verify.Failed, codes: is(fault.TimeStampWrong)},
		{name: "token over another value, signed by RSA", doc: over(func([]byte) []byte { return signedBy(oid.SHA256, oid.RSA)([]byte("x")) }), verdict: verify.Failed, codes: is(fault.TimeStampWrong)},
		{name: "genuine: the authority's whole answer", doc: over(answer(0)), verdict: verify.Passed, codes: is(fault.SigDeviation)},
		{name: "an answer that refuses", doc: over(answer(2)), verdict: verify.Failed, codes: is(fault.TimeStampWrong)},
		{name: "stamped a day later", doc: stamp(good, w.at.AddDate(0, 0, 1)), verdict: verify.Passed, codes: is(fault.TimeStampLate)},
		{name: "stamped before the certificate began", doc: stamp(tsa(a.Sub, func(tm *cert.Template) { tm.NotBefore = a.At }), a.At.Add(-time.Hour)), verdict: verify.Indeterminate, codes: unknown},
		{name: "stamped in the future", doc: stamp(good, w.now.AddDate(0, 0, 1)), verdict: verify.Failed, codes: is(fault.TimeFuture)},
		{name: "control: token in a version 1 timeInfo", doc: v1(good, nil, nil), verdict: verify.Passed, not: is(fault.TimeTokenUnmatched)},
		{name: "the same over the data hash", doc: v1(good, func(xml []byte) []byte { return sum(xml) }, nil), verdict: verify.Passed, not: is(fault.TimeTokenUnmatched)},
		{name: "the same, signer revoked after the stamp", doc: v1(good, nil, nil), set: revoked, verdict: verify.Passed},
		{name: "token of a stranger in a version 1 timeInfo", doc: v1(stranger, nil, nil), verdict: verify.Indeterminate, codes: unknown},
		{name: "token over other bytes in a version 1 timeInfo", doc: v1(good, func([]byte) []byte { return []byte("x") }, nil), verdict: verify.Indeterminate, strict: verify.Indeterminate, codes: is(fault.TimeTokenUnmatched)},
		{name: "token with its signature broken in a version 1 timeInfo", doc: v1(good, nil, func(b []byte) []byte { b[len(b)-1] ^= 1; return b }), verdict: verify.Indeterminate, codes: is(fault.TimeTokenUnmatched)},
		{name: "control: stamped version 5 seal", doc: v5(a.At, sealStamp(good)), verdict: verify.Passed},
		{name: "version 5 seal with a token for another", doc: v5(a.At, func([]byte) []byte { return w.token(good, []byte("x"), a.At) }), verdict: verify.Failed, codes: is(fault.SealStampWrong)},
		{name: "version 5 seal younger than its token", doc: v5(a.At.AddDate(0, 0, 2), sealStamp(good)), verdict: verify.Failed, codes: is(fault.SealStampWrong)},
		{name: "version 5 seal stamped by a stranger", doc: v5(a.At, sealStamp(stranger)), verdict: verify.Indeterminate, codes: is(fault.SealStampUnknown)},
	})
}
