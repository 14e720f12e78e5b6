// Package virtualcard puts a virtual UKey into a virtual smart-card reader, so
// that plugging and unplugging run through the real smart-card stack of the
// system, and above it through an SKF driver.
//
//	reader, err := virtualcard.Start(dir)           // pcscd with the reader of vsmartcard-vpcd
//	slot := reader.Slot(0)
//	err = slot.Plug(card)
//	… a process with reader.Env() sees the card …
//
// It is a virtual card, not hardware: nothing here says how a chip behaves.
//
// # Walls
//
// vpcd listens on every interface and lets whoever connects be the card. So pcscd
// runs in a network namespace of its own, in which there is loopback only, and in
// a mount namespace where /run/pcscd is a folder of the test: several may run
// beside each other and beside the pcscd of the machine. Both need root.
//
// The folder driver holds libskf_vcard.so, an SKF library over PC/SC for this
// card. It shares no code with the rest of the project.
package virtualcard

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Where Debian keeps the reader's driver, and the port of its first slot; the
// second has the next.
const (
	vpcd = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"
	port = 35963
)

// Slots is how many cards a reader takes.
const Slots = 2

// A Reader is a running pcscd.
type Reader struct {
	dir     string
	command *exec.Cmd
	log     bytes.Buffer
	ended   chan struct{}
	stop    sync.Once
}

// Missing names what Start needs and this machine lacks; "" is nothing.
func Missing() string {
	for _, tool := range []string{"pcscd", "unshare"} {
		if _, err := exec.LookPath(tool); err != nil {
			return tool
		}
	}
	if _, err := os.Stat(vpcd); err != nil {
		return "vsmartcard-vpcd"
	}
	if os.Getuid() != 0 {
		return "root, for namespaces"
	}
	return ""
}

// inside makes /run/pcscd a folder of ours and becomes pcscd.
const inside = `mount --bind "$1/run" /run/pcscd && exec pcscd --foreground --info --config "$1/conf"`

// Start starts pcscd, with its socket and configuration in dir, which is short:
// a socket has a path of at most 107 octets.
func Start(dir string) (*Reader, error) {
	r := &Reader{dir: dir, ended: make(chan struct{})}
	config := fmt.Sprintf("FRIENDLYNAME \"Virtual PCD\"\nDEVICENAME /dev/null:0x%X\nLIBPATH %s\nCHANNELID 0x%X\n", port, vpcd, port)
	for _, folder := range []string{filepath.Join(dir, "run"), filepath.Join(dir, "conf"), "/run/pcscd"} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return nil, err
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "conf", "vpcd"), []byte(config), 0o644); err != nil {
		return nil, err
	}
	r.command = exec.Command("unshare", "--mount", "--net", "sh", "-c", inside, "sh", dir)
	r.command.Stdout, r.command.Stderr = &r.log, &r.log
	if err := r.command.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = r.command.Wait() // Close asks, and the log tells why
		close(r.ended)
	}()
	if err := r.ready(); err != nil {
		r.Close()
		return nil, fmt.Errorf("pcscd: %w\n%s", err, r.log.Bytes())
	}
	return r, nil
}

// ready waits for the socket, and switches loopback on.
func (r *Reader) ready() error {
	deadline := time.Now().Add(10 * time.Second)
	for {
		if _, err := os.Stat(r.socket()); err == nil {
			return r.within(loopbackUp)
		}
		select {
		case <-r.ended:
			return errors.New("it ended")
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return errors.New("no socket after ten seconds")
		}
	}
}

func (r *Reader) socket() string { return filepath.Join(r.dir, "run", "pcscd.comm") }

// Env is what a program must have in its environment to find this reader.
func (r *Reader) Env() []string { return []string{"PCSCLITE_CSOCK_NAME=" + r.socket()} }

// Slot returns a slot, 0 or 1, empty. Ask once for each.
func (r *Reader) Slot(number int) *Slot {
	return &Slot{dial: func() (conn net.Conn, err error) {
		err = r.within(func() (err error) {
			conn, err = net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", port+number), 5*time.Second)
			return err
		})
		return conn, err
	}}
}

// Log returns what pcscd said; call it after Close.
func (r *Reader) Log() string { return r.log.String() }

// Close ends pcscd.
func (r *Reader) Close() {
	r.stop.Do(func() {
		_ = r.command.Process.Signal(unix.SIGTERM) // it may have ended by itself
		select {
		case <-r.ended:
		case <-time.After(5 * time.Second):
			_ = r.command.Process.Kill()
			<-r.ended
		}
	})
}

// within runs f on a thread that is in the network namespace of pcscd. A socket
// stays in the namespace in which it was made; the thread is thrown away.
func (r *Reader) within(f func() error) error {
	result := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		result <- func() error {
			namespace, err := os.Open(fmt.Sprintf("/proc/%d/ns/net", r.command.Process.Pid))
			if err != nil {
				return err
			}
			defer func() { _ = namespace.Close() }()
			if err := unix.Setns(int(namespace.Fd()), unix.CLONE_NEWNET); err != nil {
				return fmt.Errorf("enter the network namespace: %w", err)
			}
			return f()
		}()
	}()
	return <-result
}

func loopbackUp() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(fd) }()
	lo, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	lo.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, lo)
}
