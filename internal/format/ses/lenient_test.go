package ses

import (
	"bytes"
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/format/sm2enc"
)

// What real writers do against the standard is read to the same values as the
// right form, and said.
func TestSealsOfSloppyWritersAreRead(t *testing.T) {
	at := day.AddDate(5, 0, 0)
	bigID := oid.ID("1.2.156.10197.6.7.2.2.1")
	for _, c := range []struct {
		name, golden, path string
		change             func(der.Value) []byte
		want               string // the deviation
	}{
		{"version 4 with a UTCTime", "v4", "0.2.6", become(utcTime(at)),
			"sealInfo.property.validEnd: UTCTime in place of GeneralizedTime"},
		{"version 1 with a GeneralizedTime", "v1", "0.2.5", become(generalizedTime(at)),
			"sealInfo.property.validEnd: GeneralizedTime in place of UTCTime"},
		{"a time with a zone", "v4", "0.2.6", become(text(der.GeneralizedTime, "20310301103000+0800")),
			`sealInfo.property.validEnd: time "20310301103000+0800" is not in DER form`},
		{"a time without a zone", "v4", "0.2.6", become(text(der.GeneralizedTime, "20310301103000")),
			"sealInfo.property.validEnd: names no zone, taken as Beijing time"},
		{"a UTCTime without a zone", "v1", "0.2.5", become(text(der.UTCTime, "310301103000")),
			"sealInfo.property.validEnd: names no zone, taken as Beijing time"},
		{"signInfo in a BIT STRING", "v1", "1", wrap(der.BitString, 0),
			"signInfo: wrapped in a string with tag 0x03"},
		{"signInfo in an OCTET STRING", "v1", "1", wrap(der.OctetString),
			"signInfo: wrapped in a string with tag 0x04"},
		{"signed value as an OCTET STRING", "v4", "3", func(v der.Value) []byte { return octetString(v.Content[1:]) },
			"seal.signedValue: tag 0x04 in place of a BIT STRING"},
		{"certificate as a BIT STRING", "v4", "1", func(v der.Value) []byte { return bitString(v.Content) },
			"seal.cert: tag 0x03 in place of an OCTET STRING"},
		{"extDatas tagged", "v4", "0.4", wrap(extTag), "sealInfo.extDatas: tag 0xa0 in place of 0x30"},
		{"extDatas tagged in place of SEQUENCE", "v4", "0.4", retag(extTag), "sealInfo.extDatas: tagged [0] IMPLICIT"},
		{"a critical extension of a vendor", "v4", "0.4.1",
			become(sequenceOf(bigID.Marshal(), tlv(der.Boolean, []byte{0xFF}), octetString([]byte("2.1")))),
			"sealInfo.extDatas.1.critical: extension 1.2.156.10197.6.7.2.2.1 is critical and not known"},
		{"FALSE written out", "v4", "0.4.0.0",
			func(v der.Value) []byte { return slices.Concat(v.Raw, tlv(der.Boolean, []byte{0})) },
			"sealInfo.extDatas.0.critical: FALSE is written, or TRUE not as FF"},
		{"name in another string type", "v4", "0.2.1", retag(der.IA5String),
			"sealInfo.property.name: string tag 0x16 in place of 0x0c"},
		{"header of another version", "v4", "0.0.1", become(integer(3)),
			"sealInfo.header.version: 3 in a seal of version 4"},
		{"list of the other kind", "v4", "0.2.2", become(integer(2)),
			"sealInfo.property.certList: is of kind 1, certListType says 2"},
		{"property of version 1", "v4", "0.2.2", become(nil), "sealInfo.property: written as in version 1"},
		{"indefinite length", "v4", "0", indefinite, "seal.sealInfo: length is not in DER form"},
		{"long length", "v4", "0.0", longLength, "sealInfo.header: length is not in DER form"},
		{"padded integer", "v4", "0.3.2", become([]byte{2, 2, 0, 42}), "sealInfo.picture.width: integer is not in DER form"},
		{"picture of no width", "v4", "0.3.2", become(integer(0)), "sealInfo.picture.width: 0 mm is not plausible"},
		{"dates in reverse", "v4", "0.2.5", become(generalizedTime(at.AddDate(1, 0, 0))),
			"sealInfo.property.validEnd: lies before validStart"},
		{"time stamp tagged in place of BIT STRING", "v5", "4",
			func(v der.Value) []byte { return tlv(der.Context(0), first(v).Content) }, "seal.timeStamp: tagged [0] IMPLICIT"},
		{"time stamp without a BIT STRING", "v5", "4",
			func(v der.Value) []byte { return tlv(extTag, first(v).Content[1:]) }, "seal.timeStamp: token without a BIT STRING around it"},
		{"time stamp in an OCTET STRING", "v5", "4",
			func(v der.Value) []byte { return tlv(extTag, octetString(first(v).Content[1:])) }, "seal.timeStamp: tag 0x04 in place of a BIT STRING"},
		{"time stamp without the tag", "v5", "4",
			func(v der.Value) []byte { return first(v).Raw }, "seal.timeStamp: tag 0x03 in place of [0]"},
		{"bytes behind the seal", "v4", "", func(v der.Value) []byte { return slices.Concat(v.Raw, make([]byte, 7)) },
			"seal: 7 bytes follow its end"},
	} {
		t.Run(c.name, func(t *testing.T) {
			right := must(ParseSeal(golden(t, "seal-"+c.golden+".der")))
			s, err := ParseSeal(edit(t, right.Raw, c.path, c.change))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Contains(s.Deviations, c.want) {
				t.Errorf("deviations = %q, want %q among them", s.Deviations, c.want)
			}
			if s.Version != right.Version || !s.Info.ValidEnd.Equal(at) || s.Info.Name != "示例监狱" ||
				!bytes.Equal(s.MakerCert, right.MakerCert) || !bytes.Equal(s.Value, right.Value) ||
				!bytes.Equal(s.TimeStamp, right.TimeStamp) || s.Info.Kind() != right.Info.Kind() {
				t.Errorf("read as %+v", s)
			}
		})
	}
}

