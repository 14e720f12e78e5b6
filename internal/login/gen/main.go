// Command gen writes api/login.yaml from the Go types. It runs in internal/login
// by `go generate`.
package main

import (
	"log"
	"os"

	"xinzhang/internal/login"
)

func main() {
	yaml, err := login.Describe()
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile("../../api/login.yaml", yaml, 0o644); err != nil {
		log.Fatal(err)
	}
}
