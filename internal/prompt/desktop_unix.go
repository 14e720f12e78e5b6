//go:build !windows

package prompt

import "os"

func hasDesktop() bool { return os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != "" }

// browsers are asked for in this order.
func browsers() []string {
	return []string{
		"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "microsoft-edge-stable",
		uosBrowser, "qaxbrowser-safe-stable", "qaxbrowser", "browser360-cn-stable", "firefox", "firefox-esr", "xdg-open",
	}
}
