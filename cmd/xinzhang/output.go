package main

import (
	"encoding/json"
	"io"
)

// writeJSON writes v indented, with a final newline and without escaping "<".
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
