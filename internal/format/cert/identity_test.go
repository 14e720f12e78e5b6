package cert

import (
	"encoding/base64"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/oid"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares got with a file of ours.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile("testdata/"+name, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != string(got) {
		t.Errorf("%s differs:\ngot  %q\nwant %q", name, got, want)
	}
}

func TestIdentityNumbersAreChecked(t *testing.T) {
	today := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	tomorrow := "99000020260302101"
	for number, want := range map[string]error{
		"11010519491231002X": nil, "440524188001010014": nil, idNumber: nil,
		"110105194912310021": fault.CertIDNumberDigit,
		"11010519491231002x": fault.CertIDNumberLength,
		"1101051949123100":   fault.CertIDNumberLength,
		"":                   fault.CertIDNumberLength,
		"110105194902300026": fault.CertIDNumberDate,
		"990105194912310021": fault.CertIDNumberRegion,
		"160105194912310021": fault.CertIDNumberRegion,
		tomorrow + string(IDCheckDigit(tomorrow)): fault.CertIDNumberDate,
		"１１0105194912310021":                      fault.CertIDNumberLength,
	} {
		err := CheckIDNumber(number, today)
		if (want == nil) != (err == nil) || (want != nil && !errors.Is(err, want)) {
			t.Errorf("%s: got %v, want %v", number, err, want)
		}
		if err != nil && len(number) > 6 && strings.Contains(err.Error(), number[6:]) {
			t.Errorf("the error repeats the number: %v", err)
		}
	}
}

func TestEverySingleWrongDigitOfAnIdentityNumberIsFound(t *testing.T) {
	for i := range 17 {
		for d := byte('0'); d <= '9'; d++ {
			bad := []byte(idNumber)
			if bad[i] == d {
				continue
			}
			bad[i] = d
			if CheckIDNumber(string(bad), start) == nil {
				t.Errorf("position %d, digit %c is not found", i, d)
			}
		}
	}
}

func TestCreditCodesAreChecked(t *testing.T) {
	for code, want := range map[string]error{
		"91350100M000100Y43": nil, "91440300349714137M": nil, "115300000151003540": nil, "11320500014150050B": nil,
		"11370306MB2867521U": nil, "12100000000018032A": nil, creditCode: nil,
		"91500106MA2CE71F65": fault.CertCreditCodeDigit,
		"91350100M000100Y4":  fault.CertCreditCodeLength,
		"91350100M000I00Y43": fault.CertCreditCodeLetters,
		"91350100m000100Y43": fault.CertCreditCodeLetters,
		"":                   fault.CertCreditCodeLength,
	} {
		err := CheckCreditCode(code)
		if (want == nil) != (err == nil) || (want != nil && !errors.Is(err, want)) {
			t.Errorf("%s: got %v, want %v", code, err, want)
		}
	}
	if !looksLikeRegistration("110108000000016") || looksLikeRegistration("110108000000017") {
		t.Error("registration numbers are not told apart")
	}
}

// Every shape that standards-§1.5 writers produce gives the same number.
func TestTheIdentityReaderTakesEveryShape(t *testing.T) {
	n := idNumber
	for name, x := range map[string]struct {
		value       string
		alternative int
	}{
		"[0] explicit PrintableString":       {"\xA0\x14\x13\x12" + n, 0},
		"[2] explicit PrintableString":       {"\xA2\x14\x13\x12" + n, 2},
		"[0] implicit":                       {"\x80\x12" + n, 0},
		"SET of [0] explicit":                {"\x31\x16\xA0\x14\x13\x12" + n, 0},
		"PrintableString":                    {"\x13\x12" + n, -1},
		"UTF8String":                         {"\x0C\x12" + n, -1},
		"IA5String":                          {"\x16\x12" + n, -1},
		"OCTET STRING":                       {"\x04\x12" + n, -1},
		"BMPString":                          {"\x1E\x24" + wide(n), -1},
		"SEQUENCE of three segments":         {"\x30\x18\x0C\x06" + n[:6] + "\x0C\x08" + n[6:14] + "\x0C\x04" + n[14:], -1},
		"bare text":                          {n, -1},
		"BER with indefinite length outside": {"\x31\x80\x13\x12" + n + "\x00\x00", -1},
	} {
		text, alternative := ReadIdentity([]byte(x.value))
		if text != n || alternative != x.alternative {
			t.Errorf("%s: %q, %d", name, text, alternative)
		}
	}
	if text, _ := ReadIdentity([]byte("\xB2\xE2\xCA\xD4")); text != "测试" {
		t.Errorf("bare GBK: %q", text)
	}
	if text, _ := ReadIdentity([]byte("\x30\x03\x02\x01\x05")); text != "#3003020105" {
		t.Errorf("no text: %q", text)
	}
}

func wide(s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteString("\x00" + s[i:i+1])
	}
	return b.String()
}