func TestWrappedSignInfoKeepsTheSignatureOfTheMaker(t *testing.T) {
	s := must(ParseSeal(edit(t, golden(t, "seal-v1.der"), "1", wrap(der.BitString, 0))))
	if !sm2enc.Verify(publicKey(t, s.MakerCert), s.SignedBytes(), s.Value) {
		t.Error("the maker's signature does not hold")
	}
}

func TestSealWhoseSignInfoCannotBeReadCountsAsUnsigned(t *testing.T) {
	s, err := ParseSeal(edit(t, golden(t, "seal-v1.der"), "1.1", become(text(der.UTF8String, "SM3withSM2"))))
	if err != nil {
		t.Fatal(err)
	}
	if s.Value != nil || s.MakerCert != nil || s.SignedBytes() != nil || s.AlternativeSignedBytes() != nil {
		t.Error("a maker is named")
	}
	want := "signInfo: cannot be read, the seal counts as unsigned: signInfo.signatureAlgorithm: tag 0x0c is no object identifier"
	if !slices.Equal(s.Deviations, []string{want}) {
		t.Errorf("deviations = %q", s.Deviations)
	}
}

func TestSignaturesOfSloppyWritersAreRead(t *testing.T) {
	plain := []byte(day.Format(writtenLayout))
	clock := []byte("2026-03-01 10:30:00")
	for _, c := range []struct {
		name, golden, path string
		change             func(der.Value) []byte
		want               string // the deviation; "" when the standard allows it
	}{
		{"version 1 timeInfo as an OCTET STRING", "v1", "0.2", become(octetString(plain)),
			"toSign.timeInfo: tag 0x04 in place of what version 1 has"},
		{"version 1 timeInfo as a time", "v1", "0.2", become(generalizedTime(day)),
			"toSign.timeInfo: a time in place of a BIT STRING"},
		{"version 1 timeInfo with a token", "v1", "0.2", become(bitString(token(day))), ""},
		{"version 1 timeInfo with milliseconds", "v1", "0.2", become(bitString([]byte("2026-03-01T02:30:00.000Z"))), ""},
		{"version 1 timeInfo by the clock of the room", "v1", "0.2", become(bitString(clock)),
			"toSign.timeInfo: names no zone, taken as Beijing time"},
		{"version 1 timeInfo padded", "v1", "0.2", become(bitString(slices.Concat(plain, []byte{0}))),
			"toSign.timeInfo: padded with spaces or zero octets"},
		{"version 1 dataHash as an OCTET STRING", "v1", "0.3", become(octetString(dataHash[:])),
			"toSign.dataHash: tag 0x04 in place of a BIT STRING"},
		{"version 1 number of the standard's example", "v1", "0.0", become(integer(11)), ""},
		{"version 4 timeInfo as UTCTime", "v4", "0.2", become(utcTime(day)),
			"toSign.timeInfo: UTCTime in place of GeneralizedTime"},
		{"version 4 timeInfo by the clock of the room", "v4", "0.2", become(text(der.GeneralizedTime, "20260301103000")),
			"toSign.timeInfo: names no zone, taken as Beijing time"},
		{"version 4 timeInfo with a token", "v4", "0.2", become(bitString(token(day))),
			"toSign.timeInfo: holds a time-stamp token"},
		{"version 4 timeInfo as text", "v4", "0.2", become(text(der.UTF8String, "2026-03-01T10:30:00+08:00")),
			"toSign.timeInfo: tag 0x0c in place of what version 4 has"},
		{"version 4 dataHash as an OCTET STRING", "v4", "0.3", become(octetString(dataHash[:])),
			"toSign.dataHash: tag 0x04 in place of a BIT STRING"},
		{"version 4 number of version 1", "v4", "0.0", become(integer(1)),
			"toSign.version: 1 in a signature of version 4"},
		{"extDatas as the standard has it", "v4", "0.5", become(tlv(extTag, extDatas([]Ext{{ID: oid.Data}}))), ""},
		{"extDatas bare", "v4", "0.5", become(extDatas([]Ext{{ID: oid.Data}})),
			"toSign.extDatas: tag 0x30 in place of 0xa0"},
		{"extDatas critical", "v4", "0.5", become(tlv(extTag, extDatas([]Ext{{ID: oid.Data, Critical: true}}))),
			"toSign.extDatas.0.critical: extension 1.2.156.10197.6.1.4.2.1 is critical and not known"},
		{"propertyInfo in another string type", "v4", "0.4", retag(der.UTF8String),
			"toSign.propertyInfo: string tag 0x0c in place of 0x16"},
		{"signature as an OCTET STRING", "v4", "3", func(v der.Value) []byte { return octetString(v.Content[1:]) },
			"signature.signature: tag 0x04 in place of a BIT STRING"},
		{"time stamp without a BIT STRING", "v5", "4",
			func(v der.Value) []byte { return tlv(extTag, first(v).Content[1:]) },
			"signature.timeStamp: token without a BIT STRING around it"},
		{"zero padding behind the signature", "v4", "",
			func(v der.Value) []byte { return slices.Concat(v.Raw, make([]byte, 64)) }, "signature: 64 bytes follow its end"},
	} {
		t.Run(c.name, func(t *testing.T) {
			right := must(ParseSignature(golden(t, "signature-"+c.golden+".der")))
			s, err := ParseSignature(edit(t, right.Raw, c.path, c.change))
			if err != nil {
				t.Fatal(err)
			}
			if c.want == "" && len(s.Deviations) > 0 || c.want != "" && !slices.Contains(s.Deviations, c.want) {
				t.Errorf("deviations = %q, want %q", s.Deviations, c.want)
			}
			if s.Version != right.Version || !s.Time.Equal(day) || !bytes.Equal(s.DataHash, dataHash[:]) ||
				s.PropertyInfo != signatureXML || !bytes.Equal(s.SignerCert, right.SignerCert) ||
				!bytes.Equal(s.Value, right.Value) || !bytes.Equal(s.TimeStamp, right.TimeStamp) {
				t.Errorf("read as %+v", s)
			}
		})
	}
}

