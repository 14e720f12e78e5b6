// Package corpus opens files that others made, for tests. They belong to their
// makers and are never copied into the project:
//
//	seal := corpus.File(t, "UserV4.esl")
//	list := corpus.Entry(t, "hello-integrity.ofd", "OFDEntries.xml")
//
// XINZHANG_CORPUS names their folder; without it shared/corpus beside the project
// is looked for. A test that lacks its file is skipped with the reason; when
// XINZHANG_CI is 1 it fails.
package corpus

import (
	"archive/zip"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// Folder returns the folder of foreign files, which may not exist.
func Folder() string {
	if folder := os.Getenv("XINZHANG_CORPUS"); folder != "" {
		return folder
	}
	project, err := os.Getwd() // a test runs in the folder of its package
	for err == nil {
		if _, err := os.Stat(filepath.Join(project, "go.mod")); err == nil {
			break
		}
		above := filepath.Dir(project)
		if above == project {
			break
		}
		project = above
	}
	return filepath.Join(project, "..", "shared", "corpus")
}

// Path returns the path of a foreign file that is there.
func Path(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join(Folder(), name)
	if _, err := os.Stat(path); err != nil {
		absent(t, err)
	}
	return path
}

// File returns the content of a foreign file.
func File(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(Path(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Entry returns one entry of a foreign OFD document.
func Entry(t testing.TB, document, entry string) []byte {
	t.Helper()
	z, err := zip.OpenReader(Path(t, document))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = z.Close() }()
	f, err := z.Open(entry)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func absent(t testing.TB, err error) {
	t.Helper()
	if os.Getenv("XINZHANG_CI") == "1" {
		t.Fatal(err)
	}
	t.Skipf("a file made by others is not here (set XINZHANG_CORPUS): %v", err)
}
