package token_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"xinzhang/internal/fault"
	"xinzhang/internal/token"
)

func pin(s string) token.PIN { return token.NewPIN([]byte(s)) }

func TestSecretsPrintAsRedacted(t *testing.T) {
	const secret = "s3cret-pin-of-16"
	for name, v := range map[string]any{
		"PIN": pin(secret), "pointer to PIN": new(pin(secret)), "PIN in a struct": struct{ P token.PIN }{pin(secret)},
		"device key": token.NewAuthKey([16]byte([]byte(secret))), "device key in a struct": struct{ K token.AuthKey }{token.NewAuthKey([16]byte([]byte(secret)))},
	} {
		t.Run(name, func(t *testing.T) {
			var shown strings.Builder
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%c", "%08.3f", "%t", "%p"} {
				fmt.Fprintf(&shown, verb+"\n", v)
			}
			b, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			shown.Write(b)
			slog.New(slog.NewTextHandler(&shown, nil)).Info("m", "v", v)
			slog.New(slog.NewJSONHandler(&shown, nil)).Info("m", "v", v)
			fmt.Fprint(&shown, fault.New(fault.TokenAbsent, "token", v))

			for _, leak := range []string{secret, "73337", "115 51", "s3cret"} {
				if strings.Contains(shown.String(), leak) {
					t.Errorf("%q leaks in:\n%s", leak, &shown)
				}
			}
			if !strings.Contains(shown.String(), "[redacted]") {
				t.Errorf("nothing says [redacted]:\n%s", &shown)
			}
		})
	}
}

// fmt asks no method of what stands in an unexported field.
func TestSecretsInUnexportedFieldsDoNotPrint(t *testing.T) {
	v := struct {
		p token.PIN
		k token.AuthKey
	}{pin("482915"), token.DefaultAuthKey()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		shown := fmt.Sprintf(verb, v) + fmt.Sprintf(verb, &v)
		for _, leak := range []string{"482915", "343832", "52 56", "1234", "313233", "49 50"} {
			if strings.Contains(shown, leak) {
				t.Errorf("%s leaks %q: %s", verb, leak, shown)
			}
		}
	}
}

func TestClearReachesEveryCopyOfAPIN(t *testing.T) {
	characters := []byte("482915")
	p := token.NewPIN(characters)
	other := p
	other.Clear()
	if !bytes.Equal(characters, make([]byte, 6)) || !bytes.Equal(p.Bytes(), make([]byte, 6)) {
		t.Errorf("still there after Clear: %q", characters)
	}
}

