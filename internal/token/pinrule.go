package token

import (
	"bytes"
	"slices"
	"unicode"

	"xinzhang/internal/fault"
)

// Shortest and longest PIN: what the tokens of the field agree on; GM/T 0017
// cards store 16 octets.
const (
	MinPIN = 6
	MaxPIN = 16
)

// A PINRule is a reason to refuse a new PIN. The reason never quotes the PIN.
type PINRule string

// The rules, in the order in which they are asked.
const (
	RuleCharacters PINRule = "characters" // only letters, digits and signs of a keyboard
	RuleSame       PINRule = "same"       // one character repeated
	RuleRun        PINRule = "run"        // rising or falling, as 123456 or fedcba
	RuleFactory    PINRule = "factory"    // a PIN that tokens are delivered with
	RuleOld        PINRule = "old"        // the PIN that it shall replace
	RulePersonal   PINRule = "personal"   // part of an ID number, a birth date, a telephone number
)

// Words says what the PIN should not be.
func (r PINRule) Words(lang fault.Lang) string {
	words := map[PINRule][2]string{
		RuleCharacters: {"只能用键盘上的英文字母、数字和符号", "only letters, digits and signs of an English keyboard may stand in it"},
		RuleSame:       {"不能全部是同一个字符", "it must not repeat one character"},
		RuleRun:        {"不能是连续递增或递减的字符", "it must not run up or down"},
		RuleFactory:    {"不能是常见的出厂 PIN", "it must not be a PIN that tokens are delivered with"},
		RuleOld:        {"不能与原 PIN 相同", "it must differ from the old one"},
		RulePersonal:   {"不能含有身份证号、出生日期或电话号码的一部分", "it must not hold a part of an ID number, a birth date or a telephone number"},
	}[r]
	if lang == fault.ZH {
		return words[0]
	}
	return words[1]
}

// CheckPIN judges a new PIN: [fault.PINLength], or [fault.PINWeak] with the
// [PINRule] it breaks. old is the PIN to be replaced, the zero PIN when it is
// not known. hints are what is known of the holder (ID number, birth date,
// telephone number): six characters in a row of any are refused, whatever
// stands between a hint's digits.
func CheckPIN(next, old PIN, hints ...string) error {
	if err := CheckPINLength(next); err != nil {
		return err
	}
	p := next.Bytes()
	for _, rule := range []struct {
		name   PINRule
		broken bool
	}{
		{RuleCharacters, slices.ContainsFunc(p, func(c byte) bool { return c < ' ' || c > '~' })},
		{RuleSame, isRun(p, 0)},
		{RuleRun, isRun(p, 1) || isRun(p, -1)},
		{RuleFactory, isFactory(p)},
		{RuleOld, bytes.Equal(p, old.Bytes())},
		{RulePersonal, slices.ContainsFunc(hints, func(h string) bool { return sharesPart(p, h) })},
	} {
		if rule.broken {
			return fault.New(fault.PINWeak, "rule", rule.name)
		}
	}
	return nil
}

// CheckPINLength returns [fault.PINLength] for a PIN that no token would take.
func CheckPINLength(p PIN) error {
	if n := len(p.Bytes()); n < MinPIN || n > MaxPIN {
		return fault.New(fault.PINLength, "min", MinPIN, "max", MaxPIN)
	}
	return nil
}

// isRun reports whether each character is step after the one before; digits go
// on from 9 to 0.
func isRun(p []byte, step int) bool {
	for i := 1; i < len(p); i++ {
		a, b := int(p[i-1]), int(p[i])
		digits := '0' <= a && a <= '9' && '0' <= b && b <= '9'
		if b-a != step && !(digits && step != 0 && (b-a)+10*step == step) {
			return false
		}
	}
	return true
}

// isFactory knows the first PINs that vendors of the field print in handbooks
// and that the other rules let through.
func isFactory(p []byte) bool {
	return slices.ContainsFunc([]string{"123456a", "a123456", "123123", "112233", "admin123", "password", "rockey", "00000001"},
		func(known string) bool { return bytes.EqualFold(p, []byte(known)) })
}

const personalPart = 6 // a date is no shorter, as 900101

// sharesPart reports whether p and hint have six characters in a row in common.
func sharesPart(p []byte, hint string) bool {
	plain := bytes.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, []byte(hint))
	lower := bytes.ToLower(p)
	defer clear(lower)
	for i := 0; i+personalPart <= len(lower); i++ {
		if bytes.Contains(plain, lower[i:i+personalPart]) {
			return true
		}
	}
	return false
}
