package report_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/report"
	"xinzhang/internal/verify"
)

// sample is a report with one signature of each verdict.
func sample() *verify.Report {
	at := time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC)
	r := &verify.Report{File: "示例<案件>.ofd", Size: 2048, SM3: make([]byte, 32), Policy: verify.GBT38540, At: at, Verdict: verify.Failed, Pages: 3}
	for i, v := range []verify.Verdict{verify.Passed, verify.Indeterminate, verify.Failed} {
		r.Signatures = append(r.Signatures, verify.SignatureReport{
			Number: i + 1, Kind: verify.KindSeal, Verdict: v, Time: &at, TimeSource: verify.Clock, Protected: 8,
			Signer: &verify.CertInfo{Holder: "测试用户甲", Unit: "示例监狱", Role: "person", Serial: "01", IDNumber: "9900**********0017"},
			Seal:   &verify.SealInfo{Name: "测试用户甲", Kind: "手写签名", PicType: "png", Picture: []byte("picture"), WidthMM: 30, HeightMM: 12},
			Places: []verify.Place{{Page: 2}, {Page: 3}},
			Checks: []verify.Check{
				{Check: "signature_value", Code: fault.SigValueOK, Verdict: verify.Passed, Level: verify.LevelOK},
				{Check: "doc_digest", Code: fault.DocDigest, Verdict: v, Level: map[verify.Verdict]verify.Level{
					verify.Passed: verify.LevelWarning, verify.Indeterminate: verify.LevelIndeterminate, verify.Failed: verify.LevelFailed}[v],
					Args: fault.Args{"parts": "第 2 页"}},
			},
		})
	}
	return r
}

func TestTextNamesTheVerdictAndTheReason(t *testing.T) {
	for lang, want := range map[fault.Lang][]string{
		fault.ZH: {"✗ 验证不通过", "签署后内容被改动：第 2 页", "[doc.digest]", "第 2、3 页", "签署人的电脑时间", "2026-03-01 12:00:00"},
		fault.EN: {"✗ FAILED", "content was changed after signing", "[doc.digest]", "page 2, 3", "the signer's clock"},
	} {
		var b bytes.Buffer
		if err := report.Text(&b, sample().Word(lang), lang, false); err != nil {
			t.Fatal(err)
		}
		for _, s := range want {
			if !strings.Contains(b.String(), s) {
				t.Errorf("%s: %q is missing in\n%s", lang, s, b.String())
			}
		}
		if strings.Contains(b.String(), string(fault.SigValueOK)) {
			t.Errorf("%s: a check without findings is listed", lang)
		}
	}
}

func TestPageStrikesOutSealsThatDidNotPass(t *testing.T) {
	var b bytes.Buffer
	if err := report.HTML(&b, sample().Word(fault.ZH), fault.ZH); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	if got := strings.Count(page, `<figure class="void">`); got != 2 {
		t.Errorf("%d seals are struck out, want 2", got)
	}
	for _, s := range []string{`lang="zh-CN"`, "未确认", "无效", "示例&lt;案件&gt;.ofd", "data:image/png;base64,cGljdHVyZQ==", "不构成法律意见"} {
		if !strings.Contains(page, s) {
			t.Errorf("%q is missing", s)
		}
	}
	for _, s := range []string{"<script", "http://", "https://"} {
		if strings.Contains(page, s) {
			t.Errorf("the page holds %q: it must stand alone", s)
		}
	}
}

func TestPageIsWordedInBothLanguages(t *testing.T) {
	var zh, en bytes.Buffer
	if err := report.HTML(&zh, sample().Word(fault.ZH), fault.ZH); err != nil {
		t.Fatal(err)
	}
	if err := report.HTML(&en, sample().Word(fault.EN), fault.EN); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(zh.String(), "<no value>") || strings.Contains(en.String(), "<no value>") {
		t.Error("a word is missing")
	}
	if !strings.Contains(en.String(), "Verification report") || strings.Contains(en.String(), "验证报告") {
		t.Error("the English page is not English")
	}
}