func TestCheckPIN(t *testing.T) {
	const id = "990000199003070017"
	tests := []struct {
		name  string
		next  string
		old   string
		hints []string
		want  fault.Code
		rule  token.PINRule
	}{
		{name: "six mixed digits pass", next: "482915"},
		{name: "sixteen characters pass", next: "Qz7 m!x0aTb59-~w"},
		{name: "five are too short", next: "48291", want: fault.PINLength},
		{name: "none are too short", next: "", want: fault.PINLength},
		{name: "seventeen are too long", next: "48291548291548291", want: fault.PINLength},
		{name: "Chinese characters are on no card reader", next: "密码密码", want: fault.PINWeak, rule: token.RuleCharacters},
		{name: "a line feed is no character", next: "48291\n5", want: fault.PINWeak, rule: token.RuleCharacters},
		{name: "one digit repeated", next: "77777777", want: fault.PINWeak, rule: token.RuleSame},
		{name: "one letter repeated", next: "aaaaaa", want: fault.PINWeak, rule: token.RuleSame},
		{name: "rising digits", next: "234567", want: fault.PINWeak, rule: token.RuleRun},
		{name: "rising over nine", next: "567890123", want: fault.PINWeak, rule: token.RuleRun},
		{name: "falling digits", next: "987654321", want: fault.PINWeak, rule: token.RuleRun},
		{name: "falling over nought", next: "21098765", want: fault.PINWeak, rule: token.RuleRun},
		{name: "rising letters", next: "uvwxyz", want: fault.PINWeak, rule: token.RuleRun},
		{name: "a run with one step wrong passes", next: "123457"},
		{name: "steps of two pass", next: "135791"},
		{name: "the PIN of many handbooks", next: "123456A", want: fault.PINWeak, rule: token.RuleFactory},
		{name: "the old one again", next: "482915", old: "482915", want: fault.PINWeak, rule: token.RuleOld},
		{name: "the old one with another case passes", next: "Zx4829", old: "zx4829"},
		{name: "the birth date in the ID number", next: "19900307", hints: []string{id}, want: fault.PINWeak, rule: token.RulePersonal},
		{name: "a short birth date", next: "900307", hints: []string{id}, want: fault.PINWeak, rule: token.RulePersonal},
		{name: "the end of the ID number among others", next: "ab070017", hints: []string{id}, want: fault.PINWeak, rule: token.RulePersonal},
		{name: "a birth date written with hyphens", next: "x199003y", hints: []string{"1990-03-07"}, want: fault.PINWeak, rule: token.RulePersonal},
		{name: "the second hint counts too", next: "555014", hints: []string{id, "+86 (010) 5550 1499"}, want: fault.PINWeak, rule: token.RulePersonal},
		{name: "letters of a hint in any case", next: "XiAoMi", hints: []string{"xiaoming"}, want: fault.PINWeak, rule: token.RulePersonal},
		{name: "five characters of a hint pass", next: "990001", hints: []string{id}},
		{name: "an empty hint refuses nothing", next: "482915", hints: []string{"", "-"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := token.CheckPIN(pin(tt.next), pin(tt.old), tt.hints...)
			if tt.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if !errors.Is(err, tt.want) {
				t.Fatalf("got %v, want %s", err, tt.want)
			}
			if tt.rule != "" && fault.Of(err).Args["rule"] != tt.rule {
				t.Errorf("got rule %v, want %s", fault.Of(err).Args["rule"], tt.rule)
			}
			for _, lang := range []fault.Lang{fault.ZH, fault.EN} {
				if text := fmt.Sprint(err, fault.Describe(err, lang)); len(tt.next) > 0 && strings.Contains(text, tt.next) {
					t.Errorf("the refused PIN stands in %q", text)
				}
			}
		})
	}
}

func TestEveryRuleIsWordedInBothLanguages(t *testing.T) {
	for _, r := range []token.PINRule{token.RuleCharacters, token.RuleSame, token.RuleRun, token.RuleFactory, token.RuleOld, token.RulePersonal} {
		zh, en := r.Words(fault.ZH), r.Words(fault.EN)
		if zh == "" || en == "" || zh == en {
			t.Errorf("%s: %q, %q", r, zh, en)
		}
	}
	for _, w := range []fault.Worded{token.Signing, token.Encryption, token.KeyUse(0), token.UserPIN, token.AdminPIN} {
		if zh, en := w.Words(fault.ZH), w.Words(fault.EN); zh == "" || en == "" || zh == en {
			t.Errorf("%v: %q, %q", w, zh, en)
		}
	}
}

func TestRights(t *testing.T) {
	tests := []struct {
		rights       token.Rights
		valid        bool
		none, us, ad bool // whom they let in: nobody verified, user, admin
	}{
		{token.ByNobody, true, false, false, false},
		{token.ByAdmin, true, false, false, true},
		{token.ByUser, true, false, true, false},
		{token.ByUser | token.ByAdmin, true, false, true, true},
		{token.ByAnyone, true, true, true, true},
		{0x02, false, false, false, false},
		{0x1FF, false, false, true, true},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%#x", uint32(tt.rights)), func(t *testing.T) {
			if got := tt.rights.Valid(); got != tt.valid {
				t.Errorf("Valid is %v", got)
			}
			if got := [3]bool{tt.rights.Allow(false, false), tt.rights.Allow(true, false), tt.rights.Allow(false, true)}; got != [3]bool{tt.none, tt.us, tt.ad} {
				t.Errorf("lets in %v, want %v", got, [3]bool{tt.none, tt.us, tt.ad})
			}
		})
	}
}
