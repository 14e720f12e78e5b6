package cert

import (
	"regexp"
	"strings"

	"xinzhang/internal/fault"
)

// creditAlphabet is that of GB 32100-2015: its letters are their own values.
const creditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// CheckCreditCode checks a unified social credit code of GB 32100-2015: length,
// letters, its own check character and that of the organisation code (GB 11714)
// inside. The errors are fault.CertCreditCode….
func CheckCreditCode(s string) error {
	if len(s) != 18 {
		return fault.New(fault.CertCreditCodeLength)
	}
	if strings.Trim(s, creditAlphabet) != "" {
		return fault.New(fault.CertCreditCodeLetters)
	}
	if CreditCheckDigit(s[:17]) != s[17] || orgCheckDigit(s[8:16]) != s[16] {
		return fault.New(fault.CertCreditCodeDigit)
	}
	return nil
}

// CreditCheckDigit returns the check character for the first 17 characters of a
// credit code, weights 3^i mod 31; 0 when they are not of the alphabet.
func CreditCheckDigit(s string) byte {
	sum, weight := 0, 1
	for i := range len(s) {
		v := strings.IndexByte(creditAlphabet, s[i])
		if v < 0 || len(s) != 17 {
			return 0
		}
		sum += v * weight
		weight = weight * 3 % 31
	}
	return creditAlphabet[(31-sum%31)%31]
}

// orgCheckDigit returns the check character for the 8 of an organisation code;
// 0 when they are not digits and capitals.
func orgCheckDigit(s string) byte {
	weights := [8]int{3, 7, 9, 10, 5, 8, 4, 2}
	if len(s) != len(weights) {
		return 0
	}
	sum := 0
	for i, w := range weights {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			sum += int(c-'0') * w
		case c >= 'A' && c <= 'Z':
			sum += int(c-'A'+10) * w
		default:
			return 0
		}
	}
	return "0X987654321"[sum%11]
}

var orgCodeForm = regexp.MustCompile(`^[0-9A-Z]{8}[0-9X]$`)

// looksLikeOrgCode tests an organisation code of GB 11714 without its dash.
func looksLikeOrgCode(s string) bool {
	return orgCodeForm.MatchString(s) && orgCheckDigit(s[:8]) == s[8]
}

// looksLikeRegistration tests the 15-digit business registration number of
// GS 15-2006: ISO 7064 MOD 11,10.
func looksLikeRegistration(s string) bool {
	if len(s) != 15 || strings.Trim(s, "0123456789") != "" {
		return false
	}
	p := 10
	for i := range 14 {
		m := (p + int(s[i]-'0')) % 10
		if m == 0 {
			m = 10
		}
		p = 2 * m % 11
	}
	return (11-p)%10 == int(s[14]-'0')
}
