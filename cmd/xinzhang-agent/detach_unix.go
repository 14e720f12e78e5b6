//go:build !windows

package main

import (
	"os/exec"
	"syscall"
)

// detach keeps the agent running when the terminal of its starter closes.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }

// machineDir is where an administrator puts the list of business systems.
func machineDir() string { return "/etc/xinzhang" }