func TestTokenInTimeInfoIsKept(t *testing.T) {
	s := must(ParseSignature(edit(t, golden(t, "signature-v1.der"), "0.2", become(bitString(token(day))))))
	if !bytes.Equal(s.TimeToken, token(day)) || s.TimeText != "" {
		t.Errorf("token of %d bytes, text %q", len(s.TimeToken), s.TimeText)
	}
}

func TestSignatureNotesASealOfAnotherGeneration(t *testing.T) {
	s := must(ParseSignature(edit(t, golden(t, "signature-v4.der"), "0.1", become(golden(t, "seal-v1.der")))))
	want := "toSign.eseal: seal of version 1 in a signature of version 4"
	if s.Version != V4 || s.Seal.Version != V1 || !slices.Equal(s.Deviations, []string{want}) {
		t.Errorf("version %d, seal %d, deviations %q", s.Version, s.Seal.Version, s.Deviations)
	}
}

func TestDeviationsOfTheSealInsideAreTheSeals(t *testing.T) {
	at := day.AddDate(5, 0, 0)
	s := must(ParseSignature(edit(t, golden(t, "signature-v4.der"), "0.1.0.2.6", become(utcTime(at)))))
	want := "toSign.eseal.sealInfo.property.validEnd: UTCTime in place of GeneralizedTime"
	if len(s.Deviations) > 0 || !slices.Equal(s.Seal.Deviations, []string{want}) {
		t.Errorf("deviations %q, of the seal %q", s.Deviations, s.Seal.Deviations)
	}
}

