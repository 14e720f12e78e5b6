// Package sealfont finds the Chinese fonts in which seal pictures are set.
//
// It is a room of its own because internal/format/sealpic is pure: that package
// takes parsed fonts, and somebody has to read the environment, the binary and
// the disk for it.
//
//	font, err := sealfont.Song("示例监狱合同专用章")
//	pic, err := sealpic.Round{Name: "示例监狱", SubName: "合同专用章"}.Draw(font)
//
// Fonts come from, in this order:
//
//  1. the file named by the environment variable XINZHANG_FONT;
//  2. the binary: `make fonts` copies Noto Serif SC from its npm package into
//     fonts/ before the build. It covers 12,300 Chinese characters, all but a few
//     dozen of GB 2312 among them. Without that step nothing is embedded;
//  3. the fonts installed on the machine, best Song faces first.
//
// A later source is asked only for characters that the earlier ones lack, so
// that a rare character in a name comes from SimSun or Source Han when these are
// installed. A character that none of them has is reported by the drawing, by
// name ([fault.FontMissingGlyph]).
package sealfont

import (
	"embed"
	"errors"
	"io/fs"
	"os"
	"path"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/sealpic"
)

// Env names a font file that is preferred to all others.
const Env = "XINZHANG_FONT"

//go:embed fonts
var embedded embed.FS

// Song returns a font of the Song style (宋体) for text: the few files that hold
// its characters. It returns [fault.FontUnreadable] when XINZHANG_FONT names a
// file that is no font, and [fault.FontNone] when there is no font at all.
func Song(text string) (*sealpic.Font, error) { return thisMachine().song(text) }

// Hand returns a font of running script for made-up signatures in demonstrations
// and tests; where none was embedded, or a character is missing from it, the
// Song font stands in.
func Hand(text string) (*sealpic.Font, error) { return thisMachine().hand(text) }

// A finder is where fonts are looked for.
type finder struct {
	getenv   func(string) string
	embedded fs.FS    // song/*.woff, hand/*.woff
	folders  []string // of the system
}

func thisMachine() finder {
	fonts, err := fs.Sub(embedded, "fonts")
	if err != nil {
		panic(err) // "fonts" is a constant valid path
	}
	return finder{os.Getenv, fonts, systemFolders(runtime.GOOS, os.Getenv)}
}

func (f finder) song(text string) (*sealpic.Font, error) {
	text += sealpic.Gauge
	chain := new(sealpic.Font)
	found := false
	if name := f.getenv(Env); name != "" {
		font, err := readFont(name)
		if err != nil {
			return nil, fault.Wrap(fault.FontUnreadable, err, "file", name)
		}
		chain, found = font, true
	}
	if len(chain.Lacks(text)) > 0 || !found {
		longer, some, err := fromFiles(f.embedded, "song", chain, text)
		if err != nil {
			return nil, err
		}
		chain, found = longer, found || some
	}
	if len(chain.Lacks(text)) > 0 || !found {
		longer, some := fromSystem(f.folders, chain, text)
		chain, found = longer, found || some
	}
	if !found {
		return nil, fault.New(fault.FontNone, "env", Env)
	}
	return chain, nil
}

func (f finder) hand(text string) (*sealpic.Font, error) {
	chain, _, err := fromFiles(f.embedded, "hand", new(sealpic.Font), text)
	if err != nil {
		return nil, err
	}
	if missing := chain.Lacks(text); len(missing) > 0 {
		song, err := f.song(string(missing))
		if err != nil {
			return nil, err
		}
		chain = sealpic.Chain(chain, song)
	}
	return chain, nil
}

// fromFiles adds to chain those files of a folder that hold characters of text
// which the chain lacks, and says whether the folder holds any font.
func fromFiles(fonts fs.FS, folder string, chain *sealpic.Font, text string) (*sealpic.Font, bool, error) {
	names, err := fontFiles(fonts, folder)
	if err != nil {
		return nil, false, err
	}
	for _, name := range names {
		missing := chain.Lacks(text)
		if len(missing) == 0 {
			break
		}
		file, err := fs.ReadFile(fonts, name)
		if err != nil {
			return nil, false, fault.Wrap(fault.FontUnreadable, err, "file", name)
		}
		font, err := sealpic.ParseFont(file)
		if err != nil {
			return nil, false, fault.Wrap(fault.FontUnreadable, err, "file", name)
		}
		if len(font.Lacks(string(missing))) < len(missing) {
			chain = sealpic.Chain(chain, font)
		}
	}
	return chain, len(names) > 0, nil
}

// fontFiles lists the font files of a folder, the most common characters first:
// those with the highest number in their name ("noto-serif-sc-119-700-normal").
func fontFiles(fonts fs.FS, folder string) ([]string, error) {
	entries, err := fs.ReadDir(fonts, folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fault.Wrap(fault.FontUnreadable, err, "file", folder)
	}
	var names []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".woff") {
			names = append(names, path.Join(folder, e.Name()))
		}
	}
	slices.SortFunc(names, func(a, b string) int { return subset(b) - subset(a) })
	return names, nil
}

// subset is the first number between dashes in a file name, or 0.
func subset(name string) int {
	for part := range strings.SplitSeq(name, "-") {
		if n, err := strconv.Atoi(part); err == nil {
			return n
		}
	}
	return 0
}
