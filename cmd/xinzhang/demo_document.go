package main

import (
	"bytes"
	"crypto/rand"
	"time"

	"xinzhang/internal/beijing"
	"xinzhang/internal/demosite"
	"xinzhang/internal/format/ofd"
)

// The people and places of the demo are made up: region 990000 does not exist.
const (
	demoAuthority  = "示例电子认证中心"
	demoUnit       = "示例监狱"
	demoDepartment = "刑罚执行科"
	demoPerson     = "测试用户甲"
	demoCreditCode = "12990000MB0000019C"
	demoSignHere   = "审批人（签字）"
	demoSealHere   = "（印章）"
)

// A demoStory is a fictional case document: what it says, and the act that a
// person does at [demoSignHere].
type demoStory struct {
	id, title string
	act       demosite.Act
	pages     []demoPage
}

// A demoPage is a page of a story.
type demoPage struct {
	title      string
	paragraphs []string
	signature  bool // the lines to sign and to seal stand on it
}

// demoDocument makes a case document: pages of A4 on a letterhead.
func demoDocument(now time.Time, story demoStory) ([]byte, error) {
	var id [16]byte
	if _, err := rand.Read(id[:]); err != nil {
		return nil, err
	}
	b := ofd.NewBuilder(id, story.title, now)
	head := b.Template()
	head.Text("楷体", 4.2, 28, 20, demoUnit+"案件材料（示例）")
	head.Line(28, 23, 182, 23, 0.35)
	head.Line(28, 277, 182, 277, 0.2)
	head.Text("楷体", 3.5, 28, 283, "本文件为演示程序生成，人物、单位和编号均属虚构")

	for i, page := range story.pages {
		c := b.Page(210, 297)
		y := 48.0
		if page.title != "" {
			c.Text("黑体", 7, 105-3.5*float64(len([]rune(page.title))), y, page.title)
			y += 20
		}
		for _, text := range page.paragraphs {
			y = c.Paragraph("宋体", 5, 28, y, 154, 9, text) + 3
		}
		if page.signature {
			c.Text("宋体", 5, 28, 200, demoSignHere+"：")
			c.Text("宋体", 5, 120, 232, demoUnit+demoSealHere)
			c.Text("宋体", 5, 120, 243, now.In(beijing.Zone).Format("2006年1月2日"))
		}
		c.Text("宋体", 3.5, 168, 283, "第 "+string(rune('1'+i))+" 页")
	}
	var out bytes.Buffer
	if err := b.Write(&out); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// demoStories lie on the desk of the business system; the first is also signed,
// sealed and judged without a browser.
var demoStories = []demoStory{
	{"jianxing-0001", "示例案件材料：减刑建议书", demosite.Sign, demoReduction},
	{"huijian-0002", "示例案件材料：特许会见审批表", demosite.Approve, demoVisit},
}

var demoReduction = []demoPage{
	{"减刑建议书（示例）", []string{
		"文书编号：（示例）执字第 0001 号。",
		"测试用户乙，男，虚构人物，身份证件号码从略。本文件只用于说明电子签名和电子印章的使用过程，不涉及任何真实案件。",
		"该员在执行期间，能够遵守监规纪律，接受教育改造，积极参加思想、文化、职业技术教育，完成劳动任务。",
	}, false},
	{"一、主要事实", []string{
		"考核情况：考核期内累计获得表扬三次，无扣分记录。以上数字均为示例。",
		"财产性判项：已全部履行，履行凭证编号（示例）0002。",
		"民主评议：经监区全体警察集体研究，同意提请减刑。",
	}, false},
	{"二、证据目录", []string{
		"1. 计分考核材料（示例）；2. 奖惩审批材料（示例）；3. 财产性判项履行材料（示例）。",
		"上述材料由经办人核对无误，与原件一致。",
	}, false},
	{"三、审批意见", []string{
		"经审核，材料齐全，程序合法，建议对测试用户乙减去有期徒刑三个月（示例）。",
		"本页由审批人手写签名，并加盖单位公章。",
	}, true},
}

var demoVisit = []demoPage{
	{"特许会见审批表（示例）", []string{
		"文书编号：（示例）会字第 0002 号。",
		"申请事由：测试用户乙的亲属申请特许会见一次，时间三十分钟。人物、事由和编号均属虚构。",
		"经办意见：材料齐全，符合会见管理规定，拟同意，报请审批。",
	}, false},
	{"审批意见", []string{
		"同意特许会见，由监区安排时间和地点（示例）。",
		"本页由审批人手写签名，并加盖单位公章。",
	}, true},
}
