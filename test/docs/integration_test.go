package docs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// Whoever builds a page meets the codes that the SDK raises by itself, so the
// page for them names each.
func TestTheIntegrationPageNamesEveryCodeOfTheSDK(t *testing.T) {
	src, err := os.ReadFile(filepath.Join(root, "internal", "fault", "codes.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var rows []struct{ Code, By string }
	if err := yaml.Unmarshal(src, &rows); err != nil {
		t.Fatal(err)
	}
	text := pages(t)["docs/integration.md"]
	raised := 0
	for _, r := range rows {
		if r.By != "sdk" {
			continue
		}
		raised++
		if !strings.Contains(text, "`"+r.Code+"`") {
			t.Errorf("docs/integration.md does not name %s", r.Code)
		}
	}
	if raised == 0 {
		t.Error("no code is marked as raised by the SDK")
	}
}