func TestErrorsNameThePlace(t *testing.T) {
	for _, c := range []struct {
		name, golden, path string
		change             func(der.Value) []byte
		want               string
	}{
		{"date cut short", "signature-v4", "0.1.0.2.4", become(text(der.GeneralizedTime, "2020")),
			`ses: toSign.eseal.sealInfo.property.createDate: time "2020" is not valid`},
		{"date cut short in a seal alone", "seal-v4", "0.2.4", become(text(der.GeneralizedTime, "2020")),
			`ses: sealInfo.property.createDate: time "2020" is not valid`},
		{"another header", "seal-v4", "0.0.0", become(text(der.IA5String, "XX")),
			`ses: sealInfo.header.ID: "XX" where "ES" belongs`},
		{"esID missing", "seal-v4", "0.1", become(nil), "ses: sealInfo.esID: tag 0x30 is no string"},
		{"header missing", "seal-v4", "0.0", become(nil), `ses: sealInfo.header: tag 0x16 where 0x30 belongs`},
		{"version too large", "seal-v4", "0.0.1", become([]byte{2, 5, 1, 0, 0, 0, 0}),
			"ses: sealInfo.header.version: integer is out of range"},
		{"negative width", "seal-v4", "0.3.2", become(integer(-1)), "ses: sealInfo.picture.width: negative"},
		{"member behind the picture", "seal-v4", "0.5", become(integer(1)), "ses: sealInfo: bytes after the end of the value"},
		{"member behind the signed value", "seal-v4", "4", become(integer(1)),
			`ses: seal.timeStamp: tag 0x02 where`},
		{"bits left over in the hash", "signature-v4", "0.3", become([]byte{3, 2, 4, 0xF0}), "ses: toSign.dataHash: 4 unused bits"},
		{"hash missing", "signature-v4", "0.3", become(nil), "ses: toSign.dataHash: tag 0x16 is no octet string"},
		{"no time", "signature-v1", "0.2", become(bitString([]byte("yesterday"))),
			"ses: toSign.timeInfo: neither a time nor a time-stamp token"},
		{"member behind toSign", "signature-v4", "0.6", become(integer(1)), "ses: toSign.extDatas: tag 0x02 where"},
		{"no certificate", "signature-v4", "1", become(nil), "ses: signature.cert: tag 0x06 is no octet string"},
		{"empty extension", "seal-v4", "0.4.0", become(sequenceOf()), "ses: sealInfo.extDatas.0.extnID: ends early"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := golden(t, c.golden+".der")
			if c.name == "member behind toSign" {
				b = edit(t, b, "0.5", become(integer(1)))
			} else if c.name == "member behind the picture" {
				b = edit(t, edit(t, b, "0.4", become(extDatas(nil))), c.path, c.change)
			} else {
				b = edit(t, b, c.path, c.change)
			}
			err := parseErr(t, b, strings.HasPrefix(c.golden, "seal"))
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("error = %v, want %s", err, c.want)
			}
		})
	}
}