func TestIdentitiesAreClassifiedByValueNotByVendorNumber(t *testing.T) {
	entity := "1@7025SF1" + base64.StdEncoding.EncodeToString([]byte(idNumber))
	for _, x := range []struct {
		id    oid.ID
		value string
		kind  IdentityKind
		shown string
	}{
		{"1.2.86.11.7.2", "示例省税务局", KindOther, "示例省税务局"},
		{"1.2.86.11.7.3", creditCode, KindCreditCode, creditCode},
		{"1.2.86.11.7.1", idNumber, KindIDNumber, MaskIDNumber(idNumber)},
		{"1.2.86.11.7.4", "349714137", KindOrgCode, "349714137"},
		{oid.OrganizationCode, "34971413-7", KindOrgCode, "34971413-7"},
		{oid.SZCAIDNumber, "990000199001011230", KindIDNumber, "9900**********1230"}, // wrong digit: masked all the same
		{oid.InsuranceNumber, "5566778899", KindInsurance, "********99"},
		{oid.SZCASubjectType, "Personal", KindSubjectType, "Personal"},
		{"2.16.156.112548", entity, KindIDNumber, MaskIDNumber(idNumber)},
		{"1.2.156.1002", "1@7025SF0" + idNumber, KindIDNumber, MaskIDNumber(idNumber)},
	} {
		i := identify(Extension{ID: x.id, Value: append([]byte{0x0C, byte(len(x.value))}, x.value...)})
		if i.Kind != x.kind || i.Masked() != x.shown || i.Value != x.value || i.Label.ZH == "" || i.Label.EN == "" {
			t.Errorf("%s: %s, shown %q", x.id, i.Kind, i.Masked())
		}
	}
}

func TestTheAgentsNumberIsNotTheHolders(t *testing.T) {
	c := foreign(t, nil, extension(string(oid.SZCAAgentID), "\x0C\x12"+idNumber))
	if n, ok := c.IDNumber(); ok {
		t.Errorf("IDNumber = %s", MaskIDNumber(n))
	}
	if got := c.Identities()[0].Masked(); got != MaskIDNumber(idNumber) {
		t.Errorf("shown as %q", got)
	}
}

func TestMaskingKeepsFourAtEachEnd(t *testing.T) {
	for s, want := range map[string]string{
		"990000199001011239": "9900**********1239", "110105491231002": "1101*******1002", "E12345678": "*******78", "abc": "***", "": "",
	} {
		if got := MaskIDNumber(s); got != want {
			t.Errorf("%s: %s, want %s", s, got, want)
		}
	}
}

// The three rows that users of the field are told to join are rows of a viewer,
// not parts of the extension.
func TestAViewerShowsTheIdentityNumberInThreeRows(t *testing.T) {
	c := newChain(t).leaf["person-sign"]
	e, ok := c.Extension(oid.SZCAIDNumber)
	if !ok || e.Critical {
		t.Fatalf("extension %v, critical %v", ok, e.Critical)
	}
	rows := ViewerRows(e.Value)
	golden(t, "7550207.txt", []byte(strings.Join(rows, "\n")+"\n"))
	joined := strings.Join([]string{rows[0][2:], rows[1], rows[2]}, "|")
	if want := idNumber[:6] + "|" + idNumber[6:14] + "|" + idNumber[14:]; len(rows) != 3 || joined != want {
		t.Errorf("rows %q, want .. and %s", rows, want)
	}
	for name, value := range map[string]string{"bare text": idNumber, "[0] wrapper": "\xA0\x14\x13\x12" + idNumber,
		"three segments": "\x30\x18\x0C\x06" + idNumber[:6] + "\x0C\x08" + idNumber[6:14] + "\x0C\x04" + idNumber[14:]} {
		if got := ViewerRows([]byte(value)); strings.Join(got, "\n") == strings.Join(rows, "\n") {
			t.Errorf("%s: the same rows", name)
		}
	}
}

// Any octets give a text of a known alternative, and the text written as one
// UTF8String reads the same.
func FuzzReadIdentity(f *testing.F) {
	f.Add([]byte("\xA0\x14\x13\x12" + idNumber))
	f.Add([]byte("\x31\x16\xA0\x14\x13\x12" + idNumber))
	f.Add([]byte("\x30\x18\x0C\x06990000\x0C\x0819900101\x0C\x041239"))
	f.Fuzz(func(t *testing.T, b []byte) {
		text, alternative := ReadIdentity(b)
		if alternative < -1 || alternative > 31 {
			t.Errorf("alternative %d", alternative)
		}
		if len(b) < 100 { // what was read, written as one UTF8String, is read to the same
			again, _ := ReadIdentity(append([]byte{0x0C, 0x82, byte(len(text) >> 8), byte(len(text))}, text...))
			if again != text {
				t.Errorf("%q read again as %q", text, again)
			}
		}
	})
}

func TestNumbersInsideOtherTextAreMasked(t *testing.T) {
	for text, want := range map[string]string{
		"CN=甲 990000199001011239,O=乙":                "CN=甲 9900**********1239,O=乙",
		"990000199001011239990000199001011239":       "9900**********12399900**********1239",
		"990000199001011238 has a wrong check digit": "990000199001011238 has a wrong check digit",
		"": "",
	} {
		if got := MaskIDNumbers(text); got != want {
			t.Errorf("MaskIDNumbers(%q) = %q, want %q", text, got, want)
		}
	}
}
