package inspect

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"

	"xinzhang/internal/format/ses"
)

func (p *printer) document(d *Document) {
	title := ""
	if len(d.Documents) > 0 && d.Documents[0].Title != "" {
		title = " · " + d.Documents[0].Title
	}
	p.title("OFD 文档"+title, "OFD document"+title)
	for _, body := range d.Documents {
		p.row("标题", "title", body.Title)
		p.row("制作软件", "made with", body.Creator)
		p.row("页数", "pages", fmt.Sprint(body.Pages))
		var sizes []string
		for _, s := range body.Sizes {
			sizes = append(sizes, p.pageSize(s))
		}
		p.list("页面大小", "page size", sizes)
		p.row("文档标识", "document id", body.DocID)
	}
	p.documentSignatures(d)
	p.integrity(d.Integrity)
	var counts []string
	for _, c := range d.Parts {
		counts = append(counts, c.Kind.Words(p.lang)+" "+strconv.Itoa(c.Count))
	}
	p.row("组成", "parts", p.join(counts))
	p.row("包内文件", "files inside", fmt.Sprint(d.Files))
	p.list("没有用到的文件", "files of no use", d.Strays)
}

// pageSize names the usual paper; whether it lies across is said by the numbers.
func (p *printer) pageSize(s PageSize) string {
	text := fmt.Sprintf("%s × %s mm", millimetres(s.WidthMM), millimetres(s.HeightMM))
	short, long := min(s.WidthMM, s.HeightMM), max(s.WidthMM, s.HeightMM)
	for name, size := range map[string][2]float64{"A3": {297, 420}, "A4": {210, 297}, "A5": {148, 210}, "16K": {184, 260}} {
		if math.Abs(short-size[0]) < 1.5 && math.Abs(long-size[1]) < 1.5 {
			text = name + p.pick("（"+text+"）", " ("+text+")")
		}
	}
	return text + p.pick(fmt.Sprintf("，%d 页", s.Pages), fmt.Sprintf(", %d page(s)", s.Pages))
}

func millimetres(f float64) string {
	return strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(f, 'f', 2, 64), "0"), ".")
}

func (p *printer) documentSignatures(d *Document) {
	if len(d.Signatures) == 0 {
		p.row("签名", "signatures", p.pick("没有", "none"))
		return
	}
	p.row("签名", "signatures", fmt.Sprint(len(d.Signatures))+p.pick("（是否有效请用 xinzhang verify）", " (whether they hold: xinzhang verify)"))
	for i := range d.Signatures {
		s := &d.Signatures[i]
		p.under(func() { p.documentSignature(i+1, s) })
	}
}

func (p *printer) documentSignature(n int, s *DocumentSignature) {
	what := p.pick("数字签名", "digital signature")
	if s.Type == "Seal" {
		what = p.pick("签章", "seal")
	}
	if s.Seal != nil {
		what += " · " + s.Seal.Name
		if s.Seal.Kind != "" {
			what += p.pick("（"+s.Seal.Kind+"）", " ("+s.Seal.Kind+")")
		}
	}
	p.row(fmt.Sprintf("第 %d 个", n), fmt.Sprintf("number %d", n), what)
	p.under(func() {
		p.brief("签署人", "signer", s.Signer)
		if s.Signer == nil {
			p.row("签署人", "signer", p.pick("签名中没有证书", "no certificate inside"))
		}
		p.row("时间", "time", s.Time)
		p.row("形式", "form", p.form(s.Form))
		p.row("制作软件", "made with", s.Provider)
		p.row("保护的文件", "protects", p.pick(fmt.Sprintf("%d 个", s.Protected), fmt.Sprintf("%d file(s)", s.Protected)))
		var places []string
		for _, pl := range s.Places {
			at := fmt.Sprintf("(%s, %s) %s × %s mm", millimetres(pl.X), millimetres(pl.Y), millimetres(pl.Width), millimetres(pl.Height))
			if pl.Page == 0 {
				places = append(places, p.pick("不存在的页面 ", "a page that does not exist ")+at)
				continue
			}
			places = append(places, p.pick(fmt.Sprintf("第 %d 页 ", pl.Page), fmt.Sprintf("page %d ", pl.Page))+at)
		}
		p.list("位置", "shown at", places)
	})
}

// form says in the printer's language what a signature value turned out to be.
func (p *printer) form(english string) string {
	zh := map[string]string{
		ses.KindSignatureV1.String(): "电子签章（" + generations[ses.V1] + "）",
		ses.KindSignatureV4.String(): "电子签章（" + generations[ses.V4] + "）",
		ses.KindSignatureV5.String(): "电子签章（" + generations[ses.V5] + "）",
		ses.KindCMS.String():         "签名数据（CMS）",
		ses.KindBareSM2.String():     "SM2 签名值，不带证书",
		ses.KindUnknown.String():     "无法识别",
	}[english]
	return p.pick(cmp.Or(zh, english), english)
}

func (p *printer) integrity(i *Integrity) {
	if i == nil {
		return
	}
	p.row("完整性清单", "integrity list", p.pick(fmt.Sprintf("列出 %d 个文件（GM/T 0099）", i.Files), fmt.Sprintf("names %d file(s) (GM/T 0099)", i.Files)))
	p.under(func() {
		p.row("制作软件", "made with", i.Creator)
		p.row("时间", "time", i.Created)
		p.brief("签名者", "signer", i.Signer)
		p.row("签名", "signature", p.check(i.Signature, ""))
		p.list("不在清单里", "not listed", i.Unlisted)
		p.list("清单里有，包里没有", "listed but absent", i.Missing)
	})
}
