package prompt

import (
	"os"
	"path/filepath"
)

func hasDesktop() bool { return true }

// browsers are asked for in this order: Edge is on every Windows 10.
func browsers() []string {
	var paths []string
	for _, root := range []string{os.Getenv("ProgramFiles(x86)"), os.Getenv("ProgramFiles"), os.Getenv("LocalAppData")} {
		if root != "" {
			paths = append(paths, filepath.Join(root, `Microsoft\Edge\Application\msedge.exe`), filepath.Join(root, `Google\Chrome\Application\chrome.exe`))
		}
	}
	return append(paths, "explorer.exe") // opens the address in whatever browser there is
}
