package main

import (
	"fmt"
	"regexp"

	"xinzhang/internal/fault"
)

// A usage says how the command line was used wrongly: words[key] with args in place.
type usage struct {
	key  string
	args []any
}

// Words implements [fault.Worded].
func (u usage) Words(lang fault.Lang) string { return fmt.Sprintf(words[lang][u.key], u.args...) }

// String is for logs.
func (u usage) String() string { return u.Words(fault.EN) }

// MarshalText is for programs.
func (u usage) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

func wrongUse(key string, args ...any) error {
	return fault.New(fault.UsageWrong, "what", usage{key, args})
}

// parserWords are the errors of the parser of the command line, which knows English
// only. The groups of a pattern are the arguments of the words.
var parserWords = []struct {
	pattern *regexp.Regexp
	key     string
}{
	{regexp.MustCompile(`^expected one of (.*)$`), "u_verb"},
	{regexp.MustCompile(`^expected (.*)$`), "u_absent"},
	{regexp.MustCompile(`^missing flags: (.*)$`), "u_absent"},
	{regexp.MustCompile(`^unexpected argument (.*), did you mean (?:one of )?(.*)\?$`), "u_meant"},
	{regexp.MustCompile(`^unexpected argument (.*)$`), "u_unknown"},
	{regexp.MustCompile(`^unknown flag (.*), did you mean (?:one of )?(.*)\?$`), "u_meant"},
	{regexp.MustCompile(`^unknown flag (.*)$`), "u_unknown"},
	{regexp.MustCompile(`^(\S+) must be one of (.*) but got (.*)$`), "u_choice"},
	{regexp.MustCompile(`^(\S+) and (\S+) can't be used together$`), "u_together"},
	{regexp.MustCompile(`^(\S+): missing value.*$`), "u_no_value"},
	{regexp.MustCompile(`^(\S+): expected \w+ value but got "EOL".*$`), "u_no_value"},
	{regexp.MustCompile(`^(\S+): expected a valid \d+ bit u?int but got (".*")$`), "u_integer"},
	{regexp.MustCompile(`^(\S+): expected a float but got (".*").*$`), "u_number"},
}

// misparsed words an error of the parser.
func misparsed(err error) error {
	for _, w := range parserWords {
		found := w.pattern.FindStringSubmatch(err.Error())
		if found == nil {
			continue
		}
		args := make([]any, len(found)-1)
		for i, group := range found[1:] {
			args[i] = group
		}
		return wrongUse(w.key, args...)
	}
	return wrongUse("u_other", err)
}
