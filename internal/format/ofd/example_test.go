package ofd_test

import (
	"bytes"
	"fmt"
	"time"

	"xinzhang/internal/format/ofd"
)

// Build a document of two pages, then look where a keyword stands.
func ExampleBuilder() {
	b := ofd.NewBuilder([16]byte{1}, "示例材料", time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
	for range 2 {
		page := b.Page(210, 297)
		page.Text("黑体", 7, 91, 40, "示例单位")
		page.Paragraph("宋体", 4, 25, 60, 160, 7, "负责人（签名）：")
	}
	var file bytes.Buffer
	if err := b.Write(&file); err != nil {
		fmt.Println(err)
		return
	}
	pkg, err := ofd.Open(bytes.NewReader(file.Bytes()), int64(file.Len()), ofd.DefaultLimits())
	if err != nil {
		fmt.Println(err)
		return
	}
	hits, err := pkg.Search("签名", ofd.SearchOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, h := range hits {
		fmt.Printf("hit %d on page %d: %s\n", h.N, h.Page, h.Box)
	}
	// Output:
	// hit 1 on page 1: 49 56.6 8 4
	// hit 2 on page 2: 49 56.6 8 4
}

// Reserve the next signature's names, and see what the package then holds.
func ExampleAppend() {
	var file bytes.Buffer
	b := ofd.NewBuilder([16]byte{1}, "示例材料", time.Time{})
	b.Page(210, 297).Text("宋体", 4, 20, 20, "正文")
	if err := b.Write(&file); err != nil {
		fmt.Println(err)
		return
	}
	pkg, err := ofd.Open(bytes.NewReader(file.Bytes()), int64(file.Len()), ofd.DefaultLimits())
	if err != nil {
		fmt.Println(err)
		return
	}
	plan, err := pkg.PlanSignature(1, "Seal", 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	plan.Changed[plan.ValuePath] = []byte("the signature value")
	var sealed bytes.Buffer
	if err := ofd.Append(&sealed, pkg, plan.Changed); err != nil {
		fmt.Println(err)
		return
	}
	again, err := ofd.Open(bytes.NewReader(sealed.Bytes()), int64(sealed.Len()), ofd.DefaultLimits())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(plan.ID, plan.StampIDs)
	for _, e := range again.Entries() {
		fmt.Println(e.Name)
	}
	// Output:
	// s001 [s002]
	// /OFD.xml
	// /Doc_0/Document.xml
	// /Doc_0/PublicRes.xml
	// /Doc_0/Pages/Page_0/Content.xml
	// /Doc_0/Signs/Sign_0/SignedValue.dat
	// /Doc_0/Signs/Signatures.xml
}
