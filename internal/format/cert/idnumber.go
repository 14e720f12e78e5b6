package cert

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"xinzhang/internal/fault"
)

// CheckIDNumber checks a citizen identity number of GB 11643-1999: region,
// birth date not after today, check digit. The region 990000 does not exist and
// is allowed: demonstrations use it. The errors are fault.CertIDNumber….
func CheckIDNumber(s string, today time.Time) error {
	if !idNumberForm.MatchString(s) {
		return fault.New(fault.CertIDNumberLength)
	}
	if !regionExists(s[:6]) {
		return fault.New(fault.CertIDNumberRegion)
	}
	born, err := time.Parse("20060102", s[6:14])
	if err != nil || born.Year() < 1800 || born.After(today) {
		return fault.New(fault.CertIDNumberDate)
	}
	if IDCheckDigit(s[:17]) != s[17] {
		return fault.New(fault.CertIDNumberDigit)
	}
	return nil
}

var idNumberForm = regexp.MustCompile(`^[0-9]{17}[0-9X]$`)

// provinces are the first two digits of GB/T 2260, with those of Hong Kong,
// Macao and Taiwan, of residence permits (83) and of foreign residents (91).
var provinces = strings.Fields(`11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46
	50 51 52 53 54 61 62 63 64 65 71 81 82 83 91`)

func regionExists(code string) bool {
	return code == "990000" || slices.Contains(provinces, code[:2])
}

// IDCheckDigit returns the check digit ('0'–'9' or 'X') for the first 17 digits
// of an identity number: ISO 7064 MOD 11-2. For anything but 17 digits it
// returns 0.
func IDCheckDigit(digits string) byte {
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	if len(digits) != len(weights) {
		return 0
	}
	sum := 0
	for i, w := range weights {
		if digits[i] < '0' || digits[i] > '9' {
			return 0
		}
		sum += int(digits[i]-'0') * w
	}
	return "10X98765432"[sum%11]
}

// looksLikeIDNumber is the test for text of unknown meaning: form, a date that
// exists and check digit, as no clock is at hand.
func looksLikeIDNumber(s string) bool {
	return CheckIDNumber(s, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)) == nil
}

// idLength is the length of an identity number.
const idLength = 18

// ContainsIDNumber reports whether an identity number with a right check digit
// stands anywhere in s.
func ContainsIDNumber(s string) bool { return findIDNumber(s) >= 0 }

// findIDNumber returns where the first identity number in s begins, -1 for none.
func findIDNumber(s string) int {
	for i := 0; i+idLength <= len(s); i++ {
		if s[i] >= '1' && s[i] <= '9' && looksLikeIDNumber(strings.ToUpper(s[i:i+idLength])) {
			return i
		}
	}
	return -1
}

// MaskIDNumbers hides identity numbers inside other text, as [MaskIDNumber]
// does; some authorities put them into names.
func MaskIDNumbers(s string) string {
	at := 0
	for {
		i := findIDNumber(s[at:])
		if i < 0 {
			return s
		}
		at += i
		s = s[:at] + MaskIDNumber(s[at:at+idLength]) + s[at+idLength:]
		at++ // what overlaps a masked number is none any more
	}
}

// MaskIDNumber hides the middle of an identity number: the first and last four
// characters stay ("9900**********1239"). Of shorter text less is shown: of
// fewer than 12 characters the last two, of fewer than 4 none.
func MaskIDNumber(s string) string {
	r := []rune(s)
	head, tail := 4, 4
	switch {
	case len(r) < 4:
		head, tail = 0, 0
	case len(r) < 12:
		head, tail = 0, 2
	}
	for i := head; i < len(r)-tail; i++ {
		r[i] = '*'
	}
	return string(r)
}
