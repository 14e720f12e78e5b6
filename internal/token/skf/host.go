package skf

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"
)

// What can become of a host; the library words it.
var (
	errCrashed = errors.New("the SKF host ended")
	errHung    = errors.New("the SKF host did not answer in time and was ended")
)

// A host is a running xinzhang-skf-host. One goroutine at a time asks it.
type host struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	answers chan []byte // closed when the process has ended
	began   time.Time
	bits    int // of its words: 32 or 64

	hung atomic.Bool
	once sync.Once

	// A caller left before its answer came: the next one waits for that first.
	owed  bool
	timer *time.Timer // ends the host when the answer does not come
}

// startTime is how long a host may take to start and to load a library, whose
// initialisation may look for devices.
const startTime = 20 * time.Second

func startHost(ctx context.Context, program string) (*host, error) {
	cmd := exec.Command(program)
	cmd.WaitDelay = time.Second
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	h := &host{cmd: cmd, in: in, answers: make(chan []byte, 1), began: time.Now()}
	go h.listen(out)
	h.timer = time.AfterFunc(startTime, h.expire)
	hello, err := h.wait(ctx)
	if err != nil {
		h.kill()
		return nil, err
	}
	if len(hello) != 4 || string(hello[:2]) != "XS" || hello[2] != hostVersion {
		h.kill()
		return nil, fmt.Errorf("%s is no SKF host of version %d", program, hostVersion)
	}
	h.bits = 8 * int(hello[3])
	return h, nil
}

// listen hands over what the host says, and buries it.
func (h *host) listen(out io.Reader) {
	defer close(h.answers)
	defer func() { _ = h.cmd.Wait() }()
	defer h.kill()
	r := bufio.NewReaderSize(out, 4096)
	for {
		var head [4]byte
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return
		}
		n := binary.LittleEndian.Uint32(head[:])
		if n > maxFrame {
			return
		}
		b := make([]byte, n)
		if _, err := io.ReadFull(r, b); err != nil {
			return
		}
		h.answers <- b
	}
}

// kill ends the host, whatever it is doing.
func (h *host) kill() {
	h.once.Do(func() {
		_ = h.cmd.Process.Kill() // it may have ended by itself
		_ = h.in.Close()
	})
}

func (h *host) expire() {
	h.hung.Store(true)
	h.kill()
}

// bury ends the host and waits until it is gone.
func (h *host) bury() {
	h.kill()
	for range h.answers {
	}
}

// roundTrip sends a frame, which it overwrites, and returns the answer. After
// limit the host is ended. When ctx ends earlier, the host goes on with what it
// was asked and nobody hears the answer.
func (h *host) roundTrip(ctx context.Context, frame []byte, limit time.Duration) ([]byte, error) {
	defer clear(frame)
	if h.owed {
		if _, err := h.wait(ctx); err != nil {
			return nil, err
		}
	}
	h.timer = time.AfterFunc(limit, h.expire)
	if _, err := h.in.Write(frame); err != nil {
		h.timer.Stop()
		return nil, h.ended()
	}
	return h.wait(ctx)
}

func (h *host) wait(ctx context.Context) ([]byte, error) {
	select {
	case b, ok := <-h.answers:
		h.owed = false
		h.timer.Stop()
		if !ok {
			return nil, h.ended()
		}
		return b, nil
	case <-ctx.Done():
		h.owed = true
		return nil, ctx.Err()
	}
}

func (h *host) ended() error {
	if h.hung.Load() {
		return errHung
	}
	return errCrashed
}
