package verify_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/crl"
	"xinzhang/internal/format/ofd"
	"xinzhang/internal/format/oid"
	"xinzhang/internal/trust"
	"xinzhang/internal/verify"
)

// causeOf judges doc and returns cause and next step of one finding.
func causeOf(t *testing.T, code fault.Code, lang fault.Lang, doc []byte, set *trust.Set, at time.Time) string {
	t.Helper()
	p, err := verify.LookupPolicy(verify.GBT38540)
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := ofd.Open(bytes.NewReader(doc), int64(len(doc)), ofd.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	r, err := verify.OFD(context.Background(), pkg, verify.Options{Policy: p, Trust: set, At: at})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range r.Word(lang).Signatures[0].Checks {
		if c.Code == code {
			return c.Cause + " → " + c.Next
		}
	}
	t.Fatalf("%s is not named", code)
	return ""
}

// Whoever is told that something is missing is told what, and what would do.
func TestTheCauseOfAnOpenQuestionIsTheTrueOne(t *testing.T) {
	w := newWorld(t)
	a := w.a
	day := func(n int) time.Time { return w.at.AddDate(0, 0, n) }
	service := w.carrying(w.org, a.Sub, oid.AuthorityInfo, false, seq(seq(oid.AccessOCSP.Marshal(), tlv(0x86, []byte("http://ocsp.example.cn")))))
	directory := w.carrying(w.org, a.Sub, oid.CRLDistPoints, false, seq(seq(tlv(0xA0, tlv(0xA0, tlv(0xA4, seq(rdn("crl1"))))))))
	tsa := w.issue("service", subject2("示例时间戳"), a.Sub, func(tm *cert.Template) { tm.Profile.ExtKeyUsages = []oid.ID{oid.UsageTimeStamping} })
	stamped := forgery{world: w, stamp: func(v []byte) []byte { return w.token(tsa, v, w.at) }}.zip()
	lost := w.trust(crl.Entry{Serial: tsa.Cert.Serial, RevokedAt: day(0), Reason: crl.KeyCompromise})
	status, stamp := fault.SignerStatusUnknown, fault.TimeStampUnknown
	for _, c := range []struct {
		name   string
		code   fault.Code
		doc    []byte
		set    *trust.Set
		at     time.Time
		zh, en string
	}{
		{"a service to ask online", status, w.signedBy(service), a.Trust(), w.now, "OCSP）http://ocsp.example.cn", "(OCSP), http://ocsp.example.cn"},
		{"a list in a directory", status, w.signedBy(directory), a.Trust(), w.now, "发布在 CN=crl1", "lies at CN=crl1"},
		{"a list of after the moment of judgement", status, w.signedBy(w.org), a.Trust(a.CRL(day(9))), w.now, "晚于验证所依据的时间", "later than the moment of judgement"},
		{"a list that is out of date", status, w.signedBy(w.org), a.Trust(a.CRL(day(-20))), w.now, "已过期", "out of date"},
		{"a revoked time-stamp authority", stamp, stamped, lost, w.now, "示例时间戳 的证书已被吊销", "示例时间戳 is revoked"},
		{"a time-stamp authority of nobody's", stamp, stamped, w.anchors(a.Maker), w.now, "信任列表里没有", "no certificate of the time-stamp authority is trusted"},
	} {
		for lang, want := range map[fault.Lang]string{fault.ZH: c.zh, fault.EN: c.en} {
			if got := causeOf(t, c.code, lang, c.doc, c.set, c.at); !strings.Contains(got, want) {
				t.Errorf("%s: %s", c.name, got)
			}
		}
	}
}
