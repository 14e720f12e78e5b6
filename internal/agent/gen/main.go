// Command gen writes api/agent.yaml from the Go types. It runs in internal/agent
// by `go generate`.
package main

import (
	"log"
	"os"

	"xinzhang/internal/agent"
)

func main() {
	yaml, err := agent.Describe()
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile("../../api/agent.yaml", yaml, 0o644); err != nil {
		log.Fatal(err)
	}
}
