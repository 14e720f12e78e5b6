//go:build race

package ofd

const raceEnabled = true
