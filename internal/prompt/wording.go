package prompt

import (
	"fmt"
	"slices"
	"strings"

	"xinzhang/internal/beijing"
	"xinzhang/internal/fault"
)

// wording is what native windows say; the pages have words of their own.
type wording struct {
	title, asks, insecure, allow, allowed, once, always, refuse, confirm, choose         string
	document, place, page, digest, blind, seal, signer, tries, unknown, more, whole, pin string
}

var wordings = map[fault.Lang]wording{
	fault.ZH: {
		title: "数字证书助手", asks: "网站 %s 请求使用 UKey：%s", insecure: "注意：这个网站的连接没有加密。", allow: "是否允许网站 %s 使用本机的 UKey？",
		allowed: "允许", once: "仅这次允许", always: "始终允许", refuse: "拒绝", confirm: "确定", choose: "请选择 UKey",
		document: "文件：%s", place: "位置：%s", page: "第 %d 页", digest: "摘要 SM3：%s", blind: "业务系统没有提供原文，无法显示所签内容！",
		seal: "印章：%s（%s）", signer: "签署人：%s %s（证书尾号 %s）", tries: "PIN 剩余 %d / %d 次", unknown: "PIN 剩余次数未知，本次运行最多试 2 次",
		more: "…… 共 %d 份，摘要逐份列在记录中", whole: "共 %d 份：在这个窗口里只能全部同意或全部拒绝", pin: "请输入 PIN：",
	},
	fault.EN: {
		title: "Certificate assistant", asks: "The site %s asks to use a UKey: %s", insecure: "Take care: the connection to this site is not encrypted.", allow: "May the site %s use the UKeys of this PC?",
		allowed: "Allow", once: "Allow once", always: "Always allow", refuse: "Refuse", confirm: "OK", choose: "Choose a UKey",
		document: "Document: %s", place: "Place: %s", page: "page %d", digest: "SM3 digest: %s", blind: "The site gave no document: what is signed cannot be shown!",
		seal: "Seal: %s (%s)", signer: "Signer: %s %s (certificate …%s)", tries: "PIN: %d of %d tries left", unknown: "The tries of the PIN are not known: two in this run",
		more: "… %d in all", whole: "%d documents: here you can agree to all of them or to none", pin: "PIN:",
	},
}

var purposes = map[fault.Lang]map[string]string{
	fault.ZH: {"login": "登录", "sign": "签名", "seal": "盖章", "decrypt": "解密"},
	fault.EN: {"login": "log in", "sign": "sign", "seal": "seal", "decrypt": "decrypt"},
}

// shownDocuments is how many documents a native window names.
const shownDocuments = 8

// text is what a window says of q; again is why the last answer was not taken.
func text(q Question, key *Choice, again error, lang fault.Lang) string {
	w := wordings[lang]
	var lines []string
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	who := q.Origin
	if q.System != nil {
		who = q.System.Name + "  " + q.Origin
	}
	act := q.Action
	if act == "" {
		act = purposes[lang][string(q.Purpose)]
	}
	if q.Kind == Allow {
		add(w.allow, who)
	} else {
		add(w.asks, who, act)
	}
	if !q.Secure {
		add("%s", w.insecure)
	}
	if again != nil {
		t := fault.Describe(again, lang)
		add("%s", "⚠ "+t.Title)
		add("%s", t.Next)
	}
	if key != nil {
		add(w.signer, key.Holder, key.Unit, key.SerialTail)
		if key.Tries.Known {
			add(w.tries, key.Tries.Left, key.Tries.Max)
		} else {
			add("%s", w.unknown)
		}
	}
	if len(q.Documents) > 1 {
		add(w.whole, len(q.Documents))
	}
	// Last, since there may be more of them than the window has room for.
	for _, d := range q.Documents[:min(len(q.Documents), shownDocuments)] {
		lines = append(lines, documentLines(d, lang)...)
	}
	if more := q.Documents[min(len(q.Documents), shownDocuments):]; len(more) > 0 {
		add(w.more, len(q.Documents))
		if slices.ContainsFunc(more, func(d Shown) bool { return d.OnlyHash }) {
			add("%s", "⚠ "+w.blind)
		}
	}
	return strings.Join(lines, "\n")
}

func documentLines(d Shown, lang fault.Lang) []string {
	w := wordings[lang]
	lines := []string{fmt.Sprintf(w.document, d.Title)}
	var where []string
	if d.Page > 0 {
		where = append(where, fmt.Sprintf(w.page, d.Page))
	}
	if d.Place != "" {
		where = append(where, d.Place)
	}
	if len(where) > 0 {
		lines = append(lines, fmt.Sprintf(w.place, strings.Join(where, " ")))
	}
	if d.Seal != nil {
		lines = append(lines, fmt.Sprintf(w.seal, d.Seal.Name, beijing.Moment(d.Seal.Time)))
	}
	if d.OnlyHash {
		lines = append(lines, "⚠ "+w.blind)
	}
	return append(lines, fmt.Sprintf(w.digest, grouped(d.Digest)))
}

// grouped puts a space after every eighth character, for people who compare.
func grouped(hex string) string {
	var groups []string
	for len(hex) > 8 {
		groups = append(groups, hex[:8])
		hex = hex[8:]
	}
	return strings.ToUpper(strings.Join(append(groups, hex), " "))
}

// label names a key in a list.
func label(c Choice) string {
	return strings.TrimSpace(fmt.Sprintf("%s  %s  …%s  %s", c.Holder, c.Unit, c.SerialTail, c.Device.Name))
}

// suited are the keys that may be chosen.
func suited(q Question) []Choice {
	var out []Choice
	for _, c := range q.Keys {
		if c.Suited && (q.Selected == "" || c.ID == q.Selected) {
			out = append(out, c)
		}
	}
	return out
}
