package report

import (
	"fmt"
	"strings"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/ses"
	"xinzhang/internal/verify"
)

// text is what a report says beside its findings, in one language.
type text struct {
	lang          fault.Lang
	verdicts      map[verify.Verdict]string
	sentences     map[verify.Verdict]string
	captions      map[verify.Verdict]string // of the picture of a seal that did not pass
	sources       map[verify.TimeSource]string
	kinds         map[verify.Kind]string
	unknownSigner string
	time          string
	cause, next   string
	warnings      string
	checks        map[string]string
	roles         map[string]string
	page          string
	pageSep       string
	shown         string // a page of a document of several
	hidden        string
	undrawn       string
}

var words = map[fault.Lang]*text{
	fault.ZH: {
		lang: fault.ZH,
		verdicts: map[verify.Verdict]string{
			verify.Passed: "验证通过", verify.Failed: "验证不通过",
			verify.Indeterminate: "无法确定", verify.Unsigned: "没有签名",
		},
		captions: map[verify.Verdict]string{verify.Failed: "无效", verify.Indeterminate: "未确认"},
		sources:  map[verify.TimeSource]string{verify.TimeStamp: "时间戳", verify.Clock: "签署人的电脑时间"},
		kinds: map[verify.Kind]string{
			verify.KindSeal: "电子签章", verify.KindSignature: "数字签名",
			verify.KindBare: "数字签名（不带证书）", verify.KindUnknown: "无法识别的签名",
		},
		sentences: map[verify.Verdict]string{
			verify.Passed:        "文件自签署后未被改动，全部签名有效",
			verify.Failed:        "至少有一个签名无效，或文件在签署后被改动",
			verify.Indeterminate: "证据不足，暂时不能判断；下面说明缺少什么",
			verify.Unsigned:      "文件里没有任何签名或印章",
		},
		checks: map[string]string{
			"format": "文件与签章结构", "doc_digest": "原文杂凑", "coverage": "覆盖范围", "signature_value": "签名值",
			"signer_path": "签署人证书链", "signer_time": "证书有效期", "signer_status": "吊销与挂起", "key_usage": "用途",
			"seal_signature": "印章与制章者签名", "seal_maker": "制章者证书", "seal_validity": "印章有效期",
			"seal_binding": "印章与证书绑定", "time": "签署时间", "appearance": "印模与位置", "algorithm": "算法",
		},
		roles:         map[string]string{"organisation": "机构证书", "person": "机构个人证书", "system": "系统证书", "unknown": "证书"},
		unknownSigner: "签署人不明", time: "签署时间（北京时间）：", cause: "原因：", next: "处理：",
		warnings: "，有 %d 项提醒", page: "第 %s 页", pageSep: "、",
		shown: "第 %[2]d 个文档，第 %[1]d 页", hidden: "本页有 %d 处内容无法显示：%s", undrawn: "无法画出这一页：%s",
	},
	fault.EN: {
		lang: fault.EN,
		verdicts: map[verify.Verdict]string{
			verify.Passed: "passed", verify.Failed: "FAILED",
			verify.Indeterminate: "indeterminate", verify.Unsigned: "unsigned",
		},
		captions: map[verify.Verdict]string{verify.Failed: "not valid", verify.Indeterminate: "not confirmed"},
		sources:  map[verify.TimeSource]string{verify.TimeStamp: "time stamp", verify.Clock: "the signer's clock"},
		kinds: map[verify.Kind]string{
			verify.KindSeal: "seal signature", verify.KindSignature: "digital signature",
			verify.KindBare: "digital signature without a certificate", verify.KindUnknown: "signature of unknown form",
		},
		sentences: map[verify.Verdict]string{
			verify.Passed:        "the document is as it was when signed, and every signature holds",
			verify.Failed:        "a signature does not hold, or the document was changed after signing",
			verify.Indeterminate: "evidence is missing; what would settle it is said below",
			verify.Unsigned:      "the document carries no signature and no seal",
		},
		checks: map[string]string{
			"format": "structure", "doc_digest": "digests", "coverage": "coverage", "signature_value": "signature value",
			"signer_path": "signer's chain", "signer_time": "certificate validity", "signer_status": "revocation", "key_usage": "usage",
			"seal_signature": "seal and maker's signature", "seal_maker": "seal maker", "seal_validity": "seal validity",
			"seal_binding": "seal and certificate", "time": "time of signing", "appearance": "picture and place", "algorithm": "algorithm",
		},
		roles:         map[string]string{"organisation": "organisation's certificate", "person": "person's certificate", "system": "system certificate", "unknown": "certificate"},
		unknownSigner: "signer unknown", time: "signed (Beijing time): ", cause: "cause: ", next: "next: ",
		warnings: ", %d warning(s)", page: "page %s", pageSep: ", ",
		shown: "page %[1]d of document %[2]d", hidden: "%d place(s) of this page cannot be shown: %s", undrawn: "this page cannot be drawn: %s",
	},
}

