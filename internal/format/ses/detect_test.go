package ses

import (
	"testing"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/der"
	"xinzhang/internal/format/oid"
)

func TestDetectTellsTheKindsApart(t *testing.T) {
	p := newParty(t, "测试用户甲")
	seal4, sig4 := golden(t, "seal-v4.der"), golden(t, "signature-v4.der")
	for _, c := range []struct {
		name string
		b    []byte
		want Kind
	}{
		{"seal of version 1", golden(t, "seal-v1.der"), KindSealV1},
		{"seal of version 4", seal4, KindSealV4},
		{"seal of version 5", golden(t, "seal-v5.der"), KindSealV5},
		{"seal of version 5 without a time stamp", edit(t, golden(t, "seal-v5.der"), "4", become(nil)), KindSealV5},
		{"signature of version 1", golden(t, "signature-v1.der"), KindSignatureV1},
		{"signature of version 4", sig4, KindSignatureV4},
		{"signature of version 5", golden(t, "signature-v5.der"), KindSignatureV5},
		{"signature broken inside", edit(t, sig4, "0.2", become(nil)), KindSignatureV4},
		{"CMS", token(day), KindCMS},
		{"bare SM2 signature", p.sign(t, []byte("message")), KindBareSM2},
		{"SM2 ciphertext", sequenceOf(integer(1), integer(2), octetString(nil), octetString(nil)), KindUnknown},
		{"certificate", p.cert, KindUnknown},
		{"certificate of version 1", edit(t, p.cert, "0.0", become(nil)), KindUnknown},
		{"certificate request", sequenceOf(sequenceOf(integer(0), sequenceOf(tlv(der.Set))), sequenceOf(oid.SM2WithSM3.Marshal()), bitString(nil)), KindUnknown},
		{"text", []byte("hello"), KindUnknown},
		{"nothing", nil, KindUnknown},
		{"ZIP", []byte("PK\x03\x04"), KindUnknown},
	} {
		if got := Detect(c.b); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestKindOfASealIsAnExtensionUnderOurArc(t *testing.T) {
	for kind, en := range map[SealKind]string{
		OfficialSeal: "official seal", DepartmentSeal: "department seal", BusinessSeal: "business seal",
		RepresentativeSeal: "legal representative's seal", Handwritten: "hand-written signature", "合同专用章": "合同专用章",
	} {
		info := Info{Ext: []Ext{{ID: oid.Data}, kind.Ext()}}
		if info.Kind() != kind || info.Ext[1].Critical {
			t.Errorf("Kind() = %q, want %q, not critical", info.Kind(), kind)
		}
		if kind.Words(fault.ZH) != string(kind) || kind.Words(fault.EN) != en {
			t.Errorf("%s: words %q and %q", kind, kind.Words(fault.ZH), kind.Words(fault.EN))
		}
	}
	for name, info := range map[string]Info{
		"absent":     {},
		"broken":     {Ext: []Ext{{ID: oid.SealKind, Value: []byte{0x0C, 9}}}},
		"not a text": {Ext: []Ext{{ID: oid.SealKind, Value: integer(1)}}},
	} {
		if k := info.Kind(); k != "" {
			t.Errorf("%s: Kind() = %q", name, k)
		}
	}
}
