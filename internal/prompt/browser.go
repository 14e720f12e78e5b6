package prompt

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// BrowserVariable names the program that shows the agent's pages, in place of
// the browser that is found.
const BrowserVariable = "XINZHANG_BROWSER"

// A browser is a program and how it is told to show one page in a window of its
// own.
type browser struct {
	program   string
	arguments func(url string) []string
}

// OpenApp shows url in an app window of whatever browser is there, and does not
// wait for its end. [ErrNoDesktop] says that there is no screen or no browser.
func OpenApp(ctx context.Context, url string) error {
	b, err := findBrowser()
	if err != nil {
		return err
	}
	// The window outlives the call that opened it.
	cmd := exec.CommandContext(context.WithoutCancel(ctx), b.program, b.arguments(url)...)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", filepath.Base(b.program), err)
	}
	go func() { _ = cmd.Wait() }() // leaves no dead process behind
	return nil
}

func findBrowser() (browser, error) {
	if own := os.Getenv(BrowserVariable); own != "" {
		return browser{own, arguments(own)}, nil
	}
	if !hasDesktop() {
		return browser{}, ErrNoDesktop
	}
	for _, name := range browsers() {
		if path, err := exec.LookPath(name); err == nil {
			return browser{path, arguments(name)}, nil
		}
	}
	return browser{}, ErrNoDesktop
}

// arguments tells the Chromium family by its name; others get the bare address.
func arguments(program string) func(url string) []string {
	name := strings.ToLower(strings.TrimSuffix(filepath.Base(program), ".exe"))
	for _, family := range []string{"chrom", "edge", "browser", "360", "qax", "brave"} {
		if strings.Contains(name, family) {
			return func(url string) []string { return []string{"--app=" + url} }
		}
	}
	if strings.Contains(name, "firefox") {
		return func(url string) []string { return []string{"--new-window", url} }
	}
	return func(url string) []string { return []string{url} }
}
