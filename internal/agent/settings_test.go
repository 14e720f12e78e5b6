package agent

import (
	"testing"

	"xinzhang/internal/fault"
)

func TestTheLanguageIsThatOfTheStartUntilTheUserChooses(t *testing.T) {
	file := t.TempDir() + "/settings.json"
	for lang, want := range map[fault.Lang]string{"": "zh", fault.ZH: "zh", fault.EN: "en"} {
		s, err := openSettings(file, lang)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(s.get().Language); got != want {
			t.Errorf("started with %q: %q, want %q", lang, got, want)
		}
	}
	s, err := openSettings(file, fault.EN)
	if err != nil {
		t.Fatal(err)
	}
	chosen := s.get()
	chosen.Language = "zh"
	if err := s.set(chosen); err != nil {
		t.Fatal(err)
	}
	if s, err = openSettings(file, fault.EN); err != nil || string(s.get().Language) != "zh" {
		t.Errorf("the choice is lost: %v, %v", s.get(), err)
	}
}
