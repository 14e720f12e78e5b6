package sealfont

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"

	"golang.org/x/image/font/gofont/goregular"

	"xinzhang/internal/fault"
	"xinzhang/internal/format/sealpic"
)

// The fonts of these tests have Latin letters: A stands for a character that a
// font has, 示 for one that it lacks.
const has, lacks = "A", "示"

func fileSystem(names ...string) fs.FS {
	files := fstest.MapFS{"README.md": {Data: []byte("nothing else when fonts were not made")}}
	for _, name := range names {
		files[name] = &fstest.MapFile{Data: goregular.TTF}
	}
	return files
}

func folder(t *testing.T, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range files {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestSongIsFoundInEverySource(t *testing.T) {
	system := folder(t, map[string][]byte{
		"truetype/other.ttf":              goregular.TTF,
		"opentype/NotoSerifCJK-Light.ttc": []byte("a broken font"),
		"windows/simsun.ttc":              goregular.TTF,
	})
	own := filepath.Join(folder(t, map[string][]byte{"own.ttf": goregular.TTF}), "own.ttf")
	tests := []struct {
		name     string
		env      string
		embedded fs.FS
		folders  []string
	}{
		{"environment", own, fileSystem(), nil},
		{"binary", "", fileSystem("song/noto-serif-sc-4-700-normal.woff"), nil},
		{"system, past a broken font", "", fileSystem(), []string{"/nowhere", system}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := finder{func(string) string { return test.env }, test.embedded, test.folders}
			font, err := f.song(has)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := (sealpic.Round{Name: has + has}).Draw(font); err != nil {
				t.Error(err)
			}
			// A character that nobody has is left to the drawing to report.
			font, err = f.song(has + lacks)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := (sealpic.Round{Name: has + lacks}).Draw(font); !errors.Is(err, fault.FontMissingGlyph) {
				t.Errorf("err = %v, want %s", err, fault.FontMissingGlyph)
			}
		})
	}
}

func TestNoFontAnywhereIsReported(t *testing.T) {
	f := finder{func(string) string { return "" }, fileSystem(), []string{t.TempDir()}}
	if _, err := f.song(has); !errors.Is(err, fault.FontNone) {
		t.Errorf("song: err = %v, want %s", err, fault.FontNone)
	}
	if _, err := f.hand(has); !errors.Is(err, fault.FontNone) {
		t.Errorf("hand: err = %v, want %s", err, fault.FontNone)
	}
}

func TestFontOfTheEnvironmentThatIsNoneIsReported(t *testing.T) {
	dir := folder(t, map[string][]byte{"text.ttf": []byte("no font")})
	for _, name := range []string{filepath.Join(dir, "text.ttf"), filepath.Join(dir, "absent.ttf"), dir} {
		f := finder{func(string) string { return name }, fileSystem("song/a-1.woff"), nil}
		_, err := f.song(has)
		if !errors.Is(err, fault.FontUnreadable) || fault.Of(err).Args["file"] != name {
			t.Errorf("%s: err = %v, want %s with the name", name, err, fault.FontUnreadable)
		}
	}
}

func TestHandFallsBackToSong(t *testing.T) {
	f := finder{func(string) string { return "" }, fileSystem("song/a-1.woff"), nil}
	font, err := f.hand(has)
	if err != nil {
		t.Fatal(err)
	}
	if len(font.Lacks(has)) > 0 {
		t.Error("the Song font does not stand in")
	}
}

func TestCommonCharactersAreLookedForFirst(t *testing.T) {
	got, err := fontFiles(fileSystem("song/x-4-700-normal.woff", "song/x-119-700-normal.woff", "song/x-21-700-normal.woff", "song/LICENSE"), "song")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"song/x-119-700-normal.woff", "song/x-21-700-normal.woff", "song/x-4-700-normal.woff"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestInstalledFontsAreRanked(t *testing.T) {
	dir := folder(t, map[string][]byte{
		"a/DejaVuSans.ttf":              nil,
		"a/wqy-zenhei.ttc":              nil,
		"b/NotoSansCJK-Regular.ttc":     nil,
		"b/NotoSerifCJK-ExtraLight.ttc": nil,
		"b/NotoSerifCJK-Bold.ttc":       nil,
		"c/simsunb.ttf":                 nil,
		"c/SIMSUN.TTC":                  nil,
		"c/simsun.pdf":                  nil,
		"d/DroidSansFallbackFull.ttf":   nil,
	})
	var got []string
	for _, name := range installed([]string{dir}) {
		got = append(got, filepath.Base(name))
	}
	want := []string{
		"NotoSerifCJK-Bold.ttc", "NotoSerifCJK-ExtraLight.ttc", "SIMSUN.TTC", "simsunb.ttf",
		"NotoSansCJK-Regular.ttc", "wqy-zenhei.ttc", "DroidSansFallbackFull.ttf",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestFoldersOfEachSystem(t *testing.T) {
	env := map[string]string{"HOME": "/home/u", "XDG_DATA_HOME": "", "WINDIR": "/win", "LOCALAPPDATA": ""}
	getenv := func(name string) string { return env[name] }
	if got := systemFolders("linux", getenv); !slices.Contains(got, filepath.Join("/usr", "share", "fonts")) ||
		!slices.Contains(got, filepath.Join("/home/u", ".local", "share", "fonts")) {
		t.Errorf("linux: %v", got)
	}
	if got := systemFolders("windows", getenv); !slices.Equal(got, []string{filepath.Join("/win", "Fonts")}) {
		t.Errorf("windows: %v", got)
	}
}

// TestMadeFontsCoverWhatSealsNeed looks at the fonts which `make fonts` has put
// into the binary.
func TestMadeFontsCoverWhatSealsNeed(t *testing.T) {
	machine := thisMachine()
	machine.folders, machine.getenv = nil, func(string) string { return "" }
	const text = "示例省监狱管理局合同财务发票专用章印测试用户甲乙（）0123456789ABCDEFGHJKLMNPQRTUWXY淼鑫喆昇堃翀"
	font, err := machine.song(text)
	if errors.Is(err, fault.FontNone) {
		if os.Getenv("XINZHANG_CI") == "1" {
			t.Fatal("no font in the binary: make fonts was not run")
		}
		t.Skip("no font in the binary; run make fonts")
	}
	if err != nil {
		t.Fatal(err)
	}
	if missing := font.Lacks(text); len(missing) > 0 {
		t.Errorf("the Song font lacks %q", string(missing))
	}
	hand, _, err := fromFiles(machine.embedded, "hand", new(sealpic.Font), "测试用户甲乙")
	if err != nil {
		t.Fatal(err)
	}
	if missing := hand.Lacks("测试用户甲乙"); len(missing) > 0 {
		t.Errorf("the running-script font lacks %q", string(missing))
	}
}

func BenchmarkSong(b *testing.B) {
	for b.Loop() {
		if _, err := Song("示例省监狱管理局合同专用章0123456789"); err != nil {
			b.Skip(err)
		}
	}
}
