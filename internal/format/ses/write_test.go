package ses

import (
	"errors"
	"strings"
	"testing"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/oid"
)

func TestMarshalRefusesWhatCannotBeWritten(t *testing.T) {
	signer := newParty(t, "示例监狱")
	for _, c := range []struct {
		name    string
		version int
		change  func(*Info)
		want    string
	}{
		{"unknown version", 3, func(*Info) {}, "ses: sealInfo.header.version: 3 is no version"},
		{"header of another version", V4, func(i *Info) { i.HeaderVersion = 5 }, "ses: sealInfo.header.version"},
		{"no vendor", V4, func(i *Info) { i.Vid = "" }, "ses: sealInfo.header.Vid"},
		{"Chinese identifier", V4, func(i *Info) { i.ID = "章一" }, "ses: sealInfo.esID"},
		{"name not in UTF-8", V4, func(i *Info) { i.Name = "\xB2\xE2" }, "ses: sealInfo.property.name"},
		{"nobody may use it", V4, func(i *Info) { i.Certs = nil }, "ses: sealInfo.property.certList"},
		{"both kinds of list", V4, func(i *Info) { i.Digests = []CertDigest{{"SM3", nil}} }, "ses: sealInfo.property.certList"},
		{"digests in version 1", V1, func(i *Info) {
			i.Certs, i.CertListType, i.Digests = nil, CertListDigests, []CertDigest{{"SM3", nil}}
		}, "ses: sealInfo.property.certList"},
		{"digest of no name", V4, func(i *Info) {
			i.Certs, i.CertListType, i.Digests = nil, CertListDigests, []CertDigest{{"国密", nil}}
		}, "ses: sealInfo.property.certList.type"},
		{"no date", V4, func(i *Info) { i.CreateDate = time.Time{} }, "ses: sealInfo.property.createDate: year 1 "},
		{"UTCTime after 2049", V1, func(i *Info) { i.ValidEnd = day.AddDate(30, 0, 0) }, "ses: sealInfo.property.validEnd: year 2056"},
		{"dates in reverse", V4, func(i *Info) { i.ValidEnd = day.AddDate(-1, 0, 0) }, "ses: sealInfo.property.validEnd: lies before"},
		{"no picture", V4, func(i *Info) { i.Picture.Data = nil }, "ses: sealInfo.picture.data"},
		{"huge picture", V4, func(i *Info) { i.Picture.Data = make([]byte, maxPicture+1) }, "ses: sealInfo.picture.data"},
		{"width in pixels", V4, func(i *Info) { i.Picture.WidthMM = 1200 }, "ses: sealInfo.picture: 1200"},
		{"extension without a number", V4, func(i *Info) { i.Ext = []Ext{{ID: "seal"}} }, "ses: sealInfo.extDatas.0.extnID"},
		{"too many extensions", V4, func(i *Info) { i.Ext = make([]Ext, maxExts+1) }, "ses: sealInfo.extDatas: more than"},
	} {
		t.Run(c.name, func(t *testing.T) {
			info := infoFor(signer)
			c.change(&info)
			_, err := info.Marshal(c.version)
			if !errors.Is(err, fault.SealInfoWrong) || !strings.HasPrefix(errors.Unwrap(err).Error(), c.want) {
				t.Errorf("error = %v, want %s…", err, c.want)
			}
		})
	}
}

func TestAssemblingRefusesPartsThatWereMixedUp(t *testing.T) {
	maker := newParty(t, "示例制章单位")
	info := must(infoFor(maker).Marshal(V4))
	sig := maker.sign(t, info)
	seal := must(AssembleSeal(info, maker.cert, sig))
	tbs := must(TBSSign(seal, day, dataHash, signatureXML))
	for name, err := range map[string]error{
		"signature in place of the certificate":    second(AssembleSeal(info, sig, maker.cert)),
		"raw r‖s in place of DER":                  second(AssembleSeal(info, maker.cert, make([]byte, 64))),
		"seal in place of sealInfo":                second(AssembleSeal(seal, maker.cert, sig)),
		"sealInfo with bytes behind it":            second(AssembleSeal(append(info[:len(info):len(info)], 0), maker.cert, sig)),
		"sealInfo in place of toSign":              second(AssembleSignature(info, maker.cert, sig)),
		"seal of version 4 signed as 1":            second(TBSSignV1(seal, day, dataHash, signatureXML, maker.cert)),
		"seal of version 1 signed as 4":            second(TBSSign(golden(t, "seal-v1.der"), day, dataHash, signatureXML)),
		"certificate other than that in toSign":    second(AssembleSignature(must(TBSSignV1(golden(t, "seal-v1.der"), day, dataHash, signatureXML, maker.cert)), newParty(t, "测试用户甲").cert, sig)),
		"no time":                                  second(TBSSign(seal, time.Time{}, dataHash, signatureXML)),
		"no property info":                         second(TBSSign(seal, day, dataHash, "")),
		"property info in Chinese":                 second(TBSSign(seal, day, dataHash, "/文档/Signature.xml")),
		"time stamp in a seal of version 4":        second(StampSeal(seal, token(day))),
		"second time stamp in a seal":              second(StampSeal(golden(t, "seal-v5.der"), token(day))),
		"time stamp in a signature of version 1":   second(StampSignature(golden(t, "signature-v1.der"), token(day))),
		"time stamp that is no token":              second(StampSignature(must(AssembleSignature(tbs, maker.cert, sig)), []byte("now"))),
		"second time stamp in a signature":         second(StampSignature(golden(t, "signature-v5.der"), token(day))),
		"certificate that is another DER SEQUENCE": second(AssembleSeal(info, sequenceOf(oid.Data.Marshal()), sig)),
	} {
		if err == nil || !strings.Contains(err.Error(), "ses: ") {
			t.Errorf("%s: error = %v", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestSignatureOfVersion4TakesATimeStampToo(t *testing.T) {
	s := must(ParseSignature(must(StampSignature(golden(t, "signature-v4.der"), token(day)))))
	if s.Version != V4 || string(s.TimeStamp) != string(token(day)) || len(s.Deviations) > 0 {
		t.Errorf("version %d, %d octets of time stamp, deviations %q", s.Version, len(s.TimeStamp), s.Deviations)
	}
}

func TestTimesAreWrittenInUTC(t *testing.T) {
	tbs := must(TBSSign(golden(t, "seal-v4.der"), day.In(beijing).Add(999*time.Millisecond), dataHash, signatureXML))
	if want := must(TBSSign(golden(t, "seal-v4.der"), day, dataHash, signatureXML)); string(tbs) != string(want) {
		t.Error("the same second in another zone is written differently")
	}
}
