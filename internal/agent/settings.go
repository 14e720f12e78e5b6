package agent

import (
	"cmp"
	"encoding/json"
	"os"
	"sync"

	"xinzhang/internal/durable"
	"xinzhang/internal/fault"
)

// settings are what the user chose, in a file.
type settings struct {
	file string
	mu   sync.Mutex
	now  Settings
}

// openSettings reads them; lang is spoken until the user chooses.
func openSettings(file string, lang fault.Lang) (*settings, error) {
	s := &settings{file: file, now: Settings{Language: string(cmp.Or(lang, fault.ZH)), Theme: "system", DigestOnly: "ask"}}
	b, err := os.ReadFile(file)
	if missing(err) {
		return s, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &s.now)
	}
	if err != nil {
		return nil, fault.Wrap(fault.FileUnreadable, err, "file", file)
	}
	return s, nil
}

func (s *settings) get() Settings {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *settings) set(next Settings) error {
	b, err := json.MarshalIndent(next, "", "  ")
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := durable.WriteFile(s.file, b, 0o600); err != nil {
		return fault.Wrap(fault.FileUnwritable, err, "file", s.file)
	}
	s.now = next
	return nil
}
