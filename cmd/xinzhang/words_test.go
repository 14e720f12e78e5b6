package main

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"xinzhang/internal/fault"
)

func TestBothLanguagesHaveTheSameWords(t *testing.T) {
	zh, en := words[fault.ZH], words[fault.EN]
	if want, got := slices.Sorted(maps.Keys(zh)), slices.Sorted(maps.Keys(en)); !slices.Equal(want, got) {
		for _, k := range want {
			if _, ok := en[k]; !ok {
				t.Errorf("%s is Chinese only", k)
			}
		}
		for _, k := range got {
			if _, ok := zh[k]; !ok {
				t.Errorf("%s is English only", k)
			}
		}
	}
	verbs := regexp.MustCompile(`%(\[\d+\])?[a-z%]`)
	for k := range zh {
		if a, b := verbs.FindAllString(zh[k], -1), verbs.FindAllString(en[k], -1); !slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))) {
			t.Errorf("%s takes %v in Chinese and %v in English", k, a, b)
		}
		if k != "blank" && (zh[k] == "" || en[k] == "") {
			t.Errorf("%s says nothing", k)
		}
	}
}

func TestEveryVerbHasHelpInBothLanguages(t *testing.T) {
	for _, lang := range []string{"zh", "en"} {
		exit, out, errs := typed(t, "--lang", lang, "--help")
		if exit != 0 || !strings.Contains(out, "verify") {
			t.Errorf("%s: exit %d, %s%s", lang, exit, out, errs)
		}
		if lang == "zh" && strings.Contains(out, "Show context") {
			t.Error("the help of --help is in English")
		}
		if han := regexp.MustCompile(`\p{Han}`).MatchString(out); han != (lang == "zh") {
			t.Errorf("%s: the help is in another language:\n%s", lang, out)
		}
	}
}
