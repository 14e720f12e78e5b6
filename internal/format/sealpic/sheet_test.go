package sealpic_test

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	xdraw "golang.org/x/image/draw"

	"xinzhang/internal/format/sealpic"
)

// To judge the pictures by eye:
//
//	go test ./internal/format/sealpic -run Sheet -sheet DIR
var sheetFolder = flag.String("sheet", "", "folder for the contact sheets seals.png and photos.png")

// sheetText is every character of the seals on the sheet.
const sheetText = "示例市省监狱公安局管理人民检察院样科技有限责任公司电子认证服务股份高新术产业开发区委员会（深圳）供应链刑罚执行办室合同专用章财务签名行政审批街道社卫生中心测试甲印票之乙0123456789MAX"

func TestSheetOfSeals(t *testing.T) {
	const code = "9900000000012"
	seals := []interface {
		Draw(*sealpic.Font) (sealpic.Picture, error)
	}{
		sealpic.Round{Name: "示例监狱"},
		sealpic.Round{Name: "示例监狱", Code: code},
		sealpic.Round{Name: "示例市公安局", Code: code},
		sealpic.Round{Name: "示例省监狱管理局"},
		sealpic.Round{Name: "示例省示例市人民检察院", Code: code},

		sealpic.Round{Name: "示例市样例科技有限责任公司", Code: code, DiameterMM: 40},
		sealpic.Round{Name: "示例市样例电子认证服务股份有限公司", Code: code},
		sealpic.Round{Name: "示例（深圳）样例供应链管理有限公司", Code: code},
		sealpic.Round{Name: "示例省示例市样例高新技术产业开发区管理委员会", Code: code},
		sealpic.Round{Name: "示例省示例市样例高新技术产业开发区样例街道社区卫生服务中心", Code: code},

		sealpic.Round{Name: "示例监狱", SubName: "刑罚执行科"},
		sealpic.Round{Name: "示例省示例监狱", SubName: "办公室"},
		sealpic.Round{Name: "示例市样例科技有限责任公司", SubName: "合同专用章", Code: code, DiameterMM: 40},
		sealpic.Round{Name: "示例市样例电子认证服务股份有限公司", SubName: "财务专用章", Code: code, DiameterMM: 40},
		sealpic.Round{Name: "示例省示例市样例高新技术产业开发区管理委员会", SubName: "行政审批专用章", Code: code, DiameterMM: 42},

		sealpic.Round{Name: "示例市样例科技有限公司", SubName: "电子签名业务专用章"},
		sealpic.Oval{Name: "示例市样例科技有限公司", Middle: "99000000MA0000000X", SubName: "发票专用章", WidthMM: 40, HeightMM: 30},
		sealpic.Oval{Name: "样例（示例）科技股份有限公司", SubName: "合同专用章"},
		sealpic.Chop{Name: "测试甲", Suffix: "印"},
		sealpic.Chop{Name: "测乙", Suffix: "之印", SideMM: 18},
	}
	f := song(t, sheetText)
	const cell = 320 // pixels for 50 mm
	var cells []image.Image
	for _, s := range seals {
		p, err := s.Draw(f)
		if err != nil {
			t.Fatalf("%+v: %v", s, err)
		}
		cells = append(cells, onWhite(t, p, int(p.WidthMM/50*cell)))
	}
	writeSheet(t, "seals.png", 5, cell, cell, cells)
}

func TestSheetOfPhotos(t *testing.T) {
	if *sheetFolder == "" {
		t.Skip("to be looked at only: give -sheet DIR")
	}
	written := signature(t)
	framed, err := sealpic.Frame{}.Around(written)
	if err != nil {
		t.Fatal(err)
	}
	cells := []image.Image{onWhite(t, written, 560), onWhite(t, framed, 560)}
	for _, s := range scenes {
		photo := s.photograph(t, written)
		img, _, err := image.Decode(bytes.NewReader(photo))
		if err != nil {
			t.Fatal(err)
		}
		p, err := sealpic.Handwritten(photo, sealpic.Cleaning{})
		if err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		cells = append(cells, img, onWhite(t, p, 560))
	}
	writeSheet(t, "photos.png", 2, 580, 400, cells)
}

func onWhite(t testing.TB, p sealpic.Picture, width int) image.Image {
	t.Helper()
	img := decoded(t, p, int(float64(width)/p.WidthMM*25.4))
	out := image.NewRGBA(img.Bounds())
	draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(out, out.Rect, img, image.Point{}, draw.Over)
	return out
}

// writeSheet writes pictures side by side, each in the middle of a cell and made
// smaller when it is larger.
func writeSheet(t *testing.T, name string, columns, w, h int, cells []image.Image) {
	t.Helper()
	rows := (len(cells) + columns - 1) / columns
	img := image.NewRGBA(image.Rect(0, 0, w*columns, h*rows))
	draw.Draw(img, img.Bounds(), image.NewUniform(color.Gray{235}), image.Point{}, draw.Src)
	for i, c := range cells {
		b := c.Bounds()
		k := min(1, float64(w-10)/float64(b.Dx()), float64(h-10)/float64(b.Dy()))
		size := image.Pt(int(k*float64(b.Dx())), int(k*float64(b.Dy())))
		at := image.Pt(i%columns*w+(w-size.X)/2, i/columns*h+(h-size.Y)/2)
		xdraw.CatmullRom.Scale(img, image.Rectangle{at, at.Add(size)}, c, b, draw.Over, nil)
	}
	if *sheetFolder == "" {
		return
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*sheetFolder, name), b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
