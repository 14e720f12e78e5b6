package cert

import (
	"errors"
	"testing"

	"xinzhang/internal/fault"
)

func newCSR(t testing.TB) []byte {
	t.Helper()
	key := newKey(t)
	info, err := CSRInfo(Subject{Country: "CN", Organisation: "示例监狱", CommonName: "测试用户甲"}, &key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := AssembleCSR(info, signWith(t, key, info))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestARequestProvesPossessionOnlyOfItsOwnKey(t *testing.T) {
	c, err := ParseCSR(newCSR(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.CheckSignature(); err != nil {
		t.Error(err)
	}
	if got, want := c.Subject().String(), "CN=测试用户甲,O=示例监狱,C=CN"; got != want {
		t.Errorf("subject %q, want %q", got, want)
	}

	key, thief := newKey(t), newKey(t)
	info, err := CSRInfo(Subject{CommonName: "测试用户甲"}, &key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := AssembleCSR(info, signWith(t, thief, info))
	if err != nil {
		t.Fatal(err)
	}
	stolen, err := ParseCSR(raw)
	if err != nil {
		t.Fatal(err)
	}
	if err := stolen.CheckSignature(); !errors.Is(err, fault.CSRSignature) {
		t.Errorf("a request signed by another key: %v", err)
	}
}

func TestARequestHoldsNoIdentityNumber(t *testing.T) {
	key := newKey(t)
	_, err := CSRInfo(Subject{CommonName: "测试用户甲", Unit: idNumber}, &key.PublicKey)
	if !errors.Is(err, fault.CertIDNumberInName) {
		t.Errorf("got %v", err)
	}
}

// A request that is read is read again from its raw bytes to the same parts.
func FuzzParseCSR(f *testing.F) {
	f.Add(newCSR(f))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := ParseCSR(b)
		if err != nil {
			if !errors.Is(err, fault.CSRBroken) && !errors.Is(err, fault.InputTooLarge) {
				t.Errorf("error without a code: %v", err)
			}
			return
		}
		again, err := ParseCSR(c.Raw)
		if err != nil || string(again.RawInfo) != string(c.RawInfo) || again.Subject().String() != c.Subject().String() {
			t.Errorf("raw bytes read differently: %v", err)
		}
		_ = c.CheckSignature()
	})
}