func (t *text) verdict(r *verify.Report) string {
	s := t.verdicts[r.Verdict]
	if n := r.Warnings(); n > 0 && r.Verdict == verify.Passed {
		s += fmt.Sprintf(t.warnings, n)
	}
	return s
}

func (t *text) sealKind(kind string) string { return ses.SealKind(kind).Words(t.lang) }

func (t *text) pages(places []verify.Place) string {
	var numbers []string
	last := 0
	for _, p := range places {
		if p.Page != last && p.Page > 0 {
			numbers, last = append(numbers, fmt.Sprint(p.Page)), p.Page
		}
	}
	if len(numbers) == 0 {
		return ""
	}
	return fmt.Sprintf(t.page, strings.Join(numbers, t.pageSep))
}

// html returns the fixed words of the page.
func (t *text) html() map[string]string {
	if t.lang == fault.EN {
		return map[string]string{
			"lang": "en", "title": "Verification report", "pages": "page(s)", "judged": "judged at", "zone": "Beijing time", "policy": "policy",
			"document": "The document", "unknown": t.unknownSigner, "unit": "Organisation", "certificate": "Certificate",
			"issuer": "issued by", "serial": "serial", "idnumber": "ID number", "seal": "Seal", "sealid": "no.", "maker": "made by",
			"sheets": "The pages with seals", "sheetnote": "Drawn from the document; grey and struck out where the signature did not pass. Go by the verdicts above and not by the look of a seal.",
			"time": "Signed", "place": "Shown on", "protected": "Protects", "parts": "parts of the file",
			"closing": "closes the signature list: nothing can be added", "evidence": "Certificates used",
			"cause": t.cause, "next": t.next, "diagnostics": "Diagnostic data, for technicians",
			"disclaimer": "This report was made by software. It states the result of a technical verification and is no legal opinion.",
		}
	}
	return map[string]string{
		"sheets": "盖章的页面", "sheetnote": "按文件画出；签名没有通过的印章画成灰色并划去。请以上面的结论为准，不要以印章的外观判断。",
		"lang": "zh-CN", "title": "验证报告", "pages": "页", "judged": "验证时间", "zone": "北京时间", "policy": "策略",
		"document": "文件整体", "unknown": t.unknownSigner, "unit": "单位", "certificate": "证书",
		"issuer": "签发者", "serial": "序列号", "idnumber": "身份证号", "seal": "印章", "sealid": "编码", "maker": "制章者",
		"time": "签署时间", "place": "位置", "protected": "保护", "parts": "个部分",
		"closing": "已封闭签名列表，不能再加签名", "evidence": "所用证书",
		"cause": t.cause, "next": t.next, "diagnostics": "诊断数据（供技术人员查看）",
		"disclaimer": "本报告由软件自动生成，仅说明技术验证结果，不构成法律意见。",
	}
}
