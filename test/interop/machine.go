package interop

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// A machine is a foreign program that answers questions, a line each, for as
// long as the tests run: what it takes to start is paid once.
type machine struct {
	// command makes what a machine needs in dir and returns how to run it. An
	// [absentError] says that it is not installed.
	command func(dir string) (*exec.Cmd, error)

	mu    sync.Mutex
	begun bool
	err   error // why there is none
	dir   string
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Reader
	talk  bytes.Buffer // what it wrote as errors; read after it ended
}

// absentError says that a program is not installed.
type absentError struct{ what string }

func (e *absentError) Error() string { return e.what }

// patience is longer than any question takes on a busy computer.
const patience = time.Minute

// ask sends one line. The answer is "ok: " or "refused: " with what there is to
// say; anything else fails the test, as a question that was not understood.
func (m *machine) ask(t testing.TB, question string) (ok bool, said string) {
	t.Helper()
	answer, err := m.talkTo(question)
	var missing *absentError
	switch {
	case errors.As(err, &missing):
		Absent(t, err.Error())
	case err != nil:
		t.Fatal(err)
	}
	if said, ok := strings.CutPrefix(answer, "ok: "); ok {
		return true, said
	}
	if !strings.HasPrefix(answer, "refused: ") {
		t.Fatalf("%s: %s", question, answer)
	}
	return false, answer
}

func (m *machine) talkTo(question string) (answer string, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.begun {
		m.begun, m.err = true, m.start()
	}
	if m.err != nil {
		return "", m.err
	}
	hurry := time.AfterFunc(patience, func() { _ = m.cmd.Process.Kill() })
	defer hurry.Stop()
	if _, err = io.WriteString(m.in, question+"\n"); err == nil {
		answer, err = m.out.ReadString('\n')
	}
	if err != nil {
		_ = m.cmd.Wait()
		m.err = fmt.Errorf("%s ended: %w: %s", m.cmd.Path, err, m.talk.String())
	}
	return strings.TrimSpace(answer), m.err
}

func (m *machine) start() (err error) {
	if m.dir, err = os.MkdirTemp("", "interop-"); err != nil {
		return err
	}
	if m.cmd, err = m.command(m.dir); err != nil {
		return err
	}
	m.cmd.Stderr = &m.talk
	if m.in, err = m.cmd.StdinPipe(); err != nil {
		return err
	}
	out, err := m.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	m.out = bufio.NewReader(out)
	return m.cmd.Start()
}

// End ends the foreign programs; a TestMain calls it when all tests have run.
func End() {
	java.stop()
	node.stop()
}

// stop ends the machine, which leaves when there are no more questions.
func (m *machine) stop() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.in != nil {
		_ = m.in.Close()
		_ = m.cmd.Wait()
	}
	if m.dir != "" {
		_ = os.RemoveAll(m.dir)
	}
}
