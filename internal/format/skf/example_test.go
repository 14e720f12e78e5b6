package skf_test

import (
	"fmt"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/skf"
)

// How a client tells the layout of a library: it hands over a buffer filled with
// 0xA5 and looks how much was written.
func ExampleLayoutOf() {
	layout, known := skf.LayoutOf(296)
	fmt.Printf("%+v %v\n", layout, known)
	// Output: ULONG 4, natural true
}

func ExampleCode_Err() {
	err := skf.Code(0x0A000025).Err()
	fmt.Println(err)
	fmt.Println(fault.Describe(err, fault.EN).Title)
	// Output:
	// pin.locked: SAR_PIN_LOCKED (0x0A000025)
	// the PIN is locked
}
