package ses_test

import (
	"fmt"
	"os"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/ses"
)

// What a seal file says, before anybody has checked its signature.
func ExampleParseSeal() {
	file, err := os.ReadFile("testdata/seal-v4.der")
	if err != nil {
		fmt.Println(err)
		return
	}
	seal, err := ses.ParseSeal(file)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(ses.Detect(file), seal.Info.ID, seal.Info.Name)
	fmt.Println(seal.Info.Kind(), seal.Info.Kind().Words(fault.EN))
	fmt.Printf("%s, %d × %d mm\n", seal.Info.Picture.Type, seal.Info.Picture.WidthMM, seal.Info.Picture.HeightMM)
	fmt.Println(seal.Info.ValidStart.Format("2006-01-02"), "to", seal.Info.ValidEnd.Format("2006-01-02"))
	// Output:
	// seal version 4 99000000000001 示例监狱
	// 公章 official seal
	// PNG, 42 × 42 mm
	// 2026-03-01 to 2031-03-01
}
