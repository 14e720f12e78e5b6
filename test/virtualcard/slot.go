//go:build linux

package virtualcard

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"xinzhang/internal/token/card"
)

// A Slot is one opening of the reader. There is one Slot for it at a time.
type Slot struct {
	dial func() (net.Conn, error)

	mu    sync.Mutex
	conn  net.Conn      // nil: unplugged
	left  time.Time     // when it was
	done  chan struct{} // closed when the card has left the reader
	delay time.Duration // before every answer
	trap  *trap         // that waits
	shut  *trap         // that has sprung
	count int           // commands that were answered
}

// A trap pulls the card while it answers.
type trap struct {
	ins   byte
	after int           // octets of the answer that still pass
	done  chan struct{} // closed when the card has left
}

// ErrPlugged says that a card is in the slot already.
var ErrPlugged = errors.New("a card is plugged in")

// The reader looks whether there is a card every 400 ms. A card that was away for
// less was never away for it, and would be used without power.
const glance = time.Second

// Plug puts a card in, a second after the last one left at the earliest. The
// reader notices within half a second.
func (s *Slot) Plug(c *card.Card) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn != nil {
		return ErrPlugged
	}
	time.Sleep(time.Until(s.left.Add(glance)))
	conn, err := s.dial()
	if err != nil {
		return err
	}
	s.conn, s.done = conn, make(chan struct{})
	go s.serve(c, conn, s.done)
	return nil
}

// Unplug pulls the card; an answer under way is cut.
func (s *Slot) Unplug() {
	s.mu.Lock()
	conn, done := s.conn, s.done
	s.mu.Unlock()
	if conn == nil {
		return
	}
	_ = conn.Close() // it is gone either way
	<-done
}

// UnplugDuring pulls the card in the middle of the answer to the next command
// ins, after n octets of it; 0: before its length. The card itself has done the
// command. The channel is closed when the card has left. (In the length itself
// it cannot be pulled: vpcd takes half a length for a whole one, and dies.)
func (s *Slot) UnplugDuring(ins byte, n int) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trap = &trap{ins, n, make(chan struct{})}
	return s.trap.done
}

// Delay makes the card wait before every answer.
func (s *Slot) Delay(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.delay = d
}

// Commands returns how many commands were answered.
func (s *Slot) Commands() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count
}

// Messages of one octet are no commands: the reader switches.
const (
	powerOff = 0
	powerOn  = 1
	reset    = 2
	askATR   = 4
)

// serve answers until the connection ends.
func (s *Slot) serve(c *card.Card, conn net.Conn, done chan struct{}) {
	defer func() {
		_ = conn.Close()
		c.PowerDown()
		s.mu.Lock()
		defer s.mu.Unlock()
		s.conn, s.left = nil, time.Now()
		if s.shut != nil {
			close(s.shut.done)
			s.shut = nil
		}
		close(done)
	}()
	for {
		if err := hurry(conn); err != nil {
			return
		}
		message, err := receive(conn)
		if err != nil {
			return
		}
		if len(message) == 1 {
			err = control(c, conn, message[0])
		} else {
			err = s.command(c, conn, message)
		}
		if err != nil {
			return
		}
	}
}

func control(c *card.Card, conn net.Conn, what byte) error {
	switch what {
	case powerOff:
		c.PowerDown()
	case powerOn, reset:
		return c.PowerUp(context.Background())
	case askATR:
		return send(conn, c.ATR(), -1)
	}
	return nil
}

var errTrap = errors.New("pulled")

func (s *Slot) command(c *card.Card, conn net.Conn, message []byte) error {
	s.mu.Lock()
	delay, sprung := s.delay, s.trap
	if sprung != nil && (len(message) < 2 || message[1] != sprung.ins) {
		sprung = nil
	}
	if sprung != nil {
		s.trap, s.shut = nil, sprung
	}
	s.count++
	s.mu.Unlock()
	answer := c.Transmit(context.Background(), message)
	time.Sleep(delay)
	if sprung != nil {
		return errors.Join(send(conn, answer, sprung.after), errTrap)
	}
	return send(conn, answer, -1)
}

// hurry has the next octets acknowledged at once. The reader sends the length of
// a message by itself, and the message when the length was acknowledged: 40 ms
// later, by default. What we send goes out at once (TCP_NODELAY), as Go sets it.
func hurry(conn net.Conn) error {
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return nil
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		failed = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_QUICKACK, 1)
	})
	return errors.Join(err, failed)
}

// receive reads a message: its length in two octets, and it.
func receive(r io.Reader) ([]byte, error) {
	var head [2]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	message := make([]byte, binary.BigEndian.Uint16(head[:]))
	_, err := io.ReadFull(r, message)
	return message, err
}

// send writes a message in one piece, or only its first octets when only is not
// negative.
func send(w io.Writer, message []byte, only int) error {
	if len(message) > 1<<16-1 {
		return fmt.Errorf("a message of %d octets", len(message))
	}
	b := append(binary.BigEndian.AppendUint16(nil, uint16(len(message))), message...)
	switch {
	case only == 0:
		return nil
	case only > 0:
		b = b[:min(2+only, len(b))]
	}
	_, err := w.Write(b)
	return err
}
