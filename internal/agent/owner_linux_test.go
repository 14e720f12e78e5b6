package agent

import (
	"net"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// TestTheKernelTellsWhoseSocketItIs has a process of another user connect, which
// takes root to arrange.
func TestTheKernelTellsWhoseSocketItIs(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	accept := func() int {
		t.Helper()
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		uid, err := ownerOf(c.LocalAddr(), c.RemoteAddr())
		if err != nil {
			t.Fatal(err)
		}
		return uid
	}
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if uid := accept(); uid != os.Getuid() {
		t.Errorf("own socket: user %d", uid)
	}
	_ = c.Close()
	if os.Getuid() != 0 {
		if os.Getenv("XINZHANG_CI") == "1" {
			t.Fatal("needs root to run a process as another user")
		}
		t.Skip("needs root to run a process as another user")
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	cmd := exec.Command("/bin/bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/"+port+"; read -t 20 <&3")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	if uid := accept(); uid != 65534 {
		t.Errorf("socket of another user: user %d", uid)
	}
}
