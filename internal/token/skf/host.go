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
	out     io.ReadCloser
	answers chan []byte // closed when nothing more comes
	over    chan struct{}
	began   time.Time

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
	h := &host{cmd: cmd, in: in, out: out, answers: make(chan []byte, 1), over: make(chan struct{}), began: time.Now()}
	go h.listen()
	go h.mourn()
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
	return h, nil
}

// listen hands over what the host says.
func (h *host) listen() {
	defer close(h.over)
	defer close(h.answers)
	defer h.kill()
	r := bufio.NewReaderSize(h.out, 4096)
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

// mourn waits for the end of the process. A child that the library started may
// keep the pipe open: it is not waited for.
func (h *host) mourn() {
	_, _ = h.cmd.Process.Wait()
	select {
	case <-h.over: // all was read
	case <-time.After(lastWords):
	}
	h.kill()
	_ = h.out.Close()
}

const lastWords = 200 * time.Millisecond

// alive reports whether the host can be asked.
func (h *host) alive() bool {
	select {
	case <-h.over:
		return false
	default:
		return true
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

// bury ends the host and waits until nothing more comes from it.
func (h *host) bury() {
	h.kill()
	h.timer.Stop()
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
