package report

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/fixture"
	"xinzhang/internal/format/oid"
)

// The octets of a person's certificate hold the whole identity number, in one
// piece or in three; neither text nor hexadecimal may show it.
func TestViewOfACertificateShowsNoIdentityNumber(t *testing.T) {
	a := fixture.New(t, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	number := []byte(fixture.IDNumber)
	text := append([]byte{0x0C, byte(len(number))}, number...)
	for name, tt := range map[string]struct {
		der  []byte
		says string
	}{
		"a certificate of ours": {a.Person(nil).Cert.Raw, "测试用户甲"},
		"one text":              {extension(oid.SZCAIDNumber, text), string(oid.SZCAIDNumber)},
		"no extension we know":  {extension("1.2.3", text), "1.2.3"},
		"in pieces": {extension(oid.IdentifyCode, slices.Concat([]byte{0x30, 20, 0x0C, 6}, number[:6], []byte{0x0C, 8}, number[6:14], []byte{0x0C, 4}, number[14:])),
			string(oid.IdentifyCode)},
	} {
		view := asn1View(tt.der, fault.ZH)
		for _, part := range []string{fixture.IDNumber, fixture.IDNumber[6:14]} {
			if strings.Contains(view, part) || strings.Contains(view, hex.EncodeToString([]byte(part))) {
				t.Errorf("%s: %s shows in\n%s", name, part, view)
			}
		}
		if !strings.Contains(view, "不显示") && !strings.Contains(view, "****") || !strings.Contains(view, tt.says) {
			t.Errorf("%s: the view lacks what it should show:\n%s", name, view)
		}
	}
}

// extension is Extension ::= SEQUENCE { extnID, critical, extnValue }.
func extension(id oid.ID, content []byte) []byte {
	body := slices.Concat(id.Marshal(), []byte{0x01, 1, 0xFF, 0x04, byte(len(content))}, content)
	return append([]byte{0x30, byte(len(body))}, body...)
}

// Each line begins with the offset of a value in the whole, also of one inside an
// octet string.
func TestViewTellsOffsets(t *testing.T) {
	b := []byte{0x30, 0x0B, 0x04, 0x06, 0x30, 0x04, 0x02, 0x02, 0x01, 0x02, 0x02, 0x01, 0x07}
	var offsets []string
	for line := range strings.Lines(asn1View(b, fault.EN)) {
		offsets = append(offsets, strings.Fields(line)[0])
	}
	if got := fmt.Sprint(offsets); got != "[0 2 4 6 10]" {
		t.Errorf("offsets %s in\n%s", got, asn1View(b, fault.EN))
	}
}

// Times are read by people, and in hexadecimal their digits look like a number of
// somebody.
func TestViewShowsTimesAsText(t *testing.T) {
	if view := asn1View([]byte("\x17\x0D260301090000Z\x18\x0F20260301090000Z"), fault.EN); !strings.Contains(view, `"260301090000Z"`) || !strings.Contains(view, `"20260301090000Z"`) {
		t.Errorf("the times do not show in\n%s", view)
	}
}

func TestViewOfNoise(t *testing.T) {
	for _, b := range [][]byte{nil, {0x30}, {0x30, 0x80}, {0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF}, []byte(strings.Repeat("\x30\x80", 500)), make([]byte, 20_000)} {
		if view := asn1View(b, fault.ZH); len(view) > 200*(mostValues+2) {
			t.Errorf("%d octets give %d", len(b), len(view))
		}
	}
}
