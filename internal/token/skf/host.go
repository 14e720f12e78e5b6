package skf

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"sync"
	"time"
)

// What can become of a host; the library words it.
var (
	errCrashed = errors.New("the SKF host ended")
	errHung    = errors.New("the SKF host did not answer in time and was ended")
)

// A host is a running xinzhang-skf-host. One goroutine at a time asks it.
type host struct {
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   io.ReadCloser
	began time.Time
	over  chan struct{} // closed when the process has ended

	once sync.Once

	// A caller left before its answer came: the next one reads that first.
	owed   bool
	answer []byte // what was read of an answer

	heeded <-chan struct{} // Done of the context that ends reading
	unheed func()

	fuse fuse // ends the host when the answer does not come
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
	h := &host{cmd: cmd, in: in, out: out, over: make(chan struct{}), began: time.Now()}
	go h.mourn()
	h.fuse.light(startTime, h.kill)
	hello, err := h.wait(ctx)
	if err != nil {
		h.bury()
		return nil, err
	}
	if len(hello) != 4 || string(hello[:2]) != "XS" || hello[2] != hostVersion {
		h.bury()
		return nil, fmt.Errorf("%s is no SKF host of version %d", program, hostVersion)
	}
	return h, nil
}

// mourn waits for the end of the process. A child that the library started may
// keep the pipe open: nothing is read from it.
func (h *host) mourn() {
	_, _ = h.cmd.Process.Wait()
	close(h.over)
	time.Sleep(lastWords)
	h.kill()
	_ = h.out.Close()
}

const lastWords = 200 * time.Millisecond // an answer may still be in the pipe

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

// bury ends the host and waits until it is gone. Neither its timer nor the context
// that was heeded last, which may live as long as the program, holds it any more.
func (h *host) bury() {
	h.kill()
	h.fuse.stop()
	h.heed(context.Background())
	<-h.over
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
	h.fuse.light(limit, h.kill)
	if _, err := h.in.Write(frame); err != nil {
		h.fuse.out()
		return nil, h.ended()
	}
	return h.wait(ctx)
}

// wait reads an answer in this goroutine: handing it over from another would cost
// as much as the call.
func (h *host) wait(ctx context.Context) ([]byte, error) {
	h.heed(ctx)
	err := h.read()
	switch {
	case err == nil:
		h.owed = false
		h.fuse.out()
		b := h.answer[4:]
		h.answer = nil
		return b, nil
	case ctx.Err() != nil:
		h.owed = true
		return nil, ctx.Err()
	}
	return nil, h.ended()
}

// heed lets reading end with ctx, until another context is heeded: an operation asks
// many times with one.
func (h *host) heed(ctx context.Context) {
	if ctx.Done() == h.heeded {
		return
	}
	if h.unheed != nil {
		h.unheed()
	}
	h.heeded, h.unheed = ctx.Done(), nil
	out, ok := h.out.(interface{ SetReadDeadline(time.Time) error })
	if !ok || ctx.Done() == nil {
		return
	}
	interrupted := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		_ = out.SetReadDeadline(time.Unix(1, 0)) // where pipes have none, the limit of the call ends it
		close(interrupted)
	})
	h.unheed = func() {
		if !stop() {
			<-interrupted
			_ = out.SetReadDeadline(time.Time{})
		}
	}
}

// read reads on at the answer until it is whole.
func (h *host) read() error {
	if h.answer == nil {
		h.answer = make([]byte, 0, 512)
	}
	want := 4
	for {
		if len(h.answer) >= 4 {
			n := binary.LittleEndian.Uint32(h.answer)
			if n > maxFrame {
				return fmt.Errorf("a frame of %d octets", n)
			}
			switch want = 4 + int(n); {
			case len(h.answer) == want:
				return nil
			case len(h.answer) > want:
				return errors.New("more than one frame")
			}
			h.answer = slices.Grow(h.answer, want-len(h.answer))
		}
		room := h.answer[len(h.answer):cap(h.answer)]
		if want > 4 {
			room = room[:want-len(h.answer)]
		}
		n, err := h.out.Read(room)
		h.answer = h.answer[:len(h.answer)+n]
		if err != nil && n == 0 {
			return err
		}
	}
}

func (h *host) ended() error {
	if h.fuse.passed() {
		return errHung
	}
	return errCrashed
}
