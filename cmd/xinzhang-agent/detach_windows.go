package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/windows"
)

// detach keeps the agent running, without a console window, when its starter ends.
func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.DETACHED_PROCESS | windows.CREATE_NEW_PROCESS_GROUP, HideWindow: true}
}

// machineDir is where an administrator puts the list of business systems.
func machineDir() string { return filepath.Join(os.Getenv("ProgramData"), "Xinzhang") }
