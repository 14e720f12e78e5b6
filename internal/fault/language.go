package fault

import "strings"

// LangOf is the language of a program: what --lang says in args, else the locale
// that getenv knows; Chinese unless that is English. A program needs it before it
// reads its command line, for its help texts.
func LangOf(args []string, getenv func(string) string) Lang {
	for i, arg := range args {
		if v, ok := strings.CutPrefix(arg, "--lang="); ok {
			return langOfLocale(v)
		}
		if arg == "--lang" && i+1 < len(args) {
			return langOfLocale(args[i+1])
		}
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := getenv(name); v != "" {
			return langOfLocale(v)
		}
	}
	return ZH
}

func langOfLocale(locale string) Lang {
	if strings.HasPrefix(strings.ToLower(locale), "en") {
		return EN
	}
	return ZH
}
