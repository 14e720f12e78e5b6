package keyring

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"xinzhang/internal/token"
)

// softPoll is how often the folder of the software UKeys is looked at: a tenth
// of what a person notices, for some microseconds of work.
const softPoll = 250 * time.Millisecond

type softProvider struct {
	token.Driver
	dir string
}

// Soft is the provider of the software UKeys in dir, which driver opens.
func Soft(driver token.Driver, dir string) Provider { return softProvider{driver, dir} }

func (softProvider) Kind() string { return "soft" }

// Watch compares the names, sizes and times of the files of tokens.
func (p softProvider) Watch(ctx context.Context, changed func()) {
	tick := time.NewTicker(softPoll)
	defer tick.Stop()
	seen := p.picture()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if now := p.picture(); now != seen {
			seen = now
			changed()
		}
	}
}

func (p softProvider) picture() string {
	entries, err := os.ReadDir(p.dir)
	if err != nil {
		return ""
	}
	var b strings.Builder
	for _, e := range entries {
		// Temporary and lock files come and go with every call.
		if !strings.HasSuffix(e.Name(), ".ukey") && !strings.HasSuffix(e.Name(), ".ukey.copy") {
			continue
		}
		if info, err := e.Info(); err == nil {
			fmt.Fprintf(&b, "%s %d %d\n", e.Name(), info.Size(), info.ModTime().UnixNano())
		}
	}
	return b.String()
}
