package ofd

import (
	"path"
	"strings"

	"xinzhang/internal/fault"
)

// Resolve finds the part that ref (ST_Loc, GB/T 33190-2016 7.4) names in the
// part base. A leading "/" starts at the package's root, anything else at the
// folder of base.
//
// Real files deviate, so after the exact name it tries the name from the
// package's root and then, if exactly one file fits, other letter case. The
// deviation says in English how the name had to be found; it is empty for a
// path as the standard wants it. ok is false when no file is found; name is
// then the path that was asked for, or "" when ref leaves the package.
func (p *Package) Resolve(base, ref string) (name, deviation string, ok bool) {
	want := resolvePath(base, ref)
	if want == "" {
		return "", "", false
	}
	if p.Has(want) {
		if strings.Contains(ref, `\`) || strings.Contains(ref, "//") {
			return want, "backslashes or doubled slashes", true
		}
		return want, "", true
	}
	fromRoot := resolvePath("/", ref)
	if fromRoot != "" && p.Has(fromRoot) {
		return fromRoot, "found from the root of the package", true
	}
	if found := p.byFold[strings.ToLower(want)]; found != "" {
		return found, "letter case differs", true
	}
	if found := p.byFold[strings.ToLower(fromRoot)]; found != "" {
		return found, "found from the root of the package in other letter case", true
	}
	return want, "", false
}

// resolvePath joins ref to the folder of base. It returns "" for a path that
// leaves the package, names a drive or is empty.
func resolvePath(base, ref string) string {
	ref = strings.ReplaceAll(strings.TrimSpace(ref), `\`, "/")
	if ref == "" || !safeText(ref) {
		return ""
	}
	full := ref
	if !strings.HasPrefix(ref, "/") {
		full = path.Dir(base) + "/" + ref
	}
	depth := 0
	for _, part := range strings.Split(full, "/") {
		switch part {
		case "", ".":
		case "..":
			if depth--; depth < 0 {
				return ""
			}
		default:
			depth++
		}
	}
	full = path.Clean(full)
	if hasDrive(full[1:]) || hasDrive(strings.TrimLeft(ref, "/")) {
		return ""
	}
	return full
}

// locate is Resolve that also keeps the deviation as a finding.
func (p *Package) locate(base, ref string, deviations *[]*fault.Error) (name string, ok bool) {
	const most = 100
	name, how, ok := p.Resolve(base, ref)
	if how != "" && deviations != nil && len(*deviations) < most {
		*deviations = append(*deviations, fault.New(fault.DocPathLoose, "ref", clip(ref), "place", base, "name", name))
	}
	return name, ok
}
