package sealfont

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"xinzhang/internal/format/sealpic"
)

// preferred are beginnings of the file names of Chinese fonts, best first: Song
// faces, the sturdy weights before the thin ones, then whatever else can write
// Chinese. Names are compared in lower case without "-" and "_".
var preferred = []string{
	"notoserifcjkscbold", "notoserifcjkbold", "notoserifscbold",
	"sourcehanserifscbold", "sourcehanserifcnbold", "sourcehanserifbold",
	"notoserifcjk", "notoserifsc", "sourcehanserif",
	"stzhongs",          // 华文中宋, Office
	"simsun.", "simsun", // "simsunb" holds only the rare characters of extension B
	"stsong", "songti", "fandolsongbold", "fandolsong", "uming",
	"notosanscjkmedium", "notosanscjk", "notosanssc", "sourcehansans",
	"msyh", "simhei", "wqyzenhei", "wqymicrohei", "wqy", "droidsansfallback",
}

const (
	maxFontFile   = 64 << 20
	maxFontFolder = 20000 // entries looked at, in all folders together
)

// systemFolders lists where an operating system keeps fonts, the user's first.
func systemFolders(goos string, getenv func(string) string) []string {
	var folders []string
	add := func(root string, elem ...string) {
		if root != "" {
			folders = append(folders, filepath.Join(append([]string{root}, elem...)...))
		}
	}
	switch goos {
	case "windows":
		add(getenv("LOCALAPPDATA"), "Microsoft", "Windows", "Fonts")
		add(getenv("WINDIR"), "Fonts")
	case "darwin":
		add(getenv("HOME"), "Library", "Fonts")
		add("/Library/Fonts")
		add("/System/Library/Fonts")
	default:
		add(getenv("XDG_DATA_HOME"), "fonts")
		add(getenv("HOME"), ".local", "share", "fonts")
		add(getenv("HOME"), ".fonts")
		add("/usr/local/share/fonts")
		add("/usr/share/fonts")
	}
	return folders
}

// fromSystem adds to chain installed fonts that hold characters of text which it
// lacks. Files that cannot be read or parsed are passed over: an unrelated
// broken font on the machine is no reason to stop.
func fromSystem(folders []string, chain *sealpic.Font, text string) (*sealpic.Font, bool) {
	found := false
	for _, name := range installed(folders) {
		missing := chain.Lacks(text)
		if len(missing) == 0 {
			break
		}
		font, err := readFont(name)
		if err != nil {
			continue
		}
		found = true
		if len(font.Lacks(string(missing))) < len(missing) {
			chain = sealpic.Chain(chain, font)
		}
	}
	return chain, found
}

// installed lists the Chinese fonts in the folders and below, best first.
func installed(folders []string) []string {
	type candidate struct {
		name string
		rank int
	}
	var candidates []candidate
	left := maxFontFolder
	for _, folder := range folders {
		_ = filepath.WalkDir(folder, func(name string, e fs.DirEntry, err error) error {
			if left--; left < 0 {
				return fs.SkipAll
			}
			if err != nil || e.IsDir() {
				return nil // an unreadable folder is passed over
			}
			if r := rank(e.Name()); r >= 0 {
				candidates = append(candidates, candidate{name, r})
			}
			return nil
		})
	}
	slices.SortStableFunc(candidates, func(a, b candidate) int { return a.rank - b.rank })
	names := make([]string, len(candidates))
	for i, c := range candidates {
		names[i] = c.name
	}
	return names
}

// rank is the place of a font file among the preferred ones, or -1.
func rank(file string) int {
	file = strings.ToLower(file)
	switch filepath.Ext(file) {
	case ".ttf", ".ttc", ".otf", ".otc":
	default:
		return -1
	}
	file = strings.NewReplacer("-", "", "_", "").Replace(file)
	return slices.IndexFunc(preferred, func(p string) bool { return strings.HasPrefix(file, p) })
}

// readFont reads one font file of the machine.
func readFont(name string) (*sealpic.Font, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	b, err := io.ReadAll(io.LimitReader(file, maxFontFile+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxFontFile {
		return nil, fmt.Errorf("larger than %d bytes", maxFontFile)
	}
	return sealpic.ParseFont(b)
}
