package report_test

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"
	"regexp"
	"strings"
	"testing"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/ofd"
	"xinzhang/internal/report"
	"xinzhang/internal/verify"
	"xinzhang/test/corpus"
)

// sample is a report with one signature of each verdict.
func sample() *verify.Report {
	at := time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC)
	r := &verify.Report{File: "示例<案件>.ofd", Size: 2048, SM3: make([]byte, 32), Policy: verify.GBT38540, At: at, Verdict: verify.Failed, Pages: 3}
	for i, v := range []verify.Verdict{verify.Passed, verify.Indeterminate, verify.Failed} {
		r.Signatures = append(r.Signatures, verify.SignatureReport{
			Number: i + 1, Kind: verify.KindSeal, Verdict: v, Time: &at, TimeSource: verify.Clock, Protected: 8,
			Signer: &verify.CertInfo{Holder: "测试用户甲", Unit: "示例监狱", Role: "person", Serial: "01", IDNumber: "9900**********0017"},
			Seal:   &verify.SealInfo{Name: "测试用户甲", Kind: "手写签名", PicType: "png", Picture: dot(), WidthMM: 30, HeightMM: 12},
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

// dot is a small red picture.
func dot() []byte {
	img := image.NewNRGBA(image.Rect(0, 0, 2, 2))
	img.SetNRGBA(1, 1, color.NRGBA{215, 26, 27, 255})
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.Bytes()
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
	for _, s := range []string{`lang="zh-CN"`, "未确认", "无效", "示例&lt;案件&gt;.ofd", "不构成法律意见"} {
		if !strings.Contains(page, s) {
			t.Errorf("%q is missing", s)
		}
	}
	if got := strings.Count(page, `src="data:image/svg&#43;xml;base64,`); got != 3 {
		t.Errorf("%d pictures of seals, want 3", got)
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

// TestSheetsShowSealsAsTheirSignaturesAre draws a sealed document of others: a
// seal whose signature is confirmed keeps its colour, another one loses it.
func TestSheetsShowSealsAsTheirSignaturesAre(t *testing.T) {
	data := corpus.File(t, "allprotected.ofd")
	for verdict, want := range map[verify.Verdict]struct{ red, struck bool }{
		verify.Passed:        {red: true},
		verify.Indeterminate: {struck: true},
		verify.Failed:        {struck: true},
	} {
		pkg, err := ofd.Open(bytes.NewReader(data), int64(len(data)), ofd.DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		r := &verify.Report{Signatures: []verify.SignatureReport{{Number: 1, Verdict: verdict}}}
		sheets := report.Sheets(pkg, r)
		if len(sheets) != 1 || sheets[0].Page != 1 || sheets[0].Err != nil {
			t.Fatalf("%s: sheets %+v", verdict, sheets)
		}
		svg := string(sheets[0].Drawn.SVG)
		if got := strings.Contains(svg, `stroke="#b3261e"`); got != want.struck {
			t.Errorf("%s: struck out is %v", verdict, got)
		}
		if got := coloured(t, svg); got != want.red {
			t.Errorf("%s: the seal has colour: %v", verdict, got)
		}
		var page bytes.Buffer
		if err := report.HTML(&page, r, fault.ZH, sheets...); err != nil {
			t.Fatal(err)
		}
		for _, s := range []string{"盖章的页面", `alt="第 1 页"`} {
			if !strings.Contains(page.String(), s) {
				t.Errorf("%s: %q is missing", verdict, s)
			}
		}
	}
}

// coloured reports whether the picture inside an SVG has other colours than grey.
func coloured(t *testing.T, svg string) bool {
	t.Helper()
	m := regexp.MustCompile(`href="data:image/png;base64,([^"]+)"`).FindStringSubmatch(svg)
	if m == nil {
		t.Fatal("no picture in the page")
	}
	raw, err := base64.StdEncoding.DecodeString(m[1])
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			if r, g, b, _ := img.At(x, y).RGBA(); r != g || g != b {
				return true
			}
		}
	}
	return false
}

// TestNestedSealPictureIsDrawn: the picture of this seal is an OFD document.
func TestNestedSealPictureIsDrawn(t *testing.T) {
	b := ofd.NewBuilder([16]byte{1}, "印模", time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	c := b.Page(40, 40)
	c.Colour = "215 26 27"
	c.Rect(ofd.Box{X: 2, Y: 2, W: 36, H: 36}, 1)
	var seal bytes.Buffer
	if err := b.Write(&seal); err != nil {
		t.Fatal(err)
	}
	for verdict, ink := range map[verify.Verdict]string{verify.Passed: "#d71a1b", verify.Failed: "#535353"} {
		r := &verify.Report{Signatures: []verify.SignatureReport{{Number: 1, Kind: verify.KindSeal, Verdict: verdict,
			Seal: &verify.SealInfo{Name: "seal", PicType: "ofd", Picture: seal.Bytes(), WidthMM: 40, HeightMM: 40}}}}
		var page bytes.Buffer
		if err := report.HTML(&page, r, fault.EN); err != nil {
			t.Fatal(err)
		}
		m := regexp.MustCompile(`<img src="data:image/svg&#43;xml;base64,([^"]+)"`).FindStringSubmatch(page.String())
		if m == nil {
			t.Fatal("the seal is not in the report")
		}
		svg, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(m[1], "&#43;", "+"))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(svg), `stroke="`+ink+`"`) {
			t.Errorf("%s: the seal is not drawn in %s: %s", verdict, ink, svg)
		}
	}
}
