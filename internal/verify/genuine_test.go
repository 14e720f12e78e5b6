package verify_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"xinzhang/internal/beijing"
	"xinzhang/internal/fault"
	"xinzhang/internal/fixture"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/cms"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/verify"
)

// Real writers deviate in these ways; none of it makes a signature worse.
func TestGenuineShapesAreNotFalseAlarms(t *testing.T) {
	w := newWorld(t)
	a := w.a
	plain := unzip(t, fixture.Document(t, 2))
	xml := func(old, new string) []byte { return forgery{world: w, xml: swap(old, new)}.zip() }
	list := func(old, new string) []byte {
		return rezip(t, change(t, forgery{world: w}.make(), listName, swap(old, new)))
	}
	renamed := forgery{world: w}.make()
	for i, e := range renamed {
		if strings.HasSuffix(e.name, "SignedValue.dat") {
			renamed[i].name = strings.Replace(e.name, "SignedValue", "SignValue", 1)
		}
	}
	backslashes := forgery{world: w}.make()
	for i, e := range backslashes {
		backslashes[i].name = strings.ReplaceAll(e.name, "/", `\`)
	}
	versions := add(change(t, plain, "OFD.xml", swap("Doc_0/Document.xml", "Doc_0/Document_0.xml")), "Doc_0/Document_0.xml", contents(t, plain, "Doc_0/Document.xml"))
	gbk := func(s string) string {
		out, err := simplifiedchinese.GB18030.NewEncoder().String(strings.Replace(strings.Replace(s, "UTF-8", "GB18030", 1), `ProviderName="test"`, `ProviderName="示例厂商"`, 1))
		w.must(err)
		return out
	}
	unsigned := func(b []byte) []byte { // r and s without their leading zero octets
		return member(w, b, "3", func(v der.Value) []byte {
			sig, _, err := sm2enc.ParseSignature(v.Content[1:])
			w.must(err)
			return bits(seq(tlv(der.Integer, sig.R.Bytes()), tlv(der.Integer, sig.S.Bytes())))
		})
	}
	date := func(s string) []byte { return xml(w.at.Format("20060102150405Z"), s) }
	detached := cms.Template{Signer: w.org.Cert, SigningTime: w.at, Detached: true}
	signed := func(tm cms.Template, how func([]byte) []byte) []byte {
		return forgery{world: w, noSeal: true, value: func(b []byte) []byte { return how(w.message(w.org, tm)(b)) }}.zip()
	}
	bare := cms.Template{Signer: w.org.Cert, SigningTime: w.at, Bare: true}
	high := w.issue("org-sign", attacker, a.Sub, func(tm *cert.Template) { tm.Serial = tm.Serial.SetBit(tm.Serial, 127, 1) })
	local := func(b []byte) []byte { // timeInfo by the clock of the room
		return member(w, b, "2", become(tlv(der.GeneralizedTime, []byte(w.at.In(beijing.Zone).Format("20060102150405")))))
	}
	w.run(t, []attack{
		{name: "relative BaseLoc in the list", doc: list("/Doc_0/Signs/Sign_0/", "Sign_0/"), verdict: verify.Passed},
		{name: "BaseLoc with two slashes", doc: list("/Doc_0/Signs/Sign_0/", "//Doc_0/Signs/Sign_0/"), verdict: verify.Passed},
		{name: "two MaxSignId", doc: list("<ofd:MaxSignId>", "<ofd:MaxSignId>1</ofd:MaxSignId><ofd:MaxSignId>"), verdict: verify.Passed},
		{name: "namespace without a year", doc: xml("ofdspec.org/2016", "ofdspec.org"), verdict: verify.Passed},
		{name: "no prefixes", doc: xml("ofd:", ""), verdict: verify.Passed},
		{name: "SignValue.dat", doc: rezip(t, renamed), verdict: verify.Passed},
		{name: "no Seal element", doc: forgery{world: w, noSeal: true}.zip(), verdict: verify.Passed},
		{name: "CheckMethod SM3", doc: forgery{world: w, check: "SM3"}.zip(), verdict: verify.Passed},
		{name: "CheckMethod sm3", doc: forgery{world: w, check: "sm3"}.zip(), verdict: verify.Passed},
		{name: "CheckMethod SM3 without key", doc: forgery{world: w, check: string(oid.SM3NoKey)}.zip(), verdict: verify.Passed},
		{name: "CheckMethod SM3 with key", doc: forgery{world: w, check: string(oid.HMACSM3)}.zip(), verdict: verify.Passed, codes: is(fault.SigDeviation)},
		{name: "digests broken over lines", doc: xml("<ofd:CheckValue>", "<ofd:CheckValue>\n  "), verdict: verify.Passed},
		{name: "file that lists what was signed", doc: rezip(t, add(forgery{world: w}.make(), "Doc_0/Signs/Sign_0/signFilePaths.dat", "x")), verdict: verify.Passed, codes: is(fault.DocStray)},
		{name: "older Document.xml kept and protected", doc: forgery{world: w, files: versions}.zip(), verdict: verify.Passed, codes: is(fault.DocStray)},
		{name: "empty Provider", doc: xml(`<ofd:Provider ProviderName="test"/>`, `<ofd:Provider/>`), verdict: verify.Passed},
		{name: "Provider with a vendor's attributes", doc: xml(`ProviderName="test"`, `ProviderName="test" InterUser="1"`), verdict: verify.Passed},
		{name: "Signature.xml in GB 18030", doc: forgery{world: w, xml: gbk}.zip(), verdict: verify.Passed},
		{name: "Signature.xml with a byte-order mark", doc: forgery{world: w, xml: func(s string) string { return "\uFEFF" + s }}.zip(), verdict: verify.Passed},
		{name: "backslashes in the zip", doc: rezip(t, backslashes), verdict: verify.Passed},
		{name: "PageRef with zeros before", doc: xml(`PageRef="4"`, `PageRef="004"`), verdict: verify.Passed},
		{name: "no StampAnnot", doc: xml("<ofd:StampAnnot", "<ofd:Nothing"), verdict: verify.Passed},
		{name: "SignatureDateTime in local time", doc: date(w.at.Add(8 * time.Hour).Format("20060102150405")), verdict: verify.Passed},
		{name: "SignatureDateTime in local time wearing a Z", doc: date(w.at.Add(8 * time.Hour).Format("20060102150405Z")), verdict: verify.Passed},
		{name: "SignatureDateTime with milliseconds", doc: date(w.at.Format("20060102150405.302Z")), verdict: verify.Passed},
		{name: "SignatureDateTime with dashes", doc: date(w.at.Add(8 * time.Hour).Format(time.DateTime)), verdict: verify.Passed},
		{name: "SignatureDateTime of another day", doc: date("20251201000000Z"), verdict: verify.Passed, codes: is(fault.TimeDisagrees)},
		{name: "SignatureDateTime that cannot be read", doc: date("昨天"), verdict: verify.Passed},
		{name: "integers without their leading zero", doc: forgery{world: w, der: unsigned}.zip(), verdict: verify.Passed},
		{name: "algorithm 301.1", doc: forgery{world: w, der: func(b []byte) []byte { return member(w, b, "2", become(oid.SM2Sign.Marshal())) }}.zip(), verdict: verify.Passed},
		{name: "timeInfo without a zone, judged an hour later", doc: forgery{world: w, tbs: local}.zip(), set: a.Trust(a.CRL(w.at)), at: w.at.Add(time.Hour), verdict: verify.Passed, codes: is(fault.SigDeviation)},
		{name: "version 5 seal", doc: forgery{world: w, seal: a.Seal(ses.OfficialSeal, func(i *ses.Info) { i.HeaderVersion = 5 }, w.org)}.zip(), verdict: verify.Passed},
		{name: "version 1 seal", doc: versionOne(w), verdict: verify.Passed},
		{name: "maker signed more than the version asks", doc: otherScope(w), verdict: verify.Passed, codes: is(fault.SealScope)},
		{name: "seal with a vendor's critical extension", doc: forgery{world: w, seal: a.Seal(ses.OfficialSeal, func(i *ses.Info) {
			i.Ext = append(i.Ext, ses.Ext{ID: "1.2.156.10197.6.7.2.2.1", Critical: true, Value: []byte("2.1")})
		}, w.org)}.zip(), verdict: verify.Passed, codes: is(fault.SealDeviation)},
		{name: "seal picture that is a document", doc: forgery{world: w, seal: a.Seal(ses.OfficialSeal, func(i *ses.Info) { i.Picture.Type = "ofd" }, w.org)}.zip(), verdict: verify.Passed},
		{name: "signed data: digest attribute and PKCS #7 inner type", doc: signed(detached, func(b []byte) []byte { return member(w, b, "1.0.2.0", become(oid.PKCS7Data.Marshal())) }), verdict: verify.Passed, codes: is(fault.SigDeviation)},
		{name: "signed data: algorithm 501 and r ‖ s", doc: signed(bare, func(b []byte) []byte {
			b = member(w, b, "1.0.4.0.3", become(seq(oid.SM2WithSM3.Marshal())))
			return member(w, b, "1.0.4.0.4", func(v der.Value) []byte {
				sig, _, err := sm2enc.ParseSignature(v.Content)
				w.must(err)
				raw := sig.Raw()
				return tlv(der.OctetString, raw[:])
			})
		}), verdict: verify.Passed, codes: is(fault.SigDeviation)},
		{name: "signed data: Signature.xml itself was signed", doc: forgery{world: w, noSeal: true, value: func(b []byte) []byte {
			return w.message(w.org, cms.Template{Signer: w.org.Cert, SigningTime: w.at, Content: b, Detached: true})(b)
		}}.zip(), verdict: verify.Passed},
		{name: "signed data: serial number without its leading 00", doc: forgery{world: w, noSeal: true, signer: high, value: func(b []byte) []byte {
			b = w.message(high, cms.Template{Signer: high.Cert, SigningTime: w.at, Bare: true})(b)
			return member(w, b, "1.0.4.0.1.1", func(v der.Value) []byte { return tlv(der.Integer, bytes.TrimLeft(v.Content, "\x00")) })
		}}.zip(), verdict: verify.Passed},
		{name: "signed data: an end of line behind", doc: signed(bare, func(b []byte) []byte { return append(b, "\r\n"...) }), verdict: verify.Passed, codes: is(fault.SigDeviation)},
		{name: "signed data: zero octets behind", doc: signed(bare, func(b []byte) []byte { return append(b, make([]byte, 100)...) }), verdict: verify.Passed, codes: is(fault.SigDeviation)},
	})
}

// versionOne seals in the manner of GM/T 0031-2014.
func versionOne(w *world) []byte {
	seal := sealOne(w)
	return forgery{world: w, seal: seal, value: func(xml []byte) []byte {
		tbs, err := ses.TBSSignV1(seal.Raw, w.at, [32]byte(sum(xml)), "/Doc_0/Signs/Sign_0/Signature.xml", w.org.Cert.Raw)
		w.must(err)
		out, err := ses.AssembleSignature(tbs, w.org.Cert.Raw, signature(w, w.org.Key, tbs))
		w.must(err)
		return out
	}}.zip()
}

// sealOne is a seal of version 1.
func sealOne(w *world) *ses.Seal {
	info := w.seal(w.org).Info
	info.HeaderVersion, info.Ext = 1, nil
	raw, err := info.Marshal(1)
	w.must(err)
	signed, err := ses.TBSSeal(raw, w.a.Maker.Cert.Raw)
	w.must(err)
	out, err := ses.AssembleSeal(raw, w.a.Maker.Cert.Raw, signature(w, w.a.Maker.Key, signed))
	w.must(err)
	seal, err := ses.ParseSeal(out)
	w.must(err)
	return seal
}

// otherScope is a seal of version 4 whose maker signed as in version 1.
func otherScope(w *world) []byte {
	s := w.seal(w.org)
	maker := w.a.Maker
	whole := seq(s.RawInfo, tlv(der.OctetString, maker.Cert.Raw), oid.SM2WithSM3.Marshal())
	out := member(w, s.Raw, "3", become(bits(signature(w, maker.Key, whole))))
	seal, err := ses.ParseSeal(bytes.Clone(out))
	w.must(err)
	return forgery{world: w, seal: seal}.zip()
}
