package main

import (
	"strings"
	"testing"
	"unicode"
)

// The parser speaks English only; a new version of it may use other sentences.
func TestWrongUseIsSaidInChinese(t *testing.T) {
	t.Setenv("XINZHANG_HOME", t.TempDir())
	for _, x := range []struct {
		args, zh, en string
	}{
		{"", `后面要写其中一个词："demo"`, `one of these words must follow`},
		{"verify", `缺少 "<file> ..."`, `"<file> ..." is missing`},
		{"cert revoke 12", "缺少 --reason", "--reason=REASON is missing"},
		{"verifi", `不认识 verifi，是不是 "verify"？`, `did you mean "verify"`},
		{"cert lint a b", "不认识 b", "b is not known"},
		{"verify --trst a b", `不认识 --trst，是不是 "--trust"？`, `did you mean "--trust"`},
		{"demo --zzz", "不认识 --zzz", "--zzz is not known"},
		{"verify --policy foo a", `--policy 只能是 "gbt38540","strict"；现在写的是 "foo"`, "--policy must be one of"},
		{"verify --trust", "--trust 后面没有写值", "--trust has no value"},
		{"sign a --from", "--from 后面没有写值", "--from has no value"},
		{"sign a --page x", `--page 要写整数，现在写的是 "x"`, "--page must be a whole number"},
		{"sign a --from x", `--from 要写数字，现在写的是 "x"`, "--from must be a number"},
		{"cert issue --kind person --name a --csr b --token c", "不能同时用", "cannot be used together"},
		{"sign a", "缺少 --token", "--token is missing"},
		{"verify --at yesterday a", "时间不能写成“yesterday”", `time "yesterday"; write`},
		{"verify --html a --diagnostics b c d", "只能给一个文件", "takes one file"},
		{"sign a --token b --seal c --page 1-2 --at 1,2", "--page 要写整数", "--page must be"},
		{"cert list --limit 0", "--limit 至少是 1", "--limit is at least 1"},
	} {
		for lang, want := range map[string]string{"zh": x.zh, "en": x.en} {
			exit, _, said := typed(t, append([]string{"--lang", lang}, strings.Fields(x.args)...)...)
			first, _, _ := strings.Cut(said[max(0, strings.Index(said, "✗")):], "\n")
			if exit != 4 || !strings.Contains(first, want) {
				t.Errorf("%q: exit %d, %q, want %q", x.args, exit, first, want)
			}
			if lang == "en" && strings.ContainsFunc(first, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
				t.Errorf("%q: Chinese in English: %q", x.args, first)
			}
		}
	}
}