// parseErr returns the error for b; that of a seal without its code.
func parseErr(t *testing.T, b []byte, seal bool) error {
	t.Helper()
	if !seal {
		_, err := ParseSignature(b)
		return err
	}
	_, err := ParseSeal(b)
	if err != nil && !errors.Is(err, fault.SealBroken) {
		t.Errorf("%v has another code", err)
	}
	return errors.Unwrap(err)
}

func TestCutInputIsRefusedAtEveryLength(t *testing.T) {
	seal, sig := golden(t, "seal-v5.der"), golden(t, "signature-v4.der")
	for n := range seal {
		if _, err := ParseSeal(seal[:n]); err == nil {
			t.Fatalf("a seal of %d of %d bytes is read", n, len(seal))
		}
	}
	for n := range sig {
		if _, err := ParseSignature(sig[:n]); err == nil {
			t.Fatalf("a signature of %d of %d bytes is read", n, len(sig))
		}
	}
}

func TestHostileSizesAreRefusedWithLittleWork(t *testing.T) {
	seal := golden(t, "seal-v4.der")
	many := func(member string) func(der.Value) []byte {
		return func(v der.Value) []byte { return tlv(v.Tag, []byte(strings.Repeat(member, 2<<20))) }
	}
	for _, c := range []struct {
		name string
		b    []byte
		want string
	}{
		{"picture", edit(t, seal, "0.3.1", become(octetString(make([]byte, maxPicture+1)))),
			"ses: sealInfo.picture.data: larger than 4194304 octets"},
		{"certificates", edit(t, seal, "0.2.3", many("\x04\x00")),
			"ses: sealInfo.property.certList: more than 4096 certificates"},
		{"extensions", edit(t, seal, "0.4", many("\x30\x05\x06\x01\x2A\x04\x00")),
			"ses: sealInfo.extDatas: more than 256 extensions"},
		{"whole", edit(t, seal, "0.3.1", become(octetString(make([]byte, maxInput)))),
			"ses: seal: larger than 16777216 octets"},
		{"members", tlv(der.Sequence, bytes.Repeat([]byte{0x30, 0}, 4<<20)), "ses: sealInfo.header: ends early"},
		{"nesting", []byte(strings.Repeat("\x30\x80", 1<<20)), "ses: seal: nested too deep"},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := ParseSeal(c.b)
		runtime.ReadMemStats(&after)
		if err := errors.Unwrap(err); err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > 2<<20 {
			t.Errorf("%s: %d bytes allocated", c.name, n)
		}
	}
}

func TestTheNumberOfDeviationsIsBounded(t *testing.T) {
	bad := sequenceOf(bytes.Repeat(bitString([]byte("no certificate")), 1000))
	s := must(ParseSeal(edit(t, golden(t, "seal-v4.der"), "0.2.3", become(bad))))
	if len(s.Info.Certs) != 1000 || len(s.Deviations) != maxNotes+1 {
		t.Errorf("%d certificates, %d deviations", len(s.Info.Certs), len(s.Deviations))
	}
}
