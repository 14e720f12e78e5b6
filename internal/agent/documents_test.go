package agent

import (
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// What a person reads before signing must be what those read who verify.
func TestTextIsShownAsItIsRead(t *testing.T) {
	gbk, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte("审核同意。"))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		data   []byte
		format Format
		want   string
	}{
		"GBK of an old page":       {gbk, SZCA, "审核同意。"},
		"ASCII of an old page":     {[]byte("LoginCheck"), SZCA, "LoginCheck"},
		"readable both ways":       {[]byte("同意"), SZCA, "GBK: 鍚屾剰\nUTF-8: 同意"},
		"UTF-8 that is no GBK":     {[]byte("好"), SZCA, "好"},
		"UTF-8 in another format":  {[]byte("同意"), CMS, "同意"},
		"GBK in another format":    {gbk, CMS, ""},
		"no text in either format": {[]byte{0xff, 0xff, 0x00}, SZCA, ""},
	} {
		p, err := read(Document{Title: "x", Type: "text", Data: c.data}, c.format, 1, time.Now())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if p.shown.Text != c.want {
			t.Errorf("%s: shown as %q, want %q", name, p.shown.Text, c.want)
		}
	}
}
