package fault

import "testing"

func TestAProgramSpeaksChineseUnlessToldOtherwise(t *testing.T) {
	english := map[string]string{"LANG": "en_GB.UTF-8"}
	for _, c := range []struct {
		args []string
		env  map[string]string
		want Lang
	}{
		{nil, nil, ZH},
		{nil, english, EN},
		{[]string{"verify", "--lang", "zh"}, english, ZH},
		{[]string{"--lang=en", "verify"}, nil, EN},
		{[]string{"--lang"}, english, EN},
		{nil, map[string]string{"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US"}, ZH},
		{nil, map[string]string{"LANG": "fr_FR"}, ZH},
	} {
		if got := LangOf(c.args, func(name string) string { return c.env[name] }); got != c.want {
			t.Errorf("%q, %v: %s, want %s", c.args, c.env, got, c.want)
		}
	}
}
