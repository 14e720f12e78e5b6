//go:build !windows

package prompt

import "xinzhang/internal/fault"

// Native returns zenity where there is a desktop and the program.
func Native(lang fault.Lang) (Prompter, error) { return newZenity(lang) }
