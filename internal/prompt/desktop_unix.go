//go:build !windows

package prompt

import "os"

func hasDesktop() bool { return os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != "" }

// browsers are asked for in this order. "browser" is that of UOS.
func browsers() []string {
	return []string{
		"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "microsoft-edge-stable",
		"browser", "qaxbrowser-safe-stable", "qaxbrowser", "browser360-cn-stable", "firefox", "firefox-esr", "xdg-open",
	}
}
